"""What goes out: the answer to one ticket, as plain frozen values that serve as JSON row, stored record and REST schema.

They are dataclasses, not pydantic models, because ``triage lint`` starts cold on every call: importing pydantic costs
115 ms here where the bare interpreter costs 20 ms (measured 2026-11-22). pydantic and FastAPI read stdlib dataclasses
as schemas (``TypeAdapter(Assessment)``), so one class still serves all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Status = Literal["present", "missing", "denied"]
Level = Literal["error", "warning", "hint"]
Kind = Literal["incident", "question", "request"]
Language = Literal["zh", "en", "mixed", "other"]

KINDS: tuple[Kind, ...] = ("incident", "question", "request")
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
class Assessment:
    """The answer to one ticket. Parts that were not asked for (``triage lint``) are left out of its JSON."""

    ticket_id: str | None
    language: Language
    kind: Label
    lint: Lint
    versions: Mapping[str, str]
    schema: int = 1


def plain(value: Any) -> Any:
    """The value as JSON knows it: dataclasses become dicts in the order of their fields, tuples lists."""
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """The assessment in the order of the contract, ``schema`` first."""
    parts = plain(assessment)
    return {"schema": parts.pop("schema"), **parts}
