"""A million tickets: the memory against that of 20,000, and the last tenth's time against the first's.

usage: python -m bench million (half an hour on two cores; not among those that run without a name)
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from bench.backlog import write_backlog
from bench.corpus import ROOT
from bench.report import Goal, Report, print_table

FEW, MANY = 20_000, 1_000_000
MOST_MEMORY, MOST_TIME = 1.15, 1.15
# A run in a process of its own that notes when each tenth of the rows is answered.
RUN = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from triage.assessor import Assessor
from triage.backlog.run import Asked, open_sheets, run
from triage.backlog.workers import Order
from triage.settings import load_settings

def main():
    source, target, rows = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    order = Order(load_settings(), {}, "auto")
    work = target.with_suffix(".work")
    asked = Asked((source,), (target,), None, None, False, order, 2, 0, False, False, work)
    done, start, tenths = 0, time.monotonic(), []

    def progress(more):
        nonlocal done
        done += more
        while done >= rows * (len(tenths) + 1) / 10:
            tenths.append(time.monotonic() - start)

    run(asked, open_sheets([source], {}), assessor=Assessor(order.settings),
        made_at=datetime.now(UTC), progress=progress)
    print(json.dumps({"tenths": tenths, "whole": time.monotonic() - start}))

if __name__ == "__main__":
    main()
"""


def run(few: int = FEW, many: int = MANY) -> Report:
    """Prints the table and gives the figures."""
    measured = {}
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "out") as name:
        folder = Path(name)
        (folder / "run.py").write_text(RUN, encoding="utf-8")
        for rows in (few, many):
            source = folder / "backlog.csv"
            write_backlog(source, rows)
            printed, peak = _watched([sys.executable, folder / "run.py", source, folder / "out.jsonl", str(rows)])
            measured[rows] = (json.loads(printed), peak)
    tenths = measured[many][0]["tenths"]
    first, last = tenths[0], tenths[9] - tenths[8]
    memory = measured[many][1] / measured[few][1]
    print_table(
        "million: two processes, CSV to JSONL",
        ("rows", "seconds", "seconds till ranked and written", "peak memory of all processes, MB"),
        [
            (f"{rows:,}", f"{told['tenths'][9]:,.0f}", f"{told['whole']:,.0f}", f"{peak:.0f}")
            for rows, (told, peak) in measured.items()
        ],
    )
    return Report(
        "million",
        {
            "seconds by tenths": [round(end - start, 1) for start, end in zip([0.0, *tenths], tenths, strict=False)],
            "seconds till written": round(measured[many][0]["whole"], 1),
            "peak memory, MB": {str(rows): round(peak, 1) for rows, (_, peak) in measured.items()},
        },
        (
            Goal(f"million: memory of {many:,} rows, times that of {few:,}", memory, MOST_MEMORY, at_most=True),
            Goal("million: time of the last tenth, times the first", last / first, MOST_TIME, at_most=True),
        ),
    )


def _watched(command: list[object]) -> tuple[str, float]:
    """What a command prints, and the peak of its own and its children's resident memory in MB, looked at each second."""
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(1.0):
            peak = max(peak, sum(map(_megabytes, [process.pid, *_children(process.pid)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"the run ended with {process.returncode}")
    return printed, peak


def _children(pid: int) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                parent = int(Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def _megabytes(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
