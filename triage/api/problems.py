"""Errors as RFC 9457 problem details, in the caller's language; none ever says what the caller sent."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import orjson
from starlette.responses import Response

from triage.datafile import read_toml
from triage.ticket import BadTicketError

Lang = Literal["zh", "en"]
MEDIA_TYPE = "application/problem+json"
_FILE = Path(__file__).parent / "problems.toml"


class Fault(NamedTuple):
    """One thing that is wrong with a request: a name of ``[errors]``, a JSON pointer, and what fills the text in."""

    name: str
    pointer: str
    values: Mapping[str, Any] = {}


class ProblemError(Exception):
    """A request cannot be answered as asked; ``name`` is a table of ``problems.toml``."""

    def __init__(
        self, name: str, *, faults: Sequence[Fault] = (), retry_after: float | None = None, **values: object
    ) -> None:
        """``retry_after`` is in seconds, ``values`` fill the detail in: numbers and words of ours alone."""
        super().__init__(name)
        self.name = name
        self.faults = faults
        self.retry_after = retry_after
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status."""
        return cast(int, _texts()[self.name]["status"])


def problem_json(problem: ProblemError, lang: Lang) -> dict[str, Any]:
    """The problem details: type, title, status, detail, and ``errors`` where more can be said."""
    table = _texts()[problem.name]
    values = {key: _in_language(key, value, lang) for key, value in problem.values.items()}
    details = {
        "type": f"urn:triage:problem:{problem.name}",
        "title": table["title"][lang],
        "status": table["status"],
        "detail": table["detail"][lang].format_map(values),
    }
    if problem.faults:
        details["errors"] = [_fault_json(fault, lang) for fault in problem.faults]
    return details


def problem_response(
    problem: ProblemError, lang: Lang, *, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The problem as an answer, with ``request_id`` to be found in the log."""
    sent = {"Content-Language": lang, **(headers or {})}
    if problem.retry_after is not None:
        sent["Retry-After"] = str(max(1, round(problem.retry_after + 0.499)))
    if problem.status == 401:
        sent["WWW-Authenticate"] = 'Bearer realm="triage"'
    content = orjson.dumps({**problem_json(problem, lang), "request_id": request_id})
    return Response(content, problem.status, sent, MEDIA_TYPE)


def fault_of(error: BadTicketError, at: str = "") -> Fault:
    """What is wrong with a ticket; ``at`` is the pointer of the ticket. A key of the caller's own is not repeated."""
    key, _, own = error.key.partition(".")
    pointer = f"{at}/{'fields/*' if own else key.replace('[', '/').rstrip(']')}".rstrip("/")
    return Fault(error.fault, pointer, {"found": error.found})


def language_of(accept: str, asked: str | None = None) -> Lang:
    """The language to answer in: the one asked for, else the first of zh and en that Accept-Language names, else en."""
    if asked in ("zh", "en"):
        return cast(Lang, asked)
    weighed = []
    for part in accept[:200].lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((float(weight or 1), tag.strip()[:2]))
        except ValueError:
            continue
    # sorted is stable: of equals the first stays first.
    ordered = [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]
    return cast(Lang, next((tag for tag in ordered if tag in ("zh", "en")), "en"))


def _fault_json(fault: Fault, lang: Lang) -> dict[str, str]:
    values = {key: _in_language(key, value, lang) for key, value in fault.values.items()}
    return {"pointer": fault.pointer, "detail": _texts()["errors"][fault.name][lang].format_map(values)}


def _in_language(key: str, value: Any, lang: Lang) -> Any:
    if key == "found" and lang == "zh":
        return _texts()["kinds"].get(value, value)
    if key == "what":
        return _texts()["things"][value][lang]
    return f"{value:,}" if isinstance(value, int) else value


@cache
def _texts() -> dict[str, Any]:
    return read_toml(_FILE)
