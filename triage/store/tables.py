"""The tables, and how times, texts and JSON are held the same on SQLite and PostgreSQL."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from triage.store.errors import StoreError
from triage.ticket import whole


class UtcTime(TypeDecorator[datetime]):
    """An aware time, held and given back in UTC; SQLite, which knows no zones, holds it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC; raises StoreError for one without a zone, or out of the years 1 to 9999."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise StoreError("a time without a zone cannot be stored; give an aware one")
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise StoreError("a time is before the year 1 or after 9999 in UTC") from None
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time as an aware one in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StoredText(TypeDecorator[str]):
    """A text; what one of the databases cannot hold (NUL, lone surrogates) becomes U+FFFD, one code point for one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text that both can hold."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text as it is stored; to be found, a text asked for has to be changed alike."""
    return whole(text).replace("\0", "�")


class StoredJson(TypeDecorator[Any]):
    """A JSON value, held as text: it is read as a whole, and ``json`` of PostgreSQL would only check it again."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The value as JSON; raises StoreError for what JSON cannot say, as NaN."""
        try:
            written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
        except (TypeError, ValueError):
            raise StoreError("a value cannot be written as JSON, and was not stored") from None
        return whole(written)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value that was written."""
        return None if value is None else json.loads(value)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("external_id", StoredText),
    Column("received_at", UtcTime, nullable=False),
    Column("language", StoredText, nullable=False),
    # The labels in force: as assessed, or as last corrected. The assessment keeps what triage said.
    Column("kind", StoredText, nullable=False),
    Column("product", StoredText),
    Column("priority", StoredText),
    Column("escalate", Boolean, nullable=False),
    Column("needs_human", Boolean, nullable=False),
    Column("score", Integer, nullable=False),
    Column("ready", Boolean, nullable=False),
    # Redacted by the caller.
    Column("title", StoredText, nullable=False),
    Column("body", StoredText, nullable=False),
    Column("fields", StoredJson, nullable=False),
    Column("attachments", StoredJson, nullable=False),
    Column("created_at", StoredText),
    Column("plan", StoredText),
    Column("requested_priority", StoredText),
    Column("channel", StoredText),
    Column("assessment", StoredJson, nullable=False),
    Column("first_response_at", UtcTime),
    Column("resolved_at", UtcTime),
    # When the watcher has to look at it next; None for never.
    Column("watch_at", UtcTime),
    Index(None, "received_at", "id"),
    Index(None, "external_id"),
    Index(None, "watch_at"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("ticket_id", StoredText, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("field", StoredText, nullable=False),
    Column("was", StoredText),
    Column("label", StoredText, nullable=False),
    Column("who", StoredText, nullable=False),
    Column("why", StoredText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "ticket_id"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("owner", StoredText, primary_key=True),
    Column("key", StoredText, primary_key=True),
    Column("body_hash", StoredText, nullable=False),
    # Who holds the claim: whoever took over an expired claim wrote another, so that the former cannot finish it.
    Column("holder", StoredText, nullable=False),
    Column("claimed_at", UtcTime, nullable=False),
    # None while the request is in flight.
    Column("status", Integer),
    Column("body", LargeBinary),
    Index(None, "claimed_at"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("name", StoredText, nullable=False),
    Column("scope", StoredText, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("origins", StoredJson, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("last_used_at", UtcTime),
    Column("revoked_at", UtcTime),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("owner", StoredText, nullable=False),
    # What is to be done: the name of the uploaded file, how its columns are called, the form of the result.
    Column("name", StoredText, nullable=False),
    Column("columns", StoredJson, nullable=False),
    Column("lang", StoredText, nullable=False),
    Column("format", StoredText, nullable=False),
    Column("status", StoredText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("counts", StoredJson),
    Column("error", StoredText),
    # Until then whoever works on it is believed to be alive.
    Column("leased_until", UtcTime),
    Index(None, "status", "created_at"),
)

site_secrets = Table(
    "site_secrets",
    metadata,
    Column("name", StoredText, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

promises = Table(
    "promises",
    metadata,
    Column("ticket_id", StoredText, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("what", StoredText, primary_key=True),
    # Counted from 0; the last one is in force.
    Column("number", Integer, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("plan", StoredText, nullable=False),
    Column("priority", StoredText, nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("target", StoredText, nullable=False),
    Column("calendar", StoredText, nullable=False),
)

moments = Table(
    "moments",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("ticket_id", StoredText, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("what", StoredText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("who", StoredText, nullable=False),
    Index(None, "ticket_id"),
)

# The rungs that rang. Its primary key is what makes each ring once, whoever watches and however often.
rungs = Table(
    "rungs",
    metadata,
    Column("ticket_id", StoredText, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("what", StoredText, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rung", StoredText, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("up_at", UtcTime, nullable=False),
    Column("rang_at", UtcTime, nullable=False),
    Column("is_silent", Boolean, nullable=False),
)

# The outbox: a row a notice and channel.
notices = Table(
    "notices",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("channel", StoredText, primary_key=True),
    # A notice goes with its ticket: it holds its title.
    Column("ticket_id", StoredText, ForeignKey("tickets.id", ondelete="CASCADE")),
    Column("content", StoredJson, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    # waiting, sent, failed
    Column("status", StoredText, nullable=False),
    Column("attempts", Integer, nullable=False),
    # When it may be tried (again), or until when whoever sends it is believed to be alive.
    Column("next_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    # What it went out in: a digest holds several.
    Column("message", StoredText),
    Column("error", StoredText),
    Index(None, "channel", "status", "next_at"),
    Index(None, "channel", "sent_at"),
    Index(None, "ticket_id"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", StoredText, primary_key=True),
    Column("holder", StoredText, nullable=False),
    Column("until", UtcTime, nullable=False),
)
