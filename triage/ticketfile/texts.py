"""Files that are text: CSV, JSONL, JSON and plain text, read as a stream in the encoding that fits the whole of them."""

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TextIO

from triage.errors import InputError
from triage.ticket import ticket_from
from triage.ticketfile.headers import check_keys, key_of, system_of
from triage.ticketfile.rows import RawRow, Sheet, cells, table_of, unique

# csv refuses longer cells by default; a ticket with a log of megabytes in it is still a ticket.
csv.field_size_limit(64 << 20)
_BLOCK = 1 << 20
_BOM_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# A table of hundreds of columns is none; a line of the body that looks like one is not searched further.
_HEADER_CHARS = 1 << 20


def open_text(stream: BinaryIO, *, name: str) -> TextIO:
    """The text of a file: UTF-8 with or without BOM, else GB18030 (Excel in China), UTF-16 by its BOM alone.

    UTF-8 comes first: most UTF-8 decodes as GB18030 too, into nonsense. The whole file is looked at before. Raises
    InputError naming the first bad byte.
    """
    start = stream.read(2)
    stream.seek(0)
    if start in _BOM_UTF16:
        bad = _bad_byte(stream, "utf-16")
        if bad is not None:
            raise InputError(f"{name}: begins as UTF-16 and is not (byte {bad}); save it as UTF-8")
        return io.TextIOWrapper(stream, "utf-16", newline="")
    bad = _bad_byte(stream, "utf-8")
    if bad is None:
        return io.TextIOWrapper(stream, "utf-8-sig", newline="")
    bad_too = _bad_byte(stream, "gb18030")
    if bad_too is None:
        return io.TextIOWrapper(stream, "gb18030", newline="")
    raise InputError(f"{name}: is neither UTF-8 (bad byte {bad}) nor GB18030 (bad byte {bad_too}); save it as UTF-8")


def _bad_byte(stream: BinaryIO, encoding: str) -> int | None:
    """Where the first byte stands that is not of the encoding, from 0; None when there is none. Rewinds the stream."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    try:
        while True:
            block = stream.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as cause:
                return offset - pending + cause.start
            offset += len(block)
            if not block:
                return None
    finally:
        stream.seek(0)


def plain(text: TextIO, name: str) -> Sheet:
    """A text that is one ticket, its body."""
    return Sheet(name, "", (), {}, iter([RawRow(1, {"body": text.read()})]))


def jsonl(text: TextIO, name: str, asked: Mapping[str, str]) -> Sheet:
    """One record a line; a line that is none is a row with its error."""
    check_keys(asked)
    return _records(name, _lines(text, name))


def _lines(text: TextIO, name: str) -> Iterator[RawRow]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as cause:
            yield RawRow(number, {}, InputError(f"{name}:{number}: is not JSON ({cause}); mend the line"))
            continue
        yield _record(number, record, name)


def json_file(text: TextIO, name: str, asked: Mapping[str, str]) -> Sheet:
    """A ticket, a list of tickets, or an object that holds such a list (``tickets``, ``issues``)."""
    check_keys(asked)
    try:
        content = json.load(text)
    except (ValueError, RecursionError) as cause:
        raise InputError(f"{name}: is not JSON ({cause}); mend it, or use .jsonl for one ticket a line") from cause
    if isinstance(content, Mapping):
        lists = [content[key] for key in ("tickets", "issues") if isinstance(content.get(key), list)]
        is_ticket = any(key_of(key, asked) in ("title", "body", "fields") for key in content)
        content = lists[0] if lists else [content] if is_ticket or not {"tickets", "issues"} & content.keys() else None
    if not isinstance(content, list):
        raise InputError(f"{name}: is neither a ticket nor a list of tickets")
    rows = (_record(number, record, name) for number, record in enumerate(content, start=1))
    return _records(name, rows)


def _records(name: str, rows: Iterator[RawRow]) -> Sheet:
    first = next(rows, None)
    if first is None:
        return Sheet(name, "", (), {}, iter(()))
    inner = first.columns.get("fields")
    headers = [*first.columns, *(inner if isinstance(inner, Mapping) else ())]
    kept = (row for row in itertools.chain([first], rows) if not _is_pull_request(row))
    return Sheet(name, system_of(headers), (), {}, kept)


def _record(number: int, record: object, name: str) -> RawRow:
    if isinstance(record, dict):
        return RawRow(number, record)
    try:
        ticket_from(record, place=f"{name}:{number}")
    except InputError as error:
        return RawRow(number, {}, error)
    raise AssertionError("what is no object is no ticket")


def _is_pull_request(row: RawRow) -> bool:
    # GitHub's list of issues holds its pull requests too.
    return isinstance(row.columns.get("pull_request"), Mapping)


def table(text: TextIO, name: str, asked: Mapping[str, str], *, delimiter: str | None = None) -> Sheet:
    """A CSV file; the delimiter is the one that its first line has most of (comma, semicolon, tab)."""
    first = text.readline(_HEADER_CHARS)
    text.seek(0)
    lines = _Lines(text)
    # sorted, so that a comma wins where there is none of any.
    delimiter = delimiter or max(",;\t", key=first.count)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        headers = unique(next(reader, []))
    except csv.Error as cause:
        raise InputError(f"{name}: is no CSV file ({cause}); export it again") from cause
    return table_of(name, headers, asked, _rows(reader, lines, headers, name))


class _Lines:
    """The lines of a text as ``csv`` asks for them, and whether it asked beyond the last."""

    def __init__(self, text: TextIO) -> None:
        self._text, self.ended = text, False

    def __iter__(self) -> Iterator[str]:
        yield from self._text
        self.ended = True


def _rows(reader: Any, lines: _Lines, headers: tuple[str, ...], name: str) -> Iterator[RawRow]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error as cause:
            yield RawRow(reader.line_num, {}, InputError(f"{name}:{reader.line_num}: is no row ({cause}); mend it"))
            continue
        if row is None:
            return
        if not any(map(str.strip, row)):
            continue
        error = None
        if lines.ended:
            # Only within quotes does a row look for its end beyond the last line.
            error = InputError(
                f"{name}:{reader.line_num}: a quote is opened and never closed, so that all that follows it is one "
                "cell; close it, or double it"
            )
        yield RawRow(reader.line_num, cells(headers, row), error)
