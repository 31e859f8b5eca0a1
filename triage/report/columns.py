"""The columns that tables of a triaged backlog add to the input's own: their headings and what stands in them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from triage.report.ranked import RankedRow

Cell = str | int | float | bool | None


class Column(NamedTuple):
    """A column: its name in programs, its headings, its width in characters, and its cell of a row."""

    name: str
    zh: str
    en: str
    width: int
    cell: Callable[[RankedRow], Cell]

    def heading(self, lang: str) -> str:
        """The heading in a language."""
        return self.zh if lang == "zh" else self.en


def _of(*path: str) -> Callable[[RankedRow], Cell]:
    def cell(row: RankedRow) -> Cell:
        value: Any = row.assessment
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if value is None or isinstance(value, str | int | float | bool) else str(value)

    return cell


def missing_of(assessment: Mapping[str, Any]) -> list[str]:
    """The elements that this kind of ticket needs and that are not there, in the order of the contract."""
    elements = assessment["lint"]["elements"]
    return [name for name, element in elements.items() if element["required"] and element["status"] != "present"]


def _joined(part: Callable[[Mapping[str, Any]], Sequence[str]], between: str) -> Callable[[RankedRow], Cell]:
    return lambda row: between.join(part(row.assessment)) if row.assessment else None


COLUMNS = (
    Column("rank", "名次", "Rank", 6, lambda row: row.rank),
    Column("priority", "建议优先级", "Suggested priority", 11, _of("priority", "label")),
    Column("requested", "当前优先级", "Current priority", 11, _of("priority", "requested")),
    Column("escalate", "升级处理", "Escalated", 9, _of("priority", "escalate")),
    Column("needs_human", "需人工判断", "Needs a person", 11, _of("priority", "needs_human")),
    Column("kind", "类型", "Kind", 10, _of("kind", "label")),
    Column("product", "产品线", "Product", 18, _of("product", "label")),
    Column("score", "完整度", "Completeness", 8, _of("lint", "score")),
    Column("ready", "信息齐全", "Ready", 9, _of("lint", "ready")),
    Column("missing", "缺少", "Missing", 26, _joined(missing_of, ", ")),
    Column("reasons", "原因", "Reasons", 48, _joined(lambda a: [r["text"] for r in a["priority"]["reasons"]], "\n")),
    Column("questions", "请补充", "Questions", 48, _joined(lambda a: a["lint"]["questions"], "\n")),
    Column("findings", "规则", "Findings", 20, _joined(lambda a: [f["code"] for f in a["lint"]["findings"]], ", ")),
    Column("language", "语言", "Language", 9, _of("language")),
    Column("ticket_id", "工单", "Ticket", 18, _of("ticket_id")),
    Column("file", "文件", "File", 16, lambda row: row.file),
    Column("line", "行", "Line", 7, lambda row: row.line),
    Column("error", "错误", "Error", 30, lambda row: row.error),
)
# What of a row stands under none of the input's headers.
REST = "more"


def headings(headers: Sequence[str], lang: str) -> list[str]:
    """Our headings, then the input's; one of theirs that is ours too, or is ``more``, is marked as theirs."""
    ours = [column.heading(lang) for column in COLUMNS]
    taken = {*ours, REST}
    return [*ours, *(_apart(header, taken) for header in headers), REST]


def _apart(header: str, taken: set[str]) -> str:
    while header in taken:
        header = f"{header} (input)"
    taken.add(header)
    return header


def cells_of(row: RankedRow, headers: Sequence[str]) -> Iterator[Cell]:
    """The cells of a row under ``headings``: ours, the input's as texts, and what is under no header as JSON."""
    for column in COLUMNS:
        yield column.cell(row)
    for header in headers:
        yield text_of(row.columns.get(header))
    rest = {key: value for key, value in row.columns.items() if key not in headers}
    yield json.dumps(rest, ensure_ascii=False) if rest else None


def text_of(value: object) -> str | None:
    """A cell of the input as a text; what is nested is written as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
