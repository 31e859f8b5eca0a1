"""Promises that were made: pauses, changed priorities, calendars of queues and customers, settings that change later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from triage.errors import SettingsError
from triage.policy.clock import Pause
from triage.policy.pauses import Waits, waits_of
from triage.promises import Of, Promises, done_of, in_force
from triage.report.due import ledger_text
from triage.settings import load_settings
from triage.store.kept_promise import KeptPromise

FRIDAY = datetime(2026, 2, 13, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai, before a make-up Saturday
HOUR = timedelta(hours=1)
NO_WAITS = Waits((), None)


def promises(folder: Path, toml: str = "") -> Promises:
    path = folder / "triage.toml"
    path.write_text(toml, encoding="utf-8")
    return Promises(load_settings(path))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


# ---- pauses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-02-14T12:30"),
        # within working hours
        ([("2026-02-14T10:00", "2026-02-14T11:00")], "2026-02-14T13:30"),
        # over night, and from before the start
        ([("2026-02-13T17:45", "2026-02-14T09:30")], "2026-02-14T13:15"),
        ([("2026-02-13T09:00", "2026-02-13T17:45")], "2026-02-14T12:45"),
        # outside of working hours alone
        ([("2026-02-13T19:00", "2026-02-14T08:00")], "2026-02-14T12:30"),
        # over the Spring Festival
        ([("2026-02-14T12:00", "2026-02-24T09:00")], "2026-02-24T09:30"),
        # after it was up
        ([("2026-02-14T12:30", "2026-02-14T14:00")], "2026-02-14T12:30"),
        ([("2026-02-14T10:00", "2026-02-14T10:30"), ("2026-02-14T11:00", "2026-02-14T11:30")], "2026-02-14T13:30"),
    ],
)
def test_clock_stands_still_while_the_customer_is_waited_for(
    tmp_path: Path, pauses: list[tuple[str, str]], due: str
) -> None:
    site = promises(tmp_path)
    (promise,) = site.made(Of(), "P2", FRIDAY, made_at=FRIDAY)
    time = site.due_of(promise, [Pause(at(start), at(end)) for start, end in pauses], lang="zh")
    assert time.at == at(due)
    assert sum(line.minutes for line in time.ledger) == 240


def test_pause_stands_in_the_ledger(tmp_path: Path) -> None:
    site = promises(tmp_path)
    (promise,) = site.made(Of(), "P2", FRIDAY, made_at=FRIDAY)
    pause = [Pause(at("2026-02-14T10:00"), at("2026-02-14T11:00"))]
    assert ledger_text(site.due_of(promise, pause, lang="en"), lang="en") == (
        "Fri 13 Feb 17:30-18:00 30 min · Sat 14 Feb 09:00-10:00 60 min (make-up workday)"
        " · Sat 14 Feb 10:00-11:00 waiting for the customer · Sat 14 Feb 11:00-13:30 150 min (make-up workday)"
    )
    assert "2 月 14 日(周六) 10:00-11:00 等待客户回复" in ledger_text(site.due_of(promise, pause, lang="zh"), lang="zh")


@pytest.mark.parametrize(
    ("moments", "pauses", "since"),
    [
        ([], [], None),
        ([("waiting", 1)], [], 1),
        ([("waiting", 1), ("back", 3)], [(1, 3)], None),
        ([("waiting", 1), ("waiting", 2), ("back", 3), ("back", 4)], [(1, 3)], None),
        ([("back", 3), ("waiting", 1)], [(1, 3)], None),
        ([("back", 1), ("waiting", 2)], [], 2),
        ([("waiting", 1), ("back", 1)], [], None),
        ([("waiting", 1), ("back", 2), ("waiting", 4)], [(1, 2)], 4),
    ],
)
def test_moments_make_pauses(moments: list[tuple[str, int]], pauses: list[tuple[int, int]], since: int | None) -> None:
    found = waits_of([(what, FRIDAY + hour * HOUR) for what, hour in moments])  # type: ignore[misc]
    assert found.pauses == tuple(Pause(FRIDAY + start * HOUR, FRIDAY + end * HOUR) for start, end in pauses)
    assert found.since == (None if since is None else FRIDAY + since * HOUR)


def test_share_is_used_up_later_by_the_pause_and_never_while_it_lasts(tmp_path: Path) -> None:
    site = promises(tmp_path)
    (promise,) = site.made(Of(), "P1", FRIDAY, made_at=FRIDAY)
    assert site.moment_of(promise, 0.75, NO_WAITS) == FRIDAY + 3 * HOUR
    past = Waits((Pause(FRIDAY + HOUR, FRIDAY + 2 * HOUR),), None)
    assert site.moment_of(promise, 0.75, past) == FRIDAY + 4 * HOUR
    waiting = Waits((), FRIDAY + 2 * HOUR)
    assert site.moment_of(promise, 0.5, waiting) == FRIDAY + 2 * HOUR
    assert site.moment_of(promise, 0.75, waiting) is None


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 20_000),
    st.integers(1, 3_000),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5_000)), max_size=4),
)
def test_pauses_only_put_off_and_the_ledger_adds_up(start: int, target: int, drawn: list[tuple[int, int]]) -> None:
    site = _SITE
    begin = FRIDAY + timedelta(minutes=start)
    moments = [("waiting", FRIDAY + timedelta(minutes=one)) for one, _ in drawn]
    moments += [("back", FRIDAY + timedelta(minutes=one + length)) for one, length in drawn]
    pauses = waits_of(moments).until(FRIDAY + timedelta(days=60))  # type: ignore[arg-type]
    promise = KeptPromise("resolution", 0, begin, "standard", "P2", begin, f"{target / 60:.4f} working hours", "site")
    free, put_off = site.due_of(promise, (), lang="en"), site.due_of(promise, pauses, lang="en")
    assert put_off.at >= free.at
    assert sum(line.minutes for line in put_off.ledger) == pytest.approx(put_off.minutes, abs=0.1)
    assert not any(pause.start < put_off.at < pause.end for pause in pauses)
    assert all(one.end <= other.start for one, other in zip(put_off.ledger, put_off.ledger[1:], strict=False))


_SITE = Promises(load_settings())


# ---- priorities that change ------------------------------------------------------------------------------------------


def changed(site: Promises, was: str, now: str, after: timedelta, waits: Waits = NO_WAITS) -> datetime:
    (kept,) = site.made(Of(), was, FRIDAY, made_at=FRIDAY)
    new = site.changed([kept], now, at=FRIDAY + after, waits=waits, done=())
    return site.due_now([kept, *new], waits.until(FRIDAY + after), lang="en").times[0].at


@pytest.mark.parametrize(
    ("was", "now", "after", "due"),
    [
        # raised: the team has its whole time from the change on,
        ("P3", "P1", HOUR, FRIDAY + 5 * HOUR),
        ("P4", "P1", 12 * HOUR, FRIDAY + 16 * HOUR),
        # but is never later than was promised before
        ("P3", "P1", 22 * HOUR, at("2026-02-14T16:30")),
        # lowered: the time that it would have had from the start
        ("P1", "P3", HOUR, at("2026-02-14T16:30")),
        ("P1", "P2", HOUR, at("2026-02-14T12:30")),
        ("P2", "P2", HOUR, at("2026-02-14T12:30")),
    ],
)
def test_changed_priority_changes_the_due_time(
    tmp_path: Path, was: str, now: str, after: timedelta, due: datetime
) -> None:
    assert changed(promises(tmp_path), was, now, after) == due


@pytest.mark.parametrize("was", ["P1", "P2", "P3", "P4"])
@pytest.mark.parametrize("now", ["P1", "P2", "P3", "P4"])
@pytest.mark.parametrize("hours", [0, 1, 3, 8, 20])
def test_nobody_is_late_in_the_moment_of_a_change(was: str, now: str, hours: int) -> None:
    (kept,) = _SITE.made(Of(), was, FRIDAY, made_at=FRIDAY)
    before = _SITE.due_of(kept, (), lang="en").at
    change = FRIDAY + hours * HOUR
    if before <= change:
        return
    assert changed(_SITE, was, now, hours * HOUR) > change


def test_raised_again_counts_from_the_last_change_and_lowered_again_from_the_start(tmp_path: Path) -> None:
    site = promises(tmp_path)
    kept = list(site.made(Of(), "P3", FRIDAY, made_at=FRIDAY))
    for number, (priority, hour) in enumerate([("P1", 1), ("P3", 2), ("P1", 3)], 1):
        kept += site.changed(kept, priority, at=FRIDAY + hour * HOUR, waits=NO_WAITS, done=())
        assert kept[-1].number == number
    assert [one.starts_at for one in kept] == [FRIDAY, FRIDAY + HOUR, FRIDAY, FRIDAY + 3 * HOUR]
    assert in_force(kept)["first_response"] is kept[-1]


def test_what_is_done_is_promised_no_more(tmp_path: Path) -> None:
    site = promises(tmp_path, '[promises.standard.resolution]\nP1 = "8 h"\nP3 = "40 working hours"')
    kept = site.made(Of(), "P3", FRIDAY, made_at=FRIDAY)
    done = done_of(FRIDAY + HOUR, None)
    new = site.changed(kept, "P1", at=FRIDAY + 2 * HOUR, waits=NO_WAITS, done=done)
    assert [(one.what, one.target) for one in new] == [("resolution", "8 h")]
    assert site.changed(kept, "P1", at=FRIDAY, waits=NO_WAITS, done=done_of(None, FRIDAY)) == ()


def test_priority_without_a_promise_leaves_the_one_that_was_given(tmp_path: Path) -> None:
    site = promises(tmp_path, '[promises.standard.first_response]\nP4 = ""')
    kept = site.made(Of(), "P2", FRIDAY, made_at=FRIDAY)
    assert site.changed(kept, "P4", at=FRIDAY, waits=NO_WAITS, done=()) == ()


def test_settings_that_change_later_change_no_promise(tmp_path: Path) -> None:
    kept = promises(tmp_path).made(Of(), "P2", FRIDAY, made_at=FRIDAY)
    later = promises(tmp_path, '[promises.standard.first_response]\nP2 = "1 h"')
    assert later.due_now(kept, (), lang="en").times[0].at == at("2026-02-14T12:30")


# ---- calendars of queues and customers -------------------------------------------------------------------------------

OWN = """
[routing.queues.voice-en]
products = ["voice-call"]
hours = ["09:00-17:00"]
time_zone = "Europe/London"
country = "GB"

[customers.merlion]
names = ["Merlion Pte", "鱼尾狮"]
plan = "urgent"
country = "SG"
time_zone = "Asia/Singapore"
hours = ["10:00-19:00"]

[customers.acme]
names = ["Acme"]
plan = "dedicated"
"""


@pytest.mark.parametrize(
    ("of", "priority", "due", "plan"),
    [
        (Of(), "P3", "2026-02-14T16:30+08:00", "standard"),
        # 09:30 in London, and no Saturday
        (Of(queue="voice-en"), "P3", "2026-02-16T09:30+00:00", "standard"),
        (Of(queue="messaging"), "P3", "2026-02-14T16:30+08:00", "standard"),
        # Singapore's Chinese New Year is 17 and 18 February; Saturday is no workday there
        (Of(customer="鱼尾狮"), "P3", "2026-02-16T12:30+08:00", "urgent"),
        (Of(customer="merlion pte", queue="voice-en"), "P3", "2026-02-16T12:30+08:00", "urgent"),
        (Of(customer="Acme"), "P3", "2026-02-14T10:30+08:00", "dedicated"),
        (Of(customer="Acme", plan="standard"), "P3", "2026-02-14T10:30+08:00", "dedicated"),
        (Of(customer="acme", queue="voice-en"), "P3", "2026-02-13T11:30+00:00", "dedicated"),
        (Of(customer="nobody"), "P3", "2026-02-14T16:30+08:00", "standard"),
    ],
)
def test_each_has_its_own_working_time(tmp_path: Path, of: Of, priority: str, due: str, plan: str) -> None:
    told = promises(tmp_path, OWN).due(of, priority, FRIDAY, lang="en")
    assert told and told.first_response
    assert (told.first_response.at.isoformat(timespec="minutes"), told.plan) == (due, plan)


def test_queue_that_is_gone_leaves_its_promises_to_the_site(tmp_path: Path) -> None:
    (kept,) = promises(tmp_path, OWN).made(Of(queue="voice-en"), "P3", FRIDAY, made_at=FRIDAY)
    assert promises(tmp_path).due_of(kept, (), lang="en").at == at("2026-02-14T16:30")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[customers.a]\nnames = []\nplan = "gold"', 'customers.a.plan is "gold"; use standard, urgent, dedicated'),
        ('[customers.a]\nnames = []\ncountry = "ZZ"', 'customers.a.country is "ZZ"'),
        ('[customers.a]\nnames = []\nhours = ["9-18"]', 'customers.a.hours has "9-18"'),
        ('[customers.a]\nnames = []\ntime_zone = "Beijing"', 'customers.a.time_zone is "Beijing"'),
        ('[routing.queues.q]\nhours = ["09:00-18:00"]\ncountry = "ZZ"', 'routing.queues.q.country is "ZZ"'),
    ],
)
def test_mistakes_name_the_setting(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        promises(tmp_path, toml)
    assert told in str(error.value)
