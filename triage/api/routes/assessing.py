"""Lint and assessment of tickets that are not kept."""

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from triage.api import logs, schemas
from triage.api.access import AssessCaller, Caller, FormCaller
from triage.api.answering import TURN, What
from triage.api.bodies import JSON, read_json, ticket_of
from triage.api.lint_token import lint_token, seen
from triage.api.problems import Fault, ProblemError, language_of, problem_json
from triage.api.service import Service
from triage.assessment import Assessment, assessment_json
from triage.ticket import Ticket

router = APIRouter(tags=["assessing"])
MOST_TICKETS = 500
# One ticket in so many is looked at for words that the model does not know.
_SAMPLED = 32
AnswerLang = Annotated[
    schemas.AnswerLang, Query(description="The language of messages: the ticket's own (auto), zh or en.")
]


@router.post("/v1/lint", **schemas.LINT)
async def lint(request: Request, caller: FormCaller, lang: AnswerLang = "auto") -> Response:
    """Checks a ticket by rules: what is there, what is missing, and the few questions to ask. For forms."""
    return await _answer(request, caller, "lint", lang)


@router.post("/v1/assess", **schemas.ASSESS)
async def assess(request: Request, caller: AssessCaller, lang: AnswerLang = "auto") -> Response:
    """Checks a ticket and suggests kind, product line and priority, with reasons. Nothing is kept."""
    return await _answer(request, caller, "assess", lang)


@router.post("/v1/assess/batch", **schemas.BATCH)
async def assess_batch(request: Request, caller: AssessCaller, lang: AnswerLang = "auto") -> Response:
    """Assesses up to 500 tickets, item by item: a bad one is told in its place and does not fail the others."""
    service: Service = request.app.state.service
    settings = service.settings.serve
    _, body = await read_json(request, most=settings.bytes.batch, seconds=settings.body_seconds)
    records = body.get("tickets") if isinstance(body, dict) else None
    if not isinstance(records, list) or not 1 <= len(records) <= MOST_TICKETS:
        raise ProblemError("bad-request", faults=[Fault("not-tickets", "/tickets", {"most": MOST_TICKETS})])
    speech = language_of(request.headers.get("accept-language", ""))
    items: list[dict[str, Any]] = []
    for start in range(0, len(records), TURN):
        some = enumerate(records[start : start + TURN], start=start)
        tickets = [_ticket(record, number) for number, record in some]
        answers = await asyncio.gather(*(_assessed(service, ticket, lang) for ticket in tickets))
        for number, answer in enumerate(answers, start=start):
            if isinstance(answer, ProblemError):
                items.append({"index": number, "assessment": None, "error": problem_json(answer, speech)})
            else:
                items.append({"index": number, "assessment": assessment_json(answer), "error": None})
    errors = sum(item["error"] is not None for item in items)
    note(request, tickets=len(items), errors=errors)
    return Response(orjson.dumps({"items": items, "errors": errors}), media_type=JSON)


async def _answer(request: Request, caller: Caller, what: What, lang: str) -> Response:
    service: Service = request.app.state.service
    settings = service.settings.serve
    is_form = caller.key is not None and caller.key.scope == "form"
    most = settings.bytes.form if is_form else settings.bytes.ticket
    _, record = await read_json(request, most=most, seconds=settings.body_seconds)
    ticket = ticket_of(record)
    answer = await answered(service, ticket, what, lang)
    note_answer(request, answer)
    headers = _token_headers(request, service, ticket, answer) if what == "lint" else None
    return Response(orjson.dumps(assessment_json(answer)), headers=headers, media_type=JSON)


def _token_headers(request: Request, service: Service, ticket: Ticket, answer: Assessment) -> dict[str, str]:
    """A token of this lint, and what the token that came with the request says; none while the secret is not known."""
    if service.token_secret is None:
        return {}
    now, secret = service.now(), service.token_secret
    headers = {"Triage-Lint-Token": lint_token(ticket, answer.lint, now=now, secret=secret)}
    if token := request.headers.get("triage-lint-token"):
        headers["Triage-Lint-Seen"] = seen(token, ticket, now=now, secret=secret)
    return headers


async def answered(service: Service, ticket: Ticket, what: What, lang: str) -> Assessment:
    """The answer to a ticket, counted."""
    answer = await service.answering.answer(ticket, what, lang)
    service.metrics.assessed(answer)
    if what == "assess" and service.metrics.is_sampled(_SAMPLED):
        service.metrics.unknown_words(service.assessor.unknown_share(ticket))
    return answer


def note(request: Request, **said: object) -> None:
    """Adds counts and codes to the request's line in the log."""
    request.scope.setdefault("state", {}).setdefault("said", {}).update(said)


def note_answer(request: Request, answer: Assessment) -> None:
    """Adds what was answered to the request's line in the log: labels and codes."""
    findings = [finding.code for finding in answer.lint.findings]
    priority = answer.priority.label if answer.priority else None
    note(request, kind=answer.kind.label, priority=priority, findings=findings, score=answer.lint.score)


def _ticket(record: object, number: int) -> Ticket | ProblemError:
    try:
        return ticket_of(record, at=f"/tickets/{number}")
    except ProblemError as problem:
        return problem


async def _assessed(service: Service, ticket: Ticket | ProblemError, lang: str) -> Assessment | ProblemError:
    if isinstance(ticket, ProblemError):
        return ticket
    try:
        return await answered(service, ticket, "assess", lang)
    except ProblemError as problem:
        return problem
    except Exception as error:
        # Told to the caller as a fault of ours, in its place; the log says which kind.
        logs.failure(error)
        return ProblemError("unforeseen")
