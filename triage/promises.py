"""When a first response and a resolution are due, by a site's promises and its calendar."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.assessment import Due, DueLine, DueTime
from triage.errors import SettingsError
from triage.policy.clock import WHOLE_DAY, Clock, Line, Window
from triage.policy.days import Days, days_in, every_day, with_own
from triage.policy.own_days import read_own_days
from triage.policy.target import FORMS, On, Target, read_target
from triage.settings import CalendarSettings, Settings, named_zone

# yes: 09:00-18:00   13:30-24:00   no: 9-18
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_Targets = dict[str, Target]


class Promises:
    """What a site promises, on its calendar; build it once, its clocks remember the days they were asked for."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError or DataFileError that name the setting, its value and what is allowed."""
        self._names = {plan: tuple(map(str.casefold, table.names)) for plan, table in settings.promises.items()}
        self._targets: dict[str, tuple[_Targets, _Targets]] = {
            plan: (
                _targets(f"promises.{plan}.first_response", table.first_response),
                _targets(f"promises.{plan}.resolution", table.resolution),
            )
            for plan, table in settings.promises.items()
        }
        self._said = settings.promises
        self._clocks = _clocks(settings.calendar)

    def due(self, plan: str | None, priority: str, created_at: datetime, *, lang: str) -> Due | None:
        """When a ticket of a plan and priority is due, from an aware moment on; None where nothing is promised.

        ``plan`` is what the ticket calls it; one that is not known is the standard one. ``lang`` (zh or en) is that of the
        ledger.
        """
        name = self.plan_of(plan)
        first, resolution = (targets.get(priority) for targets in self._targets[name])
        said = self._said[name]
        if first is None and resolution is None:
            return None
        return Due(
            name,
            self._time(first, said.first_response.get(priority, ""), created_at, lang),
            self._time(resolution, said.resolution.get(priority, ""), created_at, lang),
        )

    def plan_of(self, text: str | None) -> str:
        """The plan that a text names; the standard one where it names none."""
        words = (text or "").casefold()
        found = (plan for plan, names in self._names.items() if any(name in words for name in names))
        return next(found, "standard")

    def _time(self, target: Target | None, said: str, created_at: datetime, lang: str) -> DueTime | None:
        if target is None:
            return None
        due = self._clocks[target.on].due(created_at, target.time)
        lines = tuple(_line(line, lang) for line in due.ledger)
        return DueTime(due.at, said, _minutes(target.time.total_seconds()), due.is_estimated, lines)


def own_days_of(settings: CalendarSettings) -> Days:
    """The working days of a site: its country's, and its own over them."""
    days = days_in(settings.country)
    return with_own(days, read_own_days(Path(settings.own_days))) if settings.own_days else days


def _clocks(settings: CalendarSettings) -> dict[On, Clock]:
    zone: ZoneInfo = named_zone("calendar.time_zone", settings.time_zone)
    days = own_days_of(settings)
    windows = _windows(settings.hours)
    return {
        "always": Clock(zone, every_day, WHOLE_DAY),
        "days": Clock(zone, days, WHOLE_DAY),
        "hours": Clock(zone, days, windows),
    }


def _windows(hours: tuple[str, ...]) -> tuple[Window, ...]:
    windows = []
    for text in hours:
        found = _HOURS.fullmatch(text.strip())
        if not found:
            raise SettingsError(f'calendar.hours has "{text}"; write windows as "09:00-12:00" and "13:30-18:00"')
        end = time(int(found[3]), int(found[4])) if found[3] else None
        windows.append(Window(time(int(found[1]), int(found[2])), end))
    ordered = sorted(windows)
    edges = [edge for window in ordered for edge in (window.start, window.end or time.max)]
    if not windows or edges != sorted(set(edges)):
        raise SettingsError(f"calendar.hours is {list(hours)}; it needs one window or more that do not overlap")
    return tuple(ordered)


def _targets(name: str, table: Mapping[str, str]) -> _Targets:
    targets = {}
    for priority, text in table.items():
        if priority not in ("P1", "P2", "P3", "P4"):
            raise SettingsError(f'{name} has "{priority}"; use P1, P2, P3 and P4')
        if not text:
            continue
        target = read_target(text)
        if target is None:
            raise SettingsError(f'{name}.{priority} is "{text}"; write {FORMS}, or "" for no promise')
        targets[priority] = target
    return targets


def _line(line: Line, lang: str) -> DueLine:
    why = line.why[lang != "zh"] if line.why else None
    return DueLine(line.start, line.end, _minutes(line.counted.total_seconds()), why)


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 2)
