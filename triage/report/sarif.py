"""Findings as a SARIF 2.1.0 log, for code scanning, IDE viewers and dashboards.

Source: OASIS Standard incorporating errata 01, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from triage.assessment import Finding, Level, Span
from triage.report import LintedTicket
from triage.report.masking import finding_text

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "hint": "note"}
# What viewers take for a link (section 3.11.6). Matches "[here](https://a.example)", not "[here] (https://a.example)".
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a viewer shows of a rule: the fault in a phrase, then in full, then what to do about it."""

    code: str
    name: str
    level: Level
    short: str
    full: str
    help: str


def sarif_report(linted_tickets: Sequence[LintedTicket], *, rules: Sequence[RuleText], version: str) -> dict[str, Any]:
    """The log as a dict that ``json`` can write: one run, one result a finding; no tickets give no results.

    ``version`` is triage's own. A ticket is a line of its file; offsets within it stand in the result's properties, and
    in the region too where the file is the ticket's plain text.
    """
    rule_numbers = {rule.code: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [
        _result(linted, finding, rule_numbers.get(finding.code), seen)
        for linted in linted_tickets
        for finding in linted.assessment.lint.findings
    ]
    driver = {"name": "triage", "version": version, "rules": [_rule(rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(linted: LintedTicket, finding: Finding, rule_number: int | None, seen: Counter[str]) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": finding.code}
    if rule_number is not None:
        result["ruleIndex"] = rule_number
    return result | {
        "level": _LEVELS[finding.level],
        "message": {"text": _LINK.sub(r"\\[", finding_text(finding, linted))},
        "locations": [_location(linted, finding.span)],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(linted, finding, seen)},
        "properties": {
            "name": finding.name,
            "ticketId": linted.ticket.id,
            "span": asdict(finding.span) if finding.span else None,
        },
    }


def _location(linted: LintedTicket, span: Span | None) -> dict[str, Any]:
    physical = {"artifactLocation": {"uri": _uri(linted.path)}, "region": _region(linted, span)}
    logical = {"fullyQualifiedName": linted.name, "kind": "object"}
    if span:
        logical = {"name": span.field, "fullyQualifiedName": f"{linted.name}/{span.field}", "kind": "property"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _region(linted: LintedTicket, span: Span | None) -> dict[str, int]:
    if span is None or not linted.within_file(span):
        return {"startLine": linted.line}
    body = linted.ticket.body
    return {
        "startLine": linted.file_line(span),
        "startColumn": span.start - body.rfind("\n", 0, span.start),
        "endLine": linted.line + body.count("\n", 0, span.end),
        "endColumn": span.end - body.rfind("\n", 0, span.end),
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    place = PurePath(path)
    return place.as_uri() if place.is_absolute() else quote(os.fsencode(place.as_posix()))


def _fingerprint(linted: LintedTicket, finding: Finding, seen: Counter[str]) -> str:
    """The same for the same fault of the same ticket, wherever its line moves; the number tells repeated ones apart.

    The key it stands under is the one that GitHub compares: code scanning follows an alert by it from run to run.
    """
    ticket = linted.ticket
    parts = (ticket.id or f"{ticket.title}\n{ticket.body}", finding.code, finding.span.field if finding.span else "")
    digest = sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
