"""What goes in and out, for the OpenAPI description: the schema, an example in each language, and the errors of a route.

Requests are not validated by these but by ``ticket_from``, as tickets from files are; a test holds both to the same.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from triage.api.problems import MEDIA_TYPE
from triage.assessment import ELEMENTS

# Yes: 2026-11-25T10:00:00+08:00, 2026-11-25T02:00:00.5Z. No: 2026-11-25, 20261125T100000Z, a time without its zone.
MOMENT_PATTERN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
Moment = Annotated[str, Field(max_length=40, json_schema_extra={"format": "date-time"})]
AnswerLang = Literal["auto", "zh", "en"]
Kind = Literal["incident", "question", "request"]
Priority = Literal["P1", "P2", "P3", "P4"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Span(_Answer):
    """A stretch of one field: code points of the raw field, end excluded."""

    field: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Evidence(_Answer):
    """Words that state a fact, where they stand and what was understood."""

    field: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    value: Any = None
    slot: str


class Element(_Answer):
    """Whether one of the ten elements is there, and whether this kind of ticket needs it."""

    status: Literal["present", "missing", "denied"]
    required: bool
    evidence: list[Evidence]


class Finding(_Answer):
    """What a rule reports, and what to ask for."""

    code: str
    name: str
    level: Literal["error", "warning", "hint"]
    message: str
    ask: str
    span: Span | None


class Lint(_Answer):
    """How complete a ticket is."""

    ready: bool
    score: int = Field(ge=0, le=100)
    elements: dict[str, Element] = Field(description=f"The ten elements: {', '.join(ELEMENTS)}.")
    findings: list[Finding]
    questions: list[str] = Field(max_length=3)


class Label(_Answer):
    """A label and how sure triage is of it; no probability where rules decided."""

    label: str
    probability: float | None = Field(ge=0, le=1)


class Reason(_Answer):
    """Why a priority was chosen."""

    source: Literal["rule", "model", "policy"]
    text: str
    span: Span | None


class PriorityAnswer(_Answer):
    """How fast somebody must start, and why."""

    label: Priority
    probabilities: dict[Priority, float]
    floor: Priority
    escalate: bool
    needs_human: bool
    requested: Priority | None
    reasons: list[Reason]


class LintAnswer(_Answer):
    """The lint of a ticket."""

    schema_: Literal[1] = Field(alias="schema")
    ticket_id: str | None
    language: Literal["zh", "en", "mixed", "other"]
    kind: Label
    lint: Lint
    versions: dict[str, str | None]


class DueLine(_Answer):
    """A line of the reckoning: how many minutes count from when to when, and why, where no weekday says it."""

    from_: str = Field(alias="from", json_schema_extra={"format": "date-time"})
    to: str = Field(json_schema_extra={"format": "date-time"})
    minutes: float = Field(ge=0)
    why: str | None


class DueTime(_Answer):
    """When a target is up; the minutes of the ledger add up to it."""

    at: str = Field(json_schema_extra={"format": "date-time"})
    target: str
    minutes: float = Field(ge=0)
    estimated: bool = Field(description="It reaches into days that nobody has published yet.")
    ledger: list[DueLine]


class Due(_Answer):
    """When a first response and a resolution are due; null where they are not promised."""

    plan: str
    first_response: DueTime | None
    resolution: DueTime | None


class Route(_Answer):
    """The queue that a ticket goes to, and why."""

    queue: str
    reason: str


class Assessment(LintAnswer):
    """The assessment of a ticket; parts that a later version fills in are null or empty."""

    product: Label | None
    priority: PriorityAnswer | None
    route: Route
    due: Due | None = Field(description="From created_at on, or from when the ticket was kept; null without either.")
    duplicates: list[Any]
    burst: Any = None
    articles: list[Any]


class FaultAnswer(_Answer):
    """One thing that is wrong with a request."""

    pointer: str
    detail: str


class Problem(_Answer):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultAnswer] | None = None
    request_id: str | None = None


class BatchItem(_Answer):
    """One ticket's assessment, or why there is none."""

    index: int
    assessment: Assessment | None
    error: Problem | None


class BatchAnswer(_Answer):
    """The items in the order they came, and how many have an error."""

    items: list[BatchItem]
    errors: int


class Ticket(_Answer):
    """A ticket as it was kept."""

    id: str | None
    title: str
    body: str
    fields: dict[str, str]
    attachments: list[str]
    created_at: str | None
    plan: str | None
    requested_priority: str | None
    channel: str | None


class Labels(_Answer):
    """The labels in force."""

    kind: str
    product: str | None
    priority: str | None


class CorrectionAnswer(_Answer):
    """A person's better label for one field."""

    field: Literal["kind", "product", "priority"]
    was: str | None
    label: str
    who: str
    why: str
    at: str


class KeptTicket(_Answer):
    """A kept ticket with its assessment."""

    id: str
    received_at: str
    ticket: Ticket
    labels: Labels
    first_response_at: str | None
    resolved_at: str | None
    due: Due | None = Field(
        description="In force now: the assessment's, with pauses and changed priorities reckoned in."
    )
    waiting_since: str | None = Field(description="Since when the customer is waited for, and no clock runs.")
    acknowledged_at: str | None = Field(description="When somebody said that they are at work on it.")
    reachable: str | None = Field(description="When the customer can be reached, in the ticket's own words.")
    corrections: list[CorrectionAnswer]
    assessment: Assessment


class TicketPage(_Answer):
    """A page of kept tickets; ``next_cursor`` is null on the last."""

    tickets: list[KeptTicket]
    next_cursor: str | None


class MomentAnswer(_Answer):
    """The time that is noted, and whether it was not known before."""

    id: str
    at: str
    new: bool


class Corrected(_Answer):
    """What was corrected."""

    id: str
    corrected: dict[str, str]
    who: str
    why: str
    at: str


class JobAnswer(_Answer):
    """An uploaded backlog and how far it is."""

    id: str
    name: str
    format: Literal["jsonl", "csv", "xlsx", "html"]
    status: Literal["queued", "running", "done", "failed"]
    created_at: str
    started_at: str | None
    finished_at: str | None
    done: int
    total: int | None
    counts: dict[str, int] | None
    error: str | None


class JobList(_Answer):
    """The latest jobs, the newest first."""

    jobs: list[JobAnswer]


class Words(_Answer):
    """A text in both languages."""

    zh: str
    en: str


class RuleAnswer(_Answer):
    """One rule: what it reports, what it asks, why, and on whose word."""

    code: str
    name: str
    level: Literal["error", "warning", "hint"]
    kinds: list[Kind]
    element: str | None
    message: Words
    ask: Words
    reason: str
    source: str


class RuleList(_Answer):
    """The rules in force and their fingerprint."""

    rules: list[RuleAnswer]
    version: str


class LogPlace(_Answer):
    """Where the SDKs of a family write their log on a platform."""

    family: str
    platform: str
    path: str


class LogPlaces(_Answer):
    """Where logs lie."""

    places: list[LogPlace]


class Live(_Answer):
    """The worker answers."""

    live: Literal[True]


class Ready(_Answer):
    """Requests can be sent here."""

    ready: Literal[True]
    versions: dict[str, str | None]


# A number is taken for a text where it keeps all its digits: any id that fits into 64 bits.
_DIGITS = {"minimum": -(2**63), "maximum": 2**64 - 1}
_TEXTISH = {"type": ["string", "number", "null"], **_DIGITS}
_SAID = {"type": ["string", "number"], "pattern": r"\S", **_DIGITS}
TICKET: Mapping[str, Any] = {
    "type": "object",
    "description": "A title or a body is needed; unknown keys are taken and not kept.",
    "properties": {
        "title": _TEXTISH,
        "body": _TEXTISH,
        "id": {**_TEXTISH, "description": "The helpdesk's own id.", "maxLength": 255},
        "fields": {
            "type": ["object", "null"],
            "description": "The form's fields: product, platform, sdk_version, device, contact, any.",
            "additionalProperties": _TEXTISH,
        },
        "attachments": {
            "type": ["array", "null"],
            "description": "Names of attached files.",
            "items": {
                "anyOf": [
                    _TEXTISH,
                    {"type": "object", "required": ["file_name"], "properties": {"file_name": _TEXTISH}},
                ]
            },
        },
        **dict.fromkeys(("created_at", "plan", "requested_priority"), _TEXTISH),
        **dict.fromkeys(("first_response_at", "resolved_at", "channel"), _TEXTISH),
    },
    "anyOf": [
        {"required": ["title"], "properties": {"title": _SAID}},
        {"required": ["body"], "properties": {"body": _SAID}},
    ],
}
_TICKET_ZH = {
    "id": "T-1024",
    "title": "语音通话偶尔卡顿",
    "body": "昨晚 8 点起，约 30% 的用户在语音房里听到卡顿。SDK 4.3.2，Android 14，频道名 room-8812，日志见附件。",
    "fields": {"product": "语音通话", "platform": "Android"},
    "attachments": ["agorasdk.log"],
}
_TICKET_EN = {
    "id": "T-1025",
    "title": "Cannot join the channel",
    "body": "Since 9:40 UTC join fails with error 110 for all users of our Android app 5.1, SDK 4.3.2, channel live-77.",
    "attachments": ["agorasdk.log"],
}
_EXAMPLES = {
    "zh": {"summary": "中文工单", "value": _TICKET_ZH},
    "en": {"summary": "A ticket in English", "value": _TICKET_EN},
}
_MOMENT = {
    "type": "object",
    "required": ["at"],
    "properties": {"at": {"type": "string", "format": "date-time", "pattern": f"^{MOMENT_PATTERN}$"}},
}
_CORRECTION = {
    "type": "object",
    "required": ["labels", "who", "why"],
    "properties": {
        "labels": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                "kind": {"enum": ["incident", "question", "request"]},
                "product": {"type": "string", "pattern": r"\S", "maxLength": 255},
                "priority": {"enum": ["P1", "P2", "P3", "P4"]},
            },
        },
        "who": {"type": "string", "pattern": r"\S", "maxLength": 100},
        "why": {"type": "string", "pattern": r"\S", "maxLength": 2000},
    },
}
_SAID_OF = {
    400: "The body is no JSON.",
    401: "No key, or one that is not good.",
    403: "The key's scope or origin does not allow it.",
    404: "There is no such thing.",
    408: "The body took too long to arrive.",
    409: "The same request is at work, or the job has no result.",
    413: "The body is too large.",
    415: "The body has another type or encoding.",
    422: "The request cannot be used; errors say where.",
    429: "Too many requests; see Retry-After.",
    500: "A fault of ours.",
    503: "Busy, stopping, or the database is away; see Retry-After.",
}
_ID = "$response.body#/id"
_ALWAYS = (401, 403, 429, 500, 503)
_WITH_BODY = (400, 408, 413, 415, 422)
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeats of a request with the same key have one effect and get the same answer, for 76 hours.",
    # Blanks around a header's value are not part of it, so they are no fault.
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\t -~]+$"},
}


def _route(
    model: type[BaseModel] | None,
    *errors: int,
    status: int = 200,
    said: str = "The answer.",
    always: tuple[int, ...] = _ALWAYS,
    kinds: Collection[str] = (),
    leads_to: Mapping[str, str] | None = None,
    headers: Mapping[str, Any] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """The keyword arguments of a route: its answer, its errors, and what FastAPI cannot see.

    ``kinds`` are the media types of an answer that is no JSON; ``leads_to`` the routes by name that take the answer's id,
    with what they call it.
    """
    answer: dict[str, Any] = {"description": said}
    if model is not None:
        answer["model"] = model
    if headers:
        answer["headers"] = dict(headers)
    if kinds:
        answer["content"] = {kind: {"schema": {"type": "string"}} for kind in kinds}
    if leads_to:
        links = {name: {"operationId": name, "parameters": {key: _ID}} for name, key in leads_to.items()}
        answer["links"] = links
    problems = {code: _problem(code) for code in sorted({*always, *errors})}
    return {"responses": {status: answer, **problems}, "status_code": status, "openapi_extra": extra or None}


def _problem(code: int) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": _SAID_OF[code], "content": {MEDIA_TYPE: schema}}


def _json_body(
    schema: Mapping[str, Any], examples: Mapping[str, Any] | None = None, *, required: bool = True
) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = examples
    return {"required": required, "content": {"application/json": content}}


def _batch_of(examples: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {**one, "value": {"tickets": [one["value"]]}} for key, one in examples.items()}


_BATCH = {
    "type": "object",
    "required": ["tickets"],
    "properties": {"tickets": {"type": "array", "minItems": 1, "maxItems": 500}},
}
_TOKEN = {
    "name": "Triage-Lint-Token",
    "in": "header",
    "required": False,
    "description": "The token that the form's lint came with; the answer's Triage-Lint-Seen says what it is worth.",
    "schema": {"type": "string"},
}
_TOKEN_ANSWER = {
    "Triage-Lint-Token": {
        "description": "A signed note of this lint, good for 24 hours, to be sent along by the form.",
        "schema": {"type": "string"},
    },
    "Triage-Lint-Seen": {
        "description": "Whether the form was told about this very title and body.",
        "schema": {"enum": ["same", "other-text", "expired", "not-ours"]},
    },
}
LINT = _route(
    LintAnswer,
    *_WITH_BODY,
    headers=_TOKEN_ANSWER,
    requestBody=_json_body(TICKET, _EXAMPLES),
    parameters=[_TOKEN],
)
ASSESS = _route(Assessment, *_WITH_BODY, requestBody=_json_body(TICKET, _EXAMPLES))
BATCH = _route(BatchAnswer, *_WITH_BODY, requestBody=_json_body(_BATCH, _batch_of(_EXAMPLES)))
KEEP = _route(
    KeptTicket,
    *_WITH_BODY,
    409,
    status=201,
    said="What was kept.",
    leads_to=dict.fromkeys(
        (
            *("get_ticket", "note_response", "note_resolution", "note_waiting", "note_back", "note_acknowledgement"),
            *("correct_ticket", "erase_ticket"),
        ),
        "kept_id",
    ),
    requestBody=_json_body(TICKET, _EXAMPLES),
    parameters=[_IDEMPOTENCY],
)
SEARCH = _route(TicketPage, 422)
KEPT = _route(KeptTicket, 404)
ERASE = _route(None, 404, status=204, said="It is gone.")
_AT = {"zh": {"value": {"at": "2026-11-25T10:00:00+08:00"}}}
MOMENT = _route(MomentAnswer, 404, *_WITH_BODY, requestBody=_json_body(_MOMENT, _AT, required=False))
_CORRECTION_EXAMPLES = {
    "zh": {"value": {"labels": {"priority": "P1"}, "who": "值班-李", "why": "客户确认全部用户受影响"}},
    "en": {"value": {"labels": {"kind": "question"}, "who": "duty", "why": "Asks how to set it up; nothing broke."}},
}
CORRECT = _route(
    Corrected,
    404,
    409,
    *_WITH_BODY,
    requestBody=_json_body(_CORRECTION, _CORRECTION_EXAMPLES),
    parameters=[_IDEMPOTENCY],
)
UPLOAD = _route(
    JobAnswer,
    *_WITH_BODY,
    409,
    status=202,
    said="The job is queued.",
    leads_to={"get_job": "job_id", "get_result": "job_id"},
    requestBody={
        "required": True,
        "description": "The file itself, as it is; its name in the query tells the form.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    parameters=[_IDEMPOTENCY],
)
JOBS = _route(JobList)
JOB = _route(JobAnswer, 404)
RESULT_TYPES = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
RESULT = _route(None, 404, 409, said="The file.", kinds=RESULT_TYPES.values())
SCRIPT = _route(None, said="The script.", kinds=("text/javascript",), always=(500, 503))
PLACES = _route(LogPlaces, always=(500, 503))
RULES = _route(RuleList)
RULE = _route(RuleAnswer, 404)
LIVE = _route(Live, always=(500,))
READY = _route(Ready, always=(500, 503))
METRICS = _route(None, said="Prometheus' text format.", kinds=("text/plain",))
