"""Files of tables that are not text: Excel workbooks and Parquet; read in pieces, and refused where they are bombs."""

import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from triage.errors import InputError
from triage.ticketfile.headers import check_columns, key_of
from triage.ticketfile.rows import RawRow, Sheet, cell, cells, table_of, unique

_OLE = b"\xd0\xcf\x11\xe0"
# A workbook of text packs 5 to 20 to 1, and 200 MB of one character 1,000 to 1 (integrations C1); small parts may pack
# better by chance.
_MOST_RATIO, _SMALL = 100, 10 << 20
_MOST_UNPACKED = 2 << 30
_BLOCK, _OVERLAP = 1 << 20, 40
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
# Titles and notes may stand above the table.
_HEADER_WITHIN = 10
_BATCH = 1024


def workbook(stream: BinaryIO, name: str, asked: Mapping[str, str]) -> Sheet:
    """The first visible sheet of an Excel workbook (.xlsx) that has a column for a title or a body.

    Raises InputError when it is no such workbook, is protected, would unpack to far more than it is, or declares
    entities; and when no sheet has such a column.
    """
    _check_zip(stream, name)
    try:
        import openpyxl
    except ModuleNotFoundError as cause:
        raise InputError(f'{name}: reading Excel files needs {cause.name}; pip install "triage[backlog]"') from cause
    try:
        with warnings.catch_warnings():
            # Of styles and extensions that it does not know; the cells are all there.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        tables = [(sheet.title, *_table(sheet, asked)) for sheet in sheets]
    except InputError:
        raise
    except Exception as cause:
        # What openpyxl raises for a damaged file is of many kinds.
        raise InputError(f"{name}: is no workbook that can be read ({_kind(cause)}); save it again as .xlsx") from cause
    found = next((table for table in tables if table[1]), None)
    if found is None:
        seen = next((table[2] for table in tables if any(table[2])), ())
        check_columns(seen, asked, name=name)
        raise InputError(f"{name}: has no visible sheet with a table; unhide it, or save it as CSV")
    _, headers, _, numbered = found
    return table_of(name, headers, asked, _rows(numbered, headers, name))


def _table(
    sheet: Any, asked: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...], Iterator[tuple[int, tuple[Any, ...]]]]:
    """The headers of a sheet's table (none where it has no title or body), its first row, and the rows after them."""
    # A workbook may say that it is smaller than it is.
    sheet.reset_dimensions()
    numbered = enumerate(sheet.iter_rows(values_only=True), start=1)
    first: tuple[str, ...] = ()
    for _, row in itertools.islice(numbered, _HEADER_WITHIN):
        texts = ["" if value is None else str(value).strip() for value in row]
        while texts and not texts[-1]:
            texts.pop()
        first = first or tuple(texts)
        if {"title", "body"} & {key_of(text, asked) for text in texts}:
            return unique(texts), first, numbered
    return (), first, iter(())


def _rows(numbered: Iterator[tuple[int, tuple[Any, ...]]], headers: tuple[str, ...], name: str) -> Iterator[RawRow]:
    while True:
        try:
            number, row = next(numbered, (0, ()))
        except Exception as cause:
            # The sheet is read as it is asked for, so damage may come to light late.
            yield RawRow(0, {}, InputError(f"{name}: cannot be read further ({_kind(cause)}); save it again as .xlsx"))
            return
        if not number:
            return
        values = [cell(value) for value in row]
        if any(value not in ("", None) for value in values):
            yield RawRow(number, cells(headers, ["" if value is None else value for value in values]))


def _check_zip(stream: BinaryIO, name: str) -> None:
    start = stream.read(4)
    stream.seek(0)
    if start == _OLE:
        raise InputError(f"{name}: is an old .xls file or protected by a password; save it as .xlsx without one")
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_sizes(parts, name)
            for part in parts:
                # Whatever its name: a workbook may call its sheets as it likes.
                if _has_entities(archive, part):
                    raise InputError(f"{name}: declares XML entities, as no workbook needs; save it again as .xlsx")
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError) as cause:
        raise InputError(f"{name}: is no workbook ({cause}); save it again as .xlsx") from cause
    stream.seek(0)


def _check_sizes(parts: Sequence[zipfile.ZipInfo], name: str) -> None:
    for part in parts:
        if part.file_size > _SMALL and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
            raise InputError(f"{name}: a part of it unpacks to over {_MOST_RATIO} times its size, as a zip bomb does")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MOST_UNPACKED:
        raise InputError(f"{name}: unpacks to {unpacked >> 20:,} MB, more than 2,048 MB; save it as CSV")


def _has_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part declares a document type, in which entities are defined; in a cell such words are escaped.

    openpyxl reads most parts by the standard library's parser, which expands entities, so it is refused before.
    """
    kept = b""
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            window = kept + block
            if any(word in window for word in _DECLARATIONS):
                return True
            kept = window[-_OVERLAP:]
    return False


def parquet(stream: BinaryIO, name: str, asked: Mapping[str, str]) -> Sheet:
    """A Parquet file; its columns are the headers. Raises InputError when it is none."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as cause:
        raise InputError(f'{name}: reading Parquet needs {cause.name}; pip install "triage[parquet]"') from cause
    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError, ValueError) as cause:
        raise InputError(f"{name}: is no Parquet file ({_kind(cause)}); write it again") from cause
    headers = unique(file.schema_arrow.names)
    return table_of(name, headers, asked, _records(file, headers, name))


def _records(file: Any, headers: tuple[str, ...], name: str) -> Iterator[RawRow]:
    number = 0
    batches = file.iter_batches(_BATCH)
    while True:
        try:
            batch = next(batches, None)
            records = batch.rename_columns(list(headers)).to_pylist() if batch else []
        except Exception as cause:
            yield RawRow(number + 1, {}, InputError(f"{name}: cannot be read further ({_kind(cause)}); write it again"))
            return
        if batch is None:
            return
        for record in records:
            number += 1
            yield RawRow(number, {key: cell(value) for key, value in record.items()})


def _kind(cause: Exception) -> str:
    """What went wrong, without what stands in the file."""
    return type(cause).__name__
