"""``triage health``: the health report of one customer, as a page, of the tickets in files or in the service's store."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from triage.assessor import check_settings
from triage.cli.judged import JudgedTicket, Wanted, judged_tickets, promises_of, spoken
from triage.customers import CUSTOMER_FIELDS, customer_of, same_name
from triage.datafile import suggest
from triage.errors import InputError
from triage.masking import masked
from triage.promises import Promises
from triage.report.html.health import HealthTicket, health_report
from triage.settings import Settings, zone_of
from triage.ticket import Ticket
from triage.ticketfile import Record

READY, FAILED = 0, 2
# Where no name is near, so much of all of them.
_LONGEST_ADVICE = 300


def report_health(
    options: argparse.Namespace,
    settings: Settings,
    records: Iterable[tuple[str, Record]],
    *,
    now: datetime | None = None,
) -> int:
    """Writes the page of a customer's tickets; 0, or 2 when a row could not be read. ``now`` (the time) is aware."""
    if options.store == bool(options.files):
        raise InputError("name the files of tickets, or --store for those that the service keeps")
    output = Path(options.output)
    since, until = _day("--from", options.since), _day("--until", options.until)
    if since and until and until < since:
        raise InputError(f"--until {until} is before --from {since}; both days belong to the period")
    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{output}: a report is a page; end its name in .html")
    if output.resolve() in {Path(file).resolve() for file in options.files}:
        raise InputError(f"{output}: is an input too; write to another file")
    check_settings(settings)
    failed: list[str] = []
    seen: Counter[str] = Counter()
    wanted = _of(options.customer, seen)
    judged = list(judged_tickets(None if options.store else records, settings, failed, wanted=wanted))
    for told in failed:
        print(f"triage: {told}", file=sys.stderr)
    if not judged:
        raise InputError(f'--customer "{options.customer}" has no ticket here; {_advice(options.customer, seen)}')
    promised = Promises(settings)
    now = (now or datetime.now(UTC)).astimezone(zone_of(settings))
    page = health_report(
        [_health_ticket(one, promised, now) for one in judged],
        customer=_spelled(options.customer, seen),
        since=since,
        until=until,
        lang=options.lang if options.lang != "auto" else spoken(one.language for one in judged),
        now=now,
    )
    _write(page, output)
    print(f"triage: written: {output}", file=sys.stderr)
    return FAILED if failed else READY


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as cause:
        raise InputError(f'{option} is "{text}"; write a day as 2026-10-01') from cause


def _of(asked: str, seen: Counter[str]) -> Wanted:
    """Wants the tickets of a customer, and counts all names on the way."""

    def wanted(ticket: Ticket) -> bool:
        name = customer_of(ticket)
        if name is None:
            return False
        seen[name] += 1
        return same_name(name, asked)

    return wanted


def _advice(asked: str, seen: Mapping[str, int]) -> str:
    if not seen:
        return f"no ticket names its customer, which is read from a field {', '.join(CUSTOMER_FIELDS)}"
    advice = suggest(asked.strip(), sorted(seen, key=lambda name: (-seen[name], name)))
    if len(advice) <= _LONGEST_ADVICE:
        return advice
    return f"{advice[:_LONGEST_ADVICE].rsplit(', ', 1)[0]}, …"


def _spelled(asked: str, seen: Counter[str]) -> str:
    """The name as most of the customer's tickets spell it."""
    return next(name for name, _ in seen.most_common() if same_name(name, asked))


def _health_ticket(judged: JudgedTicket, promised: Promises, now: datetime) -> HealthTicket:
    """What the page needs, without the secrets that texts and evidence hold: the customer sees it, and whom they show it."""
    ticket, assessment = masked(judged.ticket, judged.assessment)
    is_open = judged.resolved_at is None and not judged.is_closed
    return HealthTicket(
        _name(judged, ticket),
        (ticket.title.strip() or ticket.body.strip())[:200],
        judged.priority,
        judged.product,
        judged.created_at,
        is_open,
        assessment,
        tuple(promises_of(judged, promised, now)),
    )


def _name(judged: JudgedTicket, clean: Ticket) -> str:
    """What the ticket is called: its id, or the beginning of its title without secrets, which may be empty."""
    beginning = slice(len(judged.name))
    is_title = judged.ticket.id is None and judged.name == judged.ticket.title[beginning]
    return clean.title[beginning] if is_title else judged.name


def _write(page: str, output: Path) -> None:
    """The page under its name, or what was there before."""
    partial = output.with_name(f".{output.name}.part")
    try:
        partial.write_text(page, encoding="utf-8")
        partial.replace(output)
    except OSError as cause:
        raise InputError(f"{output}: cannot be written ({cause.strerror or cause}); check the folder") from cause
    finally:
        partial.unlink(missing_ok=True)
