"""Working time: worked cases to the minute, and what holds for every start and target."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from triage.policy.clock import WHOLE_DAY, Clock, Window
from triage.policy.days import Day, days_in, every_day, with_own

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = (Window(time(9), time(18)),)
CHINA = Clock(SHANGHAI, days_in("CN"), OFFICE)
CHINA_DAYS = Clock(SHANGHAI, days_in("CN"), WHOLE_DAY)
ALWAYS = Clock(SHANGHAI, every_day, WHOLE_DAY)
SPLIT = Clock(ZoneInfo("America/New_York"), days_in("US"), (Window(time(9), time(12)), Window(time(13), time(17, 30))))
CLOCKS = {"office in China": CHINA, "working days in China": CHINA_DAYS, "always": ALWAYS, "split, New York": SPLIT}


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-02-13 17:30", 600, "2026-02-24 09:30"),
        ("2026-01-03 12:00", 60, "2026-01-04 10:00"),
        ("2026-10-09 17:00", 120, "2026-10-10 10:00"),
        ("2026-05-08 17:00", 630, "2026-05-11 09:30"),
        ("2025-09-30 17:30", 60, "2025-10-09 09:30"),
        ("2025-01-26 08:00", 540, "2025-01-26 18:00"),
        ("2026-11-25 09:00", 540, "2026-11-25 18:00"),
        ("2026-11-25 18:00", 1, "2026-11-26 09:01"),
        ("2026-11-27 19:00", 240, "2026-11-30 13:00"),
    ],
)
def test_worked_cases_are_exact(start: str, minutes: int, due: str) -> None:
    found = CHINA.due(at(start), timedelta(minutes=minutes))
    assert found.at == at(due)
    assert not found.is_estimated
    assert CHINA.counted(at(start), at(due)) == timedelta(minutes=minutes)


def test_a_day_is_counted_between_two_moments() -> None:
    assert CHINA.counted(at("2025-01-26 08:00"), at("2025-01-26 20:00")) == timedelta(minutes=540)
    assert CHINA.counted(at("2026-02-15 00:00"), at("2026-02-23 23:59")) == timedelta()
    assert CHINA.counted(at("2026-11-25 12:00"), at("2026-11-25 11:00")) == timedelta()


def test_ledger_can_be_read_by_anyone() -> None:
    lines = CHINA.due(at("2026-02-13 17:30"), timedelta(minutes=600)).ledger
    assert [
        (f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}", one.counted.seconds // 60, one.why) for one in lines
    ] == [
        ("02-13 17:30", "02-13 18:00", 30, None),
        ("02-14 09:00", "02-14 18:00", 540, ("调休上班", "make-up workday")),
        ("02-15 00:00", "02-24 00:00", 0, ("春节", "Spring Festival")),
        ("02-24 09:00", "02-24 09:30", 30, None),
    ]


def test_beyond_the_published_years_it_goes_on_and_says_so() -> None:
    due = CHINA.due(at("2026-12-31 17:30"), timedelta(minutes=60))
    assert due.at == at("2027-01-04 09:30")
    assert due.is_estimated
    assert [one.why for one in due.ledger if not one.counted] == [("元旦", "New Year's Day"), None]
    assert CHINA.due(at("2031-04-30 17:30"), timedelta(minutes=60)).at == at("2031-05-05 09:30")


def test_own_days_go_over_the_countrys() -> None:
    own = {date(2026, 11, 26): Day(False, ("团建", "outing")), date(2026, 11, 28): Day(True)}
    clock = Clock(SHANGHAI, with_own(days_in("CN"), own), OFFICE)
    assert clock.due(at("2026-11-25 17:00"), timedelta(hours=12)).at == at("2026-11-28 11:00")


def test_days_on_which_clocks_are_set_have_23_and_25_hours() -> None:
    new_york = Clock(ZoneInfo("America/New_York"), every_day, WHOLE_DAY)
    for day, hours in (("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)):
        start = at(f"{day} 00:00", new_york.zone)
        assert new_york.counted(start, at(f"{day} 00:00", new_york.zone) + timedelta(days=1)) == timedelta(hours=hours)


def test_a_clock_that_counts_nothing_is_told() -> None:
    never = Clock(SHANGHAI, lambda _: Day(False), OFFICE)
    with pytest.raises(ValueError, match="no working time"):
        never.due(at("2026-11-25 09:00"), timedelta(minutes=1))
    assert never.counted(at("2026-11-25 09:00"), at("2026-12-25 09:00")) == timedelta()


STARTS = st.datetimes(datetime(2004, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
TARGETS = st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))
NAMES = st.sampled_from(sorted(CLOCKS))


@settings(max_examples=400, deadline=None)
@given(NAMES, STARTS, TARGETS)
def test_due_is_never_before_its_start_and_its_ledger_adds_up(name: str, start: datetime, target: timedelta) -> None:
    clock = CLOCKS[name]
    due = clock.due(start, target)
    assert due.at >= start
    assert sum((line.counted for line in due.ledger), timedelta()) == target
    assert clock.counted(start, due.at) == target
    assert all(before.end <= after.start for before, after in zip(due.ledger, due.ledger[1:], strict=False))
    assert all(start <= line.start < line.end <= due.at for line in due.ledger)


@settings(max_examples=400, deadline=None)
@given(NAMES, STARTS, TARGETS, st.integers(0, 40_000))
def test_due_moves_forward_with_its_start(name: str, start: datetime, target: timedelta, later: int) -> None:
    clock = CLOCKS[name]
    assert clock.due(start, target).at <= clock.due(start + timedelta(minutes=later), target).at


@settings(max_examples=400, deadline=None)
@given(NAMES, STARTS, st.integers(0, 40_000), st.integers(0, 40_000))
def test_working_time_split_anywhere_adds_up(name: str, start: datetime, one: int, two: int) -> None:
    clock = CLOCKS[name]
    middle = start + timedelta(minutes=one)
    end = middle + timedelta(minutes=two)
    assert clock.counted(start, middle) + clock.counted(middle, end) == clock.counted(start, end)
