"""What a browser fetches: the widget's script, where logs lie, and the demonstration form that uses them."""

import hashlib
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from triage.api import schemas
from triage.api.access import Visitor
from triage.api.bodies import JSON, check_type, read_body
from triage.api.form import STYLE, STYLE_HASH, form_page, result_page, ticket_of_form
from triage.api.problems import Lang, ProblemError, language_of, problem_json
from triage.api.routes.assessing import answered, note_answer
from triage.api.routes.tickets import add, dated, new_ticket
from triage.api.service import Service
from triage.api.storing import Effect, once
from triage.settings import zone_of

router = APIRouter(tags=["forms"])
_BUILT = Path(__file__).parents[1] / "widget" / "built"
_SCRIPTS = {name: (_BUILT / name).read_bytes() for name in ("widget.js", "widget.mjs")}
_HASHES = {name: hashlib.sha256(script).hexdigest()[:12] for name, script in _SCRIPTS.items()}
_MOST_FIELDS = 100
# An address with the hash in it never changes what it gives; one without is asked for again each hour.
_FOR_GOOD, _FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"
# As strict as the page of a customer may be: scripts and styles of this address alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Given = dict[str, list[str]]


@router.get("/widget.js", **schemas.SCRIPT)
async def get_widget(request: Request) -> Response:
    """The script of <triage-form-hints>, for a script tag; add ?v= and its hash to have it cached for good."""
    return _asset(request, _SCRIPTS["widget.js"], _HASHES["widget.js"], "text/javascript")


@router.get("/widget.mjs", **schemas.SCRIPT)
async def get_widget_module(request: Request) -> Response:
    """The same as a module, for import."""
    return _asset(request, _SCRIPTS["widget.mjs"], _HASHES["widget.mjs"], "text/javascript")


@router.get("/v1/log-places", **schemas.PLACES)
async def list_log_places(request: Request) -> Response:
    """Where SDKs write their logs, by platform: the site's table, for people who are asked for one."""
    service: Service = request.app.state.service
    table = service.settings.lint.log_places
    places = [
        {"family": family, "platform": platform, "path": path}
        for family, paths in table.items()
        if family != "general"
        for platform, path in paths.items()
    ]
    headers = {"Cache-Control": _FOR_AN_HOUR}
    return Response(orjson.dumps({"places": places}), headers=headers, media_type=JSON)


@router.get("/form.css", include_in_schema=False)
async def get_style(request: Request, visitor: Visitor) -> Response:
    """The style of the demonstration form."""
    return _asset(request, STYLE, STYLE_HASH, "text/css")


@router.get("/form", include_in_schema=False)
async def get_form(request: Request, visitor: Visitor, lang: Literal["zh", "en"] | None = None) -> Response:
    """A support form of an imaginary vendor."""
    return _page(_form(request, _lang(request, lang), {}))


@router.post("/form", include_in_schema=False)
async def send_form(request: Request, visitor: Visitor, lang: Literal["zh", "en"] | None = None) -> Response:
    """Keeps the ticket of a sent form, as the backend of a help centre would, and shows what was made of it."""
    service: Service = request.app.state.service
    settings, spoken = service.settings.serve, _lang(request, lang)
    service.limits.count("form_address", "form-page", visitor.address)
    raw = await read_body(request, most=settings.bytes.form, seconds=settings.body_seconds)
    given = _given(request, raw)
    ticket = ticket_of_form(given)
    if ticket is None:
        return _page(_form(request, spoken, given, is_empty=True), status=422)

    async def make() -> Effect:
        answer = await answered(service, dated(ticket, service.now(), zone=zone_of(service.settings)), "assess", spoken)
        note_answer(request, answer)
        new = new_ticket(service, ticket, answer)
        page = result_page(spoken, new.id, new.ticket, answer)
        return Effect(201, page.encode(), partial(add, service, new))

    # Sent twice, by an impatient finger, it is one ticket.
    key = _once_of(given)
    try:
        response = await once(request, visitor, raw, make, key=key and f"form-{key}")
    except ProblemError as problem:
        # Told on the form, with all that was filled in: what cannot be kept now can be sent again.
        return _page(_form(request, spoken, given, problem=problem), status=problem.status)
    return _page(bytes(response.body).decode())


def _once_of(given: Given) -> str | None:
    return next((value[:64] for value in given.get("once", ()) if value.isalnum() and value.isascii()), None)


def _form(
    request: Request, lang: Lang, given: Given, *, is_empty: bool = False, problem: ProblemError | None = None
) -> str:
    service: Service = request.app.state.service
    before = defaultdict(str, {name: values[0] for name, values in given.items() if values})
    return form_page(
        lang,
        form_key=service.settings.serve.form_key,
        widget_hash=_HASHES["widget.js"],
        once=_once_of(given) or service.randomness(16).hex(),
        given=before,
        is_empty=is_empty,
        told=problem_json(problem, lang) if problem else None,
    )


def _given(request: Request, raw: bytes) -> Given:
    check_type(request, "application/x-www-form-urlencoded")
    try:
        return parse_qs(raw.decode(), max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise ProblemError("bad-form") from None


def _lang(request: Request, asked: str | None) -> Lang:
    return language_of(request.headers.get("accept-language", ""), asked)


def _page(text: str, *, status: int = 200) -> Response:
    # With no referrer at all a browser would not say that the form is sent from this very page.
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
    return Response(text, status, headers, "text/html")


def _asset(request: Request, content: bytes, digest: str, kind: str) -> Response:
    tag = f'"{digest}"'
    is_named = request.query_params.get("v") == digest
    headers = {
        "ETag": tag,
        "Cache-Control": _FOR_GOOD if is_named else _FOR_AN_HOUR,
        # Pages of other sites load it, and may check its integrity.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
