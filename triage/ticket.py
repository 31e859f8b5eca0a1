"""What comes in: one support ticket, as a plain value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triage.errors import InputError

Fault = Literal["not-an-object", "empty", "not-a-text", "not-an-object-of-texts", "not-a-list-of-names", "too-large"]
_ADVICE: Mapping[Fault, str] = {
    "not-an-object": "not a ticket; give an object with a title or a body",
    "empty": "at least one needs text",
    "not-a-text": "it must be a text",
    "not-an-object-of-texts": "it must be an object of texts",
    "not-a-list-of-names": "it must be a list of file names",
    "too-large": "it must be a text to keep its digits",
}
_TEXT_KEYS = ("id", "created_at", "plan", "requested_priority", "first_response_at", "resolved_at", "channel")
# From here on a float no longer holds each whole number: an id read as one would be another.
_EXACT = 2.0**53
_SURROGATES = dict.fromkeys(range(55296, 57344), "�")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; ``fields`` are the form's own, ``attachments`` are names, ``extra`` keeps the keys we do not know.

    Times stay the texts they came as; whoever computes with them parses them.
    """

    title: str = ""
    body: str = ""
    id: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    created_at: str | None = None
    plan: str | None = None
    requested_priority: str | None = None
    first_response_at: str | None = None
    resolved_at: str | None = None
    channel: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


class BadTicketError(InputError):
    """A record is no ticket.

    ``fault`` says how, ``key`` where (``fields.product``; empty for the record as a whole), ``found`` what was there
    instead. The text names no content but keys.
    """

    def __init__(self, fault: Fault, *, place: str, key: str = "", found: str = "") -> None:
        self.fault: Fault = fault
        self.key = key
        self.found = found
        said = {"empty": "title and body are both empty; ", "not-an-object": f"is {found}, "}
        super().__init__(f"{place}: {said.get(fault, f'{key} is {found}; ')}{_ADVICE[fault]}")


def ticket_from(record: object, *, place: str = "ticket") -> Ticket:
    """The ticket that a JSON object or a table's row describes; keys that are not ours are kept in ``extra``.

    A lone surrogate, which no file can hold, becomes U+FFFD: one code point for one, so that offsets stay true.
    Raises BadTicketError naming ``place`` when the record is no object, a part has another type, or title and body are
    both empty.
    """
    if not isinstance(record, Mapping):
        raise BadTicketError("not-an-object", place=place, found=_kind_of(record))
    known: dict[str, Any] = {}
    for key in ("title", "body"):
        known[key] = _text(record.get(key), place, key) or ""
    for key in _TEXT_KEYS:
        known[key] = _text(record.get(key), place, key)
    known["fields"] = _fields(record.get("fields"), place)
    known["attachments"] = _attachments(record.get("attachments"), place)
    known["extra"] = {key: value for key, value in record.items() if key not in known}
    if not known["title"].strip() and not known["body"].strip():
        raise BadTicketError("empty", place=place)
    return Ticket(**known)


def whole(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD; the length does not change."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.translate(_SURROGATES)
    return text


def _text(value: object, place: str, key: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise BadTicketError("too-large", place=place, key=key, found=_kind_of(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise BadTicketError("not-a-text", place=place, key=key, found=_kind_of(value))


def _fields(value: object, place: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadTicketError("not-an-object-of-texts", place=place, key="fields", found=_kind_of(value))
    texts = {str(key): _text(item, place, f"fields.{key}") for key, item in value.items()}
    return {whole(key): text for key, text in texts.items() if text}


def _attachments(value: object, place: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise BadTicketError("not-a-list-of-names", place=place, key="attachments", found=_kind_of(value))
    return tuple(_text(_file_name(name), place, f"attachments[{number}]") or "" for number, name in enumerate(value))


def _file_name(attachment: object) -> object:
    """The name of an attachment that a helpdesk describes as an object."""
    if isinstance(attachment, Mapping):
        return next((attachment[key] for key in ("file_name", "filename", "name") if key in attachment), attachment)
    return attachment


def _kind_of(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, Mapping) else type(value).__name__)
