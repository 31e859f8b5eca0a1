"""A cold start: ``python -m triage lint`` and ``assess`` against their peer, the bare interpreter (``python -c pass``)."""

import os
import statistics
import subprocess
import sys
from functools import partial

from bench.clock import seconds
from bench.corpus import ROOT
from bench.report import Goal, Report, print_table

RUNS = 15
MOST_TIMES = 10.0
MOST_TIMES_ASSESS = 30.0
AIM = 6.0
SLOWEST = 8
# As on a user's machine: modules and rules are kept compiled after the first start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
TEXT = "昨晚 8 点起 Android 14 上语音一直卡顿，SDK 4.2.1，约 30% 的用户受影响"
LINT = ["-m", "triage", "lint", "--text", TEXT]
ASSESS = ["-m", "triage", "assess", "--text", TEXT]
COMMANDS = {
    "peer: python -c pass": ["-c", "pass"],
    "triage lint --text": LINT,
    "triage lint --text, --format json": [*LINT, "--format", "json"],
    "triage assess --text": ASSESS,
    "triage assess --text, --format json": [*ASSESS, "--format", "json"],
    "triage --version": ["-m", "triage", "--version"],
    "python -c 'import re, json'": ["-c", "import re, json"],
    "python -c 'import numpy'": ["-c", "import numpy"],
}


def run() -> Report:
    """Prints the wall times, the slowest imports, and gives the figures."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for arguments in COMMANDS.values():
        _call(arguments)
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(partial(_call, arguments)))
    medians = {name: statistics.median(values) for name, values in times.items()}
    peer = medians["peer: python -c pass"]
    print_table(
        f"cold: wall time of a start, median of {RUNS} interleaved runs",
        ("", "ms", "least ms", "times the peer"),
        [
            (name, f"{value * 1e3:.0f}", f"{min(times[name]) * 1e3:.0f}", f"{value / peer:.1f}")
            for name, value in medians.items()
        ],
    )
    slowest = {name: _slowest_imports(command) for name, command in (("lint", LINT), ("assess", ASSESS))}
    for name, imports in slowest.items():
        print_table(
            f"cold: the {SLOWEST} slowest imports of triage {name} by their own time",
            ("", "own ms", "with theirs ms"),
            imports,
        )
    ratios = {name: value / peer for name, value in medians.items()}
    text, as_json = ratios["triage lint --text"], ratios["triage lint --text, --format json"]
    print(f"  aim {AIM:g}: {'reached' if text <= AIM else 'not reached'} ({text:.1f})")
    figures: dict[str, object] = {f"{name}, ms": round(value * 1e3, 1) for name, value in medians.items()}
    goals = (
        Goal("cold: triage lint --text, times python -c pass", text, MOST_TIMES, at_most=True),
        Goal("cold: the same with --format json", as_json, MOST_TIMES, at_most=True),
        Goal(
            "cold: triage assess --text, times python -c pass",
            ratios["triage assess --text"],
            MOST_TIMES_ASSESS,
            at_most=True,
        ),
    )
    figures["aim"] = AIM
    for name, imports in slowest.items():
        figures[f"slowest imports of {name}, ms"] = {module: float(own) for module, own, _ in imports}
    return Report("cold", figures, goals)


def _call(arguments: list[str]) -> str:
    """Runs Python to its end and gives its standard error."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{arguments} failed: {done.stderr}")
    return done.stderr


def _slowest_imports(command: list[str]) -> list[tuple[str, str, str]]:
    rows = []
    for line in _call(["-X", "importtime", *command]).splitlines():
        parts = line.removeprefix("import time:").split("|")
        # matches "import time:       107 |        107 |   zipimport"; does not match its heading
        if line.startswith("import time:") and parts[0].strip().isdigit():
            rows.append((int(parts[0]), int(parts[1]), parts[2].strip()))
    slowest = sorted(rows, reverse=True)[:SLOWEST]
    return [(name, f"{own / 1e3:.1f}", f"{whole / 1e3:.1f}") for own, whole, name in slowest]


if __name__ == "__main__":
    for goal in run().goals:
        print(goal.line())
