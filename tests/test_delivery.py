"""The outbox to its end: at least once over restarts, tried again within bounds, within each channel's pace."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from receivers import Receiver, drip, hang_up, receiving, reset, silent, status
from sqlalchemy import Engine
from test_notify_signing import notice

from triage.delivery import Delivery, channels_of
from triage.errors import SettingsError
from triage.notify.channels import PACES
from triage.notify.notice import Channel, Notice, Verdict, notice_json
from triage.notify.retries import SCHEDULE
from triage.notify.sender import deliver
from triage.settings import NotifySettings, load_settings
from triage.store.outbox import LEASE, Outbox, OutNotice

pytest_plugins = ["test_store_fixtures"]
START = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Recorder:
    """Stands in for the network: notes what was sent, and answers as told."""

    answers: Sequence[Verdict] = (Verdict("sent"),)
    messages: list[tuple[str, list[str]]] = field(default_factory=list)

    async def __call__(
        self, notices: Sequence[Notice], channel: Channel, *, now: datetime, private_hosts: Sequence[str]
    ) -> Verdict:
        self.messages.append((channel.name, [one.id for one in notices]))
        return self.answers[min(len(self.messages), len(self.answers)) - 1]


def site(folder: Path, **channels: Mapping[str, Any]) -> NotifySettings:
    tables = "\n".join(
        f"[notify.channels.{name}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
        for name, table in channels.items()
    )
    hosts = [table["url"].split("/")[2] for table in channels.values() if "127.0.0.1" in table["url"]]
    path = folder / "triage.toml"
    path.write_text(f"[notify]\nprivate_hosts = {json.dumps(hosts)}\n{tables}", encoding="utf-8")
    return load_settings(path).notify


def webhook(receiver: Receiver) -> dict[str, str]:
    return {"type": "webhook", "url": receiver.url, "secret": SECRET}


def chat(kind: str = "slack") -> dict[str, str]:
    return {"type": kind, "url": "https://hooks.example.com/x"}


def put(outbox: Outbox, channel: str, *ids: str, at: datetime = START, **facts: Any) -> None:
    outbox.put(*(OutNotice(one, channel, None, notice_json(notice(id=one, **facts)), at) for one in ids))


def stands(outbox: Outbox) -> dict[str, str]:
    return {one.id: one.status for one in outbox.list()}


# ---- receivers that misbehave ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scripts", "tries", "end", "asked"),
    [
        ([status(200)], 1, "sent", 0),
        ([silent, status(200)], 2, "sent", 0),
        ([drip, status(200)], 2, "sent", 0),
        ([reset, hang_up, status(200)], 3, "sent", 0),
        ([status(500), status(500), status(500), status(200)], 4, "sent", 0),
        ([status(429, retry_after="3600"), status(200)], 2, "sent", 3_600),
        ([status(410)], 1, "failed", 0),
        ([status(302, location="http://127.0.0.1:1/")], 1, "failed", 0),
        ([status(400)], 1, "failed", 0),
        ([status(503)], len(SCHEDULE) + 1, "failed", 0),
    ],
    ids=["well", "time-out", "slow drip", "reset", "500 three times", "429", "410", "redirect", "400", "never"],
)
def test_nothing_is_lost_and_tries_keep_their_schedule(
    engine: Engine, tmp_path: Path, scripts: list[Callable[..., None]], tries: int, end: str, asked: int
) -> None:
    """Over as many restarts as there are steps: each step has a Delivery of its own, which knows what the outbox knows."""
    with receiving(*scripts) as receiver:
        settings, clock, outbox = site(tmp_path, hook=webhook(receiver)), Clock(), Outbox(engine)
        put(outbox, "hook", "n-1")
        tried_at: list[datetime] = []
        while stands(outbox)["n-1"] == "waiting":
            before = len(receiver.requests)
            asyncio.run(_delivery(settings, outbox, clock).run())
            if len(receiver.requests) > before:
                tried_at.append(clock.at)
            waiting = outbox.list()[0].next_at
            clock.at = max(clock.at + timedelta(seconds=1), waiting) if waiting else clock.at
        assert len(receiver.requests) == tries
        assert stands(outbox) == {"n-1": end}
        for number, (one, other) in enumerate(pairwise(tried_at)):
            least = max(0.8 * SCHEDULE[number], asked)
            assert least <= (other - one).total_seconds() <= max(1.2 * SCHEDULE[number], asked) + 1
        # Whoever gets it twice knows it by its id, and each try is signed for its own time.
        heads = [request.partition(b"\r\n\r\n")[0].lower() for request in receiver.requests]
        assert all(b"webhook-id: n-1" in head for head in heads)
        assert len(set(heads)) == tries


def _delivery(settings: NotifySettings, outbox: Outbox, clock: Clock) -> Delivery:
    return Delivery(settings, outbox, environ={}, now=clock, send=partial(deliver, whole_seconds=1.5))


@pytest.mark.parametrize("dies", ["before it is sent", "after it was sent"])
def test_three_restarts_lose_nothing(engine: Engine, tmp_path: Path, dies: str) -> None:
    """Killed three times in the middle of sending: all forty arrive, those in flight perhaps twice."""
    with receiving(status(200)) as receiver:
        settings, clock, outbox = site(tmp_path, hook=webhook(receiver)), Clock(), Outbox(engine)
        names = [f"n-{number:02}" for number in range(40)]
        put(outbox, "hook", *names)
        left = [10, 12, 9, 999]
        for calls in left:
            budget = iter(range(calls))

            async def dying(
                notices: Sequence[Notice],
                channel: Channel,
                *,
                now: datetime,
                private_hosts: Sequence[str],
                budget: Iterator[int] = budget,
            ) -> Verdict:
                is_up = next(budget, None) is None
                if is_up and dies == "before it is sent":
                    raise KeyboardInterrupt
                verdict = await deliver(notices, channel, now=now, private_hosts=private_hosts)
                if is_up:
                    raise KeyboardInterrupt
                return verdict

            for _ in range(2):
                work = Delivery(settings, outbox, environ={}, now=clock, send=dying)
                try:
                    asyncio.run(work.run())
                except KeyboardInterrupt:
                    break
            clock.at += LEASE + timedelta(seconds=1)
        arrived = Counter(json.loads(body)["data"]["id"] for body in receiver.bodies())
    assert set(arrived) == set(names)
    assert sum(arrived.values()) - 40 == (3 if dies == "after it was sent" else 0)
    assert set(stands(outbox).values()) == {"sent"}


def test_notice_is_not_written_twice(engine: Engine) -> None:
    outbox = Outbox(engine)
    for _ in range(3):
        put(outbox, "ops", "n-1")
    put(outbox, "other", "n-1")
    assert len(outbox.list()) == 2


def test_what_one_sends_another_leaves_alone(engine: Engine) -> None:
    outbox = Outbox(engine)
    put(outbox, "ops", "n-1", "n-2")
    assert [one.id for one in outbox.take("ops", START, most=1)] == ["n-1"]
    assert [one.id for one in outbox.take("ops", START, most=9)] == ["n-2"]
    assert outbox.take("ops", START, most=9) == ()
    assert len(outbox.take("ops", START + LEASE, most=9)) == 2


# ---- pace and digests ------------------------------------------------------------------------------------------------


def messages(engine: Engine, folder: Path, kind: str, count: int, minutes: int = 1) -> list[list[int]]:
    """How many notices each message of a minute held, run once a second, for minutes."""
    outbox, clock, network = Outbox(engine), Clock(), Recorder()
    more = {"secret": SECRET if kind == "webhook" else "k"} if kind in ("webhook", "pagerduty") else {}
    settings = site(folder, ops=chat(kind) | more)
    put(outbox, "ops", *(f"n-{number:04}" for number in range(count)))
    told: list[list[int]] = []
    for _ in range(minutes):
        before = len(network.messages)
        for _ in range(6):
            asyncio.run(Delivery(settings, outbox, environ={}, now=clock, send=network).run())
            clock.at += timedelta(seconds=10)
        told.append([len(ids) for _, ids in network.messages[before:]])
    sent = [one for _, ids in network.messages for one in ids]
    assert len(sent) == len(set(sent))
    return told


def test_few_notices_go_one_by_one(engine: Engine, tmp_path: Path) -> None:
    assert messages(engine, tmp_path, "dingtalk", 3) == [[1, 1, 1]]


def test_many_go_as_a_digest_before_the_limit_is_reached(engine: Engine, tmp_path: Path) -> None:
    (minute,) = messages(engine, tmp_path, "dingtalk", 120)
    assert sum(minute) == 120
    assert len(minute) <= PACES["dingtalk"].per_minute / 2
    assert max(minute) == PACES["dingtalk"].most_at_once


def test_what_makes_no_digest_waits_for_the_next_minute(engine: Engine, tmp_path: Path) -> None:
    first, second = messages(engine, tmp_path, "pagerduty", 150, minutes=2)
    assert (len(first), len(second)) == (PACES["pagerduty"].per_minute, 30)
    assert set(first) == {1}


def test_channel_that_is_away_holds_up_no_other(engine: Engine, tmp_path: Path) -> None:
    outbox, clock = Outbox(engine), Clock()
    settings = site(tmp_path, a=chat(), b=chat("wecom"))
    put(outbox, "a", *(f"a-{number}" for number in range(5)))
    put(outbox, "b", *(f"b-{number}" for number in range(5)))

    async def network(
        notices: Sequence[Notice], channel: Channel, *, now: datetime, private_hosts: Sequence[str]
    ) -> Verdict:
        return Verdict("retry", "no answer in time") if channel.name == "a" else Verdict("sent")

    assert asyncio.run(Delivery(settings, outbox, environ={}, now=clock, send=network).run()) == 5
    told = Counter((one.channel, one.status, one.attempts) for one in outbox.list())
    # One try finds out; the others wait untouched.
    assert told == {("b", "sent", 1): 5, ("a", "waiting", 1): 1, ("a", "waiting", 0): 4}


def test_row_that_cannot_be_read_holds_up_no_other_for_good(engine: Engine, tmp_path: Path) -> None:
    outbox, clock, network = Outbox(engine), Clock(), Recorder()
    settings = site(tmp_path, ops=chat())
    outbox.put(OutNotice("broken", "ops", None, {"id": "broken"}, START - timedelta(seconds=1)))
    put(outbox, "ops", "n-1")
    for _ in range(2):
        asyncio.run(Delivery(settings, outbox, environ={}, now=clock, send=network).run())
    assert stands(outbox) == {"broken": "waiting", "n-1": "sent"}
    (kept,) = outbox.list(status="waiting")
    assert (kept.attempts, kept.error) == (1, "a fault of ours (KeyError)")


def test_channel_that_is_gone_from_the_settings_keeps_its_notices(engine: Engine, tmp_path: Path) -> None:
    outbox = Outbox(engine)
    put(outbox, "gone", "n-1")
    assert asyncio.run(Delivery(site(tmp_path), outbox, environ={}, now=Clock(), send=Recorder()).run()) == 0
    assert stands(outbox) == {"n-1": "waiting"}


def test_refusal_is_kept_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    outbox = Outbox(engine)
    put(outbox, "ops", "n-1")
    network = Recorder((Verdict("refused", "errcode 310000"),))
    asyncio.run(Delivery(site(tmp_path, ops=chat()), outbox, environ={}, now=Clock(), send=network).run())
    (kept,) = outbox.list(status="failed")
    assert (kept.error, kept.attempts) == ("errcode 310000", 1)


def test_old_notices_are_forgotten(engine: Engine) -> None:
    outbox = Outbox(engine)
    put(outbox, "ops", "old", at=START - timedelta(days=10))
    put(outbox, "ops", "new")
    assert outbox.forget_older_than(9, START) == 1
    assert stands(outbox) == {"new": "waiting"}


# ---- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            {"type": "slack", "url": "http://hooks.example.com/"},
            "ops.url cannot be used: hooks.example.com: http is not",
        ),
        ({"type": "slack", "url": "hooks.example.com"}, "ops.url cannot be used: an address is no https://"),
        ({"type": "slack", "url": "smtps://mail.example.com"}, "ops.url begins with smtps://; slack needs https://"),
        ({"type": "mail", "url": "https://mail.example.com"}, "mail needs smtps://host or smtp://host"),
        ({"type": "mail", "url": "smtps://mail.example.com"}, "ops has no sender or no receivers"),
        ({"type": "pagerduty", "url": "https://events.example.com/"}, "ops.secret is empty"),
        ({"type": "webhook", "url": "https://example.com/", "secret": "x!"}, "whsec_ and base64"),
        ({"type": "slack", "url": "$SLACK_URL"}, 'ops.url is "$SLACK_URL", and the environment has no SLACK_URL'),
    ],
)
def test_channel_that_can_never_work_is_told_at_once(tmp_path: Path, table: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as error:
        channels_of(site(tmp_path, ops=table), {})
    assert told in str(error.value)


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    table = {"type": "feishu", "url": "$HOOK", "secret": "$SECRET"}
    found = channels_of(site(tmp_path, ops=table), {"HOOK": "https://example.com/hook", "SECRET": "s3"})
    assert (found["ops"].url, found["ops"].secret) == ("https://example.com/hook", "s3")
