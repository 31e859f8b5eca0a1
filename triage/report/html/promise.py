"""Whether the first response came in time, by the response times that vendors promise (domain.md, the default table)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple

from triage.report.ranked import RankedRow


class Target(NamedTuple):
    """The longest wait for a first response; ``on`` says which hours count: all, those of working days, working hours."""

    hours: float
    on: Literal["always", "days", "hours"] = "always"


# By plan, P1 to P4.
TARGETS = {
    "standard": (Target(4), Target(4, "hours"), Target(8, "hours"), Target(24, "days")),
    "urgent": (Target(1), Target(4), Target(4, "hours"), Target(8, "hours")),
    "dedicated": (Target(0.5), Target(1), Target(2, "hours"), Target(4, "hours")),
}
_PLANS = {"加急": "urgent", "专属": "dedicated", "urgent": "urgent", "dedicated": "dedicated"}
_STATUSES = frozenset(("status", "state", "状态", "当前状态", "工单状态"))
_CLOSED = frozenset(("closed", "solved", "resolved", "done", "已关闭", "已解决", "已完成", "关闭", "完成"))
# Until the calendar with holidays and make-up workdays comes: Monday to Friday, 9:00 to 18:00, as the page says.
_WINDOWS = {"hours": (timedelta(hours=9), timedelta(hours=18)), "days": (timedelta(), timedelta(days=1))}
# Who waits longer than this waits too long by any target; so long is no use counting day by day.
_LONG = timedelta(days=60)


def answer_of(row: RankedRow, label: str, *, now: datetime) -> str | None:
    """``kept``, ``broken``, ``waiting`` or ``waiting late``; None where it cannot be told.

    By the plan of the ticket (standard where it names none) and the priority that was promised for.
    """
    if row.created_at is None or row.ticket is None:
        return None
    plan = next((name for word, name in _PLANS.items() if word in (row.ticket.plan or "").casefold()), "standard")
    target = TARGETS[plan][int(label[1]) - 1]
    if row.first_response_at is None and (row.resolved_at is not None or is_closed(row.columns)):
        # Nobody can tell when, or whether, it was answered.
        return None
    end = row.first_response_at or now
    if end < row.created_at:
        return None
    waited = worked(row.created_at, end, on=target.on)
    is_late = waited > timedelta(hours=target.hours)
    if row.first_response_at:
        return "broken" if is_late else "kept"
    return "waiting late" if is_late else "waiting"


def is_closed(columns: Mapping[str, object]) -> bool:
    """Whether a row's own columns say that its ticket is done."""
    return any(
        str(value).strip().casefold() in _CLOSED
        for header, value in columns.items()
        if header.strip().casefold() in _STATUSES
    )


def worked(start: datetime, end: datetime, *, on: str) -> timedelta:
    """The time between two moments that counts (``Target.on``), in the zone of the first: all, or Monday to Friday."""
    if on == "always" or end - start > _LONG:
        return end - start
    opens, closes = _WINDOWS[on]
    total = timedelta()
    day = datetime.combine(start.date(), time(), start.tzinfo)
    while day <= end:
        if day.weekday() < 5:
            total += max(min(end, day + closes) - max(start, day + opens), timedelta())
        day += timedelta(days=1)
    return total
