"""Findings as workflow commands: GitHub Actions shows them beside the line of the file and in the run's summary.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions; the escapes are those of
``@actions/core`` (packages/core/src/command.ts: escapeData, escapeProperty).
"""

from collections.abc import Sequence

from triage.assessment import Finding, Level
from triage.report import LintedTicket
from triage.report.masking import finding_text

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "hint": "notice"}


def github_report(linted_tickets: Sequence[LintedTicket]) -> str:
    """One annotation a line for each finding, in the order given; empty when nothing was found."""
    return "\n".join(
        _annotation(linted, finding) for linted in linted_tickets for finding in linted.assessment.lint.findings
    )


def _annotation(linted: LintedTicket, finding: Finding) -> str:
    place = f"file={_property(linted.path)},line={linted.file_line(finding.span)}"
    return (
        f"::{_COMMANDS[finding.level]} {place},title={_property(finding.code)}::{_data(finding_text(finding, linted))}"
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
