"""Bodies of requests: read up to a limit and within a time, and taken as JSON by a strict reader."""

import asyncio
from typing import Any

import orjson
from starlette.requests import Request

from triage.api.problems import Fault, ProblemError, fault_of
from triage.store.kept_ticket import LONGEST_LABEL
from triage.ticket import BadTicketError, Ticket, ticket_from

JSON = "application/json"


async def read_body(request: Request, *, most: int, seconds: float) -> bytes:
    """The body; raises ProblemError when it is compressed, larger than ``most`` bytes, or not here in ``seconds``."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("wrong-type", wanted=JSON)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise ProblemError("too-large", most=most)
    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise ProblemError("too-large", most=most)
                parts.append(part)
    except TimeoutError:
        raise ProblemError("slow-body", seconds=round(seconds)) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def read_json(request: Request, *, most: int, seconds: float) -> tuple[bytes, Any]:
    """The body as it came and the value it holds; raises ProblemError as above, or for what is no JSON."""
    # A page of another site can send other types without asking the browser's leave.
    check_type(request, JSON)
    raw = await read_body(request, most=most, seconds=seconds)
    return raw, load_json(raw)


def check_type(request: Request, wanted: str) -> None:
    """Raises ProblemError when the body says that it is of another media type."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise ProblemError("wrong-type", wanted=wanted)


def load_json(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ProblemError.

    orjson refuses what Python's own reader takes: NaN, infinities (also as 1e400 or 5,000 digits), lone surrogates, a
    byte order mark, other encodings, and more than 1,024 levels, which would end a recursion
    (shared/integrations.md, C1).
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ProblemError("bad-json", place=error.pos) from None


def ticket_of(record: object, *, at: str = "") -> Ticket:
    """The ticket of a JSON value at a pointer of the body; raises ProblemError saying what is wrong with it."""
    try:
        ticket = ticket_from(record)
    except BadTicketError as error:
        raise ProblemError("bad-request", faults=[fault_of(error, at)]) from None
    if ticket.id is not None and len(ticket.id) > LONGEST_LABEL:
        values = {"length": len(ticket.id), "most": LONGEST_LABEL}
        raise ProblemError("bad-request", faults=[Fault("too-long", f"{at}/id", values)])
    return ticket
