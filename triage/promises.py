"""When a first response and a resolution are due, by a site's promises and its calendar."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.assessment import Due, DueLine, DueTime
from triage.errors import SettingsError
from triage.policy.clock import WHOLE_DAY, Clock, Line, windows_of
from triage.policy.days import Days, days_in, every_day, with_own
from triage.policy.own_days import read_own_days
from triage.policy.target import FORMS, On, Target, read_target
from triage.settings import CalendarSettings, Settings, named_zone, plan_of

_Targets = dict[str, Target]


class Promises:
    """What a site promises, on its calendar; build it once, its clocks remember the days they were asked for."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError or DataFileError that name the setting, its value and what is allowed."""
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
        name = plan_of(plan, self._said)
        first, resolution = (targets.get(priority) for targets in self._targets[name])
        said = self._said[name]
        if first is None and resolution is None:
            return None
        return Due(
            name,
            self._time(first, said.first_response.get(priority, ""), created_at, lang),
            self._time(resolution, said.resolution.get(priority, ""), created_at, lang),
        )

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
    windows = windows_of("calendar.hours", settings.hours)
    return {
        "always": Clock(zone, every_day, WHOLE_DAY),
        "days": Clock(zone, days, WHOLE_DAY),
        "hours": Clock(zone, days, windows),
    }


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
