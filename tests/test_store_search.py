"""Filters, and cursors that give every ticket once."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine, delete
from test_store_fixtures import NOW, new_ticket

from triage.store.database import writing
from triage.store.errors import CursorError, StoreError
from triage.store.ids import Randomness
from triage.store.kept_ticket import NewTicket
from triage.store.search import TicketFilter
from triage.store.tables import tickets
from triage.store.ticket_store import TicketStore
from triage.ticket import Ticket

pytest_plugins = ["test_store_fixtures"]


@pytest.fixture
def store(engine: Engine, randomness: Randomness) -> TicketStore:
    return TicketStore(engine, randomness=randomness)


FILTERS = [
    (TicketFilter(), {"a", "b", "c"}),
    (TicketFilter(priority="P1"), {"a"}),
    (TicketFilter(product="live"), {"b"}),
    (TicketFilter(kind="question"), {"b", "c"}),
    (TicketFilter(kind="question", product="live"), {"b"}),
    (TicketFilter(escalate=True), {"a"}),
    (TicketFilter(escalate=False), {"b", "c"}),
    (TicketFilter(since=NOW + timedelta(hours=1)), {"b", "c"}),
    (TicketFilter(until=NOW + timedelta(hours=1)), {"a"}),
    (TicketFilter(external_id="b"), {"b"}),
    (TicketFilter(text="卡顿"), {"a", "c"}),
    (TicketFilter(text="ICE FAILED"), {"b"}),
    (TicketFilter(text="100%"), {"c"}),
    (TicketFilter(text="_"), set()),
    (TicketFilter(text="卡顿", priority="P4"), set()),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_a_filter_finds(store: TicketStore, randomness: Randomness, wanted: TicketFilter, found: set[str]) -> None:
    store.add(
        new_ticket(randomness, ticket=Ticket(title="语音卡顿", id="a"), priority="P1", escalate=True),
        new_ticket(
            randomness,
            received_at=NOW + timedelta(hours=1),
            ticket=Ticket(title="回调", body="why ice failed?", id="b"),
            product="live",
            kind="question",
        ),
        new_ticket(
            randomness,
            received_at=NOW + timedelta(hours=2),
            ticket=Ticket(body="100% 用户卡顿", id="c"),
            kind="question",
        ),
    )
    assert {ticket.ticket.id for ticket in store.search(wanted).tickets} == found


def test_a_corrected_ticket_is_found_under_its_corrected_label(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness, priority="P3")
    store.add(new)
    store.correct(new.id, {"priority": "P1"}, who="lin", why="", at=NOW)
    assert store.search(TicketFilter(priority="P3")).tickets == ()
    assert [len(ticket.corrections) for ticket in store.search(TicketFilter(priority="P1")).tickets] == [1]


# Few times, so that many tickets share one: the id then decides.
TIMES = st.integers(0, 5).map(lambda step: NOW + timedelta(microseconds=step))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(TIMES, max_size=25),
    meanwhile=st.lists(st.lists(TIMES, max_size=4), max_size=6),
    limit=st.integers(1, 7),
)
def test_every_ticket_comes_once_while_others_are_added(
    engine: Engine, store: TicketStore, randomness: Randomness, first: list, meanwhile: list, limit: int
) -> None:
    with writing(engine) as connection:
        connection.execute(delete(tickets))
    waves = [[new_ticket(randomness, received_at=time) for time in times] for times in (first, *meanwhile)]
    store.add(*waves[0])
    seen: list[tuple[object, str]] = []
    cursor = None
    for wave in [*waves[1:], *[()] * 99]:
        page = store.search(cursor=cursor, limit=limit)
        seen += [(ticket.received_at, ticket.id) for ticket in page.tickets]
        cursor = page.next_cursor
        if cursor is None:
            break
        store.add(*wave)
    assert cursor is None
    assert seen == sorted(set(seen), reverse=True)
    assert {new.id for new in waves[0]} <= {ticket_id for _, ticket_id in seen}


def many(randomness: Randomness) -> list[NewTicket]:
    return [new_ticket(randomness, received_at=NOW + timedelta(seconds=step)) for step in range(3)]


def test_a_changed_cursor_is_refused(store: TicketStore, randomness: Randomness) -> None:
    store.add(*many(randomness))
    cursor = store.search(limit=1).next_cursor
    assert cursor is not None
    changed = [cursor[:at] + ("A" if char != "A" else "B") + cursor[at + 1 :] for at, char in enumerate(cursor)]
    for wrong in [*changed, cursor[:-1], cursor + "A", cursor + "=", cursor + "\n", " " + cursor]:
        with pytest.raises(CursorError, match="next_cursor"):
            store.search(cursor=wrong)


@pytest.mark.parametrize("cursor", ["", "A", "AAAA", "游标", "\ud800", "\0", "A" * 10_000])
def test_what_is_no_cursor_is_refused(store: TicketStore, cursor: str) -> None:
    with pytest.raises(CursorError):
        store.search(cursor=cursor)


def test_a_cursor_of_another_search_is_refused(store: TicketStore, randomness: Randomness) -> None:
    store.add(*many(randomness))
    cursor = store.search(TicketFilter(since=NOW), limit=1).next_cursor
    assert len(store.search(TicketFilter(since=NOW), cursor=cursor).tickets) == 2
    with pytest.raises(CursorError):
        store.search(TicketFilter(priority="P2"), cursor=cursor)


@pytest.mark.parametrize("limit", [-1, 0, 201])
def test_a_limit_out_of_range_is_refused(store: TicketStore, limit: int) -> None:
    with pytest.raises(StoreError, match="use 1 to 200"):
        store.search(limit=limit)


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "\\", "%", "x" * 500], ids=lambda odd: ascii(odd)[:9])
def test_an_odd_filter_finds_nothing(store: TicketStore, randomness: Randomness, odd: str) -> None:
    store.add(*many(randomness))
    for name in ("text", "external_id", "priority", "product", "kind"):
        assert store.search(TicketFilter(**{name: odd})).tickets == ()


@pytest.mark.parametrize("time", ["2026-11-25T08:00:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_time_that_cannot_be_asked_for_is_refused(store: TicketStore, randomness: Randomness, time: str) -> None:
    store.add(*many(randomness))
    with pytest.raises(StoreError, match="a time"):
        store.search(TicketFilter(since=datetime.fromisoformat(time)))


def test_a_text_too_long_to_search_for_is_refused(store: TicketStore) -> None:
    with pytest.raises(StoreError, match="501 characters"):
        store.search(TicketFilter(text="长" * 501))
