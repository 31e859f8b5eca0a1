"""The service over HTTP, asked by wrk from a process of its own: against FastAPI that only validates, and overloaded.

One worker each, so that the other core is wrk's. The tickets are those of the corpus, shuffled, each as its own body.
"""

import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson

from bench.clock import seconds
from bench.corpus import ROOT, read_corpus
from bench.report import Goal, Report, print_table
from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.settings import load_settings
from triage.ticket import Ticket

PORT, PEER_PORT = 8571, 8572
CONNECTIONS, SECONDS = 16, 8
BATCH = 200
OVERLOAD, OVERLOAD_CONNECTIONS = 5, 600
LEAST_SHARE, LEAST_GOODPUT = 0.6, 0.8
# What wrk runs for each request: the next body, after a pause where a rate is asked for.
_SCRIPT = """
local bodies, turn, pause = {{}}, 0, {pause}
for line in io.lines("{bodies}") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
function request() turn = turn % #bodies + 1; return wrk.format(nil, nil, nil, bodies[turn]) end
if pause > 0 then function delay() return math.random(2 * pause) end end
"""


class Load(NamedTuple):
    """What wrk measured: good answers a second, all answers a second, and the times of all in ms."""

    good: float
    all: float
    p50: float
    p99: float


def run() -> Report:
    """Prints the tables and gives the figures."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench serve needs wrk: apt-get install wrk")
    tickets = read_corpus()
    random.Random(20261125).shuffle(tickets)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = _bodies(folder / "one.jsonl", [_record(ticket) for ticket in tickets])
        many = [{"tickets": [_record(ticket) for ticket in group]} for group in _groups(tickets)]
        batches = _bodies(folder / "batch.jsonl", many)
        with serving("bench.serve_peer", PEER_PORT, folder), serving("triage", PORT, folder):
            loads = {
                "FastAPI that validates": _load(PEER_PORT, "/v1/assess", one, folder),
                "/v1/lint": _load(PORT, "/v1/lint", one, folder),
                "/v1/assess": _load(PORT, "/v1/assess", one, folder),
            }
            batch = _load(PORT, "/v1/assess/batch", batches, folder, connections=2)
            probe = _Probe(PORT, one)
            pause = OVERLOAD_CONNECTIONS / (OVERLOAD * loads["/v1/assess"].good) * 1000
            with probe:
                flood = _load(PORT, "/v1/assess", one, folder, connections=OVERLOAD_CONNECTIONS, pause=pause)
            after = _load(PORT, "/v1/assess", one, folder)
    inside = len(tickets) / seconds(lambda: _in_process(tickets))
    peer, assess = loads["FastAPI that validates"], loads["/v1/assess"]
    print_table(
        f"serve: one worker, wrk with {CONNECTIONS} connections, {len(tickets)} tickets in turn",
        ("", "a second", "share of validating", "p50 ms", "p99 ms"),
        [(name, f"{load.good:,.0f}", load.good / peer.good, load.p50, load.p99) for name, load in loads.items()],
    )
    print(f"  batches of {BATCH}: {batch.good * BATCH:,.0f} tickets a second, in process {inside:,.0f}")
    print_table(
        f"serve: {OVERLOAD} times as many requests as it can answer",
        ("", "answered a second", "refused a second", "p50 ms answered", "p99 ms answered", "p99 ms refused"),
        [("overload", f"{flood.good:,.0f}", f"{flood.all - flood.good:,.0f}", *probe.figures())],
    )
    print(f"  afterwards {after.good:,.0f} a second, p99 {after.p99:.0f} ms")
    return Report(
        "serve",
        {
            **{f"{name}, {what}": getattr(load, what) for name, load in loads.items() for what in load._fields},
            "batch, tickets a second": batch.good * BATCH,
            "in process, tickets a second": inside,
            "overload, answered a second": flood.good,
            "overload, refused a second": flood.all - flood.good,
            "after the overload, a second": after.good,
        },
        (
            Goal("serve: /v1/assess, share of FastAPI that validates", assess.good / peer.good, LEAST_SHARE, False),
            Goal("serve: batch, share of in process", batch.good * BATCH / inside, LEAST_SHARE, at_most=False),
            Goal("serve: goodput under overload, share of peak", flood.good / assess.good, LEAST_GOODPUT, False),
            Goal("serve: after the overload, share of peak", after.good / assess.good, 0.9, at_most=False),
        ),
    )


def _record(ticket: Ticket) -> dict[str, Any]:
    attachments = list(ticket.attachments)
    return {"title": ticket.title, "body": ticket.body, "fields": dict(ticket.fields), "attachments": attachments}


def _groups(tickets: Sequence[Ticket]) -> Iterator[Sequence[Ticket]]:
    return (tickets[start : start + BATCH] for start in range(0, len(tickets) - BATCH + 1, BATCH))


def _bodies(path: Path, records: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def _in_process(tickets: Sequence[Ticket]) -> None:
    for group in _groups(tickets):
        for answer in _assessor().assess_many(group, lang="auto"):
            orjson.dumps(assessment_json(answer))


def _assessor(made: list[Assessor] = []) -> Assessor:  # noqa: B006
    if not made:
        made.append(Assessor(load_settings()))
        made[0].assess(Ticket(body="语音卡顿"))
    return made[0]


@contextmanager
def serving(module: str, port: int, folder: Path) -> Iterator[None]:
    arguments = ["serve", "--workers", "1"] if module == "triage" else []
    command = [sys.executable, "-m", module, *arguments, "--port", str(port)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TRIAGE_SERVE__PER_MINUTE__KEY": "10000000"}
    with (folder / f"{module}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait(port)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/livez")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"bench serve: nothing answers on port {port}")


def _load(
    port: int, path: str, bodies: Path, folder: Path, *, connections: int = CONNECTIONS, pause: float = 0
) -> Load:
    """One run of wrk; ``pause`` is the mean time in ms that each connection waits before a request."""
    script = folder / "wrk.lua"
    script.write_text(_SCRIPT.format(bodies=bodies, pause=round(pause)), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", str(script)]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    count, span = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()  # type: ignore[union-attr]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    good = rate - (int(bad[1]) / float(span) if bad else 0)
    assert int(count), said
    return Load(good, rate, _ms(said, "50%"), _ms(said, "99%"))


def _ms(said: str, share: str) -> float:
    figure, unit = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    return float(figure) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


class _Probe:
    """Asks one thing after another meanwhile, and times the answered and the refused apart, as wrk does not."""

    def __init__(self, port: int, bodies: Path) -> None:
        self._url = f"http://127.0.0.1:{port}/v1/assess"
        self._bodies = bodies.read_text(encoding="utf-8").splitlines()
        self._times: dict[bool, list[float]] = {True: [], False: []}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def figures(self) -> tuple[float, float, float]:
        """p50 and p99 of the answered, p99 of the refused, in ms."""
        answered, refused = ([*self._times[good], 0.0, 0.0] for good in (True, False))
        share = statistics.quantiles
        return statistics.median(answered), share(answered, n=100)[98], share(refused, n=100)[98]

    def _ask(self) -> None:
        headers = {"Content-Type": "application/json"}
        with httpx.Client(timeout=30, headers=headers) as client:
            turn = 0
            # The overload needs a second to build up.
            while not self._stopped.wait(1.0 if not turn else 0.02):
                began = time.perf_counter()
                answer = client.post(self._url, content=self._bodies[turn % len(self._bodies)].encode())
                self._times[answer.status_code == 200].append((time.perf_counter() - began) * 1000)
                turn += 1
