"""What a file of tickets gives: rows as they stand there, and how a ticket is made of one."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from triage.errors import InputError
from triage.ticket import Ticket, ticket_from
from triage.ticketfile.headers import check_columns, key_of, keys_of, system_of


class RawRow(NamedTuple):
    """A row or record as the file has it.

    ``line`` counts from 1: the line of a CSV or JSONL file, the record of a JSON file, the row of a sheet. ``columns``
    are the input's own by their headers, in values that JSON knows; a repeated header becomes ``Labels (2)``, a cell
    beyond the header ``column 17``. ``error`` says why the row could not be read.
    """

    line: int
    columns: dict[str, Any]
    error: InputError | None = None


class Sheet(NamedTuple):
    """An opened file: its name, the system that wrote it, and its rows as they are asked for.

    ``headers`` are those of a table, and ``keys`` what each that we know is taken for (概要 -> title); both are empty for
    JSON, whose keys are each record's own.
    """

    name: str
    system: str
    headers: tuple[str, ...]
    keys: Mapping[str, str]
    rows: Iterator[RawRow]


def table_of(name: str, headers: tuple[str, ...], asked: Mapping[str, str], rows: Iterator[RawRow]) -> Sheet:
    """The sheet of a table; raises InputError when no header holds a title or a body, or ``--map`` cannot be followed."""
    check_columns(headers, asked, name=name)
    keys = {header: key for header in headers if (key := key_of(header, asked)) != header or key in ("title", "body")}
    return Sheet(name, system_of(headers), headers, keys, rows)


def ticket_of(columns: Mapping[str, Any], asked: Mapping[str, str], *, place: str) -> Ticket:
    """The ticket in a row's columns; ``asked`` are the columns named by ``--map``, our key -> header.

    Raises InputError naming ``place`` when they hold no ticket.
    """
    nested = columns.get("fields")
    if isinstance(nested, Mapping) and "summary" in nested:
        # Jira's REST form: the ticket is under ``fields``, its key beside them.
        beside = {name: value for name, value in columns.items() if name not in ("fields", "id", "key")}
        columns = {**beside, **nested, "id": columns.get("key", columns.get("id"))}
    ours: dict[str, Any] = {}
    form: dict[str, Any] = {}
    for header, key in keys_of(tuple(columns), tuple(asked.items())):
        value = columns[header]
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if key.startswith("fields."):
            form.setdefault(key.removeprefix("fields."), _named(value))
        elif key not in ours:
            text = _named(value) if key in _TEXTS else value
            if key in _TIMES and "(UTC)" in header and isinstance(text, str):
                # GitLab says the zone in the header alone.
                text = f"{text.strip()} UTC"
            if not (key in _SPARED and isinstance(text, Mapping)):
                ours[key] = text
    if form and isinstance(ours.get("fields", {}), Mapping):
        ours["fields"] = {**form, **ours.get("fields", {})}
    names = ours.get("attachments")
    if isinstance(names, str):
        parts = names.replace("、", ",").replace(";", ",").split(",")
        ours["attachments"] = [part.strip() for part in parts if part.strip()]
    return ticket_from(ours, place=place)


# What is no text is an error in the first, and left out of the others, which a ticket can do without.
_TIMES = frozenset(("created_at", "first_response_at", "resolved_at"))
_SPARED = frozenset(("requested_priority", "plan", "channel")) | _TIMES
_TEXTS = frozenset(("title", "body", "id")) | _SPARED


def _named(value: object) -> object:
    """A text that REST forms wrap: ``{"name": "High"}``, or a document of paragraphs (Jira's description)."""
    if not isinstance(value, Mapping):
        return value
    for key in ("name", "value", "channel"):
        if isinstance(value.get(key), str):
            return value[key]
    return "".join(_paragraphs(value)).strip() if value.get("type") == "doc" else value


def _paragraphs(node: Mapping[str, Any]) -> Iterator[str]:
    # A stack of our own: how deep a document is nested is its author's choice.
    waiting: list[object] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            content = part.get("content")
            end = ["\n"] if part.get("type") in ("paragraph", "heading", "codeBlock", "listItem") else []
            inner = content if isinstance(content, list) else []
            waiting += [*end, *reversed(inner)]
            if part.get("type") == "hardBreak":
                yield "\n"
            if isinstance(part.get("text"), str):
                yield part["text"]


def unique(headers: list[str]) -> tuple[str, ...]:
    """The headers with a number behind each that came before, as Jira's ``Labels``, ``Labels``."""
    taken: dict[str, int] = {}
    names = []
    for place, given in enumerate(headers, start=1):
        name = given if given.strip() else f"column {place}"
        count = taken.get(name, 0) + 1
        taken[name] = count
        while count > 1 and f"{name} ({count})" in taken:
            count += 1
        if count > 1:
            name = f"{name} ({count})"
            taken[name] = 1
        names.append(name)
    return tuple(names)


def cells(headers: tuple[str, ...], row: list[Any]) -> dict[str, Any]:
    """The cells by their headers; rows may be wider or narrower than the header."""
    columns = dict(zip(headers, row, strict=False))
    for place in range(len(headers), len(row)):
        if row[place] not in ("", None):
            columns[f"column {place + 1}"] = row[place]
    return columns


def cell(value: object) -> Any:
    """A cell of a workbook or a Parquet file as JSON knows it: times as ISO texts, whole floats as whole numbers."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): cell(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cell(item) for item in value]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
