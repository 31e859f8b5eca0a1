"""Watches kept tickets: which rung of the ladder rings now, and what there is to tell of a new or a changed one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote
from zoneinfo import ZoneInfo

from triage.assessment import PRIORITIES
from triage.errors import SettingsError
from triage.masking import mask
from triage.notify.notice import Notice, Topic, notice_json
from triage.policy.clock import windows_of
from triage.policy.ladder import Call, Quiet, Rung, Watched, standing
from triage.policy.pauses import Waits
from triage.policy.target import read_target
from triage.promises import Promises, done_of, in_force, waits
from triage.report.reachable import reachable_hours
from triage.settings import ChannelSettings, EscalationSettings, RungSettings, Settings, named_zone
from triage.store.errors import StoreError
from triage.store.kept_promise import PROMISED, KeptPromise
from triage.store.kept_ticket import KeptTicket
from triage.store.outbox import OutNotice
from triage.store.watch_store import Looked, Rang, WatchStore

# From here on the promise is broken.
_UP = 1.0
_QUEUE = "queue"
_PUT_OFF = timedelta(minutes=10)


class Watch:
    """Looks at tickets by one site's settings; build it once, its clocks remember the days they were asked for."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError or DataFileError that name the setting, its value and what is allowed."""
        self._promises = Promises(settings)
        self._zone = named_zone("calendar.time_zone", settings.calendar.time_zone)
        self._rungs = [_rung(name, rung) for name, rung in settings.escalation.rungs.items()]
        self._quiet = _quiet(settings.escalation, self._zone)
        self._notify = settings.notify

    def run(self, store: WatchStore, now: Callable[[], datetime]) -> int:
        """Looks at every ticket that is to be looked at; how many rungs rang. Whoever stops it loses nothing.

        A ticket that cannot be looked at (its row is damaged) is put off for ten minutes and keeps no other from its turn:
        the first such error is raised when all others were looked at.
        """
        rang = 0
        failed: Exception | None = None
        while some := store.due(now()):
            for ticket_id in some:
                try:
                    looked = store.look(ticket_id, now(), partial(self.look, now=now()))
                except StoreError:
                    raise
                except Exception as cause:
                    failed = failed or cause
                    store.put_off(ticket_id, now() + _PUT_OFF)
                else:
                    rang += sum(not one.is_silent for one in looked.rang) if looked else 0
        if failed:
            raise failed
        return rang

    def look(self, kept: KeptTicket, rang: Sequence[Rang], *, now: datetime) -> Looked:
        """What a look at a ticket comes to at a moment, given what rang for it before."""
        pauses = waits(kept.moments)
        new_rang: list[Rang] = []
        notices = list(self._of_ticket(kept, pauses, now))
        next_at: list[datetime] = []
        for promise in in_force(kept.promises).values():
            theirs = [one for one in rang if (one.what, one.number) == (promise.what, promise.number)]
            known = {(one.rung, one.turn) for one in theirs}
            stands = standing(self._watched(kept, promise, pauses), self._rungs, known, self._quiet, now=now)
            for call in stands.calls:
                new_rang.append(_rang(promise, call, now))
                if not call.is_silent:
                    notices += self._of_rung(kept, promise, call, pauses, now)
            next_at += [stands.next_at] if stands.next_at else []
        return Looked(tuple(new_rang), tuple(notices), min(next_at, default=None))

    def _watched(self, kept: KeptTicket, promise: KeptPromise, pauses: Waits) -> Watched:
        return Watched(
            promise.priority,
            promise.plan,
            promise.what,
            lambda share: self._promises.moment_of(promise, share, pauses),
            kept.received_at,
            done_of(kept.first_response_at, kept.resolved_at).get(promise.what),
            next((moment.at for moment in kept.moments if moment.what == "acknowledged"), None),
        )

    def _of_ticket(self, kept: KeptTicket, pauses: Waits, now: datetime) -> Iterator[OutNotice]:
        """What a ticket that nobody answered gives to tell by itself: the outbox writes each once, by its id."""
        if kept.resolved_at and kept.resolved_at > kept.received_at:
            # Pagers keep an alert open until it is told to be over; of what came in resolved they never heard.
            yield from self._notices(f"resolved:{kept.id}", "resolved", kept, None, pauses=pauses, now=now, to=_QUEUE)
        if kept.first_response_at or kept.resolved_at:
            return
        promises = in_force(kept.promises)
        promise = promises.get("first_response") or promises.get("resolution")
        topic: Topic | None = "p1" if kept.priority == "P1" else None
        if topic is None and (kept.assessment.get("priority") or {}).get("escalate"):
            topic = "escalated"
        if topic:
            yield from self._notices(f"{topic}:{kept.id}", topic, kept, promise, pauses=pauses, now=now, to=_QUEUE)
        for what, changed in promises.items():
            if changed.number:
                name = f"changed:{kept.id}:{what}:{changed.number}"
                yield from self._notices(name, "changed", kept, changed, pauses=pauses, now=now, to=_QUEUE)

    def _of_rung(
        self, kept: KeptTicket, promise: KeptPromise, call: Call, pauses: Waits, now: datetime
    ) -> Iterator[OutNotice]:
        topic: Topic = "breach" if call.rung.share >= _UP else "rung"
        name = f"rung:{kept.id}:{promise.what}:{promise.number}:{call.rung.name}:{call.turn}"
        to, share = call.rung.to, call.rung.share
        yield from self._notices(name, topic, kept, promise, pauses=pauses, now=now, to=to, share=share)

    def _notices(
        self,
        name: str,
        topic: Topic,
        kept: KeptTicket,
        promise: KeptPromise | None,
        *,
        pauses: Waits,
        now: datetime,
        to: str,
        share: float | None = None,
    ) -> Iterator[OutNotice]:
        queue = (kept.assessment.get("route") or {}).get("queue")
        wanted = [
            channel
            for channel, settings in self._notify.channels.items()
            if _takes(settings, topic, to, queue, kept.priority)
        ]
        if not wanted:
            return
        due_at = None
        if promise:
            due_at = self._promises.due_of(promise, pauses.until(now), lang="en").at.astimezone(self._zone)
        notice = Notice(
            id=name,
            topic=topic,
            at=now,
            ticket_id=kept.ticket.id or kept.id,
            # A site may keep its tickets unmasked; a chat tool is another place.
            title=mask(kept.ticket.title),
            priority=kept.priority or "",
            plan=promise.plan if promise else "",
            product=kept.product,
            queue=queue,
            reason=_reason(kept),
            what=promise.what if promise else None,
            due_at=due_at,
            to=to,
            share=share,
            missing=_missing(kept),
            reachable=mask(hours) if (hours := reachable_hours(kept.ticket)) else None,
            link=_link(self._notify.link, kept),
        )
        # News of a ticket wait for the morning as rungs do.
        heard_at = self._quiet.over(now, notice.priority)
        for channel in wanted:
            yield OutNotice(name, channel, kept.id, notice_json(notice), now, next_at=heard_at)


def _reason(kept: KeptTicket) -> str:
    reasons = (kept.assessment.get("priority") or {}).get("reasons") or ()
    return mask(reasons[0]["text"]) if reasons else ""


def _missing(kept: KeptTicket) -> tuple[str, ...]:
    elements = kept.assessment["lint"]["elements"]
    return tuple(name for name, one in elements.items() if one["required"] and one["status"] != "present")


def _link(template: str, kept: KeptTicket) -> str | None:
    given = {"{id}": kept.ticket.id or kept.id, "{kept_id}": kept.id}
    for name, value in given.items():
        template = template.replace(name, quote(value, safe=""))
    return template or None


def _takes(channel: ChannelSettings, topic: str, to: str, queue: str | None, priority: str | None) -> bool:
    if topic == "resolved":
        # Of an alert that it never had a pager makes nothing.
        return channel.type == "pagerduty"
    wanted: Iterable[tuple[object, tuple[str, ...]]] = (
        (topic, channel.topics),
        (to, channel.to),
        (queue, channel.queues),
        (priority, channel.priorities),
    )
    return all(not some or one in some for one, some in wanted)


def _rang(promise: KeptPromise, call: Call, now: datetime) -> Rang:
    return Rang(promise.what, promise.number, call.rung.name, call.turn, call.at, now, call.is_silent)


def _rung(name: str, settings: RungSettings) -> Rung:
    setting = f"escalation.rungs.{name}"
    every = timedelta()
    if settings.every:
        target = read_target(settings.every)
        if target is None or target.on != "always":
            raise SettingsError(f'{setting}.every is "{settings.every}"; write "30 min" or "2 h"')
        every = target.time
    if settings.share <= 0:
        raise SettingsError(f"{setting}.share is {settings.share}; it must be more than 0, as 0.75 or 1.5")
    if settings.times < 0 or (settings.times > 1 and not every):
        raise SettingsError(
            f'{setting}.times is {settings.times}; it must be 0 or more, and more than once needs every = "30 min"'
        )
    _check_words(f"{setting}.priorities", settings.priorities, PRIORITIES)
    _check_words(f"{setting}.promises", settings.promises, PROMISED)
    if not settings.to:
        raise SettingsError(f'{setting}.to is ""; it must name who hears, as "duty-lead"')
    return Rung(
        name,
        settings.share,
        settings.to,
        settings.priorities,
        settings.plans,
        settings.promises,
        every,
        settings.times,
        settings.until_acknowledged,
    )


def _quiet(settings: EscalationSettings, zone: ZoneInfo) -> Quiet:
    _check_words("escalation.loud", settings.loud, PRIORITIES)
    windows = windows_of("escalation.quiet", settings.quiet) if settings.quiet else ()
    minutes = sum(
        ((w.end.hour * 60 + w.end.minute) if w.end else 1440) - w.start.hour * 60 - w.start.minute for w in windows
    )
    if minutes >= 1440:
        raise SettingsError(f"escalation.quiet is {list(settings.quiet)}; it must leave a part of the day")
    return Quiet(zone, windows, settings.loud)


def _check_words(setting: str, words: Sequence[str], allowed: Sequence[str]) -> None:
    for word in words:
        if word not in allowed:
            raise SettingsError(f'{setting} has "{word}"; use {", ".join(allowed)}')
