"""The tickets that are measured: all of ``data/tickets``, Chinese, English and mixed, in the order of the files."""

import json
from pathlib import Path

from triage.ticket import Ticket, ticket_from

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "data" / "tickets"


def read_corpus() -> list[Ticket]:
    """The tickets of the corpus."""
    return [
        ticket_from(json.loads(line), place=f"{path.name}:{number}")
        for path in sorted(FOLDER.glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    ]
