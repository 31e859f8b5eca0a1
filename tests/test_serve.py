"""``triage serve`` killed, stopped and left without its database: what was acknowledged is there, once."""

import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from served import Served
from test_api_fixtures import FULL, VAGUE
from test_store_fixtures import postgres_schema

pytestmark = pytest.mark.slow
KILLS, PER_SECOND = 100, 50
OUTAGES = 20
ROUNDS, AT_ONCE = 50, 100
WRITERS = 10


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, workers=getattr(request, "param", 2))
    yield served
    if served.process.poll() is None:
        served.kill()


def tell(figures: str) -> None:
    """Shown by ``pytest -s``."""
    sys.stderr.write(f"\n{figures}\n")


class Writers:
    """Threads that send tickets at a rate, each again and again until it is acknowledged, and lints beside them."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.acknowledged: dict[str, str] = {}
        self.refusals: list[httpx.Response] = []
        self.slowest = 0.0
        self.lint_faults: list[str] = []
        self.lints = 0
        self._headers = {"Authorization": f"Bearer {key}"}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, *, with_lint: bool = False) -> None:
        runs = [self._write] * WRITERS + [self._lint] * with_lint
        self._threads = [threading.Thread(target=run) for run in runs]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def found(self) -> dict[str, list[str]]:
        """The ids under which each number is kept."""
        found: dict[str, list[str]] = {}
        query: dict[str, str] = {"limit": "200"}
        while True:
            page = httpx.get(f"{self.url}/v1/tickets", params=query, headers=self._headers, timeout=30).json()
            for kept in page["tickets"]:
                found.setdefault(kept["ticket"]["id"], []).append(kept["id"])
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    def _write(self) -> None:
        with httpx.Client(base_url=self.url, headers=self._headers, timeout=10) as client:
            while not self._stopped.is_set():
                began = time.monotonic()
                number = str(next(self._numbers))
                self._acknowledge(client, number)
                self._stopped.wait(max(0.0, WRITERS / PER_SECOND - (time.monotonic() - began)))

    def _acknowledge(self, client: httpx.Client, number: str) -> None:
        # A claim of a request that died with the server runs out after 15 s.
        end = time.monotonic() + 60
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                answer = client.post("/v1/tickets", json={**FULL, "id": number}, headers={"Idempotency-Key": number})
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            took = time.monotonic() - began
            if answer.status_code == 201:
                self.acknowledged[number] = answer.json()["id"]
                return
            with self._lock:
                self.refusals.append(answer)
                self.slowest = max(self.slowest, took)
            time.sleep(0.2)
        raise AssertionError(f"ticket {number} was never acknowledged")

    def _lint(self) -> None:
        with httpx.Client(base_url=self.url, headers=self._headers, timeout=10) as client:
            while not self._stopped.wait(0.02):
                self.lints += 1
                answer = client.post("/v1/lint", json=VAGUE)
                if answer.status_code != 200:
                    self.lint_faults.append(answer.text)


# A start of each worker costs seconds, and there are a hundred; two workers stand in the tests below.
@pytest.mark.parametrize("served", [1], indirect=True, ids=["one worker"])
def test_what_was_acknowledged_is_there_once_after_kills(served: Served) -> None:
    key = served.triage("keys", "new", "--scope", "assess", "--name", "helpdesk")
    served.start()
    writers = Writers(served.url, key)
    writers.start()
    for number in range(KILLS):
        # At different moments of what goes on.
        time.sleep(0.3 + 0.007 * number)
        served.kill()
        served.start()
    time.sleep(1)
    writers.stop()
    found = writers.found()
    tell(f"{KILLS} kills: {len(writers.acknowledged)} tickets acknowledged, {len(found)} kept")
    assert len(writers.acknowledged) > KILLS * 5
    assert {number: found.get(number) for number in writers.acknowledged} == {
        number: [kept] for number, kept in writers.acknowledged.items()
    }
    assert all(len(kept) == 1 for kept in found.values())
    assert served.stop() == 0


@pytest.fixture
def own_postgres() -> Iterator["Postgres"]:
    postgres = Postgres()
    yield postgres
    postgres.end()


class Postgres:
    """A PostgreSQL server of the test's own, to be stopped without harm to anybody."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        path = str(found[-1]) if found else shutil.which("pg_ctl")
        if path is None:
            message = "there is no pg_ctl to start a PostgreSQL server with"
            if os.environ.get("TRIAGE_TEST_POSTGRES") == "required":
                pytest.fail(message)
            pytest.skip(message)
        self._program = Path(path)
        self._folder = Path(tempfile.mkdtemp(prefix="triage-postgres-"))
        # PostgreSQL does not run as root.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._run(str(self._program.with_name("initdb")), "-D", f"{self._folder}/data", "-U", "postgres", "-A", "trust")
        self.port = 20_000 + os.getpid() % 20_000
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        self._control("start", "-w", "-l", f"{self._folder}/log", "-o", options)

    def stop(self) -> None:
        self._control("stop", "-w", "-m", "fast")

    def end(self) -> None:
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        self._run(str(self._program), "-D", f"{self._folder}/data", *arguments)

    def _run(self, *command: str) -> None:
        # A server that was started keeps its standard output open.
        log = self._folder.with_suffix(".out")
        with log.open("ab") as out:
            done = subprocess.run([*self._as, *command], stdout=out, stderr=out, cwd="/", check=False)
        assert done.returncode == 0, log.read_text()
        log.unlink()


def test_lint_goes_on_without_the_database(own_postgres: Postgres, tmp_path: Path) -> None:
    served = Served(tmp_path, environment={"TRIAGE_DATABASE_URL": own_postgres.url})
    served.triage("db", "upgrade")
    key = served.triage("keys", "new", "--scope", "assess", "--name", "helpdesk")
    served.start()
    try:
        writers = Writers(served.url, key)
        writers.start(with_lint=True)
        recoveries = []
        for _ in range(OUTAGES):
            time.sleep(0.5)
            own_postgres.stop()
            assert not served.is_ready()
            time.sleep(1.0)
            own_postgres.start()
            back, count = time.monotonic(), len(writers.acknowledged)
            while len(writers.acknowledged) == count or not served.is_ready():
                assert time.monotonic() - back < 30
                time.sleep(0.05)
            recoveries.append(time.monotonic() - back)
        writers.stop()
        found = writers.found()
    finally:
        served.kill()
    tell(
        f"{OUTAGES} outages: {len(writers.acknowledged)} tickets acknowledged, {len(writers.refusals)} refusals, the "
        f"slowest after {writers.slowest:.2f} s, recovered within {max(recoveries):.2f} s, {writers.lints} lints"
    )
    assert writers.lint_faults == []
    assert writers.lints > OUTAGES * 20
    assert {answer.status_code for answer in writers.refusals} <= {503, 409}
    assert all("retry-after" in answer.headers for answer in writers.refusals)
    assert sum(answer.status_code == 503 for answer in writers.refusals) >= OUTAGES
    # 1 s and 10 s are the goals; a busy machine is given twice that, and the figures are printed.
    assert writers.slowest < 2
    assert max(recoveries) < 20
    assert {number: found.get(number) for number in writers.acknowledged} == {
        number: [kept] for number, kept in writers.acknowledged.items()
    }
    assert all(len(kept) == 1 for kept in found.values())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_parallel_repeats_have_one_effect(database: str, tmp_path: Path) -> None:
    for url in postgres_schema() if database == "postgresql" else [f"sqlite:///{tmp_path / 'triage.db'}"]:
        served = Served(tmp_path, environment={"TRIAGE_DATABASE_URL": url})
        served.triage("db", "upgrade")
        key = served.triage("keys", "new", "--scope", "assess", "--name", "helpdesk")
        served.start()
        try:
            headers = {"Authorization": f"Bearer {key}"}
            clients = [httpx.Client(base_url=served.url, headers=headers, timeout=60) for _ in range(AT_ONCE)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for number in range(ROUNDS):
                    _one_effect(clients, pool, f"round-{number}-{uuid4().hex}")
            for client in clients:
                client.close()
        finally:
            served.kill()


def _one_effect(clients: Sequence[httpx.Client], pool: ThreadPoolExecutor, name: str) -> None:
    start = threading.Barrier(AT_ONCE)

    def ask(client: httpx.Client) -> httpx.Response:
        start.wait()
        end = time.monotonic() + 30
        while True:
            answer = client.post("/v1/tickets", json={**VAGUE, "id": name}, headers={"Idempotency-Key": name})
            if answer.status_code not in {409, 503} or time.monotonic() > end:
                return answer
            time.sleep(0.05)

    answers = list(pool.map(ask, clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) <= 1
    assert len(clients[0].get("/v1/tickets", params={"ticket_id": name}).json()["tickets"]) == 1


def test_a_stop_loses_no_request(served: Served) -> None:
    key = served.triage("keys", "new", "--scope", "assess", "--name", "helpdesk")
    served.start()
    headers = {"Authorization": f"Bearer {key}"}
    # Some seconds of work: more than has gone by at the stop, and far less than a stop waits for, also on a busy machine.
    body = {"tickets": [FULL] * 100}
    clients = [httpx.Client(base_url=served.url, headers=headers, timeout=60) for _ in range(8)]
    for client in clients:
        # Connected before the stop, so that all of them are at work when it comes.
        assert client.get("/livez").status_code == 200
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(client.post, "/v1/assess/batch", json=body) for client in clients]
        time.sleep(0.5)
        assert served.stop() == 0
        answers = [one.result() for one in asked]
    for client in clients:
        client.close()
    assert [answer.status_code for answer in answers] == [200] * 8
    assert {len(answer.json()["items"]) for answer in answers} == {100}


def test_a_killed_worker_is_started_again(served: Served) -> None:
    served.start()
    listed = subprocess.run(["pgrep", "-P", str(served.process.pid)], capture_output=True, text=True, check=True)
    before = set(listed.stdout.split())
    for process in before:
        os.kill(int(process), 9)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        listed = subprocess.run(["pgrep", "-P", str(served.process.pid)], capture_output=True, text=True, check=False)
        now = set(listed.stdout.split())
        if len(now) >= len(before) and not now & before and served.is_ready():
            break
        time.sleep(0.1)
    assert served.is_ready()
    assert "is started again" in served.log()
    assert served.stop() == 0


def test_without_keys_it_answers_this_machine_alone_and_says_so(served: Served) -> None:
    served.start()
    assert "WARNING" in served.log()
    assert httpx.post(f"{served.url}/v1/lint", json=VAGUE).status_code == 200
    assert httpx.post(f"{served.url}/v1/lint", json=VAGUE, headers={"Host": "evil.example"}).status_code == 403
