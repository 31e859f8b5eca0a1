"""What the watcher reads and writes: tickets that are to be looked at, the rungs that rang, the notices of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from triage.store.database import reading, writing
from triage.store.kept_promise import Promised
from triage.store.kept_ticket import KeptTicket
from triage.store.outbox import OutNotice, put
from triage.store.tables import rungs, tickets
from triage.store.ticket_store import kept_of

_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rang:
    """A rung that rang for one promise of a ticket, when it was up and when it rang; a silent one told nobody."""

    what: Promised
    number: int
    rung: str
    turn: int
    up_at: datetime
    rang_at: datetime
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a ticket came to: rungs that ring, notices of it, and when to look again (None for never)."""

    rang: tuple[Rang, ...]
    notices: tuple[OutNotice, ...]
    next_at: datetime | None


class WatchStore:
    """The watched tickets of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, now: datetime) -> tuple[str, ...]:
        """The ids of tickets that are to be looked at, the longest due first; at most two hundred at once."""
        query = select(tickets.c.id).where(tickets.c.watch_at <= now).order_by(tickets.c.watch_at).limit(_MOST_AT_ONCE)
        with reading(self._engine) as connection:
            return tuple(connection.execute(query).scalars())

    def look(
        self, ticket_id: str, now: datetime, decide: Callable[[KeptTicket, tuple[Rang, ...]], Looked]
    ) -> Looked | None:
        """Looks at one ticket: what ``decide`` says of it and of what rang is written, all or nothing.

        None when the ticket is gone, or somebody else looked meanwhile. The row is locked, so that nobody rings the same
        twice; were two to try all the same, the table's key would refuse the second.
        """
        with writing(self._engine) as connection:
            wanted = select(tickets).where(tickets.c.id == ticket_id, tickets.c.watch_at <= now).with_for_update()
            row = connection.execute(wanted).one_or_none()
            if row is None:
                return None
            theirs = connection.execute(select(rungs).where(rungs.c.ticket_id == ticket_id))
            rang = tuple(map(_rang, theirs))
            looked = decide(kept_of(connection, [row])[0], rang)
            if looked.rang:
                connection.execute(
                    insert(rungs),
                    [
                        {"ticket_id": ticket_id, **{name: getattr(one, name) for name in Rang.__dataclass_fields__}}
                        for one in looked.rang
                    ],
                )
            put(connection, looked.notices)
            connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(watch_at=looked.next_at))
        return looked

    def put_off(self, ticket_id: str, until: datetime) -> None:
        """Looks at a ticket no sooner than then."""
        with writing(self._engine) as connection:
            connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(watch_at=until))

    def rang(self, ticket_id: str) -> tuple[Rang, ...]:
        """The rungs that rang for a ticket, in the order of time."""
        query = select(rungs).where(rungs.c.ticket_id == ticket_id).order_by(rungs.c.rang_at, rungs.c.up_at)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(map(_rang, rows))


def _rang(row: Any) -> Rang:
    return Rang(**{name: getattr(row, name) for name in Rang.__dataclass_fields__})
