"""Tickets a second through ``Assessor.lint`` in one process, where the time goes, and the memory it takes.

Peers: the same lint with ``engine="re"`` (no google-re2), and jieba cutting the same texts, which is where most other
triage of Chinese begins.
"""

import importlib.util
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import triage.assessor
import triage.evidence.finder
from bench.clock import seconds, stage_seconds
from bench.corpus import ROOT, read_corpus
from bench.report import Report, print_table
from triage.assessor import Assessor
from triage.language.matcher import Matcher
from triage.settings import load_settings
from triage.ticket import Ticket

ROUNDS = 3
# Each stage of a lint as the function that does it; a stage's time is without the stages that it calls.
STAGES = {
    "document": (triage.evidence.finder, "documents_of"),
    "matcher": (Matcher, "hits_many"),
    "judge": (triage.evidence.finder, "_judge"),
    "detector": (triage.evidence.finder, "_reconsider"),
    "secrets": (triage.assessor, "find_secrets"),
    "language": (triage.assessor, "detect_language"),
    "lint": (triage.assessor, "lint_facts"),
}
PEAK = """
import resource, sys
from pathlib import Path
from bench.corpus import read_corpus
if sys.argv[1] == "lint":
    from triage.assessor import Assessor
    from triage.settings import load_settings
    assessor = Assessor(load_settings())
    for ticket in read_corpus():
        assessor.lint(ticket)
else:
    tickets = read_corpus()
status = Path("/proc/self/status")
if status.is_file():
    # The peak of this program; ru_maxrss of a child counts that of its parent too.
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak // 1024 if sys.platform == "darwin" else peak)
"""


def run() -> Report:
    """Prints speed, stages and memory, and gives the figures."""
    tickets = read_corpus()
    assessor = Assessor(load_settings())
    fresh = seconds(lambda: _lint_all(assessor, tickets))
    plain = Assessor(load_settings(), engine="re")
    _lint_all(plain, tickets[:50])
    works: dict[str, Callable[[], object]] = {
        "lint, known tickets": lambda: _lint_all(assessor, tickets),
        'peer: lint with engine="re"': lambda: _lint_all(plain, tickets),
    }
    if importlib.util.find_spec("jieba"):
        works["peer: jieba cuts the texts"] = _jieba(tickets)
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(seconds(work))
    medians = {"lint, fresh tickets": fresh, **{name: statistics.median(values) for name, values in times.items()}}
    base = medians["lint, known tickets"]
    print_table(
        f"throughput: {len(tickets)} tickets, one process, median of {ROUNDS} interleaved rounds",
        ("", "tickets a second", "µs a ticket", "lint is … times as fast"),
        [
            (name, f"{len(tickets) / value:,.0f}", f"{value * 1e6 / len(tickets):,.0f}", f"{value / base:.2f}")
            for name, value in medians.items()
        ],
    )
    stages = stage_seconds(lambda: _lint_all(assessor, tickets), STAGES)
    whole = sum(stages.values())
    print_table(
        "throughput: where the time goes (known tickets, with the clock's own cost)",
        ("", "µs a ticket", "share"),
        [(name, f"{value * 1e6 / len(tickets):.0f}", f"{value / whole:.0%}") for name, value in stages.items()],
    )
    memory = {which: _peak_megabytes(which) for which in ("lint", "tickets")}
    print(f"  peak memory: {memory['lint']:.0f} MB; peer: the tickets alone {memory['tickets']:.0f} MB", end="")
    print(f" ({memory['lint'] / memory['tickets']:.1f} times)")
    figures: dict[str, Any] = {f"{name}, a second": round(len(tickets) / value) for name, value in medians.items()}
    figures["stages, µs a ticket"] = {name: round(value * 1e6 / len(tickets), 1) for name, value in stages.items()}
    figures["peak memory, MB"] = memory
    return Report("throughput", figures)


def _lint_all(assessor: Assessor, tickets: list[Ticket]) -> None:
    for ticket in tickets:
        assessor.lint(ticket)


def _jieba(tickets: list[Ticket]) -> Callable[[], object]:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    texts = [f"{ticket.title}\n{ticket.body}" for ticket in tickets]
    return lambda: [jieba.lcut(text, HMM=False) for text in texts]


def _peak_megabytes(which: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PEAK, which], cwd=ROOT, capture_output=True, check=True, text=True, timeout=300
    )
    return int(done.stdout) / 1024


if __name__ == "__main__":
    run()
