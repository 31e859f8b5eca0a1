"""The outbox of notices: written with what they tell of, sent at least once, each known by its id and channel."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from triage.store.database import reading, writing
from triage.store.tables import notices

Status = Literal["waiting", "sent", "failed"]
# Whoever sends is believed to be alive so long: longer than a request may take.
LEASE = timedelta(seconds=60)
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class OutNotice:
    """A notice for one channel; ``content`` is what it says, as JSON."""

    id: str
    channel: str
    ticket_id: str | None
    content: Mapping[str, Any]
    made_at: datetime
    status: Status = "waiting"
    attempts: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    message: str | None = None
    error: str | None = None


def put(connection: Connection, new: Sequence[OutNotice]) -> None:
    """Writes notices within a transaction; one whose id and channel are there already is not written again."""
    for notice in new:
        known = select(notices.c.id).where(notices.c.id == notice.id, notices.c.channel == notice.channel)
        if connection.execute(known).one_or_none() is None:
            row = {name: getattr(notice, name) for name in OutNotice.__dataclass_fields__}
            connection.execute(insert(notices), row | {"next_at": notice.next_at or notice.made_at})


class Outbox:
    """The notices of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, *new: OutNotice) -> None:
        """Writes notices that belong to no other transaction."""
        with writing(self._engine) as connection:
            put(connection, new)

    def waiting(self, now: datetime) -> dict[str, int]:
        """By channel, how many notices wait to be sent now."""
        query = select(notices.c.channel, func.count().label("waiting")).where(_due(now)).group_by(notices.c.channel)
        with reading(self._engine) as connection:
            return {row.channel: int(row.waiting) for row in connection.execute(query)}

    def sent_since(self, channel: str, since: datetime) -> int:
        """How many messages went to a channel since a moment; a digest is one."""
        query = select(func.count(notices.c.message.distinct()))
        query = query.where(notices.c.channel == channel, notices.c.sent_at >= since)
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def take(self, channel: str, now: datetime, *, most: int) -> tuple[OutNotice, ...]:
        """The oldest notices that wait for a channel, leased to the caller, who sends them."""
        query = select(notices).where(notices.c.channel == channel, _due(now))
        query = query.order_by(notices.c.made_at, notices.c.id).limit(most).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            taken = tuple(_notice(row) for row in connection.execute(query))
            self._set(connection, channel, [one.id for one in taken], next_at=now + LEASE)
        return taken

    def sent(self, channel: str, ids: Collection[str], now: datetime, *, message: str) -> None:
        """Notes that these went out in one message."""
        values = {"status": "sent", "sent_at": now, "message": message, "error": None}
        with writing(self._engine) as connection:
            self._set(connection, channel, ids, attempts=notices.c.attempts + 1, **values)

    def again(self, channel: str, ids: Collection[str], at: datetime, *, error: str) -> None:
        """Notes that these could not be sent, and when they are tried again."""
        with writing(self._engine) as connection:
            self._set(connection, channel, ids, attempts=notices.c.attempts + 1, next_at=at, error=error)

    def failed(self, channel: str, ids: Collection[str], *, error: str) -> None:
        """Notes that these are not tried any more; they stay, so that somebody can see what was not told."""
        with writing(self._engine) as connection:
            self._set(connection, channel, ids, attempts=notices.c.attempts + 1, status="failed", error=error)

    def list(self, *, status: Status | None = None) -> tuple[OutNotice, ...]:
        """The latest two hundred notices, the newest first; of one status, or of all."""
        query = select(notices).order_by(notices.c.made_at.desc(), notices.c.id).limit(_MOST_LISTED)
        if status is not None:
            query = query.where(notices.c.status == status)
        with reading(self._engine) as connection:
            return tuple(_notice(row) for row in connection.execute(query))

    def forget_older_than(self, days: int, now: datetime) -> int:
        """Deletes the notices made more than so many days ago; the number of them."""
        with writing(self._engine) as connection:
            return connection.execute(delete(notices).where(notices.c.made_at < now - timedelta(days=days))).rowcount

    @staticmethod
    def _set(connection: Connection, channel: str, ids: Collection[str], **values: Any) -> None:
        theirs = and_(notices.c.channel == channel, notices.c.id.in_(ids))
        connection.execute(update(notices).where(theirs).values(**values))


def _due(now: datetime) -> Any:
    return and_(notices.c.status == "waiting", notices.c.next_at <= now)


def _notice(row: Any) -> OutNotice:
    return OutNotice(**{name: getattr(row, name) for name in OutNotice.__dataclass_fields__})
