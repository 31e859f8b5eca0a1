"""A ticket and its answer without the personal data and secrets in them, for whoever keeps them or hands them on.

Each code point of a secret becomes ``•``, so that the offsets of evidence stay true. The helpdesk's id of a ticket stays
as it is: it is how the ticket is found again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from triage.evidence.redaction import Secret, find_secrets, mask_spans
from triage.ticket import Ticket

# What the ticket says in a word beside its texts; extra keys are nobody's, so nobody can say what stands there.
_WORDS = ("created_at", "plan", "requested_priority", "first_response_at", "resolved_at", "channel")


def mask(text: str) -> str:
    """The text with its secrets masked, code point for code point."""
    return mask_spans(text, find_secrets(text))


def masked(ticket: Ticket, assessment: Mapping[str, Any]) -> tuple[Ticket, dict[str, Any]]:
    """The ticket, without its extra keys, and the JSON of its assessment, both masked; neither argument is changed."""
    texts = _texts(ticket)
    secrets = {field: find_secrets(text) for field, text in texts.items()}
    clean = {field: mask_spans(text, secrets[field]) for field, text in texts.items()}
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
    quoted = {texts[field][secret.start : secret.end] for field, found in secrets.items() for secret in found}
    answer = mask_all(assessment, sorted(quoted, key=len, reverse=True))
    for name, element in assessment["lint"]["elements"].items():
        answer["lint"]["elements"][name]["evidence"] = [
            _masked_evidence(one, clean, secrets) for one in element["evidence"]
        ]
    return kept, answer


def _texts(ticket: Ticket) -> dict[str, str]:
    return {
        "title": ticket.title,
        "body": ticket.body,
        **{f"fields.{key}": value for key, value in ticket.fields.items()},
        **{f"attachments[{number}]": name for number, name in enumerate(ticket.attachments)},
    }


def _masked_evidence(
    evidence: Mapping[str, Any], clean: Mapping[str, str], secrets: Mapping[str, tuple[Secret, ...]]
) -> dict[str, Any]:
    field, start, end = evidence["field"], evidence["start"], evidence["end"]
    touched = any(secret.start < end and start < secret.end for secret in secrets[field])
    # What was understood of a secret is the secret once more.
    value = None if touched else evidence["value"]
    return {**evidence, "field": mask(field), "text": clean[field][start:end], "value": value}


def mask_all(value: Any, quoted: Sequence[str] = ()) -> Any:
    """A JSON value with all its texts masked, not its keys; ``quoted`` are secrets that only other surroundings tell."""
    if isinstance(value, str):
        for secret in quoted:
            value = value.replace(secret, "•" * len(secret))
        return mask(value)
    if isinstance(value, Mapping):
        return {key: mask_all(item, quoted) for key, item in value.items()}
    return [mask_all(item, quoted) for item in value] if isinstance(value, list | tuple) else value
