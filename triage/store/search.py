"""Which tickets a search finds, and the cursor that says where its next page begins."""

import base64
import binascii
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, literal, tuple_

from triage.store.errors import CursorError, StoreError
from triage.store.tables import UtcTime, storable, tickets

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHECK_BYTES = 8
# SQLite refuses patterns of more than 50,000 bytes (https://sqlite.org/limits.html); nobody types as much.
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a ticket must be to be found; None asks nothing. ``since`` is included, ``until`` is not.

    ``text`` must stand in the title or the body; upper and lower case are the same for ASCII letters, on PostgreSQL
    for all. ``external_id`` is the helpdesk's id. Labels are those in force, so a corrected ticket is found under its
    corrected label.
    """

    text: str | None = None
    external_id: str | None = None
    priority: str | None = None
    product: str | None = None
    kind: str | None = None
    escalate: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


def condition_of(wanted: TicketFilter) -> ColumnElement[bool]:
    """The filter as a condition on ``tickets``; raises StoreError for a text of more than 500 characters."""
    if len(wanted.text or "") > LONGEST_TEXT:
        raise StoreError(f"the text to search for has {len(wanted.text or '')} characters; at most {LONGEST_TEXT}")
    conditions: list[ColumnElement[bool]] = []
    for name in ("external_id", "priority", "product", "kind", "escalate"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(tickets.c[name] == value)
    if wanted.since is not None:
        conditions.append(tickets.c.received_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(tickets.c.received_at < wanted.until)
    if wanted.text:
        text = storable(wanted.text)
        conditions.append(
            tickets.c.title.icontains(text, autoescape=True) | tickets.c.body.icontains(text, autoescape=True)
        )
    return and_(True, *conditions)


def before(received_at: datetime, ticket_id: str) -> ColumnElement[bool]:
    """The condition for what stands after this ticket in a list that has the newest first."""
    place = tuple_(literal(received_at, UtcTime()), literal(ticket_id))
    return tuple_(tickets.c.received_at, tickets.c.id) < place


def cursor_after(received_at: datetime, ticket_id: str, *, wanted: TicketFilter) -> str:
    """The cursor of the page that begins after this ticket; URL-safe, and good for this filter alone."""
    microseconds = (received_at - _EPOCH) // timedelta(microseconds=1)
    place = f"{microseconds} {ticket_id}".encode()
    return base64.urlsafe_b64encode(_check(place, wanted) + place).decode().rstrip("=")


def place_of(cursor: str, *, wanted: TicketFilter) -> tuple[datetime, str]:
    """Where a cursor points: time and id of the ticket before its page.

    Raises CursorError for a text that is no cursor of ours, was changed, or belongs to another filter. The check is a
    plain hash: a cursor gives no right, so whoever forges one only jumps to another place of the same list.
    """
    wrong = CursorError("the cursor is not one of this search; use next_cursor of its last page, with the same filters")
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        check, place = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        # Base64 has several writings of the same bytes; only ours is taken.
        if check != _check(place, wanted) or base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
            raise wrong
        microseconds, _, ticket_id = place.decode().partition(" ")
        return _EPOCH + timedelta(microseconds=int(microseconds)), ticket_id
    except (binascii.Error, ValueError, OverflowError):
        raise wrong from None


def _check(place: bytes, wanted: TicketFilter) -> bytes:
    asked = json.dumps(dataclasses.asdict(wanted), default=datetime.isoformat)
    return hashlib.blake2b(place + b"\n" + asked.encode(), digest_size=_CHECK_BYTES).digest()
