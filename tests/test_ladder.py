"""Which rungs ring when: shares, quiet hours, turns, acknowledgement; and a ticket that comes in late."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from triage.policy.clock import Window
from triage.policy.ladder import Quiet, Rung, Watched, standing

START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
HOUR = timedelta(hours=1)
QUIET = Quiet(ZoneInfo("Asia/Shanghai"), (Window(time(0), time(8)), Window(time(22), None)), ("P1",))
LADDER = (
    Rung("queue", 0.75, "queue"),
    Rung("lead", 1.0, "duty-lead"),
    Rung("senior", 1.5, "senior-support", until_acknowledged=False),
    Rung("again", 1.0, "duty-lead", priorities=("P1",), every=timedelta(minutes=30), times=3),
    Rung("dedicated", 1.0, "customer-success", plans=("dedicated",)),
)


def watched(priority: str = "P2", plan: str = "standard", target: timedelta = 4 * HOUR, **facts: datetime) -> Watched:
    given = {"received_at": START - HOUR} | facts
    return Watched(priority, plan, "first_response", lambda share: START + share * target, **given)  # type: ignore[arg-type]


def rings(one: Watched, at: datetime, already: set[tuple[str, int]] = frozenset()) -> list[str]:  # type: ignore[assignment]
    stands = standing(one, LADDER, already, QUIET, now=at)
    return [f"{call.rung.name}{call.turn or ''}{' silent' if call.is_silent else ''}" for call in stands.calls]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(2.99, []), (3, ["queue"]), (4, ["queue", "lead"]), (6, ["queue", "lead", "senior"])],
)
def test_rungs_ring_at_their_share_of_the_target(hours: float, expected: list[str]) -> None:
    assert rings(watched(), START + hours * HOUR) == expected


def test_what_rang_rings_no_more() -> None:
    assert rings(watched(), START + 4 * HOUR, {("queue", 0)}) == ["lead"]


def test_next_look_is_when_the_next_rung_is_up() -> None:
    stands = standing(watched(), LADDER, {("queue", 0)}, QUIET, now=START + 3 * HOUR)
    assert (stands.calls, stands.next_at) == ((), START + 4 * HOUR)
    everything = {(rung.name, 0) for rung in LADDER}
    assert standing(watched(), LADDER, everything, QUIET, now=START + 9 * HOUR).next_at is None


def test_what_is_done_rings_no_more() -> None:
    assert rings(watched(done_at=START + 2 * HOUR), START + 9 * HOUR) == []
    assert standing(watched(done_at=START), LADDER, (), QUIET, now=START).next_at is None


def test_acknowledged_ticket_rings_where_that_does_not_help() -> None:
    one = watched(acknowledged_at=START + 3.5 * HOUR)
    assert rings(one, START + 6 * HOUR) == ["queue", "senior"]


def test_plans_and_priorities_have_rungs_of_their_own() -> None:
    assert rings(watched(plan="dedicated"), START + 4 * HOUR) == ["queue", "lead", "dedicated"]
    assert "again" in rings(watched("P1"), START + 4 * HOUR)


def test_rung_is_said_again_until_somebody_is_at_work() -> None:
    known = {(rung.name, 0) for rung in LADDER}
    one = watched("P1")
    assert rings(one, START + 4.5 * HOUR, known) == ["again1"]
    assert rings(one, START + 9 * HOUR, known | {("again", 1), ("again", 2)}) == []
    heard = watched("P1", acknowledged_at=START + 4.6 * HOUR)
    assert rings(heard, START + 9 * HOUR, known | {("again", 1)}) == []


def test_turns_that_were_missed_ring_once() -> None:
    known = {(name, 0) for name in ("queue", "lead", "senior")}
    assert rings(watched("P1"), START + 5.5 * HOUR, known) == ["again silent", "again1 silent", "again2"]


@pytest.mark.parametrize(
    ("priority", "up", "rang"),
    [
        ("P2", "2026-11-26T21:59+08:00", "2026-11-26T21:59+08:00"),
        ("P2", "2026-11-26T22:00+08:00", "2026-11-27T08:00+08:00"),
        ("P2", "2026-11-27T03:00+08:00", "2026-11-27T08:00+08:00"),
        ("P2", "2026-11-27T07:59+08:00", "2026-11-27T08:00+08:00"),
        ("P2", "2026-11-27T08:00+08:00", "2026-11-27T08:00+08:00"),
        ("P1", "2026-11-27T03:00+08:00", "2026-11-27T03:00+08:00"),
    ],
)
def test_quiet_hours_are_heeded_but_for_loud_priorities(priority: str, up: str, rang: str) -> None:
    assert QUIET.over(datetime.fromisoformat(up), priority) == datetime.fromisoformat(rang)


def test_rung_missed_by_day_does_not_ring_at_night() -> None:
    night = datetime.fromisoformat("2026-11-27T03:00+08:00")
    stands = standing(watched(), LADDER, (), QUIET, now=night)
    assert stands.calls == ()
    assert stands.next_at == datetime.fromisoformat("2026-11-27T08:00+08:00")
    assert len(rings(watched("P1"), night)) > 0


def test_ticket_that_came_in_late_rings_its_highest_rung_alone() -> None:
    late = watched(received_at=START + 10 * HOUR)
    assert rings(late, START + 10 * HOUR) == ["queue silent", "lead silent", "senior"]


def test_clock_that_stands_still_rings_nothing() -> None:
    one = Watched("P2", "standard", "first_response", lambda _share: None, START)
    assert standing(one, LADDER, (), QUIET, now=START + 99 * HOUR) == ((), None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(1, 3_000), min_size=1, max_size=30),
    st.sampled_from(["P1", "P2"]),
    st.integers(5, 1_000),
)
def test_however_often_one_looks_each_rung_rings_once_and_none_early(
    steps: list[int], priority: str, target: int
) -> None:
    one = watched(priority, target=timedelta(minutes=target))
    rang: dict[tuple[str, int], datetime] = {}
    now = START
    for step in steps:
        now += timedelta(minutes=step)
        for call in standing(one, LADDER, rang.keys(), QUIET, now=now).calls:
            assert (call.rung.name, call.turn) not in rang
            assert call.at <= now
            assert QUIET.over(now, priority) == now
            rang[call.rung.name, call.turn] = now
    # Whoever looks once, at the end, notes the same rungs.
    if QUIET.over(now, priority) == now:
        at_once = standing(one, LADDER, (), QUIET, now=now).calls
        assert {(call.rung.name, call.turn) for call in at_once} == set(rang)
