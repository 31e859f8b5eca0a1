"""Runs the benches (all, or those named), writes ``out/bench.json`` and prints which goals are kept.

A goal that is short is told, not punished: the machine may be busy. The exit code is 0 unless a bench breaks.
"""

import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from bench import assess, backlog, cold, due, form, linear, million, patterns, serve, throughput
from bench.corpus import ROOT

BENCHES = {
    "patterns": patterns.run,
    "cold": cold.run,
    "throughput": throughput.run,
    "assess": assess.run,
    "linear": linear.run,
    "backlog": backlog.run,
    "million": million.run,
    "serve": serve.run,
    "form": form.run,
    "due": due.run,
}
# Half an hour, so only by its name.
LONG = ("million",)

# Those whose version changes a figure.
PACKAGES = (
    "fastapi",
    "uvicorn",
    "pydantic",
    "google-re2",
    "rjieba",
    "jieba",
    "numpy",
    "scikit-learn",
    "fasttext-wheel",
)


def main(names: list[str]) -> int:
    """Runs the named benches; 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f'bench: "{unknown[0]}" is not known; use {", ".join(BENCHES)}', file=sys.stderr)
        return 2
    start = time.monotonic()
    reports = [BENCHES[name]() for name in names or (name for name in BENCHES if name not in LONG)]
    goals = [goal for report in reports for goal in report.goals]
    content = {
        "machine": _machine(),
        "benches": {report.name: report.figures for report in reports},
        "goals": [
            {
                "name": goal.name,
                "figure": round(goal.figure, 2),
                "limit": goal.limit,
                "at_most": goal.at_most,
                "reached": goal.reached,
            }
            for goal in goals
        ],
    }
    out = ROOT / "out" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"\nSummary ({time.monotonic() - start:.0f} s, written to {out.relative_to(ROOT)})")
    for goal in goals:
        print("  " + goal.line())
    return 0


def _machine() -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        **{package: _version(package) for package in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
