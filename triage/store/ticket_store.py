"""The stored tickets: added, found, answered, corrected, forgotten, counted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, case, delete, func, insert, or_, select, update

from triage.store.database import reading, writing
from triage.store.errors import StoreError
from triage.store.idempotency import Answer, finish_within
from triage.store.ids import Randomness, new_id
from triage.store.kept_promise import KeptPromise, Moment
from triage.store.kept_ticket import CorrectedField, Correction, KeptTicket, NewTicket, check_label, kept_from, row_of
from triage.store.search import TicketFilter, before, condition_of, cursor_after, place_of
from triage.store.tables import corrections, moments, promises, tickets

LARGEST_PAGE = 200
# Small, so that a server that writes at the same time never waits long for the lock.
_BATCH = 500
# A hundred years, long before dates run out.
_MOST_DAYS = 36_500
_NOTHING_ASKED = TicketFilter()


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets in order, the newest first, and the cursor of the next page; None when this is the last."""

    tickets: tuple[KeptTicket, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Noted:
    """The time that is kept for a ticket's first response or resolution; ``new`` when it was not known before."""

    at: datetime
    new: bool


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """How many tickets there are, by the labels in force; without a priority (only linted) under None."""

    total: int
    by_priority: Mapping[str | None, int]
    by_kind: Mapping[str, int]
    by_product: Mapping[str | None, int]
    escalated: int
    needs_human: int
    without_response: int
    without_resolution: int
    corrected: int


class TicketStore:
    """The tickets of one database; every method is one transaction, safe to call from many threads."""

    def __init__(self, engine: Engine, *, randomness: Randomness) -> None:
        self._engine = engine
        self._randomness = randomness

    def add(self, *new: NewTicket, answer: Answer | None = None) -> None:
        """Stores tickets and, in the same transaction, the answer to the idempotency claim they came under.

        Raises ClaimLostError, and stores nothing, when the claim was taken over.
        """
        with writing(self._engine) as connection:
            if answer is not None:
                finish_within(connection, answer)
            if new:
                connection.execute(insert(tickets), [row_of(one) for one in new])
            add_promises(connection, {one.id: one.promises for one in new})

    def get(self, ticket_id: str) -> KeptTicket | None:
        """The ticket with our id, with its corrections; None when there is none."""
        with reading(self._engine) as connection:
            found = kept_of(connection, connection.execute(select(tickets).where(tickets.c.id == ticket_id)).all())
        return found[0] if found else None

    def search(self, wanted: TicketFilter = _NOTHING_ASKED, *, cursor: str | None = None, limit: int = 50) -> Page:
        """One page of the tickets that fit the filter, the newest first; tickets added meanwhile move no page.

        Raises StoreError for a limit out of 1 to 200, CursorError for a cursor that is none of this search.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise StoreError(f"limit is {limit}; use 1 to {LARGEST_PAGE}")
        query = select(tickets).where(condition_of(wanted))
        if cursor is not None:
            query = query.where(before(*place_of(cursor, wanted=wanted)))
        query = query.order_by(tickets.c.received_at.desc(), tickets.c.id.desc()).limit(limit + 1)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            found = kept_of(connection, rows[:limit])
        last = found[-1] if len(rows) > limit else None
        return Page(found, cursor_after(last.received_at, last.id, wanted=wanted) if last else None)

    def note_response(self, ticket_id: str, at: datetime) -> Noted | None:
        """Notes when somebody first answered; a time noted before stays. None when there is no such ticket."""
        return self._note(ticket_id, at, column="first_response_at")

    def note_resolution(self, ticket_id: str, at: datetime) -> Noted | None:
        """Notes when the ticket was resolved, which is no response; a time noted before stays. None as above."""
        return self._note(ticket_id, at, column="resolved_at")

    def note_moment(self, ticket_id: str, moment: Moment) -> Noted | None:
        """Notes that the customer was asked or answered, or that somebody is at work; None when there is no such ticket.

        What is so already stays as it was noted: a second question, an answer where none was waited for. An answer makes
        the watcher look at the ticket again.
        """
        with writing(self._engine) as connection:
            there = select(tickets.c.id).where(tickets.c.id == ticket_id).with_for_update()
            if connection.execute(there).one_or_none() is None:
                return None
            theirs = _moments(connection, [ticket_id])[ticket_id]
            stands = _standing(theirs, moment)
            if stands is not None:
                return Noted(stands, False)
            row = {"id": self._randomness(16).hex(), "ticket_id": ticket_id}
            connection.execute(insert(moments), row | {"what": moment.what, "at": moment.at, "who": moment.who})
            if moment.what == "back":
                connection.execute(_watched_at(ticket_id, moment.at))
            return Noted(moment.at, True)

    def correct(
        self,
        ticket_id: str,
        labels: Mapping[CorrectedField, str],
        *,
        who: str,
        why: str,
        at: datetime,
        promise_anew: Callable[[KeptTicket], Sequence[KeptPromise]] = lambda _kept: (),
        answer: Answer | None = None,
    ) -> tuple[Correction, ...] | None:
        """Sets a person's better labels and keeps what was, one correction a field; None when there is no such ticket.

        ``promise_anew`` is asked, in the same transaction, what is promised from now on, for the ticket as it was before.
        With ``answer`` as in ``add``, which is not kept when there is no such ticket. Raises StoreError for a label
        that does not exist.
        """
        for name, label in labels.items():
            check_label(name, label)
        with writing(self._engine) as connection:
            row = connection.execute(select(tickets).where(tickets.c.id == ticket_id).with_for_update()).one_or_none()
            if row is None:
                return None
            if answer is not None:
                finish_within(connection, answer)
            made = tuple(
                Correction(new_id(at, self._randomness), ticket_id, name, getattr(row, name), label, who, why, at)
                for name, label in labels.items()
            )
            if made:
                add_promises(connection, {ticket_id: promise_anew(kept_of(connection, [row])[0])})
                connection.execute(insert(corrections), [_row(correction) for correction in made])
                connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(dict(labels)))
                connection.execute(_watched_at(ticket_id, at))
            return made

    def forget(self, ticket_id: str) -> bool:
        """Deletes one ticket with its corrections; whether there was one."""
        with writing(self._engine) as connection:
            return connection.execute(delete(tickets).where(tickets.c.id == ticket_id)).rowcount == 1

    def forget_older_than(self, days: int, now: datetime) -> int:
        """Deletes the tickets received more than so many days ago, with their corrections; the number of them.

        In batches of 500, each a transaction: a stop between them loses nothing. Raises StoreError for days out of 1 to 36,500.
        """
        if not 1 <= days <= _MOST_DAYS:
            raise StoreError(f"tickets cannot be kept for {days} days; use 1 to {_MOST_DAYS}")
        old = tickets.c.received_at < now - timedelta(days=days)
        batch = select(tickets.c.id).where(old).order_by(tickets.c.received_at).limit(_BATCH)
        forgotten = 0
        while True:
            with writing(self._engine) as connection:
                count = connection.execute(delete(tickets).where(tickets.c.id.in_(batch))).rowcount
            forgotten += count
            if count < _BATCH:
                return forgotten

    def counts(self, wanted: TicketFilter = _NOTHING_ASKED) -> TicketCounts:
        """The counts of the tickets that fit the filter, for metrics."""
        condition = condition_of(wanted)
        labels = (tickets.c.priority, tickets.c.kind, tickets.c.product)
        query = select(
            *labels,
            func.count().label("total"),
            _count_where(tickets.c.escalate).label("escalated"),
            _count_where(tickets.c.needs_human).label("needs_human"),
            _count_where(tickets.c.first_response_at.is_(None)).label("without_response"),
            _count_where(tickets.c.resolved_at.is_(None)).label("without_resolution"),
        )
        corrected = select(func.count(corrections.c.ticket_id.distinct())).join_from(corrections, tickets)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(condition).group_by(*labels)).all()
            return TicketCounts(
                total=sum(row.total for row in rows),
                by_priority=_summed(rows, "priority"),
                by_kind=_summed(rows, "kind"),
                by_product=_summed(rows, "product"),
                escalated=sum(row.escalated for row in rows),
                needs_human=sum(row.needs_human for row in rows),
                without_response=sum(row.without_response for row in rows),
                without_resolution=sum(row.without_resolution for row in rows),
                corrected=connection.execute(corrected.where(condition)).scalar_one(),
            )

    def _note(
        self, ticket_id: str, at: datetime, *, column: Literal["first_response_at", "resolved_at"]
    ) -> Noted | None:
        kept = tickets.c[column]
        with writing(self._engine) as connection:
            first = update(tickets).where(tickets.c.id == ticket_id, kept.is_(None)).values({column: at})
            new = connection.execute(first).rowcount == 1
            if new:
                connection.execute(_watched_at(ticket_id, at))
            noted = connection.execute(select(kept).where(tickets.c.id == ticket_id)).scalar_one_or_none()
        return None if noted is None else Noted(noted, new)


def kept_of(connection: Connection, rows: Sequence[Any]) -> tuple[KeptTicket, ...]:
    """The tickets of these rows of ``tickets``, with what the other tables say of them."""
    ids = [row.id for row in rows]
    corrected: defaultdict[str, list[Correction]] = defaultdict(list)
    promised: defaultdict[str, list[KeptPromise]] = defaultdict(list)
    happened = _moments(connection, ids)
    if rows:
        theirs = select(corrections).where(corrections.c.ticket_id.in_(ids))
        for row in connection.execute(theirs.order_by(corrections.c.at, corrections.c.id)):
            corrected[row.ticket_id].append(Correction(**row._mapping))
        made = select(promises).where(promises.c.ticket_id.in_(ids)).order_by(promises.c.what, promises.c.number)
        for row in connection.execute(made):
            promised[row.ticket_id].append(_promise(row))
    return tuple(
        kept_from(row, tuple(corrected[row.id]), tuple(promised[row.id]), tuple(happened[row.id])) for row in rows
    )


def add_promises(connection: Connection, made: Mapping[str, Sequence[KeptPromise]]) -> None:
    """Writes the promises made for tickets, by their ids."""
    rows = [
        {"ticket_id": ticket_id, **{name: getattr(promise, name) for name in KeptPromise.__dataclass_fields__}}
        for ticket_id, theirs in made.items()
        for promise in theirs
    ]
    if rows:
        connection.execute(insert(promises), rows)


def _watched_at(ticket_id: str, at: datetime) -> Any:
    """Has the watcher look at a ticket then, or sooner where it was to be."""
    later = or_(tickets.c.watch_at.is_(None), tickets.c.watch_at > at)
    return update(tickets).where(tickets.c.id == ticket_id, later).values(watch_at=at)


def _promise(row: Any) -> KeptPromise:
    return KeptPromise(**{name: getattr(row, name) for name in KeptPromise.__dataclass_fields__})


def _moments(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Moment]]:
    happened: defaultdict[str, list[Moment]] = defaultdict(list)
    if ids:
        theirs = select(moments).where(moments.c.ticket_id.in_(ids)).order_by(moments.c.at, moments.c.id)
        for row in connection.execute(theirs):
            happened[row.ticket_id].append(Moment(row.what, row.at, row.who))
    return happened


def _standing(theirs: Sequence[Moment], moment: Moment) -> datetime | None:
    """Since when it is already so; None where the moment tells something new."""
    if moment.what == "acknowledged":
        return next((one.at for one in theirs if one.what == "acknowledged"), None)
    last = next((one for one in reversed(theirs) if one.what != "acknowledged" and one.at <= moment.at), None)
    if last is None:
        return moment.at if moment.what == "back" else None
    return last.at if last.what == moment.what else None


def _row(correction: Correction) -> dict[str, Any]:
    return {column.name: getattr(correction, column.name) for column in corrections.columns}


def _count_where(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _summed(rows: Sequence[Any], name: str) -> dict[Any, int]:
    counts: Counter[Any] = Counter()
    for row in rows:
        counts[getattr(row, name)] += row.total
    return dict(counts)
