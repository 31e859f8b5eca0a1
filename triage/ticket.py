"""What comes in: one support ticket, as a plain value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.errors import InputError

_TEXT_KEYS = ("id", "created_at", "plan", "requested_priority", "first_response_at", "resolved_at", "channel")
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


def ticket_from(record: object, *, place: str = "ticket") -> Ticket:
    """The ticket that a JSON object or a table's row describes; keys that are not ours are kept in ``extra``.

    A lone surrogate, which no file can hold, becomes U+FFFD: one code point for one, so that offsets stay true.
    Raises InputError naming ``place`` when the record is no object, a part has another type, or title and body are
    both empty.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"{place}: is {_kind_of(record)}, not a ticket; give an object with a title or a body")
    known: dict[str, Any] = {}
    for key in ("title", "body"):
        known[key] = _text(record.get(key), place, key) or ""
    for key in _TEXT_KEYS:
        known[key] = _text(record.get(key), place, key)
    known["fields"] = _fields(record.get("fields"), place)
    known["attachments"] = _attachments(record.get("attachments"), place)
    known["extra"] = {key: value for key, value in record.items() if key not in known}
    if not known["title"].strip() and not known["body"].strip():
        raise InputError(f"{place}: title and body are both empty; at least one needs text")
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
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError(f"{place}: {key} is {_kind_of(value)}; it must be a text")


def _fields(value: object, place: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError(f"{place}: fields is {_kind_of(value)}; it must be an object of texts")
    texts = {str(key): _text(item, place, f"fields.{key}") for key, item in value.items()}
    return {whole(key): text for key, text in texts.items() if text}


def _attachments(value: object, place: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise InputError(f"{place}: attachments is {_kind_of(value)}; it must be a list of file names")
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
