"""Promises kept and broken: first response and resolution apart, by plan, priority, product line and week."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from triage.report.wording import EN, ZH

What = Literal["first_response", "resolution"]
State = Literal["kept", "broken", "waiting", "overdue"]
STATES: tuple[State, ...] = ("kept", "broken", "waiting", "overdue")
GROUPS = ("plan", "priority", "product", "week")
_NEXT = 10
_WORDS = {
    "zh": {
        "kept": "按时",
        "broken": "超时",
        "waiting": "未到期",
        "overdue": "已超时未完成",
        "share": "按时率",
        "all": "全部",
        "next": "最先到期或已超时",
        "none": "没有可判断的承诺：工单里没有能读出的创建时间。",
        "unsure": "未定",
        "due": "截止",
    },
    "en": {
        "kept": "kept",
        "broken": "broken",
        "waiting": "not due yet",
        "overdue": "open, overdue",
        "share": "kept of done",
        "all": "all",
        "next": "Open, the next or longest overdue first",
        "none": "No promise can be judged: no ticket tells when it was created.",
        "unsure": "not sure",
        "due": "due",
    },
}


class Promise(NamedTuple):
    """One promise of one ticket: ``due_at`` and ``done_at`` (None while it is open) are aware, ``week`` is 2026-W48."""

    ticket: str
    what: What
    plan: str
    priority: str
    product: str
    week: str
    due_at: datetime
    done_at: datetime | None

    def state(self, now: datetime) -> State:
        """Whether it was kept, or can still be at a moment."""
        if self.done_at is not None:
            return "kept" if self.done_at <= self.due_at else "broken"
        return "waiting" if now <= self.due_at else "overdue"


def sla_json(promises: Sequence[Promise], *, now: datetime) -> dict[str, Any]:
    """The counts by group and the open promises, for programs; the share kept is of those that are done or overdue."""
    return {
        "at": now.isoformat(),
        **{
            what: {
                "all": _counts_json(_counted(_of(promises, what), now)),
                **{
                    group: {name: _counts_json(counts) for name, counts in _by(_of(promises, what), group, now).items()}
                    for group in GROUPS
                },
                "open": [
                    {"ticket": one.ticket, "priority": one.priority, "due": one.due_at.isoformat(), "state": state}
                    for one in _open(_of(promises, what))
                    for state in [one.state(now)]
                ],
            }
            for what in ("first_response", "resolution")
        },
    }


def sla_text(promises: Sequence[Promise], *, now: datetime, lang: str, width: int) -> str:
    """The same as tables for the terminal."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    words, said = _WORDS[lang], ZH if lang == "zh" else EN
    if not promises:
        return words["none"]
    console = Console(file=StringIO(), width=width, color_system=None)
    for what, title in (("first_response", said.first_response), ("resolution", said.resolution)):
        some = _of(promises, what)
        if not some:
            continue
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        table.add_column("")
        for name in (*(words[state] for state in STATES), words["share"]):
            table.add_column(name, justify="right")
        table.add_row(words["all"], *_cells(_counted(some, now)))
        for group in GROUPS:
            for name, counts in _by(some, group, now).items():
                shown = said.products.get(name, name) if group == "product" else name
                table.add_row(f"  {shown or words['unsure']}", *_cells(counts))
        console.print(table)
        upcoming = _open(some)[:_NEXT]
        if upcoming:
            console.print(f"\n{words['next']}", markup=False)
        for one in upcoming:
            state = words[one.state(now)]
            console.print(f"  {one.ticket}  {one.priority}  {one.due_at:%Y-%m-%d %H:%M}  {state}", markup=False)
        console.print()
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text.rstrip("\n")


def _of(promises: Iterable[Promise], what: str) -> list[Promise]:
    return [one for one in promises if one.what == what]


def _open(promises: Iterable[Promise]) -> list[Promise]:
    return sorted((one for one in promises if one.done_at is None), key=lambda one: one.due_at)


def _counted(promises: Iterable[Promise], now: datetime) -> Counter[str]:
    return Counter(one.state(now) for one in promises)


def _by(promises: Sequence[Promise], group: str, now: datetime) -> dict[str, Counter[str]]:
    names = sorted({getattr(one, group) for one in promises})
    return {name: _counted((one for one in promises if getattr(one, group) == name), now) for name in names}


def _share(counts: Mapping[str, int]) -> float | None:
    """Of the promises that can no longer change: those kept."""
    settled = counts["kept"] + counts["broken"] + counts["overdue"]
    return counts["kept"] / settled if settled else None


def _counts_json(counts: Counter[str]) -> dict[str, Any]:
    share = _share(counts)
    return {**{state: counts[state] for state in STATES}, "share_kept": None if share is None else round(share, 4)}


def _cells(counts: Counter[str]) -> list[str]:
    share = _share(counts)
    return [*(str(counts[state]) for state in STATES), "–" if share is None else f"{share:.0%}"]
