"""When a first response and a resolution are due, by a site's promises and the calendar of site, queue or customer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from triage.assessment import Due, DueLine, DueTime
from triage.errors import SettingsError
from triage.policy.clock import WHOLE_DAY, Clock, Line, Pause, windows_of
from triage.policy.days import Days, days_in, every_day, with_own
from triage.policy.own_days import read_own_days
from triage.policy.pauses import Waits, waits_of
from triage.policy.target import FORMS, On, Target, read_target
from triage.settings import (
    CalendarSettings,
    CustomerSettings,
    PlanSettings,
    Settings,
    customer_named,
    named_zone,
    plan_for,
)
from triage.store.kept_promise import PROMISED, KeptPromise, Moment, Promised

_Targets = Mapping[str, Target]
SITE = "site"


class Of(NamedTuple):
    """Whose promise it is: the plan as the ticket calls it, the queue that it goes to, the customer as the ticket names it.

    A plan that is not known is the standard one; a queue or customer without a calendar of its own has the site's.
    """

    plan: str | None = None
    queue: str | None = None
    customer: str | None = None


class Promises:
    """What a site promises, on its calendars; build it once, its clocks remember the days they were asked for."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError or DataFileError that name the setting, its value and what is allowed."""
        self._said: dict[str, dict[Promised, Mapping[str, str]]] = {
            plan: {"first_response": table.first_response, "resolution": table.resolution}
            for plan, table in settings.promises.items()
        }
        for plan, tables in self._said.items():
            for what, table in tables.items():
                _check_targets(f"promises.{plan}.{what}", table)
        self._settings = settings
        _check_plans(settings.customers, settings.promises)
        self._clocks = {name: _clocks(calendar, setting) for name, setting, calendar in _calendars(settings)}
        # A promise is looked at every time its ladder is.
        self._targets: dict[str, Target] = {}

    def due(self, of: Of, priority: str, created_at: datetime, *, lang: str) -> Due | None:
        """When a ticket of a priority is due, from an aware moment on; None where nothing is promised.

        ``lang`` (zh or en) is that of the ledger.
        """
        made = self.made(of, priority, created_at, made_at=created_at)
        if not made:
            return None
        return self.due_now(made, (), lang=lang)

    def due_now(self, kept: Iterable[KeptPromise], pauses: Sequence[Pause], *, lang: str) -> Due:
        """When the promises in force of a ticket are up; it has one or more."""
        promises = in_force(kept)
        times = {what: self.due_of(promise, pauses, lang=lang) for what, promise in promises.items()}
        plan = next(iter(promises.values())).plan
        return Due(plan, times.get("first_response"), times.get("resolution"))

    def made(self, of: Of, priority: str, starts_at: datetime, *, made_at: datetime) -> tuple[KeptPromise, ...]:
        """The promises for a new ticket, whose clocks start at an aware moment; none where nothing is promised."""
        plan = plan_for(of.plan, of.customer, self._settings)
        calendar = self._calendar(of)
        return tuple(
            KeptPromise(what, 0, made_at, plan, priority, starts_at, target, calendar)
            for what in PROMISED
            if (target := self._said[plan][what].get(priority))
        )

    def changed(
        self, kept: Sequence[KeptPromise], priority: str, *, at: datetime, waits: Waits, done: Iterable[Promised]
    ) -> tuple[KeptPromise, ...]:
        """The promises that come to stand in the place of those in force when the priority changes; those kept are left alone.

        A lower priority has the time that it would have had from the start. A higher one is never due before its own time
        has passed from the change on, so that nobody is late in the moment of it, and never later than was promised before.
        """
        new: list[KeptPromise] = []
        for what in PROMISED:
            history = [promise for promise in kept if promise.what == what]
            if not history or what in done:
                continue
            first, last = history[0], history[-1]
            target = self._said.get(last.plan, {}).get(what, {}).get(priority)
            if not target or priority == last.priority:
                continue
            change = KeptPromise(what, last.number + 1, at, last.plan, priority, first.starts_at, target, last.calendar)
            pauses = waits.until(at)
            promised = self.due_of(last, pauses, lang="en").at
            if self.due_of(change, pauses, lang="en").at < promised:
                anew = KeptPromise(what, change.number, at, last.plan, priority, at, target, last.calendar)
                if self.due_of(anew, pauses, lang="en").at >= promised:
                    continue
                change = anew
            new.append(change)
        return tuple(new)

    def due_of(self, promise: KeptPromise, pauses: Sequence[Pause], *, lang: str) -> DueTime:
        """When a promise is up, the pauses of its ticket considered."""
        target = self._target(promise.target)
        due = self._clock(promise, target).due(promise.starts_at, target.time, pauses)
        lines = tuple(_line(line, lang) for line in due.ledger)
        return DueTime(due.at, promise.target, _minutes(target.time.total_seconds()), due.is_estimated, lines)

    def moment_of(self, promise: KeptPromise, share: float, waits: Waits) -> datetime | None:
        """When a share of a promise's target is used up (1.5 is half as much again); None while it stands still before that."""
        target = self._target(promise.target)
        at = self._clock(promise, target).due(promise.starts_at, share * target.time, waits.pauses).at
        return None if waits.since is not None and at > waits.since else at

    def _target(self, text: str) -> Target:
        if text not in self._targets:
            # What was stored was read when it was promised.
            self._targets[text] = read_target(text) or Target(timedelta(), "always")
        return self._targets[text]

    def _clock(self, promise: KeptPromise, target: Target) -> Clock:
        # A queue or customer that is gone from the settings leaves its promises to the site's calendar.
        return self._clocks.get(promise.calendar, self._clocks[SITE])[target.on]

    def _calendar(self, of: Of) -> str:
        """A customer's own calendar comes first, for it was agreed on; then that of the team that answers."""
        customer, _ = customer_named(of.customer, self._settings.customers)
        wanted = (f"customer {customer}", f"queue {of.queue}")
        return next((name for name in wanted if name in self._clocks), SITE)


def in_force(kept: Iterable[KeptPromise]) -> dict[Promised, KeptPromise]:
    """The last promise of each kind, of those of one ticket in order."""
    return {promise.what: promise for promise in kept}


def done_of(first_response_at: datetime | None, resolved_at: datetime | None) -> dict[Promised, datetime]:
    """When each of a ticket's promises was done: what is resolved was answered, at the latest then."""
    answered = min((at for at in (first_response_at, resolved_at) if at), default=None)
    done: dict[Promised, datetime | None] = {"first_response": answered, "resolution": resolved_at}
    return {what: at for what, at in done.items() if at}


def waits(moments: Iterable[Moment]) -> Waits:
    """When the clocks of a ticket stand still."""
    return waits_of([(moment.what, moment.at) for moment in moments if moment.what != "acknowledged"])


def own_days_of(settings: CalendarSettings, setting: str = "calendar") -> Days:
    """The working days of a calendar: its country's, and its own over them; ``setting`` is the table it stands in."""
    days = days_in(settings.country, setting=f"{setting}.country")
    return with_own(days, read_own_days(Path(settings.own_days))) if settings.own_days else days


def _calendars(settings: Settings) -> Iterable[tuple[str, str, CalendarSettings]]:
    """Each calendar with its name and its setting's: the site's, those of queues with hours, those of customers with any part of one."""
    site = settings.calendar
    yield SITE, "calendar", site
    for name, queue in settings.routing.queues.items():
        if queue.hours:
            # Own days are the site's where the country is the same: the company's holiday is the team's.
            own_days = site.own_days if queue.country == site.country else ""
            yield (
                f"queue {name}",
                f"routing.queues.{name}",
                CalendarSettings(queue.country, queue.time_zone, queue.hours, own_days),
            )
    for name, one in settings.customers.items():
        if one.country or one.time_zone or one.hours or one.own_days:
            country = one.country or site.country
            own_days = one.own_days or (site.own_days if country == site.country else "")
            yield (
                f"customer {name}",
                f"customers.{name}",
                CalendarSettings(country, one.time_zone or site.time_zone, one.hours or site.hours, own_days),
            )


def _clocks(calendar: CalendarSettings, setting: str) -> Mapping[On, Clock]:
    zone: ZoneInfo = named_zone(f"{setting}.time_zone", calendar.time_zone)
    days = own_days_of(calendar, setting)
    windows = windows_of(f"{setting}.hours", calendar.hours)
    return {
        "always": Clock(zone, every_day, WHOLE_DAY),
        "days": Clock(zone, days, WHOLE_DAY),
        "hours": Clock(zone, days, windows),
    }


def _check_targets(name: str, table: Mapping[str, str]) -> None:
    for priority, text in table.items():
        if priority not in ("P1", "P2", "P3", "P4"):
            raise SettingsError(f'{name} has "{priority}"; use P1, P2, P3 and P4')
        if text and read_target(text) is None:
            raise SettingsError(f'{name}.{priority} is "{text}"; write {FORMS}, or "" for no promise')


def _check_plans(customers: Mapping[str, CustomerSettings], plans: Mapping[str, PlanSettings]) -> None:
    for name, customer in customers.items():
        if customer.plan and customer.plan not in plans:
            raise SettingsError(f'customers.{name}.plan is "{customer.plan}"; use {", ".join(plans)}')


def _line(line: Line, lang: str) -> DueLine:
    why = line.why[lang != "zh"] if line.why else None
    return DueLine(line.start, line.end, _minutes(line.counted.total_seconds()), why)


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 2)
