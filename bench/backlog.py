"""A backlog end to end, from a CSV file to JSONL: one process, two, and triage as it is first written.

The rows are made by a script from the corpus: each is a ticket of it with other digits, and every third has a sentence
of another ticket at its end, so that no text is met twice. The peer reads the same file by ``csv``, answers one by one
and writes JSONL; a sample of its rows is enough, for it takes minutes.
"""

import csv
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.clock import seconds
from bench.corpus import ROOT, read_corpus
from bench.peers import Naive, pattern_text, train_naive
from bench.report import Goal, Report, print_table
from triage.ticket import Ticket
from triage.training.dataset import read_corpus as read_labelled

ROWS, PEER_ROWS = 20_000, 600
HEADERS = ("工单编号", "标题", "内容", "优先级", "创建时间", "平台")
LEAST_TIMES, LEAST_TIMES_TWO = 20.0, 1.5
_DIGIT, _SENTENCE = re.compile(r"[0-9]"), re.compile(r"[^。！？!?\n]{8,}[。！？!?\n]")


def run() -> Report:
    """Prints the table and gives the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "backlog.csv"
        write_backlog(source, ROWS)
        times = {f"{jobs} process{'es' if jobs > 1 else ''}": triaged(source, folder, jobs) for jobs in (1, 2)}
        labelled = [one for one in read_labelled(ROOT / "data") if one.split == "train"]
        naive = train_naive(labelled)
        peer = seconds(lambda: _naively(naive, source, folder / "peer.jsonl", PEER_ROWS)) / PEER_ROWS * ROWS
    one, two = times.values()
    rows = {"peer: csv, re.search, jieba, scikit-learn, one by one": peer, **times}
    print_table(
        f"backlog: {ROWS} rows from CSV to JSONL with the start of the program (peer: {PEER_ROWS} of them, started)",
        ("", "seconds", "rows a second", "times the peer"),
        [(name, f"{value:.1f}", f"{ROWS / value:,.0f}", f"{peer / value:.1f}") for name, value in rows.items()],
    )
    return Report(
        "backlog",
        {f"{name}, s": round(value, 1) for name, value in rows.items()},
        (
            Goal("backlog: one process, times the naive peer", peer / one, LEAST_TIMES, at_most=False),
            Goal("backlog: two processes, times one", one / two, LEAST_TIMES_TWO, at_most=False),
        ),
    )


def write_backlog(path: Path, rows: int) -> None:
    """Writes a made backlog as a Chinese in-house system would export it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(made_rows(rows))


def made_rows(rows: int) -> Iterator[tuple[str, ...]]:
    """Rows made from the corpus, the same on every call."""
    draw = random.Random(20261125)
    tickets = read_corpus()
    sentences = [sentence for ticket in tickets for sentence in _SENTENCE.findall(ticket.body)]
    for number in range(rows):
        ticket = draw.choice(tickets)
        body = ticket.body if number % 3 else f"{ticket.body}\n{draw.choice(sentences)}"
        title, body = (_DIGIT.sub(lambda _: draw.choice("0123456789"), text) for text in (ticket.title, body))
        day, minute = divmod(number % 40_320, 1440)
        created = f"2026-11-{day + 1:02d} {minute // 60:02d}:{minute % 60:02d}:00"
        priority = draw.choice(("紧急", "高", "普通", "低"))
        yield f"GD{number:07d}", title, body, priority, created, ticket.fields.get("platform", "")


def triaged(source: Path, folder: Path, jobs: int) -> float:
    """Seconds that ``triage backlog`` takes for the file, as a user starts it."""
    target = folder / f"out-{jobs}.jsonl"
    command = [sys.executable, "-m", "triage", "backlog", source, "-o", target, "--jobs", str(jobs), "--quiet"]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True))


def _naively(naive: Naive, source: Path, target: Path, rows: int) -> None:
    with source.open(encoding="utf-8-sig", newline="") as read, target.open("w", encoding="utf-8") as written:
        for row in itertools.islice(csv.DictReader(read), rows):
            ticket = Ticket(title=row["标题"], body=row["内容"], id=row["工单编号"])
            text = pattern_text(ticket)
            found = [pattern.search(text) for pattern in naive.patterns]
            shares: Any = naive.heads(" ".join(naive.cut(f"{ticket.title}\n{ticket.body}")))
            answer = {
                "ticket_id": ticket.id,
                "evidence": [match.span() for match in found if match],
                "shares": [head.tolist() for head in shares],
            }
            written.write(json.dumps(answer, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for goal in run().goals:
        print(goal.line())
