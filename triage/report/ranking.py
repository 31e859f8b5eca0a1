"""The first rows of a ranked backlog as a table for the terminal: what to start, why, and what to ask."""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from triage.report import LintedTicket
from triage.report.characters import printable
from triage.report.columns import missing_of
from triage.report.masking import masked
from triage.report.ranked import RankedRow
from triage.report.wording import EN, ZH, Wording

# Narrower than this there is no room for reasons beside the title.
_ROOM_FOR_WHY, _ROOM_FOR_MISSING = 90, 130
# A ticket whose text is longer shows its beginning.
_MOST_TITLE = 200
_STYLES = {"P1": "bold white on red", "P2": "red", "P3": "yellow", "P4": "dim"}


# matches the end of "所有用户：更像 P1 而不是 P2（+0.3）" and of "all users: speaks for P1 rather than P2 (+0.3)"; does not
# match "核心功能对所有用户都不可用：至少 P1"
_COMPARED = re.compile(r"(?:：?更像|:? speaks for) P\d .*")


class _Words(NamedTuple):
    rank: str
    priority: str
    ticket: str
    product: str
    title: str
    why: str
    missing: str
    marks: str
    shown: str


_ZH = _Words(
    "名次",
    "优先级",
    "工单",
    "产品线",
    "标题",
    "原因",
    "缺少",
    "! 描述含糊但已升级   ? 需人工确认   P3>P1 与当前优先级不同",
    "显示前 {shown:,} 行，共 {total:,} 行",
)
_EN = _Words(
    "#",
    "Priority",
    "Ticket",
    "Product",
    "Title",
    "Why",
    "Missing",
    "! vague but escalated   ? needs a person   P3>P1 differs from the current priority",
    "The first {shown:,} of {total:,} rows",
)


def ranking(rows: Sequence[RankedRow], *, total: int, lang: str, width: int, color: bool) -> str:
    """The table of the rows with a line of its marks and of how many of ``total`` they are; ``width`` in columns.

    What tickets say is printed harmlessly: on one line, without controls, secrets masked.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    own, words = (_ZH, ZH) if lang == "zh" else (_EN, EN)
    has_why, has_missing = width >= _ROOM_FOR_WHY, width >= _ROOM_FOR_MISSING
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True, header_style="bold")
    table.add_column(own.rank, justify="right", no_wrap=True)
    table.add_column(own.priority, no_wrap=True)
    table.add_column(own.ticket, no_wrap=True, overflow="ellipsis", max_width=18)
    table.add_column(own.product, no_wrap=True)
    table.add_column(own.title, no_wrap=True, overflow="ellipsis", ratio=4)
    if has_why:
        table.add_column(own.why, no_wrap=True, overflow="ellipsis", ratio=4)
    if has_missing:
        table.add_column(own.missing, no_wrap=True, overflow="ellipsis", ratio=2)
    for row in rows:
        label = row.assessment["priority"]["label"] if row.assessment else ""
        texts = [*_texts(row, words)][: 3 + has_why + has_missing]
        priority = Text().append(_priority(row), _STYLES.get(label, "magenta"))
        table.add_row(Text(str(row.rank)), priority, *map(Text, texts))
    printed = StringIO()
    console = Console(
        file=printed,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
    )
    console.print(table)
    console.print(Text(own.marks, style="dim"))
    console.print(Text(own.shown.format(shown=len(rows), total=total), style="dim"))
    return "\n".join(line.rstrip() for line in printed.getvalue().rstrip("\n").split("\n"))


def _priority(row: RankedRow) -> str:
    """``P3>P1 !`` (an arrow takes two columns in some terminals): the current priority where it is another, the suggested one, and its marks."""
    if row.assessment is None:
        return "×"
    priority = row.assessment["priority"]
    current = priority["requested"]
    moved = f"{current}>" if current and current != priority["label"] else ""
    marks = f"{'!' if priority['escalate'] else ''}{'?' if priority['needs_human'] else ''}"
    return f"{moved}{priority['label']} {marks}".strip()


def _texts(row: RankedRow, words: Wording) -> Iterator[str]:
    linted = row.linted
    if linted is None or row.assessment is None:
        yield f"{row.file}:{row.line}"
        yield ""
        yield printable(row.error or "")
        yield from ("", "")
        return
    assessment = row.assessment
    yield _harmless(linted.name, linted)
    product = assessment["product"]
    yield words.products.get(product["label"], product["label"]) if product else ""
    yield title_of(linted)
    yield words.listed.join(_harmless(text, linted) for text in whys(assessment)[:3])
    yield words.listed.join(words.elements[name] for name in missing_of(assessment))


def whys(assessment: Mapping[str, Any]) -> list[str]:
    """The reasons in a few words each: what rules say first, then what the model saw, single words last.

    What the model's reasons compare ("更像 P1 而不是 P2") goes without saying beside the priority, and so does a clash with
    the current one.
    """
    reasons = [reason for reason in assessment["priority"]["reasons"] if reason["source"] != "policy"]
    texts = [_COMPARED.sub("", reason["text"]) for reason in sorted(reasons, key=lambda one: one["source"] == "model")]
    return sorted(texts, key=lambda text: text.startswith(("「", '"')))


def title_of(linted: LintedTicket) -> str:
    """The ticket's title, or the beginning of its body, on one line and harmless."""
    ticket = linted.ticket
    return _harmless((ticket.title.strip() or ticket.body.strip())[:_MOST_TITLE], linted)


def _harmless(text: str, linted: LintedTicket) -> str:
    return printable(masked(text, linted))
