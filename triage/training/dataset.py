"""Labelled tickets: the corpus in ``data/``, or a JSONL file that carries its labels."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.errors import InputError
from triage.ticket import Ticket, ticket_from

# The elements that people labelled; ``expected`` was not.
LABELLED_ELEMENTS = (
    "symptom",
    "reproduction",
    "environment",
    "logs",
    "session",
    "impact",
    "business_loss",
    "timing",
    "contact",
)


@dataclass(frozen=True, slots=True)
class LabelledTicket:
    """A ticket with its labels; a label that is None does not count (two readers of the guide may differ)."""

    ticket: Ticket
    group: str
    split: str
    lang: str | None
    kind: str | None
    product: str | None
    priority: str | None
    escalate: bool | None
    elements: Mapping[str, bool | None]


def read_corpus(folder: Path) -> list[LabelledTicket]:
    """The corpus in a ``data`` folder, in the order of its files.

    Raises InputError when a file is missing or a ticket has no label or no split.
    """
    try:
        splits = {row["id"]: row for row in _rows(folder / "splits.csv")}
        labels = {row["id"]: row for path in sorted((folder / "labels").glob("*.csv")) for row in _rows(path)}
        records = [
            (path, number, json.loads(line))
            for path in sorted((folder / "tickets").glob("*.jsonl"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        ]
    except OSError as cause:
        raise InputError(f"{cause.filename}: cannot be read ({cause.strerror}); is this the data folder?") from cause
    tickets = []
    for path, number, record in records:
        place = f"{path}:{number}"
        if record["id"] not in labels or record["id"] not in splits:
            raise InputError(f"{place}: ticket {record['id']} has no label or no split")
        row, split = labels[record["id"]], splits[record["id"]]
        elements = {element: _yes_no(row[element]) for element in LABELLED_ELEMENTS}
        tickets.append(
            LabelledTicket(
                ticket_from(record, place=place),
                split["group"],
                split["split"],
                record.get("lang"),
                _sure(row["kind"]),
                _sure(row["product"]),
                _sure(row["priority"]),
                _yes_no(row["escalate"]),
                elements,
            )
        )
    return tickets


def read_labelled(path: Path) -> list[LabelledTicket]:
    """A JSONL file of tickets with ``labels`` {kind, product, priority, escalate, elements}; null labels do not count.

    Raises InputError with path and line.
    """
    tickets = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as cause:
        raise InputError(f"{path}: cannot be read ({cause.strerror})") from cause
    for number, line in enumerate(lines, start=1):
        place = f"{path}:{number}"
        try:
            record = json.loads(line)
            labels = record["labels"]
            elements = labels.get("elements") or {}
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise InputError(
                f'{place}: is no labelled ticket; each line needs "labels" {{kind, …, elements}}'
            ) from cause
        tickets.append(
            LabelledTicket(
                ticket_from({key: value for key, value in record.items() if key != "labels"}, place=place),
                str(record.get("id", number)),
                "test",
                record.get("lang"),
                labels.get("kind"),
                labels.get("product"),
                labels.get("priority"),
                labels.get("escalate"),
                {element: elements.get(element) for element in LABELLED_ELEMENTS},
            )
        )
    return tickets


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _sure(label: str) -> str | None:
    return None if label == "?" else label


def _yes_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
