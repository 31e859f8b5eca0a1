"""Tickets from files: JSONL, JSON, CSV, and plain text (one ticket, its body); a bad record is told, never the end."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from triage.datafile import read_toml_folder, suggest
from triage.errors import InputError
from triage.ticket import Ticket, ticket_from

# csv refuses longer cells by default; a ticket with a log of megabytes in it is still a ticket.
csv.field_size_limit(64 << 20)
_BOM_UTF16 = (b"\xff\xfe", b"\xfe\xff")
ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".txt", ".md", ".log", "")


class Record(NamedTuple):
    """One record of a file: the ticket, or the error that says why it is none; ``line`` counts from 1."""

    line: int
    ticket: Ticket | None
    error: InputError | None
    plain: bool = False


def decode(content: bytes, *, name: str) -> str:
    """The text of a file: UTF-8 with or without BOM, else GB18030 (Excel in China), UTF-16 by its BOM alone.

    UTF-8 comes first: most UTF-8 decodes as GB18030 too, into nonsense. Raises InputError naming the first bad byte.
    """
    if content.startswith(_BOM_UTF16):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as cause:
            raise InputError(f"{name}: begins as UTF-16 and is not (byte {cause.start}); save it as UTF-8") from cause
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as first:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as cause:
            raise InputError(
                f"{name}: is neither UTF-8 (bad byte {first.start}) nor GB18030 (bad byte {cause.start}); save it as UTF-8"
            ) from cause


def read_tickets(content: bytes, *, name: str, columns: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The records of a file by its ending; ``columns`` maps our keys to the file's headers (title -> 标题).

    Raises InputError when the file as a whole cannot be read: encoding, ending, JSON, or no column for title and body.
    """
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f'{name}: the ending "{ending}" is not read here; use {", ".join(ENDINGS[:-1])}')
    text = decode(content, name=name)
    if ending in (".jsonl", ".ndjson"):
        return _jsonl(text, name, columns or {})
    if ending == ".json":
        return _json(text, name, columns or {})
    if ending == ".csv":
        return _csv(text, name, columns or {})
    return _plain(text, name)


def _plain(text: str, name: str) -> Iterator[Record]:
    yield _record({"body": text}, name, 1, plain=True)


def _jsonl(text: str, name: str, columns: Mapping[str, str]) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as cause:
            yield Record(number, None, InputError(f"{name}:{number}: is not JSON ({cause}); mend the line"))
            continue
        yield _record(_renamed(record, columns), name, number)


def _json(text: str, name: str, columns: Mapping[str, str]) -> Iterator[Record]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise InputError(f"{name}: is not JSON ({cause}); mend it, or use .jsonl for one ticket a line") from cause
    if isinstance(content, Mapping):
        content = content.get("tickets", content.get("issues", [content]))
    if not isinstance(content, list):
        raise InputError(f"{name}: is neither a ticket nor a list of tickets")
    for number, record in enumerate(content, start=1):
        yield _record(_renamed(record, columns), name, number)


def _csv(text: str, name: str, columns: Mapping[str, str]) -> Iterator[Record]:
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    keys = [_key_of(title, columns) for title in header]
    if "title" not in keys and "body" not in keys:
        raise InputError(
            f"{name}: no column holds a title or a body; the headers are {', '.join(header) or 'none'}; "
            f"say which with --map title=HEADER ({suggest('title', [title for title in header if title])})"
        )
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        # Exports repeat columns (Jira: Labels, Labels) and have rows wider than their header.
        record: dict[str, Any] = {}
        for position, cell in enumerate(row):
            key = keys[position] if position < len(keys) else f"column {position + 1}"
            if cell.strip() and key not in record:
                record[key] = cell
        yield _record(_shaped(record), name, rows.line_num)


def _record(record: object, name: str, number: int, *, plain: bool = False) -> Record:
    try:
        return Record(number, ticket_from(record, place=f"{name}:{number}"), None, plain)
    except InputError as error:
        return Record(number, None, error)


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    table = read_toml_folder(Path(__file__).parent)["headers.toml"]
    known = {_bare(alias): key for key, aliases in table["keys"].items() for alias in aliases}
    return known | {_bare(alias): f"fields.{key}" for key, aliases in table["fields"].items() for alias in aliases}


def _bare(header: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", header).casefold() if char not in " \t()/,:_-\ufeff")


def _key_of(header: str, columns: Mapping[str, str]) -> str:
    for key, wanted in columns.items():
        if header.strip() == wanted:
            return key
    return _aliases().get(_bare(header), header)


def _renamed(record: object, columns: Mapping[str, str]) -> object:
    """A JSON record with other systems' names turned into ours; what is already ours stays."""
    if not isinstance(record, Mapping):
        return record
    ours = {key: value for key, value in record.items() if key in ("title", "body", "fields", "attachments", "id")}
    for header, value in record.items():
        key = _key_of(header, columns)
        if key not in ours:
            ours[key] = value
    return _shaped(ours)


def _shaped(record: Mapping[str, Any]) -> dict[str, Any]:
    """Form fields gathered under ``fields``, attachment names as a list."""
    shaped = {key: value for key, value in record.items() if not key.startswith("fields.")}
    form = {key.removeprefix("fields."): value for key, value in record.items() if key.startswith("fields.")}
    if form and isinstance(shaped.get("fields", {}), Mapping):
        shaped["fields"] = {**form, **shaped.get("fields", {})}
    names = shaped.get("attachments")
    if isinstance(names, str):
        shaped["attachments"] = [
            part.strip() for part in names.replace("、", ",").replace(";", ",").split(",") if part.strip()
        ]
    return shaped
