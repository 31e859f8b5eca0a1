"""``triage sla``: promises kept and broken, of the tickets in files or in the service's store."""

import argparse
import json
import os
import secrets
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from triage.assessor import BATCH, Assessor, check_settings
from triage.errors import InputError
from triage.promises import Promises
from triage.report.html.promise import is_closed
from triage.report.sla import Promise, sla_json, sla_text
from triage.settings import Settings, zone_of
from triage.ticketfile import Record
from triage.times import first_response, read_time

READY, FAILED = 0, 2


class _Ticket(NamedTuple):
    """What a promise is judged by."""

    name: str
    plan: str | None
    priority: str
    product: str
    language: str
    created_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None


def report_promises(options: argparse.Namespace, settings: Settings, records: Iterable[tuple[str, Record]]) -> int:
    """Prints the report of the files' records, or of the store; 0, or 2 when a row could not be read."""
    if options.store == bool(options.files):
        raise InputError("name the files of tickets, or --store for those that the service keeps")
    check_settings(settings)
    now = datetime.now(UTC)
    if options.at:
        asked = read_time(options.at, zone=zone_of(settings))
        if asked is None:
            raise InputError(f'--at is "{options.at}"; write a time as 2026-11-25 18:00')
        now = asked
    failed: list[str] = []
    tickets = list(_kept(settings) if options.store else _read(records, settings, failed))
    for told in failed:
        print(f"triage: {told}", file=sys.stderr)
    promised = Promises(settings)
    promises = [promise for ticket in tickets for promise in _promises(ticket, promised)]
    if options.format == "json":
        print(json.dumps(sla_json(promises, now=now), ensure_ascii=False, indent=2))
    else:
        lang = options.lang if options.lang != "auto" else _spoken(tickets)
        width = int(os.environ.get("COLUMNS", "0")) or 100
        print(sla_text(promises, now=now, lang=lang, width=width))
    return FAILED if failed else READY


def _promises(ticket: _Ticket, promised: Promises) -> Iterator[Promise]:
    due = promised.due(ticket.plan, ticket.priority, ticket.created_at, lang="en")
    if due is None:
        return
    year, week, _ = ticket.created_at.isocalendar()
    facts = (due.plan, ticket.priority, ticket.product, f"{year}-W{week:02}")
    if due.first_response:
        # What is resolved was answered, at the latest then.
        done = ticket.first_response_at or ticket.resolved_at
        yield Promise(ticket.name, "first_response", *facts, due.first_response.at, done)
    if due.resolution:
        yield Promise(ticket.name, "resolution", *facts, due.resolution.at, ticket.resolved_at)


def _read(records: Iterable[tuple[str, Record]], settings: Settings, failed: list[str]) -> Iterator[_Ticket]:
    assessor, zone = Assessor(settings), zone_of(settings)
    rows = iter(records)
    while batch := list(islice(rows, BATCH)):
        failed += [str(record.error) for _, record in batch if record.ticket is None]
        tickets = [record.ticket for _, record in batch if record.ticket is not None]
        for ticket, answer in zip(tickets, assessor.assess_many(tickets), strict=True):
            created_at = read_time(ticket.created_at, zone=zone)
            if created_at is None or answer.priority is None:
                continue
            response = first_response(ticket, zone=zone)
            resolved = read_time(ticket.resolved_at, zone=zone)
            if response is None and resolved is None and is_closed(ticket.extra):
                # Nobody can tell when it was answered.
                continue
            yield _Ticket(
                ticket.id or ticket.title[:40],
                ticket.plan,
                answer.priority.requested or answer.priority.label,
                answer.product.label if answer.product else "",
                answer.language,
                created_at,
                response,
                resolved,
            )


def _kept(settings: Settings) -> Iterator[_Ticket]:
    from triage.store.database import open_database
    from triage.store.ticket_store import LARGEST_PAGE, TicketStore

    zone = zone_of(settings)
    store = TicketStore(open_database(settings.store.database_url, connections=1), randomness=secrets.token_bytes)
    cursor = None
    while True:
        page = store.search(cursor=cursor, limit=LARGEST_PAGE)
        for kept in page.tickets:
            created_at = read_time(kept.ticket.created_at, zone=zone) or kept.received_at
            yield _Ticket(
                kept.ticket.id or kept.id,
                kept.ticket.plan,
                kept.priority or "P4",
                kept.product or "",
                kept.assessment["language"],
                created_at,
                kept.first_response_at,
                kept.resolved_at,
            )
        cursor = page.next_cursor
        if cursor is None:
            return


def _spoken(tickets: list[_Ticket]) -> str:
    most = Counter("zh" if ticket.language in ("zh", "mixed") else "en" for ticket in tickets).most_common(1)
    return most[0][0] if most else "en"
