"""A triaged backlog as a file: JSONL for programs, CSV and Excel for people, Parquet for a lake; row by row."""

import csv
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.errors import InputError
from triage.report.columns import COLUMNS, Cell, cells_of, headings
from triage.report.ranked import RankedRow
from triage.ticket import whole

Writer = Callable[..., None]

# What a spreadsheet takes for the beginning of a formula (OWASP, ASVS 1.2.10), also behind what it does not show.
# yes: =1+1   ＝1   (two spaces)@SUM   a zero-width space and +1   no: 5 = 5   a-b
_LIVE = re.compile(
    r"""^[\s"'\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\0]*[=+\-@＝＋－＠﹣﹢﹦﹫−]|^[\t\r\n\0]"""
)
# A number is no formula, and with a ' before it nobody could sum it.
# yes: -12.5   +8613800000000   no: -1+1   +1|cmd
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
# What XML cannot hold, which Excel would call damage.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Excel's own limits: characters a cell, rows a sheet.
_MOST_CHARS, _MOST_ROWS = 32_767, 1_048_576
_CUT = "… [cut]"
_ROW_GROUP = 5_000
# Fill and text of a priority; they differ in lightness too, for those who do not see the colours.
_COLOURS = {
    "P1": ("9C1C28", "FFFFFF"),
    "P2": ("F2A65A", "000000"),
    "P3": ("FFF2CC", "000000"),
    "P4": ("EDEDED", "595959"),
}


def writer_for(path: Path) -> Writer:
    """What writes a file by its ending; raises InputError for an ending that is not written."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(f'{path}: the ending "{path.suffix}" is not written here; use {", ".join(WRITERS)}')
    if path.suffix.lower() in _NEEDED:
        _import(_NEEDED[path.suffix.lower()], path)
    return writer


def jsonl_row(
    file: str, line: int, columns: Mapping[str, Any], assessment: Mapping[str, Any] | None, error: str | None
) -> str:
    """One line of JSONL: the assessment of the contract, or the error in its place, and the ``input`` it is of."""
    answer = assessment if assessment is not None else {"schema": 1, "ticket_id": None, "error": error}
    return whole(_json({**answer, "input": {"file": file, "line": line, "columns": columns}}))


def write_jsonl(rows: Iterable[RankedRow], path: Path, *, headers: Sequence[str], lang: str) -> None:
    """Writes an assessment a line; ``headers`` and ``lang`` are those of the other writers and change nothing."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(jsonl_row(row.file, row.line, row.columns, row.assessment, row.error) + "\n")


def write_csv(rows: Iterable[RankedRow], path: Path, *, headers: Sequence[str], lang: str) -> None:
    """Writes UTF-8 with BOM, so that Excel shows Chinese; a cell that it would run as a formula begins with a '."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([disarmed(heading) for heading in headings(headers, lang)])
        writer.writerows([_csv_cell(cell) for cell in cells_of(row, headers)] for row in rows)


def disarmed(text: str) -> str:
    """A text that no spreadsheet runs as a formula: behind a ' where it would; plain numbers stay."""
    return f"'{text}" if _LIVE.match(text) and not _NUMBER.fullmatch(text) else text


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return disarmed(whole(cell)) if isinstance(cell, str) else cell


def write_xlsx(rows: Iterable[RankedRow], path: Path, *, headers: Sequence[str], lang: str) -> None:
    """Writes a workbook: frozen header, filters, coloured priorities, texts that are never formulas.

    Rows beyond Excel's limit go on further sheets, a text beyond it is cut and says so.
    """
    openpyxl = _import("openpyxl", path)
    book = openpyxl.Workbook(write_only=True)
    titles = headings(headers, lang)
    waiting = iter(rows)
    for number in itertools.count(1):
        some = itertools.islice(waiting, _MOST_ROWS - 1)
        first = next(some, None)
        if first is None and number > 1:
            break
        name = "工单" if lang == "zh" else "Tickets"
        sheet = book.create_sheet(name if number == 1 else f"{name} {number}")
        _fill_sheet(sheet, titles, itertools.chain([first] if first else [], some), headers)
    book.save(path)


def _fill_sheet(sheet: Any, titles: Sequence[str], rows: Iterable[RankedRow], headers: Sequence[str]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value=None)
        cell.value = _xlsx_text(value)
        # openpyxl takes what begins with = for a formula, and #N/A for an error.
        cell.data_type = "s"
        return cell

    last = get_column_letter(len(titles))
    sheet.freeze_panes = "C2"
    for place, title in enumerate(titles, start=1):
        width = COLUMNS[place - 1].width if place <= len(COLUMNS) else min(max(2 * len(title) + 2, 12), 40)
        sheet.column_dimensions[get_column_letter(place)].width = width
    # Priorities stand in the second and third column.
    for label, (fill, font) in _COLOURS.items():
        rule = CellIsRule(
            operator="equal",
            formula=[f'"{label}"'],
            fill=PatternFill(start_color=fill, end_color=fill, fill_type="solid"),
            font=Font(color=font, bold=label == "P1"),
        )
        sheet.conditional_formatting.add(f"B2:C{_MOST_ROWS}", rule)
    header = [text(title) for title in titles]
    for cell in header:
        cell.font = bold
    sheet.append(header)
    wraps = {place for place, column in enumerate(COLUMNS) if column.name in ("reasons", "questions", "missing")}
    count = 1
    for row in rows:
        written = []
        for place, value in enumerate(cells_of(row, headers)):
            if not isinstance(value, str):
                written.append(value)
                continue
            cell = text(value)
            if place in wraps:
                cell.alignment = wrapped
            written.append(cell)
        sheet.append(written)
        count += 1
    sheet.auto_filter.ref = f"A1:{last}{count}"


def _xlsx_text(text: str) -> str:
    text = _NO_XML.sub("�", whole(text))
    return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - len(_CUT)] + _CUT


def write_parquet(rows: Iterable[RankedRow], path: Path, *, headers: Sequence[str], lang: str) -> None:
    """Writes our columns by their names in programs and types, and the input's as texts under their headers."""
    pa = _import("pyarrow", path)
    import pyarrow.parquet as pq

    whole_numbers, yes_or_no = ("rank", "score", "line"), ("escalate", "needs_human", "ready")
    types = {name: pa.int64() for name in whole_numbers} | {name: pa.bool_() for name in yes_or_no}
    names = [column.name for column in COLUMNS]
    theirs = headings(headers, lang)[len(names) :]
    schema = pa.schema(
        [pa.field(name, types.get(name, pa.string())) for name in names]
        + [pa.field(f"{name} (input)" if name in names else name, pa.string()) for name in theirs]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for some in _batches(rows, _ROW_GROUP):
            columns = zip(*([_whole(cell) for cell in cells_of(row, headers)] for row in some), strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _whole(cell: Cell) -> Cell:
    return whole(cell) if isinstance(cell, str) else cell


def _batches(rows: Iterable[RankedRow], size: int) -> Iterator[list[RankedRow]]:
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, size)):
        yield some


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        # Python reads NaN and 1e400 in JSON, which no other program does.
        return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


_NEEDED = {".xlsx": "openpyxl", ".parquet": "pyarrow"}
_EXTRAS = {"openpyxl": "backlog", "pyarrow": "parquet"}


def _import(name: str, path: Path) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as cause:
        extra = _EXTRAS[name]
        raise InputError(f'{path}: writing it needs {name}; pip install "triage[{extra}]"') from cause


WRITERS: Mapping[str, Writer] = {
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".xlsx": write_xlsx,
    ".parquet": write_parquet,
}
