"""Keeps the passwords, keys and personal data that a rule found out of every report."""

from triage.assessment import Finding
from triage.report import LintedTicket, field_text
from triage.report.characters import printable

MASK = "***"
# A shorter text also stands where it is no secret; its span alone is masked.
_SHORTEST_REPEATED = 4


def is_private(finding: Finding) -> bool:
    """Whether the finding is about a secret or personal data: its code begins with SEC."""
    return finding.code.startswith("SEC")


def private_texts(linted: LintedTicket) -> tuple[str, ...]:
    """The texts that no report may repeat, longest first."""
    spans = [finding.span for finding in linted.assessment.lint.findings if is_private(finding) and finding.span]
    texts = {field_text(linted.ticket, span.field)[span.start : span.end] for span in spans}
    return tuple(
        sorted((text for text in texts if len(text) >= _SHORTEST_REPEATED), key=lambda text: (-len(text), text))
    )


def masked(text: str, linted: LintedTicket) -> str:
    """The text with every private text of the ticket replaced by ``***``."""
    for private in private_texts(linted):
        text = text.replace(private, MASK)
    return text


def finding_text(finding: Finding, linted: LintedTicket) -> str:
    """The message and, on lines of its own, the ask: safe to print and without private texts."""
    lines = [line for text in (finding.message, finding.ask) for line in masked(text, linted).splitlines()]
    return "\n".join(map(printable, lines))


def private_stretches(linted: LintedTicket, field: str) -> list[tuple[int, int]]:
    """Where private texts stand in a field (start, end), also where they are repeated outside the finding's span.

    In order and apart: what overlaps or touches is one stretch.
    """
    text = field_text(linted.ticket, field)
    findings = linted.assessment.lint.findings
    spans = [finding.span for finding in findings if is_private(finding) and finding.span]
    found = [(span.start, min(span.end, len(text))) for span in spans if span.field == field]
    for private in private_texts(linted):
        start = text.find(private)
        while start >= 0:
            found.append((start, start + len(private)))
            start = text.find(private, start + 1)
    stretches: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches
