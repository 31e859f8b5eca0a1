"""Whether the first response of a row came in time."""

from collections.abc import Mapping
from datetime import datetime

from triage.report.ranked import RankedRow

_STATUSES = frozenset(("status", "state", "状态", "当前状态", "工单状态"))
_CLOSED = frozenset(("closed", "solved", "resolved", "done", "已关闭", "已解决", "已完成", "关闭", "完成"))


def answer_of(row: RankedRow, *, now: datetime) -> str | None:
    """``kept``, ``broken``, ``waiting`` or ``waiting late``; None where it cannot be told, or nothing was promised."""
    if row.created_at is None or row.due_at is None:
        return None
    if row.first_response_at is None and (row.resolved_at is not None or is_closed(row.columns)):
        # Nobody can tell when, or whether, it was answered.
        return None
    end = row.first_response_at or now
    if end < row.created_at:
        return None
    is_late = end > row.due_at
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
