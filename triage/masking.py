"""A ticket and its answer without the personal data and secrets in them, for whoever keeps them or hands them on.

Each code point of a secret becomes ``•``, so that the offsets of evidence stay true. The helpdesk's id of a ticket stays
as it is: it is how the ticket is found again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from triage.evidence.redaction import find_secrets, mask_spans
from triage.ticket import Ticket

# What the ticket says in a word beside its texts; extra keys are nobody's, so nobody can say what stands there.
_WORDS = ("created_at", "plan", "requested_priority", "first_response_at", "resolved_at", "channel")


# The dot of a file's ending. The SEC rules ask nobody about 13800138000.log, which may be a call's; who keeps it may not.
_ENDING = re.compile(r"\.(?=(?:log|txt|zip|gz|json|csv|xlog|png|jpe?g|mp4|pdf|docx?|xlsx?)(?![A-Za-z0-9]))", re.I)


def mask(text: str) -> str:
    """The text with its secrets masked, code point for code point."""
    # A mask can free what stood glued to a secret, so look again.
    while secrets := find_secrets(_ENDING.sub(" ", text)) or find_secrets(text):
        text = mask_spans(text, secrets)
    return text


def masked(ticket: Ticket, assessment: Mapping[str, Any]) -> tuple[Ticket, dict[str, Any]]:
    """The ticket, without its extra keys, and the JSON of its assessment, both masked; neither argument is changed."""
    texts = _texts(ticket)
    clean = {field: mask(text) for field, text in texts.items()}
    words = {name: mask(value) for name in _WORDS if (value := getattr(ticket, name)) is not None}
    kept = replace(
        ticket,
        title=clean["title"],
        body=clean["body"],
        fields={mask(key): clean[f"fields.{key}"] for key in ticket.fields},
        attachments=tuple(clean[f"attachments[{number}]"] for number in range(len(ticket.attachments))),
        extra={},
        **words,
    )
    if clean == texts and kept.fields.keys() == ticket.fields.keys():
        return kept, dict(assessment)
    quoted = {secret for field, text in texts.items() for secret in _masked_in(text, clean[field])}
    answer = mask_all(assessment, sorted(quoted, key=len, reverse=True))
    for name, element in assessment["lint"]["elements"].items():
        answer["lint"]["elements"][name]["evidence"] = [
            _masked_evidence(one, texts, clean) for one in element["evidence"]
        ]
    return kept, answer


def _texts(ticket: Ticket) -> dict[str, str]:
    return {
        "title": ticket.title,
        "body": ticket.body,
        **{f"fields.{key}": value for key, value in ticket.fields.items()},
        **{f"attachments[{number}]": name for number, name in enumerate(ticket.attachments)},
    }


def _masked_in(text: str, clean: str) -> Iterator[str]:
    """The stretches of a text that are masked in the clean one; both have the same length."""
    for is_masked, pairs in groupby(zip(text, clean, strict=True), key=lambda pair: pair[0] != pair[1]):
        if is_masked:
            yield "".join(char for char, _ in pairs)


def _masked_evidence(evidence: Mapping[str, Any], texts: Mapping[str, str], clean: Mapping[str, str]) -> dict[str, Any]:
    field, start, end = evidence["field"], evidence["start"], evidence["end"]
    text = clean[field][start:end]
    # What was understood of a secret is the secret once more.
    value = evidence["value"] if text == texts[field][start:end] else None
    return {**evidence, "field": mask(field), "text": text, "value": value}


def mask_all(value: Any, quoted: Sequence[str] = ()) -> Any:
    """A JSON value with all its texts and keys masked; ``quoted`` are secrets that only other surroundings tell."""
    if isinstance(value, str):
        for secret in quoted:
            value = value.replace(secret, "•" * len(secret))
        return mask(value)
    if isinstance(value, Mapping):
        return {mask_all(key, quoted): mask_all(item, quoted) for key, item in value.items()}
    return [mask_all(item, quoted) for item in value] if isinstance(value, list | tuple) else value
