"""Tickets from files: JSONL, JSON, CSV, Excel, Parquet and plain text; a bad record is told, never the end."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from triage.errors import InputError
from triage.ticket import Ticket
from triage.ticketfile.headers import key_of
from triage.ticketfile.rows import RawRow, Sheet, ticket_of
from triage.ticketfile.texts import json_file, jsonl, open_text, plain, table

__all__ = ["ENDINGS", "RawRow", "Record", "Sheet", "key_of", "open_sheet", "read_tickets", "ticket_of"]

ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xlsx", ".parquet", ".txt", ".md", ".log", "")
_PLAIN = ENDINGS[-4:]


class Record(NamedTuple):
    """One record of a file: the ticket, or the error that says why it is none; ``line`` counts from 1."""

    line: int
    ticket: Ticket | None
    error: InputError | None
    plain: bool = False


def open_sheet(path: Path, *, columns: Mapping[str, str]) -> Sheet:
    """The rows of a file by its ending, read as they are asked for; ``columns`` maps our keys to its headers.

    Raises InputError when the file as a whole cannot be read: path, encoding, ending, damage, or no column for title
    and body.
    """
    try:
        return _sheet(path.open("rb"), str(path), columns)._replace(name=path.name)
    except OSError as cause:
        raise InputError(f"{path}: cannot be read ({cause.strerror}); check the path") from cause


def read_tickets(content: bytes, *, name: str, columns: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The records of a file that is held as bytes; ``columns`` maps our keys to the file's headers (title -> 标题).

    Raises InputError when the file as a whole cannot be read: encoding, ending, JSON, or no column for title and body.
    """
    asked = columns or {}
    sheet = _sheet(io.BytesIO(content), name, asked)
    is_plain = _ending(name) in _PLAIN
    return (_record(row, name, asked, is_plain=is_plain) for row in sheet.rows)


def _sheet(stream: BinaryIO, place: str, columns: Mapping[str, str]) -> Sheet:
    ending = _ending(place)
    if ending not in ENDINGS:
        known = ", ".join(ending for ending in ENDINGS if ending)
        raise InputError(f'{place}: the ending "{ending}" is not read here; use {known}')
    if ending in (".xlsx", ".parquet"):
        # Only these need packages that are slow to load.
        from triage.ticketfile import workbooks

        read = workbooks.workbook if ending == ".xlsx" else workbooks.parquet
        return read(stream, place, columns)
    text = open_text(stream, name=place)
    if ending in (".jsonl", ".ndjson"):
        return jsonl(text, place, columns)
    if ending == ".json":
        return json_file(text, place, columns)
    if ending in (".csv", ".tsv"):
        return table(text, place, columns, delimiter="\t" if ending == ".tsv" else None)
    return plain(text, place)


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _record(row: RawRow, name: str, asked: Mapping[str, str], *, is_plain: bool) -> Record:
    if row.error is not None:
        return Record(row.line, None, row.error)
    try:
        return Record(row.line, ticket_of(row.columns, asked, place=f"{name}:{row.line}"), None, is_plain)
    except InputError as error:
        return Record(row.line, None, error)
