"""A ticket as it goes into the store and as it comes out, and its rows between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Row

from triage.assessment import KINDS, PRIORITIES
from triage.store.errors import StoreError
from triage.store.kept_promise import KeptPromise, Moment
from triage.ticket import Ticket

CorrectedField = Literal["kind", "product", "priority"]
CORRECTED_FIELDS: tuple[CorrectedField, ...] = get_args(CorrectedField)
# Both are indexed or shown in lists; PostgreSQL refuses index entries of more than 2,704 bytes.
LONGEST_LABEL = 255


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is to be stored: the ticket, redacted by the caller, and its assessment as ``assessment_json`` gives it.

    ``id`` comes from ``new_id``; the ticket's own id is the helpdesk's. ``ticket.extra`` is not stored: nobody knows
    what stands there, so nobody can redact it. The two times are aware; the ticket's own texts for them are not read.
    """

    id: str
    received_at: datetime
    ticket: Ticket
    assessment: Mapping[str, Any]
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    promises: tuple[KeptPromise, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's better label for one field of a ticket: what it was, what it should be, who says so and why."""

    id: str
    ticket_id: str
    field: CorrectedField
    was: str | None
    label: str
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptTicket:
    """A stored ticket; ``kind``, ``product`` and ``priority`` are the labels in force, as assessed or last corrected.

    ``assessment`` stays as triage gave it. ``ticket.id`` is the helpdesk's id; corrections and moments are in the order of
    time, promises by kind in the order they were made.
    """

    id: str
    received_at: datetime
    ticket: Ticket
    assessment: Mapping[str, Any]
    kind: str
    product: str | None
    priority: str | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    corrections: tuple[Correction, ...] = ()
    promises: tuple[KeptPromise, ...] = ()
    moments: tuple[Moment, ...] = ()


def row_of(new: NewTicket) -> dict[str, Any]:
    """The row of ``tickets`` for a new ticket; an assessment of a lint alone has no product and priority.

    Raises StoreError when the helpdesk's id is too long.
    """
    ticket, assessment = new.ticket, new.assessment
    if len(ticket.id or "") > LONGEST_LABEL:
        raise StoreError(f"the ticket's id has {len(ticket.id or '')} characters; at most {LONGEST_LABEL} are stored")
    product, priority = assessment.get("product") or {}, assessment.get("priority") or {}
    return {
        "id": new.id,
        "external_id": ticket.id,
        "received_at": new.received_at,
        "language": assessment["language"],
        "kind": assessment["kind"]["label"],
        "product": product.get("label"),
        "priority": priority.get("label"),
        "escalate": priority.get("escalate", False),
        "needs_human": priority.get("needs_human", False),
        "score": assessment["lint"]["score"],
        "ready": assessment["lint"]["ready"],
        "title": ticket.title,
        "body": ticket.body,
        "fields": ticket.fields,
        "attachments": ticket.attachments,
        "created_at": ticket.created_at,
        "plan": ticket.plan,
        "requested_priority": ticket.requested_priority,
        "channel": ticket.channel,
        "assessment": assessment,
        "first_response_at": new.first_response_at,
        "resolved_at": new.resolved_at,
        "watch_at": new.received_at,
    }


def kept_from(
    row: Row[Any],
    corrections: tuple[Correction, ...],
    promises: tuple[KeptPromise, ...],
    moments: tuple[Moment, ...],
) -> KeptTicket:
    """The ticket of a row of ``tickets``, with what the other tables say of it."""
    ticket = Ticket(
        title=row.title,
        body=row.body,
        id=row.external_id,
        fields=row.fields,
        attachments=tuple(row.attachments),
        created_at=row.created_at,
        plan=row.plan,
        requested_priority=row.requested_priority,
        channel=row.channel,
    )
    return KeptTicket(
        row.id,
        row.received_at,
        ticket,
        row.assessment,
        row.kind,
        row.product,
        row.priority,
        row.first_response_at,
        row.resolved_at,
        corrections,
        promises,
        moments,
    )


def check_label(name: str, label: str) -> None:
    """Raises StoreError for a field that cannot be corrected or a label it cannot have; the label is not repeated."""
    if name not in CORRECTED_FIELDS:
        raise StoreError(f"only {', '.join(CORRECTED_FIELDS)} can be corrected")
    allowed = {"kind": KINDS, "priority": PRIORITIES}.get(name)
    if allowed and label not in allowed:
        raise StoreError(f"the corrected {name} is not known; use {', '.join(allowed)}")
    if not 0 < len(label) <= LONGEST_LABEL:
        raise StoreError(f"the corrected {name} has {len(label)} characters; use 1 to {LONGEST_LABEL}")
