"""From the last keystroke in a form to the hint that is shown, in Chromium on loopback, beside the wait for a pause."""

import json
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from bench.corpus import ROOT
from bench.report import Goal, Report, print_table
from bench.serve import PORT, serving

PAUSES = 120
# The element waits so long for the next key (src/element.ts).
DEBOUNCE_MS = 500
MOST_MS = 100
WIDGET = ROOT / "triage" / "api" / "widget"


def run() -> Report:
    """Prints the table and gives the figures."""
    if not (WIDGET / "node_modules").is_dir() or shutil.which("chromium") is None:
        raise SystemExit("bench form needs Chromium and the element's tools: make .venv/widget .venv/browser")
    with tempfile.TemporaryDirectory() as folder, serving("triage", PORT, Path(folder)):
        command = ["node", "tests/latency.mjs", f"http://127.0.0.1:{PORT}", str(PAUSES)]
        done = subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, check=True, timeout=600)
    measured = json.loads(done.stdout)
    waits = [wait - DEBOUNCE_MS for wait in measured["waits"]]
    p50, p95 = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    requests = measured["requests"] / PAUSES
    print_table(
        f"form: {PAUSES} pauses of typing, ms from the last key to the shown hint beyond the {DEBOUNCE_MS} ms debounce",
        ("p50", "p95", "slowest", "requests a pause"),
        [(f"{p50:.0f}", f"{p95:.0f}", f"{max(waits):.0f}", f"{requests:.2f}")],
    )
    return Report(
        "form",
        {"p50 ms": p50, "p95 ms": p95, "slowest ms": max(waits), "requests a pause": requests},
        (
            Goal("form: keystroke to hint beyond the debounce, p95 ms", p95, MOST_MS, at_most=True),
            Goal("form: requests a pause", requests, 1, at_most=True),
        ),
    )
