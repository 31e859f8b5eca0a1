"""What goes out: the answer to one ticket, as plain frozen values that serve as JSON row, stored record and REST schema.

They are dataclasses, not pydantic models, because ``triage lint`` starts cold on every call: importing pydantic costs
115 ms here where the bare interpreter costs 20 ms (measured 2026-11-22). pydantic and FastAPI read stdlib dataclasses
as schemas (``TypeAdapter(Assessment)``), so one class still serves all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Status = Literal["present", "missing", "denied"]
Level = Literal["error", "warning", "hint"]
Kind = Literal["incident", "question", "request"]
Language = Literal["zh", "en", "mixed", "other"]
Source = Literal["rule", "model", "policy"]

KINDS: tuple[Kind, ...] = ("incident", "question", "request")
# The most urgent first, so that a smaller label is the more urgent one.
PRIORITIES = ("P1", "P2", "P3", "P4")
ELEMENTS = (
    "symptom",
    "reproduction",
    "environment",
    "logs",
    "session",
    "impact",
    "business_loss",
    "timing",
    "expected",
    "contact",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one field of the ticket: code points of the raw field, end excluded."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of text that states a fact; ``text`` is ``field[start:end]`` of the raw field.

    ``field`` is ``title``, ``body``, ``fields.<key>`` or ``attachments[<n>]``. ``value`` is what was understood: for
    impact {"ratio", "count", "scope"}, for a version its text, for most others null.
    """

    field: str
    start: int
    end: int
    text: str
    value: Any = None
    slot: str = ""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.field, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Element:
    """Whether one of the ten elements is there, whether this kind of ticket needs it, and the words it rests on.

    ``denied`` (没有日志) counts as missing and is answered differently; its evidence is the words of the denial.
    """

    status: Status
    required: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports: ``message`` says what is wrong, ``ask`` what to add and where to find it."""

    code: str
    name: str
    level: Level
    message: str
    ask: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Lint:
    """How complete the ticket is: ``ready`` when no finding of level error is left, ``score`` 0-100, 100 is complete."""

    ready: bool
    score: int
    elements: Mapping[str, Element]
    findings: tuple[Finding, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A label and how sure we are of it (0-1); None where rules decided and no probability was measured."""

    label: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a priority was chosen: by a rule, the model, or the policy of costs; ``span`` is where it stands, if anywhere."""

    source: Source
    text: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Priority:
    """How fast somebody must start.

    ``probabilities`` by label sum to 1 and are empty where no model was at hand. ``floor`` is what the rules allow at
    least, ``escalate`` says that a vague report must not be left in the normal queue, ``needs_human`` that the choice is
    close or the text is out of the model's world, ``requested`` is what the reporter asked for (P1-P4), if anything.
    """

    label: str
    probabilities: Mapping[str, float]
    floor: str
    escalate: bool
    needs_human: bool
    requested: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line of the reckoning: how many minutes count between two aware moments, and why, where no weekday says it."""

    start: datetime
    end: datetime
    minutes: float
    why: str | None


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a target is up: ``at`` is aware, ``target`` as the settings say it, ``minutes`` its length.

    ``estimated`` says that it reaches into days that nobody has published yet. The minutes of ``ledger`` add up to the
    target.
    """

    at: datetime
    target: str
    minutes: float
    estimated: bool
    ledger: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When somebody has to answer first, and when the fault has to be gone; None where that is not promised."""

    plan: str
    first_response: DueTime | None
    resolution: DueTime | None

    @property
    def times(self) -> tuple[DueTime, ...]:
        """Those of the two that are promised."""
        return tuple(time for time in (self.first_response, self.resolution) if time)


@dataclass(frozen=True, slots=True)
class Route:
    """The queue that a ticket goes to, and why, in words."""

    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer to one ticket. Parts that were not asked for (``triage lint``) are left out of its JSON."""

    ticket_id: str | None
    language: Language
    kind: Label
    lint: Lint
    versions: Mapping[str, str | None]
    product: Label | None = None
    priority: Priority | None = None
    route: Route | None = None
    due: Due | None = None
    schema: int = 1


# Parts of the contract that are not filled in yet, as readers may expect them.
_LATER: Mapping[str, Any] = {"duplicates": [], "burst": None, "articles": []}
_LINTED = ("schema", "ticket_id", "language", "kind", "lint", "versions")
_ASSESSED = (
    *("schema", "ticket_id", "language", "kind", "product", "lint", "priority"),
    *("route", "due", "duplicates", "burst", "articles", "versions"),
)


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """The assessment in the order of the contract; of a lint alone only the lint's parts.

    Part by part, not by a walk over fields of any type, which took five times as long: a tenth of a whole assessment.
    """
    priority, product = assessment.priority, assessment.product
    parts = {
        **_LATER,
        "schema": assessment.schema,
        "ticket_id": assessment.ticket_id,
        "language": assessment.language,
        "kind": _label_json(assessment.kind),
        "product": _label_json(product) if product else None,
        "lint": _lint_json(assessment.lint),
        "priority": _priority_json(priority) if priority else None,
        "route": {"queue": assessment.route.queue, "reason": assessment.route.reason} if assessment.route else None,
        "due": due_json(assessment.due) if assessment.due else None,
        "versions": dict(assessment.versions),
    }
    return {name: parts[name] for name in (_ASSESSED if priority else _LINTED)}


def due_json(due: Due) -> dict[str, Any]:
    """Due times in the order of the contract."""
    times = {"first_response": due.first_response, "resolution": due.resolution}
    return {"plan": due.plan, **{name: _due_time_json(one) if one else None for name, one in times.items()}}


def _due_time_json(due: DueTime) -> dict[str, Any]:
    return {
        "at": due.at.isoformat(),
        "target": due.target,
        "minutes": due.minutes,
        "estimated": due.estimated,
        "ledger": [
            {"from": line.start.isoformat(), "to": line.end.isoformat(), "minutes": line.minutes, "why": line.why}
            for line in due.ledger
        ],
    }


def _label_json(label: Label) -> dict[str, Any]:
    return {"label": label.label, "probability": label.probability}


def _lint_json(lint: Lint) -> dict[str, Any]:
    return {
        "ready": lint.ready,
        "score": lint.score,
        "elements": {
            name: {
                "status": element.status,
                "required": element.required,
                "evidence": [_evidence_json(evidence) for evidence in element.evidence],
            }
            for name, element in lint.elements.items()
        },
        "findings": [
            {
                "code": finding.code,
                "name": finding.name,
                "level": finding.level,
                "message": finding.message,
                "ask": finding.ask,
                "span": _span_json(finding.span),
            }
            for finding in lint.findings
        ],
        "questions": list(lint.questions),
    }


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    value = evidence.value
    return {
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "value": dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value,
        "slot": evidence.slot,
    }


def _priority_json(priority: Priority) -> dict[str, Any]:
    return {
        "label": priority.label,
        "probabilities": dict(priority.probabilities),
        "floor": priority.floor,
        "escalate": priority.escalate,
        "needs_human": priority.needs_human,
        "requested": priority.requested,
        "reasons": [
            {"source": reason.source, "text": reason.text, "span": _span_json(reason.span)}
            for reason in priority.reasons
        ],
    }


def _span_json(span: Span | None) -> dict[str, Any] | None:
    return {"field": span.field, "start": span.start, "end": span.end} if span else None


def assessment_from(record: Mapping[str, Any]) -> Assessment:
    """The assessment whose JSON ``assessment_json`` gave; parts that are not filled in yet are left out.

    Raises KeyError or TypeError for a record that is none of ours.
    """
    lint, priority, product = record["lint"], record.get("priority"), record.get("product")
    route, due = record.get("route"), record.get("due")
    return Assessment(
        record["ticket_id"],
        record["language"],
        Label(**record["kind"]),
        Lint(
            lint["ready"],
            lint["score"],
            {name: _element(element) for name, element in lint["elements"].items()},
            tuple(Finding(**{**finding, "span": _span(finding["span"])}) for finding in lint["findings"]),
            tuple(lint["questions"]),
        ),
        record["versions"],
        Label(**product) if product else None,
        Priority(**{**priority, "reasons": tuple(map(_reason, priority["reasons"]))}) if priority else None,
        Route(**route) if route else None,
        Due(due["plan"], _due_time(due["first_response"]), _due_time(due["resolution"])) if due else None,
        record["schema"],
    )


def _element(record: Mapping[str, Any]) -> Element:
    return Element(record["status"], record["required"], tuple(Evidence(**one) for one in record["evidence"]))


def _due_time(record: Mapping[str, Any] | None) -> DueTime | None:
    if record is None:
        return None
    moment = datetime.fromisoformat
    ledger = tuple(
        DueLine(moment(line["from"]), moment(line["to"]), line["minutes"], line["why"]) for line in record["ledger"]
    )
    return DueTime(moment(record["at"]), record["target"], record["minutes"], record["estimated"], ledger)


def _reason(record: Mapping[str, Any]) -> Reason:
    return Reason(record["source"], record["text"], _span(record["span"]))


def _span(record: Mapping[str, Any] | None) -> Span | None:
    return Span(**record) if record else None
