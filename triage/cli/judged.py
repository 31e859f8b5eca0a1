"""Tickets by which promises and customers are judged: of files, assessed as they are read, or of the service's store."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from triage.assessment import assessment_json
from triage.assessor import BATCH, Assessor
from triage.customers import customer_of
from triage.policy.pauses import Waits
from triage.promises import Of, Promises, waits
from triage.report.html.promise import is_closed
from triage.report.sla import Promise
from triage.settings import Settings, zone_of
from triage.store.kept_promise import KeptPromise
from triage.ticket import Ticket
from triage.ticketfile import Record
from triage.times import first_response, read_time

# Which tickets are wanted, asked before a ticket is assessed.
Wanted = Callable[[Ticket], bool]


class JudgedTicket(NamedTuple):
    """A ticket with the labels in force (``product`` is "" where not sure) and its times.

    ``promises`` are those that were made for a kept ticket, ``waits`` its pauses. ``assessment`` is the JSON of the contract. ``created_at`` is None where it cannot be read; ``is_closed`` says that its
    own columns call it done, maybe without a time.
    """

    name: str
    ticket: Ticket
    priority: str
    product: str
    language: str
    created_at: datetime | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    is_closed: bool
    assessment: Mapping[str, Any]
    promises: tuple[KeptPromise, ...] = ()
    waits: Waits = Waits((), None)


def every_ticket(_ticket: Ticket) -> bool:
    """Wants all."""
    return True


def judged_tickets(
    records: Iterable[tuple[str, Record]] | None,
    settings: Settings,
    failed: list[str],
    *,
    wanted: Wanted = every_ticket,
) -> Iterator[JudgedTicket]:
    """The wanted tickets of the files' records, or of the store where there are none.

    ``failed`` is given what is wrong with the rows that cannot be read.
    """
    return _kept(settings, wanted) if records is None else _read(records, settings, failed, wanted)


def promises_of(judged: JudgedTicket, promised: Promises, now: datetime) -> Iterator[Promise]:
    """The promises for a ticket; none without a time of creation, or when it was closed without any time of an answer.

    Those that were made count as they stand at a moment, pauses and changes of the priority reckoned in.
    """
    if judged.created_at is None:
        return
    if judged.first_response_at is None and judged.resolved_at is None and judged.is_closed:
        # Nobody can tell when it was answered.
        return
    queue = (judged.assessment.get("route") or {}).get("queue")
    of = Of(judged.ticket.plan, queue, customer_of(judged.ticket))
    due = (
        promised.due_now(judged.promises, judged.waits.until(now), lang="en")
        if judged.promises
        else promised.due(of, judged.priority, judged.created_at, lang="en")
    )
    if due is None:
        return
    year, week, _ = judged.created_at.isocalendar()
    facts = (due.plan, judged.priority, judged.product, f"{year}-W{week:02}")
    if due.first_response:
        # What is resolved was answered, at the latest then.
        done = judged.first_response_at or judged.resolved_at
        yield Promise(judged.name, "first_response", *facts, due.first_response.at, done)
    # When a closed ticket was resolved, nobody can tell either.
    if due.resolution and (judged.resolved_at or not judged.is_closed):
        yield Promise(judged.name, "resolution", *facts, due.resolution.at, judged.resolved_at)


def spoken(languages: Iterable[str]) -> str:
    """The language of a report: that of most tickets, where mixed ones are read in Chinese; English without any."""
    most = Counter("zh" if language in ("zh", "mixed") else "en" for language in languages).most_common(1)
    return most[0][0] if most else "en"


def _read(
    records: Iterable[tuple[str, Record]], settings: Settings, failed: list[str], wanted: Wanted
) -> Iterator[JudgedTicket]:
    assessor, zone = Assessor(settings), zone_of(settings)
    tickets = _tickets(records, failed, wanted)
    while batch := list(islice(tickets, BATCH)):
        for ticket, answer in zip(batch, assessor.assess_many(batch), strict=True):
            if answer.priority is None:
                continue
            yield JudgedTicket(
                ticket.id or ticket.title[:40],
                ticket,
                answer.priority.requested or answer.priority.label,
                answer.product.label if answer.product else "",
                answer.language,
                read_time(ticket.created_at, zone=zone),
                first_response(ticket, zone=zone),
                read_time(ticket.resolved_at, zone=zone),
                is_closed(ticket.extra),
                assessment_json(answer),
            )


def _tickets(records: Iterable[tuple[str, Record]], failed: list[str], wanted: Wanted) -> Iterator[Ticket]:
    for _, record in records:
        if record.ticket is None:
            failed.append(str(record.error))
        elif wanted(record.ticket):
            yield record.ticket


def _kept(settings: Settings, wanted: Wanted) -> Iterator[JudgedTicket]:
    from triage.store.database import open_database
    from triage.store.ticket_store import LARGEST_PAGE, TicketStore

    zone = zone_of(settings)
    store = TicketStore(open_database(settings.store.database_url, connections=1), randomness=secrets.token_bytes)
    cursor = None
    while True:
        page = store.search(cursor=cursor, limit=LARGEST_PAGE)
        for kept in page.tickets:
            if not wanted(kept.ticket):
                continue
            yield JudgedTicket(
                kept.ticket.id or kept.id,
                kept.ticket,
                kept.priority or "P4",
                kept.product or "",
                kept.assessment["language"],
                read_time(kept.ticket.created_at, zone=zone) or kept.received_at,
                kept.first_response_at,
                kept.resolved_at,
                False,
                kept.assessment,
                kept.promises,
                waits(kept.moments),
            )
        cursor = page.next_cursor
        if cursor is None:
            return
