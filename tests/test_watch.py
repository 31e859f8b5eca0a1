"""The watcher: each rung once, whoever watches and however often it is stopped; what is told of a ticket, to whom."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from test_store_fixtures import PATIENCE, assessment

from triage.cli.watcher import LEASE, Watcher
from triage.errors import SettingsError
from triage.notify.notice import notice_from
from triage.promises import Of, Promises, waits
from triage.settings import Settings, load_settings
from triage.store import tables
from triage.store.database import open_database, reading
from triage.store.ids import new_id
from triage.store.kept_promise import Moment
from triage.store.kept_ticket import KeptTicket, NewTicket
from triage.store.leases import give_up, lead
from triage.store.outbox import Outbox
from triage.store.ticket_store import TicketStore
from triage.store.watch_store import Looked, Rang, WatchStore
from triage.ticket import Ticket
from triage.watch import Watch

pytest_plugins = ["test_store_fixtures"]
START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # Thursday, 10:00 in Shanghai
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CHANNELS = """
[notify]
link = "https://desk.example.com/{id}"
[notify.channels.all]
type = "slack"
url = "https://hooks.example.com/all"
[notify.channels.leads]
type = "slack"
url = "https://hooks.example.com/leads"
to = ["duty-lead", "senior-support"]
[notify.channels.pager]
type = "pagerduty"
url = "https://events.example.com/v2/enqueue"
secret = "k"
topics = ["p1", "breach"]
priorities = ["P1"]
[notify.channels.voice]
type = "slack"
url = "https://hooks.example.com/voice"
topics = ["escalated"]
queues = ["voice-call"]
"""


def site(folder: Path, toml: str = CHANNELS) -> Settings:
    path = folder / "triage.toml"
    path.write_text(toml, encoding="utf-8")
    return load_settings(path)


def kept(
    promises: Promises,
    number: int,
    priority: str = "P1",
    *,
    plan: str = "standard",
    at: datetime = START,
    received_at: datetime | None = None,
    **facts: Any,
) -> NewTicket:
    received_at = received_at or at
    told = assessment(priority=priority, **facts)
    elements = {"logs": {"status": "missing", "required": True}, "contact": {"status": "missing", "required": False}}
    told["lint"] = {"ready": False, "score": 42, "elements": elements}
    made = promises.made(Of(plan), priority, at, made_at=received_at)
    ticket = Ticket(title="语音卡顿", body="有时候语音会卡顿", id=f"T-{number}", plan=plan)
    return NewTicket(new_id(received_at, random.Random(number).randbytes), received_at, ticket, told, promises=made)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def notices(engine: Engine, channel: str = "all") -> list[tuple[str, str, str | None]]:
    rows = [notice_from(one.content) for one in Outbox(engine).list() if one.channel == channel]
    return [(one.topic, one.ticket_id, one.to) for one in sorted(rows, key=lambda one: (one.at, one.id))]


def test_p1_that_nobody_answers_climbs_the_ladder(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher = Watcher(settings, engine, now=clock)
    TicketStore(engine, randomness=random.randbytes).add(kept(Promises(settings), 1))
    rang = []
    for minutes in range(0, 60 * 12, 5):
        clock.at = START + minutes * MINUTE
        rang += [(minutes, watcher.look())]
    assert [one for one in rang if one[1]] == [
        (180, 1),  # 75 % of 4 h
        (240, 1),
        (270, 1),  # said again
        (300, 1),
        (330, 1),
        (360, 1),  # 150 %
        (480, 1),  # 200 %
    ]
    told = [("p1", "queue"), ("rung", "queue"), *[("breach", "duty-lead")] * 4]
    told += [("breach", "senior-support"), ("breach", "customer-success")]
    assert [(topic, to) for topic, _, to in notices(engine)] == told
    assert len(notices(engine, "leads")) == 5
    assert {topic for topic, _, _ in notices(engine, "pager")} == {"p1", "breach"}


def test_answer_ends_the_ladder_and_a_pause_stops_it(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    store = TicketStore(engine, randomness=random.randbytes)
    one, other = kept(promises, 1), kept(promises, 2)
    store.add(one, other)
    store.note_response(one.id, START + HOUR)
    store.note_moment(other.id, Moment("waiting", START + HOUR))
    clock.at = START + 8 * HOUR
    assert watcher.look() == 0
    noted = store.note_moment(other.id, Moment("back", clock.at))
    assert noted and noted.new
    clock.at += 2 * HOUR - MINUTE
    assert watcher.look() == 0
    clock.at += MINUTE
    assert watcher.look() == 1
    assert [rang.rung for rang in WatchStore(engine).rang(other.id)] == ["queue"]
    assert WatchStore(engine).rang(one.id) == ()


def test_acknowledged_ticket_is_left_in_peace_until_senior_support(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher = Watcher(settings, engine, now=clock)
    store = TicketStore(engine, randomness=random.randbytes)
    one = kept(Promises(settings), 1)
    store.add(one)
    store.note_moment(one.id, Moment("acknowledged", START + HOUR))
    clock.at = START + 9 * HOUR
    watcher.look()
    assert [rang.rung for rang in WatchStore(engine).rang(one.id)] == ["senior-support", "customer-success"]


def test_changed_priority_is_told_and_has_a_ladder_of_its_own(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    store = TicketStore(engine, randomness=random.randbytes)
    one = kept(promises, 1, "P3")
    store.add(one)
    watcher.look()
    clock.at = START + HOUR

    def anew(ticket: KeptTicket) -> tuple[Any, ...]:
        return promises.changed(ticket.promises, "P1", at=clock.at, waits=waits(ticket.moments), done=())

    store.correct(one.id, {"priority": "P1"}, who="duty", why="all users", at=clock.at, promise_anew=anew)
    watcher.look()
    assert [(topic, to) for topic, _, to in notices(engine)] == [("changed", "queue"), ("p1", "queue")]
    clock.at = START + 4 * HOUR
    watcher.look()
    assert [(rang.number, rang.rung) for rang in WatchStore(engine).rang(one.id)] == [(1, "queue")]


def test_escalated_report_is_told_to_its_queue(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    vague = kept(promises, 1, "P2", escalate=True)
    routed = {**vague.assessment, "route": {"queue": "voice-call", "reason": ""}}
    elsewhere = {**vague.assessment, "route": {"queue": "messaging", "reason": ""}}
    store = TicketStore(engine, randomness=random.randbytes)
    other = replace(kept(promises, 2, "P2", escalate=True), assessment=elsewhere)
    store.add(replace(vague, assessment=routed), other, kept(promises, 3, "P2"))
    watcher.look()
    assert notices(engine, "voice") == [("escalated", "T-1", "queue")]
    assert len(notices(engine)) == 2
    watcher.look()
    assert len(notices(engine)) == 2


def test_old_backlog_that_comes_in_is_no_storm(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    old = kept(promises, 1, "P2", at=START - timedelta(days=90), received_at=START)
    TicketStore(engine, randomness=random.randbytes).add(old)
    assert watcher.look() == 1
    assert [topic for topic, _, _ in notices(engine)] == ["breach"]


def test_news_that_are_not_loud_wait_for_the_morning(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    night = datetime.fromisoformat("2026-11-27T03:00+08:00")
    clock.at = night
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    vague, outage = kept(promises, 1, "P2", at=night, escalate=True), kept(promises, 2, "P1", at=night)
    TicketStore(engine, randomness=random.randbytes).add(vague, outage)
    watcher.look()
    next_at = {one.id.partition(":")[0]: one.next_at for one in Outbox(engine).list() if one.channel == "all"}
    assert next_at == {"escalated": datetime.fromisoformat("2026-11-27T08:00+08:00"), "p1": night}


def test_ticket_that_cannot_be_looked_at_is_put_off_and_holds_up_no_other(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher, promises = Watcher(settings, engine, now=clock), Promises(settings)
    broken, sound = kept(promises, 1), kept(promises, 2)
    TicketStore(engine, randomness=random.randbytes).add(
        replace(broken, assessment={**broken.assessment, "lint": {"ready": False, "score": 1}}), sound
    )
    clock.at = START + 3 * HOUR
    with pytest.raises(KeyError):
        watcher.look()
    assert [one.rung for one in WatchStore(engine).rang(sound.id)] == ["queue"]
    assert WatchStore(engine).due(clock.at) == ()
    assert WatchStore(engine).due(clock.at + timedelta(minutes=10)) == (broken.id,)


def test_answer_told_for_later_puts_off_no_look_that_is_due(engine: Engine, tmp_path: Path) -> None:
    store = TicketStore(engine, randomness=random.randbytes)
    one = kept(Promises(site(tmp_path)), 1)
    store.add(one)
    store.note_moment(one.id, Moment("waiting", START))
    store.note_moment(one.id, Moment("back", START + 9 * HOUR))
    assert WatchStore(engine).due(START) == (one.id,)


def test_pager_hears_when_the_ticket_is_resolved(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher = Watcher(settings, engine, now=clock)
    store = TicketStore(engine, randomness=random.randbytes)
    one = kept(Promises(settings), 1)
    store.add(one)
    watcher.look()
    clock.at = START + HOUR
    store.note_resolution(one.id, clock.at)
    watcher.look()
    assert [topic for topic, _, _ in notices(engine, "pager")] == ["p1", "resolved"]
    assert [topic for topic, _, _ in notices(engine)] == ["p1"]


def test_ticket_goes_with_its_notices(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher = Watcher(settings, engine, now=clock)
    store = TicketStore(engine, randomness=random.randbytes)
    one = kept(Promises(settings), 1)
    store.add(one)
    clock.at = START + 9 * HOUR
    watcher.look()
    assert notices(engine)
    assert store.forget(one.id)
    assert notices(engine) == []
    assert WatchStore(engine).rang(one.id) == ()


# ---- the lease -------------------------------------------------------------------------------------------------------


def test_one_of_many_leads_and_another_takes_over(engine: Engine) -> None:
    def asks(holder: str, after: float) -> bool:
        return lead(engine, "watch", holder=holder, now=START + timedelta(seconds=after), lasting=LEASE)

    assert asks("a", 0)
    assert not asks("b", 29)
    assert asks("a", 29)
    assert not asks("b", 58)
    assert asks("b", 60)
    assert not asks("a", 61)
    give_up(engine, "watch", holder="a")
    assert not asks("a", 62)
    give_up(engine, "watch", holder="b")
    assert asks("a", 62)


def test_of_twenty_who_ask_at_once_one_leads(engine: Engine) -> None:
    with ThreadPoolExecutor(10) as threads:
        asked = [
            threads.submit(lead, engine, "watch", holder=str(number), now=START, lasting=LEASE) for number in range(20)
        ]
    assert sum(one.result() for one in asked) == 1


# ---- stopped again and again -----------------------------------------------------------------------------------------


class _KilledError(BaseException):
    """As a kill: nobody catches it on the way."""


class _Dying(WatchStore):
    """Dies now and then, before, within or after the transaction that rings."""

    def __init__(self, engine: Engine, chance: Callable[[], float]) -> None:
        super().__init__(engine)
        self._chance = chance

    def look(
        self, ticket_id: str, now: datetime, decide: Callable[[KeptTicket, tuple[Rang, ...]], Looked]
    ) -> Looked | None:
        def dying(ticket: KeptTicket, rang: tuple[Rang, ...]) -> Looked:
            looked = decide(ticket, rang)
            self._perhaps(0.04)
            return looked

        looked = super().look(ticket_id, now, dying)
        self._perhaps(0.04)
        return looked

    def _perhaps(self, share: float) -> None:
        if self._chance() < share:
            raise _KilledError


def expected(settings: Settings, tickets: list[NewTicket], until: datetime) -> Counter[tuple[str, str, int]]:
    """What has to have rung by then, reckoned apart from the ladder's code: minute by minute."""
    promises, found = Promises(settings), Counter[tuple[str, str, int]]()
    for ticket in tickets:
        for promise in ticket.promises:
            for name, rung in settings.escalation.rungs.items():
                if (rung.priorities and promise.priority not in rung.priorities) or (
                    rung.plans and promise.plan not in rung.plans
                ):
                    continue
                at = promises.moment_of(promise, rung.share, waits(()))
                assert at
                for turn in range(rung.times):
                    while promise.priority != "P1" and not 8 <= (at + 8 * HOUR).hour < 22:
                        at = at.replace(second=0, microsecond=0) + MINUTE
                    if at <= until:
                        found[ticket.id, name, turn] += 1
                    at += timedelta(minutes=30)
    return found


@pytest.mark.parametrize("has_lease", [True, False], ids=["leader alone", "all three at once"])
def test_fifty_restarts_of_three_workers_ring_each_rung_once(
    url: str, engine: Engine, tmp_path: Path, has_lease: bool, randomness: Callable[[int], bytes]
) -> None:
    """Three workers, each killed and started anew again and again, over two simulated days; nobody else helps."""
    settings, clock = site(tmp_path), Clock()
    promises, dice = Promises(settings), random.Random(20261126)
    store = TicketStore(engine, randomness=randomness)
    tickets = [
        kept(
            promises,
            number,
            dice.choice(["P1", "P2", "P3"]),
            plan=dice.choice(["standard", "urgent", "dedicated"]),
            at=START + dice.randrange(0, 1_000) * MINUTE,
        )
        for number in range(24)
    ]
    came = sorted(tickets, key=lambda one: one.received_at)
    engines = [open_database(url, connections=2, patience=PATIENCE) for _ in range(3)]

    def started(number: int) -> Watcher:
        watcher = Watcher(settings, engines[number], now=clock)
        watcher._store = _Dying(engines[number], dice.random)
        return watcher

    workers, restarts = [started(number) for number in range(3)], 0

    def work(number: int) -> bool:
        worker = workers[number]
        try:
            if has_lease:
                worker.look()
            else:
                worker._watch.run(worker._store, clock)
        except _KilledError:
            return False
        return True

    step = timedelta(minutes=7)
    with ThreadPoolExecutor(3) as threads:
        while clock.at < START + timedelta(hours=48) or restarts < 150:
            while came and came[0].received_at <= clock.at:
                store.add(came.pop(0))
            for number, is_alive in enumerate(list(threads.map(work, range(3)))):
                if not is_alive or dice.random() < 0.05:
                    restarts += 1
                    workers[number] = started(number)
            clock.at += step
    for _ in range(200):
        clock.at += timedelta(seconds=20)
        if work(0) and not WatchStore(engine).due(clock.at):
            break
        workers[0] = started(0)
    rang = [(ticket.id, one) for ticket in tickets for one in WatchStore(engine).rang(ticket.id)]
    assert restarts >= 150
    assert Counter((ticket_id, one.rung, one.turn) for ticket_id, one in rang) == expected(settings, tickets, clock.at)
    assert all(one.up_at <= one.rang_at for _, one in rang)
    with reading(engine) as connection:
        ids = connection.execute(select(tables.notices.c.id).where(tables.notices.c.channel == "all")).scalars()
        told = Counter(one for one in ids if one.startswith("rung:"))
    spoken = [
        f"rung:{ticket_id}:{one.what}:{one.number}:{one.rung}:{one.turn}"
        for ticket_id, one in rang
        if not one.is_silent
    ]
    assert told == Counter(spoken)
    # A rung is late by the restarts alone: none waits for the next day.
    assert max(one.rang_at - one.up_at for _, one in rang) < 2 * HOUR
    for one in engines:
        one.dispose()


def test_kill_within_the_transaction_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path), Clock()
    watcher = Watcher(settings, engine, now=clock)
    one = kept(Promises(settings), 1)
    TicketStore(engine, randomness=random.randbytes).add(one)
    clock.at = START + 3 * HOUR
    watcher._store = _Dying(engine, lambda: 0.0)
    with pytest.raises(_KilledError):
        watcher.look()
    assert WatchStore(engine).rang(one.id) == ()
    assert notices(engine) == []


# ---- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[escalation]\nquiet = ["22-8"]', 'escalation.quiet has "22-8"'),
        (
            '[escalation]\nquiet = ["00:00-24:00"]',
            "escalation.quiet is ['00:00-24:00']; it must leave a part of the day",
        ),
        ('[escalation]\nloud = ["P0"]', 'escalation.loud has "P0"; use P1, P2, P3, P4'),
        ("[escalation.rungs.queue]\nshare = 0.0", "escalation.rungs.queue.share is 0.0; it must be more than 0"),
        ('[escalation.rungs.queue]\nto = ""', 'escalation.rungs.queue.to is ""'),
        ('[escalation.rungs.queue]\nevery = "soon"', 'escalation.rungs.queue.every is "soon"; write "30 min" or "2 h"'),
        ("[escalation.rungs.queue]\ntimes = 3", 'more than once needs every = "30 min"'),
        ('[escalation.rungs.queue]\npromises = ["answer"]', "use first_response, resolution"),
    ],
)
def test_mistakes_in_the_ladder_name_the_setting(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        Watch(site(tmp_path, toml))
    assert told in str(error.value)


def test_rung_of_no_times_is_away(engine: Engine, tmp_path: Path) -> None:
    settings, clock = site(tmp_path, "[escalation.rungs.queue]\ntimes = 0"), Clock()
    watcher = Watcher(settings, engine, now=clock)
    TicketStore(engine, randomness=random.randbytes).add(kept(Promises(settings), 1))
    clock.at = START + 3 * HOUR
    assert watcher.look() == 0
