"""Who hears when an answer is late: rungs at shares of the target, which of them ring now, and when to look again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from triage.policy.clock import DAY, Window


class Rung(NamedTuple):
    """Who hears (``to``) at which share of the target; empty tuples are all.

    It rings ``times`` times, ``every`` so often. Where ``until_acknowledged`` it is silent once somebody said that they are at work.
    """

    name: str
    share: float
    to: str
    priorities: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    every: timedelta = timedelta()
    times: int = 1
    until_acknowledged: bool = True

    def is_for(self, priority: str, plan: str, promise: str) -> bool:
        """Whether it rings for such a promise."""
        wanted = ((priority, self.priorities), (plan, self.plans), (promise, self.promises))
        return all(not some or one in some for one, some in wanted)


class Quiet(NamedTuple):
    """The hours in which only the ``loud`` priorities ring."""

    zone: ZoneInfo
    windows: tuple[Window, ...]
    loud: tuple[str, ...]

    def over(self, at: datetime, priority: str) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        if priority in self.loud:
            return at
        # Hours up to midnight and those from midnight on are two windows.
        while (end := self._end(at)) is not None:
            at = end
        return at

    def _end(self, at: datetime) -> datetime | None:
        here = at.astimezone(self.zone)
        for window in self.windows:
            if window.start <= here.time() and (window.end is None or here.time() < window.end):
                day = here.date() if window.end else here.date() + DAY
                return datetime.combine(day, window.end or time(0), self.zone).astimezone(at.tzinfo)
        return None


class Call(NamedTuple):
    """The ``turn``-th ringing of a rung (from 0), and when it was up; a silent one only is noted, a later one speaks for it."""

    rung: Rung
    turn: int
    at: datetime
    is_silent: bool = False


class Standing(NamedTuple):
    """What rings now, in the order of time, and when there will be something again; None for never."""

    calls: tuple[Call, ...]
    next_at: datetime | None


class Watched(NamedTuple):
    """One promise of a ticket, as the ladder sees it. All moments are aware; None where it did not happen.

    ``moment_of`` gives the moment at which a share of the target is used up, None while the clock stands still before it.
    """

    priority: str
    plan: str
    promise: str
    moment_of: Callable[[float], datetime | None]
    received_at: datetime
    done_at: datetime | None = None
    acknowledged_at: datetime | None = None


def standing(
    watched: Watched, rungs: Iterable[Rung], rung_already: Collection[tuple[str, int]], quiet: Quiet, *, now: datetime
) -> Standing:
    """What rings at a moment, given what rang already (names and turns), and when to look again.

    What was up before the ticket came in rings once, the highest rung for all; so does a rung that missed several turns.
    A promise that is kept, or was broken and is done, rings no more.
    """
    if watched.done_at is not None:
        return Standing((), None)
    up: list[Call] = []
    later: list[datetime] = []
    for rung in rungs:
        if not rung.is_for(watched.priority, watched.plan, watched.promise):
            continue
        turns: list[Call] = []
        for call in _turns(rung, watched, quiet):
            if (rung.name, call.turn) in rung_already:
                continue
            heard_at = max(call.at, quiet.over(now, watched.priority))
            if heard_at > now:
                later.append(heard_at)
                break
            turns.append(call)
        up += [*(call._replace(is_silent=True) for call in turns[:-1]), *turns[-1:]]
    return Standing(tuple(sorted(_once(up, watched.received_at), key=lambda call: call.at)), min(later, default=None))


def _turns(rung: Rung, watched: Watched, quiet: Quiet) -> Iterator[Call]:
    at = watched.moment_of(rung.share)
    for turn in range(rung.times):
        if at is None:
            return
        at = quiet.over(at, watched.priority)
        if rung.until_acknowledged and watched.acknowledged_at is not None and watched.acknowledged_at <= at:
            return
        yield Call(rung, turn, at)
        at += rung.every


def _once(calls: Sequence[Call], received_at: datetime) -> list[Call]:
    """Of what was up before anybody could know, the highest rung alone speaks: an old backlog is no storm of alarms."""
    old = [call for call in calls if call.at <= received_at]
    highest = max(old, key=lambda call: (call.rung.share, call.turn), default=None)
    return [call._replace(is_silent=True) if call in old and call is not highest else call for call in calls]
