"""Tickets stored, answered, corrected, forgotten, counted."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from test_store_fixtures import NOW, assessment, new_ticket

from triage.store.errors import StoreError
from triage.store.ids import Randomness, new_id
from triage.store.kept_ticket import Correction, KeptTicket, NewTicket
from triage.store.search import TicketFilter
from triage.store.ticket_store import Noted, TicketCounts, TicketStore
from triage.ticket import Ticket

pytest_plugins = ["test_store_fixtures"]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(engine: Engine, randomness: Randomness) -> TicketStore:
    return TicketStore(engine, randomness=randomness)


def test_a_ticket_comes_back_whole(store: TicketStore, randomness: Randomness) -> None:
    ticket = Ticket(
        title="语音卡顿 🎧",
        body="第一行\n手机号 [mobile]",
        id="T-1",
        fields={"product": "RTC", "平台": "iOS"},
        attachments=("sdk.log", "截图.png"),
        created_at="2026-11-25 15:59",
        plan="urgent",
        requested_priority="P1",
        channel="email",
        extra={"unknown": "13800138000"},
    )
    new = NewTicket(new_id(NOW, randomness), NOW, ticket, assessment(), first_response_at=LATER)
    store.add(new)
    assert store.get(new.id) == KeptTicket(
        new.id,
        NOW,
        # What nobody redacted is not stored.
        Ticket(**{name: getattr(ticket, name) for name in Ticket.__slots__ if name != "extra"}),
        assessment(),
        "incident",
        "voice-call",
        "P2",
        LATER,
        None,
        (),
    )


def test_a_ticket_that_was_only_linted_has_no_priority(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness, product=None, priority=None)
    store.add(new)
    kept = store.get(new.id)
    assert kept is not None
    assert (kept.product, kept.priority) == (None, None)


def test_what_a_database_cannot_hold_is_replaced_one_for_one(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness, ticket=Ticket(title="a\0b", body="c\ud800d", fields={"k\ud800": "v\ud800"}))
    store.add(new)
    kept = store.get(new.id)
    assert kept is not None
    assert (kept.ticket.title, kept.ticket.body, kept.ticket.fields) == ("a�b", "c�d", {"k�": "v�"})


def test_what_json_cannot_say_is_refused(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness)
    with pytest.raises(StoreError, match="JSON"):
        store.add(NewTicket(new.id, NOW, new.ticket, {**new.assessment, "odd": float("nan")}))


def test_an_id_too_long_for_an_index_is_refused(store: TicketStore, randomness: Randomness) -> None:
    with pytest.raises(StoreError, match="256 characters"):
        store.add(new_ticket(randomness, ticket=Ticket(title="t", id="长" * 256)))


def test_a_ticket_that_is_not_there_is_none(store: TicketStore) -> None:
    assert store.get("nothing") is None
    assert store.note_response("nothing", NOW) is None
    assert store.note_resolution("nothing", NOW) is None
    assert store.correct("nothing", {"priority": "P1"}, who="lin", why="", at=NOW) is None


def test_first_response_is_not_resolution(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness)
    store.add(new)
    assert store.note_response(new.id, LATER) == Noted(LATER, new=True)
    kept = store.get(new.id)
    assert kept is not None
    assert (kept.first_response_at, kept.resolved_at) == (LATER, None)


@pytest.mark.parametrize("note", ["note_response", "note_resolution"])
def test_noting_twice_keeps_the_first_and_says_so(store: TicketStore, randomness: Randomness, note: str) -> None:
    new = new_ticket(randomness)
    store.add(new)
    getattr(store, note)(new.id, LATER)
    assert getattr(store, note)(new.id, LATER + timedelta(hours=1)) == Noted(LATER, new=False)


def test_a_correction_keeps_what_was_and_who_and_why(store: TicketStore, randomness: Randomness) -> None:
    new = new_ticket(randomness)
    store.add(new)
    store.correct(new.id, {"priority": "P1", "product": "live"}, who="lin", why="直播间全挂", at=LATER)
    store.correct(new.id, {"priority": "P3"}, who="wang", why="已恢复", at=LATER + timedelta(hours=1))
    kept = store.get(new.id)
    assert kept is not None
    assert (kept.priority, kept.product, kept.kind) == ("P3", "live", "incident")
    assert kept.assessment == new.assessment
    told = {(one.field, one.was, one.label, one.who, one.why, one.at) for one in kept.corrections}
    assert told == {
        ("priority", "P2", "P1", "lin", "直播间全挂", LATER),
        ("product", "voice-call", "live", "lin", "直播间全挂", LATER),
        ("priority", "P1", "P3", "wang", "已恢复", LATER + timedelta(hours=1)),
    }
    assert isinstance(kept.corrections[-1], Correction)
    assert kept.corrections[-1].who == "wang"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"priority": "P0 13800138000"}, "use P1, P2, P3, P4"),
        ({"kind": "bug"}, "use incident, question, request"),
        ({"product": ""}, "0 characters"),
        ({"title": "x"}, "only kind, product, priority"),
    ],
)
def test_a_label_that_does_not_exist_is_refused_and_not_repeated(
    store: TicketStore, randomness: Randomness, labels: dict[str, str], message: str
) -> None:
    new = new_ticket(randomness)
    store.add(new)
    with pytest.raises(StoreError, match=message) as told:
        store.correct(new.id, labels, who="lin", why="", at=LATER)  # type: ignore[arg-type]
    assert "13800138000" not in str(told.value)


def test_tickets_are_forgotten_by_age_with_their_corrections(store: TicketStore, randomness: Randomness) -> None:
    old = [new_ticket(randomness, received_at=NOW - timedelta(days=30, microseconds=1)) for _ in range(1001)]
    young = new_ticket(randomness, received_at=NOW - timedelta(days=30))
    store.add(*old, young)
    store.correct(old[0].id, {"priority": "P1"}, who="lin", why="", at=NOW)
    assert store.forget_older_than(30, NOW) == 1001
    assert [ticket.id for ticket in store.search().tickets] == [young.id]
    assert store.counts().corrected == 0
    assert store.forget_older_than(30, NOW) == 0


@pytest.mark.parametrize("days", [-1, 0, 36_501, 10**12])
def test_keeping_for_no_time_or_ever_is_refused(store: TicketStore, days: int) -> None:
    with pytest.raises(StoreError, match="use 1 to 36500"):
        store.forget_older_than(days, NOW)


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "'; --", "", "x" * 100_000], ids=ascii)
def test_an_odd_id_is_none_of_ours(store: TicketStore, odd: str) -> None:
    assert store.get(odd) is None
    assert store.note_response(odd, NOW) is None
    assert store.correct(odd, {"priority": "P1"}, who=odd, why=odd, at=NOW) is None


def test_counts_are_by_the_labels_in_force(store: TicketStore, randomness: Randomness) -> None:
    new = [
        new_ticket(randomness, priority="P2", escalate=True),
        new_ticket(randomness, priority="P3", product=None),
        new_ticket(randomness, priority="P3", kind="question"),
        new_ticket(randomness, priority="P4", received_at=NOW - timedelta(days=2)),
    ]
    store.add(*new)
    store.note_response(new[0].id, LATER)
    store.note_resolution(new[1].id, LATER)
    store.correct(new[2].id, {"priority": "P2"}, who="lin", why="", at=LATER)
    assert store.counts(TicketFilter(since=NOW)) == TicketCounts(
        total=3,
        by_priority={"P2": 2, "P3": 1},
        by_kind={"incident": 2, "question": 1},
        by_product={"voice-call": 2, None: 1},
        escalated=1,
        needs_human=3,
        without_response=2,
        without_resolution=2,
        corrected=1,
    )


def test_an_empty_store_counts_nothing(store: TicketStore) -> None:
    assert store.counts() == TicketCounts(0, {}, {}, {}, 0, 0, 0, 0, 0)


def test_ids_sort_by_time_and_are_uuids_of_version_7(randomness: Randomness) -> None:
    ids = [new_id(NOW + timedelta(milliseconds=step), randomness) for step in range(50)]
    assert ids == sorted(ids)
    assert {(one[14], one[19] in "89ab") for one in ids} == {("7", True)}
