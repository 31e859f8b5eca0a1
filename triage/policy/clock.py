"""Working time: how long it is between two moments, and when a target is up, on a clock that stands still at night."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from triage.errors import SettingsError
from triage.policy.days import Day, Days

DAY = timedelta(days=1)
# yes: 09:00-18:00   13:30-24:00   no: 9-18
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
# Longer than any target; what takes longer has no working time in it.
_MOST_DAYS = 4_000


class Window(NamedTuple):
    """A stretch of a working day on the wall clock, ``end`` excluded; None is midnight at the day's end."""

    start: time
    end: time | None


WHOLE_DAY = (Window(time(0), None),)
# Why a pause counts nothing.
WAITING = ("等待客户回复", "waiting for the customer")


def windows_of(setting: str, hours: tuple[str, ...]) -> tuple[Window, ...]:
    """The windows of a setting in order; raises SettingsError for what is none, and for windows that overlap."""
    windows = []
    for text in hours:
        found = _HOURS.fullmatch(text.strip())
        if not found:
            raise SettingsError(f'{setting} has "{text}"; write windows as "09:00-12:00" and "13:30-18:00"')
        end = time(int(found[3]), int(found[4])) if found[3] else None
        windows.append(Window(time(int(found[1]), int(found[2])), end))
    ordered = sorted(windows)
    edges = [edge for window in ordered for edge in (window.start, window.end or time.max)]
    if not windows or edges != sorted(set(edges)):
        raise SettingsError(f"{setting} is {list(hours)}; it needs one window or more that do not overlap")
    return tuple(ordered)


class Line(NamedTuple):
    """A line of a ledger: from when to when, how much of it counts, and why, in zh and en, where no weekday says it.

    Times are aware, in the clock's zone. Days off in a row are one line that counts nothing.
    """

    start: datetime
    end: datetime
    counted: timedelta
    why: tuple[str, str] | None = None


class Pause(NamedTuple):
    """A stretch in which no clock runs, between two aware moments: the customer was asked, and has not answered yet."""

    start: datetime
    end: datetime


class Due(NamedTuple):
    """When a target is up, in the clock's zone, the lines that add up to it, and whether days were estimated."""

    at: datetime
    ledger: tuple[Line, ...]
    is_estimated: bool


class _Counted(NamedTuple):
    """What a date counts: its stretches in UTC, in order."""

    date: date
    day: Day
    stretches: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """Counts the windows of working days in a time zone."""

    zone: ZoneInfo
    days: Days
    windows: tuple[Window, ...]
    # A backlog asks for the same dates a thousand times.
    _known: dict[date, _Counted] = field(default_factory=dict, repr=False, compare=False)

    def due(self, start: datetime, target: timedelta, pauses: Sequence[Pause] = ()) -> Due:
        """When so much working time has passed since an aware moment, pauses apart; at once for no target.

        ``pauses`` are in order and do not overlap. Raises ValueError where the clock counts nothing for ten years.
        """
        lines: list[Line] = []
        is_estimated = False
        left = target
        for pause in pauses:
            if pause.end <= start:
                continue
            begin = max(pause.start, start)
            counted = self.counted(start, begin)
            if counted >= left:
                # It was up before they were asked.
                break
            before = self._due(start, counted)
            left -= counted
            lines += [*before.ledger, Line(self._here(begin), self._here(pause.end), timedelta(), WAITING)]
            is_estimated |= before.is_estimated
            start = pause.end
        last = self._due(start, left)
        return Due(last.at, (*lines, *last.ledger), is_estimated or last.is_estimated)

    def _due(self, start: datetime, target: timedelta) -> Due:
        now, left = start.astimezone(UTC), target
        lines: list[Line] = []
        is_estimated = False
        for date_there, day, stretches in self._from(now) if left > timedelta() else ():
            is_estimated |= day.is_estimated
            if not stretches:
                self._add_off(lines, date_there, day, now)
            for begin, end in stretches:
                if end <= now:
                    continue
                first = max(begin, now)
                counted = min(left, end - first)
                left -= counted
                lines.append(Line(self._here(first), self._here(first + counted), counted, day.why))
                if not left:
                    return Due(lines[-1].end, tuple(lines), is_estimated)
        return Due(self._here(now), (), False)

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two aware moments; none where the end is not after the start."""
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        last_date = last.astimezone(self.zone).date()
        total = timedelta()
        for date_there, _, stretches in self._from(first) if first < last else ():
            if date_there > last_date:
                break
            for begin, stop in stretches:
                total += max(timedelta(), min(stop, last) - max(begin, first))
        return total

    def _from(self, moment: datetime) -> Iterator[_Counted]:
        first = moment.astimezone(self.zone).date()
        for number in range(_MOST_DAYS):
            date_there = first + number * DAY
            if date_there not in self._known:
                self._known[date_there] = self._counted_on(date_there)
            yield self._known[date_there]
        raise ValueError(f"no working time within {_MOST_DAYS} days")

    def _counted_on(self, date_there: date) -> _Counted:
        day = self.days(date_there)
        stretches = []
        for window in self.windows if day.is_working else ():
            begin = datetime.combine(date_there, window.start, self.zone)
            end = datetime.combine(date_there if window.end else date_there + DAY, window.end or time(0), self.zone)
            # In UTC, where a day on which clocks are set has its 23 or 25 hours.
            stretches.append((begin.astimezone(UTC), end.astimezone(UTC)))
        return _Counted(date_there, day, tuple(stretches))

    def _add_off(self, lines: list[Line], date_there: date, day: Day, now: datetime) -> None:
        """Adds a day off, to the line before where that is one of the same."""
        end = datetime.combine(date_there + DAY, time(0), self.zone)
        if lines and not lines[-1].counted and lines[-1].why == day.why:
            lines[-1] = lines[-1]._replace(end=end)
        else:
            begin = max(datetime.combine(date_there, time(0), self.zone), self._here(now))
            lines.append(Line(begin, end, timedelta(), day.why))

    def _here(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)
