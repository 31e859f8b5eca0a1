"""Kept tickets: stored with their assessment, found again, answered, resolved, corrected, erased."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from triage.api import schemas
from triage.api.access import AdminCaller, AssessCaller, Caller
from triage.api.bodies import JSON, load_json, read_body, read_json, ticket_of
from triage.api.problems import Fault, ProblemError
from triage.api.routes.assessing import AnswerLang, answered, note, note_answer
from triage.api.service import Service
from triage.api.storing import Effect, once
from triage.assessment import KINDS, PRIORITIES, Assessment, assessment_json, due_json
from triage.customers import customer_of
from triage.masking import mask, masked
from triage.promises import Of, done_of, waits
from triage.report.reachable import reachable_hours
from triage.settings import zone_of
from triage.store.idempotency import Answer
from triage.store.ids import new_id
from triage.store.kept_promise import KeptPromise, Moment, MomentKind
from triage.store.kept_ticket import CORRECTED_FIELDS, LONGEST_LABEL, Correction, KeptTicket, NewTicket
from triage.store.search import LONGEST_TEXT, TicketFilter
from triage.store.ticket_store import LARGEST_PAGE, Noted
from triage.ticket import Ticket
from triage.times import read_time

router = APIRouter(tags=["tickets"])
LONGEST_WHO, LONGEST_WHY = 100, 2_000
# Between the machines of helpdesk and service.
_CLOCKS_DIFFER = timedelta(minutes=5)
_MOMENT = re.compile(schemas.MOMENT_PATTERN, re.ASCII)


@router.post("/v1/tickets", **schemas.KEEP)
async def keep_ticket(request: Request, caller: AssessCaller, lang: AnswerLang = "auto") -> Response:
    """Assesses a ticket and keeps both; the answer is what was kept, with personal data and secrets masked."""
    service: Service = request.app.state.service
    settings = service.settings.serve
    raw, record = await read_json(request, most=settings.bytes.ticket, seconds=settings.body_seconds)
    ticket = ticket_of(record)

    async def make() -> Effect:
        assessment = await answered(
            service, dated(ticket, service.now(), zone=zone_of(service.settings)), "assess", lang
        )
        note_answer(request, assessment)
        new = new_ticket(service, ticket, assessment)
        note(request, ticket=new.id)
        return Effect(201, orjson.dumps(_kept_json(service, _as_kept(new))), partial(add, service, new))

    return await once(request, caller, raw, make)


@router.get("/v1/tickets", **schemas.SEARCH)
async def search_tickets(
    request: Request,
    caller: AssessCaller,
    text: Annotated[str | None, Query(max_length=LONGEST_TEXT, description="Stands in the title or the body.")] = None,
    ticket_id: Annotated[str | None, Query(max_length=LONGEST_LABEL, description="The helpdesk's id.")] = None,
    priority: schemas.Priority | None = None,
    kind: schemas.Kind | None = None,
    product: Annotated[str | None, Query(max_length=LONGEST_LABEL)] = None,
    escalate: bool | None = None,
    since: Annotated[schemas.Moment | None, Query(description="Received then or later.")] = None,
    until: Annotated[schemas.Moment | None, Query(description="Received before.")] = None,
    cursor: Annotated[str | None, Query(max_length=500, description="next_cursor of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
) -> Response:
    """Kept tickets, the newest first, a page at a time. Labels are those in force: as assessed or last corrected."""
    service: Service = request.app.state.service
    wanted = TicketFilter(
        text=text,
        external_id=ticket_id,
        priority=priority,
        product=product,
        kind=kind,
        escalate=escalate,
        since=None if since is None else _moment(since, "?since"),
        until=None if until is None else _moment(until, "?until"),
    )
    page = await service.storing.call(service.tickets.search, wanted, cursor=cursor, limit=limit)
    tickets = [_kept_json(service, kept) for kept in page.tickets]
    return Response(orjson.dumps({"tickets": tickets, "next_cursor": page.next_cursor}), media_type=JSON)


@router.get("/v1/tickets/{kept_id}", **schemas.KEPT)
async def get_ticket(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """One kept ticket, by the id that keeping it gave."""
    service: Service = request.app.state.service
    kept = await service.storing.call(service.tickets.get, kept_id)
    if kept is None:
        raise ProblemError("not-found", what="ticket")
    return Response(orjson.dumps(_kept_json(service, kept)), media_type=JSON)


@router.delete("/v1/tickets/{kept_id}", **schemas.ERASE)
async def erase_ticket(request: Request, caller: AdminCaller, kept_id: str) -> Response:
    """Deletes one ticket and its corrections for good, as when its reporter asks for it."""
    service: Service = request.app.state.service
    if not await service.storing.call(service.tickets.forget, kept_id):
        raise ProblemError("not-found", what="ticket")
    return Response(status_code=204)


@router.post("/v1/tickets/{kept_id}/response", **schemas.MOMENT)
async def note_response(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Notes when somebody first answered (now, where nothing is sent); a time noted before stays."""
    return await _noted(request, kept_id, "response")


@router.post("/v1/tickets/{kept_id}/resolution", **schemas.MOMENT)
async def note_resolution(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Notes when the ticket was resolved, which a first response is not; a time noted before stays."""
    return await _noted(request, kept_id, "resolution")


@router.post("/v1/tickets/{kept_id}/waiting", **schemas.MOMENT)
async def note_waiting(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Notes that the customer was asked: from then on (now, where nothing is sent) the ticket's clocks stand still."""
    return await _happened(request, caller, kept_id, "waiting")


@router.post("/v1/tickets/{kept_id}/back", **schemas.MOMENT)
async def note_back(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Notes that the customer answered: the ticket's clocks go on. Where nobody waited nothing is new."""
    return await _happened(request, caller, kept_id, "back")


@router.post("/v1/tickets/{kept_id}/acknowledgement", **schemas.MOMENT)
async def note_acknowledgement(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Notes that somebody is at work on it: rungs that wait for that ring no more. It is no first response."""
    return await _happened(request, caller, kept_id, "acknowledged")


@router.post("/v1/tickets/{kept_id}/correction", **schemas.CORRECT)
async def correct_ticket(request: Request, caller: AssessCaller, kept_id: str) -> Response:
    """Sets a person's better labels, with who says so and why; what triage said stays in the assessment."""
    service: Service = request.app.state.service
    settings = service.settings.serve
    raw, record = await read_json(request, most=settings.bytes.form, seconds=settings.body_seconds)
    labels, who, why = _correction(record)
    if service.settings.store.redact:
        why = mask(why)
    now = service.now()

    async def make() -> Effect:
        given = {"corrected": labels, "who": who, "why": why, "at": _iso(now)}
        body = orjson.dumps({"id": kept_id, **given})
        work = partial(_correct, service, kept_id, labels, who=who, why=why, at=now)
        return Effect(200, body, work)

    note(request, ticket=kept_id, corrected=sorted(labels))
    return await once(request, caller, raw, make)


def dated(ticket: Ticket, now: datetime, *, zone: tzinfo) -> Ticket:
    """The ticket with a time to count from: its own where it can be read, else now; what is kept is as it came."""
    return ticket if read_time(ticket.created_at, zone=zone) else replace(ticket, created_at=now.isoformat())


def add(service: Service, new: NewTicket, answer: Answer | None) -> None:
    """Stores a ticket with the answer to its claim, if it has one."""
    service.tickets.add(new, answer=answer)


def _correct(
    service: Service,
    kept_id: str,
    labels: Mapping[Any, str],
    answer: Answer | None,
    *,
    who: str,
    why: str,
    at: datetime,
) -> None:
    def promise_anew(kept: KeptTicket) -> Sequence[KeptPromise]:
        promises, priority = service.assessor.promises, labels.get("priority")
        if promises is None or priority is None:
            return ()
        done = done_of(kept.first_response_at, kept.resolved_at)
        return promises.changed(kept.promises, priority, at=at, waits=waits(kept.moments), done=done)

    made = service.tickets.correct(kept_id, labels, who=who, why=why, at=at, promise_anew=promise_anew, answer=answer)
    if made is None:
        raise ProblemError("not-found", what="ticket")


def new_ticket(service: Service, ticket: Ticket, assessed: Assessment) -> NewTicket:
    """A ticket and its assessment as they are to be kept: masked, unless the site says otherwise."""
    assessment = assessment_json(assessed)
    zone, now = zone_of(service.settings), service.now()
    response, resolution = (read_time(text, zone=zone) for text in (ticket.first_response_at, ticket.resolved_at))
    promises = _promised(service, ticket, assessed, now)
    if service.settings.store.redact:
        ticket, assessment = masked(ticket, assessment)
    return NewTicket(new_id(now, service.randomness), now, ticket, assessment, response, resolution, promises)


def _promised(service: Service, ticket: Ticket, assessed: Assessment, now: datetime) -> tuple[KeptPromise, ...]:
    promises = service.assessor.promises
    if promises is None or assessed.priority is None:
        return ()
    starts_at = read_time(ticket.created_at, zone=zone_of(service.settings)) or now
    of = Of(ticket.plan, assessed.route.queue if assessed.route else None, customer_of(ticket))
    return promises.made(of, assessed.priority.label, starts_at, made_at=now)


def _as_kept(new: NewTicket) -> KeptTicket:
    product, priority = new.assessment["product"] or {}, new.assessment["priority"] or {}
    return KeptTicket(
        new.id,
        new.received_at,
        new.ticket,
        new.assessment,
        new.assessment["kind"]["label"],
        product.get("label"),
        priority.get("label"),
        new.first_response_at,
        new.resolved_at,
        promises=new.promises,
    )


async def _noted(request: Request, kept_id: str, what: Literal["response", "resolution"]) -> Response:
    service: Service = request.app.state.service
    store = service.tickets
    work = store.note_response if what == "response" else store.note_resolution
    return await _note(request, kept_id, partial(work, kept_id))


async def _happened(request: Request, caller: Caller, kept_id: str, what: MomentKind) -> Response:
    service: Service = request.app.state.service

    def work(at: datetime) -> Noted | None:
        # A clock that stops or goes on some day to come has no due time.
        if at > service.now() + _CLOCKS_DIFFER:
            raise ProblemError("bad-request", faults=[Fault("in-the-future", "/at")])
        return service.tickets.note_moment(kept_id, Moment(what, at, caller.owner))

    return await _note(request, kept_id, work)


async def _note(request: Request, kept_id: str, work: Callable[[datetime], Noted | None]) -> Response:
    service: Service = request.app.state.service
    settings = service.settings.serve
    raw = await read_body(request, most=settings.bytes.form, seconds=settings.body_seconds)
    at = _moment(_at(load_json(raw)), "/at") if raw.strip() else service.now()
    noted = await service.storing.call(work, at)
    if noted is None:
        raise ProblemError("not-found", what="ticket")
    note(request, ticket=kept_id)
    return Response(orjson.dumps({"id": kept_id, "at": _iso(noted.at), "new": noted.new}), media_type=JSON)


def _at(record: object) -> object:
    return record.get("at") if isinstance(record, Mapping) else None


def _moment(text: object, pointer: str) -> datetime:
    """The time in UTC; raises ProblemError for all that is no date, time and zone."""
    try:
        # The whole form alone: 20261125 or a week's number would be taken too.
        at = datetime.fromisoformat(text) if isinstance(text, str) and _MOMENT.fullmatch(text) else None
        if at is not None and at.utcoffset() is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ProblemError("bad-request", faults=[Fault("not-a-time", pointer)])


def _correction(record: object) -> tuple[dict[Any, str], str, str]:
    body = record if isinstance(record, Mapping) else {}
    labels = body.get("labels")
    faults = []
    if not isinstance(labels, Mapping) or not labels or not set(labels) <= set(CORRECTED_FIELDS):
        faults.append(Fault("not-labels", "/labels"))
        labels = {}
    allowed = {"kind": KINDS, "priority": PRIORITIES}
    for name, label in labels.items():
        if name in allowed and label not in allowed[name]:
            faults.append(Fault("not-a-label", f"/labels/{name}", {"allowed": ", ".join(allowed[name])}))
        elif not _is_text(label, LONGEST_LABEL):
            faults.append(Fault("needed", f"/labels/{name}", {"most": LONGEST_LABEL}))
    for name, most in (("who", LONGEST_WHO), ("why", LONGEST_WHY)):
        if not _is_text(body.get(name), most):
            faults.append(Fault("needed", f"/{name}", {"most": most}))
    if faults:
        raise ProblemError("bad-request", faults=faults)
    return dict(labels), body["who"], body["why"]


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= most


def _kept_json(service: Service, kept: KeptTicket) -> dict[str, Any]:
    ticket, pauses = kept.ticket, waits(kept.moments)
    acknowledged = (moment.at for moment in kept.moments if moment.what == "acknowledged")
    due = None
    if service.assessor.promises and kept.promises:
        lang = "en" if kept.assessment["language"] == "en" else "zh"
        due = service.assessor.promises.due_now(kept.promises, pauses.until(service.now()), lang=lang)
    return {
        "id": kept.id,
        "received_at": _iso(kept.received_at),
        "ticket": {
            "id": ticket.id,
            "title": ticket.title,
            "body": ticket.body,
            "fields": dict(ticket.fields),
            "attachments": list(ticket.attachments),
            "created_at": ticket.created_at,
            "plan": ticket.plan,
            "requested_priority": ticket.requested_priority,
            "channel": ticket.channel,
        },
        "labels": {"kind": kept.kind, "product": kept.product, "priority": kept.priority},
        "first_response_at": _iso(kept.first_response_at),
        "resolved_at": _iso(kept.resolved_at),
        "due": due_json(due) if due else None,
        "waiting_since": _iso(pauses.since),
        "acknowledged_at": _iso(next(acknowledged, None)),
        "reachable": reachable_hours(ticket),
        "corrections": [_correction_json(correction) for correction in kept.corrections],
        "assessment": dict(kept.assessment),
    }


def _correction_json(correction: Correction) -> dict[str, Any]:
    return {
        "field": correction.field,
        "was": correction.was,
        "label": correction.label,
        "who": correction.who,
        "why": correction.why,
        "at": _iso(correction.at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
