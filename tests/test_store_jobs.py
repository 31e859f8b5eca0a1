"""Jobs queued, leased by one, given back, done, failed, forgotten; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from test_store_fixtures import NOW

from triage.store.jobs import LEASE, Job, JobStore

pytest_plugins = ["test_store_fixtures"]
JOB = Job("job-1", "key-1", "backlog.csv", {"title": "标题"}, "auto", "jsonl", "queued", NOW)
LATER = NOW + timedelta(seconds=10)


@pytest.fixture
def store(engine: Engine) -> JobStore:
    return JobStore(engine)


def test_a_job_comes_back_whole(store: JobStore) -> None:
    store.add(JOB)
    assert store.get("job-1") == JOB
    assert store.get("job-2") is None


def test_the_oldest_with_files_here_is_leased(store: JobStore) -> None:
    for number in (2, 1, 3):
        store.add(replace(JOB, id=f"job-{number}", created_at=NOW + timedelta(seconds=number)))
    leased = store.lease(LATER, among=["job-2", "job-3"])
    assert leased == replace(JOB, id="job-2", created_at=NOW + timedelta(seconds=2), status="running", started_at=LATER)


def test_a_leased_job_is_nobody_elses_until_its_lease_is_over(store: JobStore) -> None:
    store.add(JOB)
    assert store.lease(NOW, among=["job-1"])
    assert store.lease(NOW + LEASE, among=["job-1"]) is None
    again = store.lease(NOW + LEASE + timedelta(seconds=1), among=["job-1"])
    assert again and again.started_at == NOW


def test_a_renewed_lease_lasts_longer(store: JobStore) -> None:
    store.add(JOB)
    store.lease(NOW, among=["job-1"])
    store.renew("job-1", LATER, done=3, total=10)
    assert store.lease(NOW + LEASE + timedelta(seconds=1), among=["job-1"]) is None
    assert store.get("job-1") == replace(JOB, status="running", started_at=NOW, done=3, total=10)


def test_a_released_job_is_free_at_once(store: JobStore) -> None:
    store.add(JOB)
    store.lease(NOW, among=["job-1"])
    store.release("job-1")
    assert store.lease(NOW, among=["job-1"])


def test_what_is_done_or_failed_is_not_leased_again(store: JobStore) -> None:
    for name in ("job-1", "job-2"):
        store.add(replace(JOB, id=name))
        store.lease(NOW, among=[name])
    store.finish("job-1", LATER, counts={"P1": 1, "P3": 2})
    store.fail("job-2", LATER, error="why")
    assert store.lease(NOW + 10 * LEASE, among=["job-1", "job-2"]) is None
    done, failed = store.get("job-1"), store.get("job-2")
    assert done == replace(
        JOB, status="done", started_at=NOW, finished_at=LATER, done=3, total=3, counts={"P1": 1, "P3": 2}
    )
    assert failed == replace(JOB, id="job-2", status="failed", started_at=NOW, finished_at=LATER, error="why")


def test_jobs_are_listed_by_owner_the_newest_first(store: JobStore) -> None:
    for number, owner in ((1, "a"), (2, "b"), (3, "a")):
        store.add(replace(JOB, id=f"job-{number}", owner=owner, created_at=NOW + timedelta(seconds=number)))
    assert [job.id for job in store.list()] == ["job-3", "job-2", "job-1"]
    assert [job.id for job in store.list(owner="a")] == ["job-3", "job-1"]


def test_old_jobs_are_forgotten(store: JobStore) -> None:
    store.add(JOB)
    store.add(replace(JOB, id="job-2", created_at=NOW + timedelta(days=2)))
    assert store.forget_older_than(7, NOW + timedelta(days=8)) == ("job-1",)
    assert [job.id for job in store.list()] == ["job-2"]


def test_of_many_who_ask_at_once_one_gets_it(store: JobStore) -> None:
    store.add(JOB)
    with ThreadPoolExecutor(8) as pool:
        leased = list(pool.map(lambda _: store.lease(NOW, among=["job-1"]), range(8)))
    assert sum(job is not None for job in leased) == 1
