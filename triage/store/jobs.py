"""Uploaded backlogs: queued, worked on by whoever leases them, done or failed. Files and results are not here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, or_, select, update

from triage.store.database import reading, writing
from triage.store.idempotency import Answer, finish_within
from triage.store.tables import jobs

Status = Literal["queued", "running", "done", "failed"]
# A worker renews its lease several times within; a crashed one's job goes on elsewhere after it.
LEASE = timedelta(seconds=30)
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Job:
    """One uploaded backlog.

    ``columns`` maps our keys to the file's headers, ``format`` is the result's ending, ``done`` of ``total`` rows are
    assessed (None before they are counted), ``counts`` the rows by priority when it is done, ``error`` says in English
    why it failed.
    """

    id: str
    owner: str
    name: str
    columns: Mapping[str, str]
    lang: str
    format: str
    status: Status
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    done: int = 0
    total: int | None = None
    counts: Mapping[str, int] | None = None
    error: str | None = None


class JobStore:
    """The jobs of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, job: Job, *, answer: Answer | None = None) -> None:
        """Queues a job, with the answer to its claim as ``TicketStore.add``; raises ClaimLostError as there."""
        with writing(self._engine) as connection:
            if answer is not None:
                finish_within(connection, answer)
            row = {name: getattr(job, name) for name in Job.__dataclass_fields__}
            connection.execute(insert(jobs), row)

    def get(self, job_id: str) -> Job | None:
        """The job; None when there is none."""
        with reading(self._engine) as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        return None if row is None else _job(row)

    def list(self, *, owner: str | None = None) -> tuple[Job, ...]:
        """The latest hundred jobs, the newest first; of one owner, or of all."""
        query = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(_MOST_LISTED)
        if owner is not None:
            query = query.where(jobs.c.owner == owner)
        with reading(self._engine) as connection:
            return tuple(map(_job, connection.execute(query)))

    def lease(self, now: datetime, *, among: Collection[str]) -> Job | None:
        """The oldest of these jobs that nobody works on, now running and leased to the caller; None when there is none.

        ``among`` are the ids whose files the caller has: those of other machines are theirs to do.
        """
        free = or_(jobs.c.status == "queued", (jobs.c.status == "running") & (jobs.c.leased_until < now))
        free &= jobs.c.id.in_(among)
        with writing(self._engine) as connection:
            # On PostgreSQL two callers take two jobs; SQLite lets one write at a time.
            oldest = select(jobs).where(free).order_by(jobs.c.created_at).limit(1).with_for_update(skip_locked=True)
            row = connection.execute(oldest).one_or_none()
            if row is None:
                return None
            started_at = row.started_at or now
            taken = {"status": "running", "started_at": started_at, "leased_until": now + LEASE}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(**taken))
            row = connection.execute(select(jobs).where(jobs.c.id == row.id)).one()
        return _job(row)

    def renew(self, job_id: str, now: datetime, *, done: int, total: int | None) -> None:
        """Keeps a lease and notes how far the job is."""
        self._set(job_id, done=done, total=total, leased_until=now + LEASE)

    def release(self, job_id: str) -> None:
        """Gives a running job back to the queue, to go on elsewhere or later."""
        self._set(job_id, status="queued", leased_until=None)

    def finish(self, job_id: str, now: datetime, *, counts: Mapping[str, int]) -> None:
        """Notes that the result is there."""
        total = sum(counts.values())
        self._set(job_id, status="done", finished_at=now, counts=counts, done=total, total=total, leased_until=None)

    def fail(self, job_id: str, now: datetime, *, error: str) -> None:
        """Notes why there is no result."""
        self._set(job_id, status="failed", finished_at=now, error=error, leased_until=None)

    def forget_older_than(self, days: int, now: datetime) -> tuple[str, ...]:
        """Deletes the jobs made more than so many days ago; their ids, whose files are to go too."""
        with writing(self._engine) as connection:
            old = connection.execute(select(jobs.c.id).where(jobs.c.created_at < now - timedelta(days=days)))
            ids = tuple(row.id for row in old)
            connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))
        return ids

    def _set(self, job_id: str, **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


def _job(row: Any) -> Job:
    return Job(**{name: getattr(row, name) for name in Job.__dataclass_fields__})
