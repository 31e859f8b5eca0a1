"""The report for the terminal: what was found in each ticket, shown under its own words, and what is asked."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from triage.assessment import ELEMENTS, Assessment, Due, Element, Finding, Priority
from triage.report import LintedTicket
from triage.report.characters import printable, width as width_of
from triage.report.due import due_text, ledger_text
from triage.report.excerpt import excerpt
from triage.report.masking import masked
from triage.report.wording import EN, ZH, Lang, Wording, wording_of

_INDENT = "  "
_MOST_ROWS = 12

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN = "1", "2", "31", "32", "33", "36"
_STATUS_STYLES = {"present": _GREEN, "missing": _RED, "denied": _YELLOW, "not needed": _DIM}
_PRIORITY_STYLES = {"P1": f"{_BOLD};{_RED}", "P2": _RED, "P3": _YELLOW, "P4": _DIM}
_LEVEL_STYLES = {"error": _RED, "warning": _YELLOW, "hint": _CYAN}


class _Style(NamedTuple):
    color: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def text_report(
    linted_tickets: Sequence[LintedTicket], *, lang: Lang = "auto", color: bool = False, width: int = 100
) -> str:
    """One block a ticket and, for several, a line that sums up; no line break at the end, empty for no tickets.

    ``lang`` ``auto`` speaks the ticket's language (Chinese for mixed, English for others). Ticket lines longer than
    ``width`` columns are shortened around the evidence; what rules say is never cut.
    """
    style = _Style(color)
    blocks = ["\n".join(_block(linted, wording_of(linted, lang), style, width)) for linted in linted_tickets]
    if len(linted_tickets) > 1:
        blocks.append(style.paint(_summary(linted_tickets, lang), _BOLD))
    return "\n\n".join(blocks)


def _block(linted: LintedTicket, words: Wording, style: _Style, width: int) -> Iterator[str]:
    yield _header(linted, words, style)
    yield from _ticket_lines(linted, words, style, width)
    if linted.assessment.priority:
        yield from _priority_lines(linted.assessment.priority, linted, words, style)
    if linted.assessment.route:
        route = linted.assessment.route
        yield f"{_INDENT}{words.route}: {style.paint(printable(route.queue), _BOLD)} ({printable(route.reason)})"
    if linted.assessment.due:
        yield from _due_lines(linted.assessment.due, words, style)
    if linted.assessment.priority:
        yield from _reachable_lines(linted, words)
    yield from _checklist(linted, words, style)
    # With a priority to explain, what each rule says would bury it; the questions say what to ask.
    for finding in () if linted.assessment.priority else linted.assessment.lint.findings:
        yield _finding_line(finding, linted, words, style)
    questions = linted.assessment.lint.questions
    if questions:
        yield f"{_INDENT}{words.questions}:"
    for number, question in enumerate(questions, 1):
        yield f"{_INDENT * 2}{number}. {printable(masked(question, linted))}"


def _header(linted: LintedTicket, words: Wording, style: _Style) -> str:
    assessment = linted.assessment
    place = f" ({printable(linted.place)})" if linted.ticket.id else ""
    ready = assessment.lint.ready
    facts = (
        style.paint(printable(masked(linted.name, linted)), _BOLD) + style.paint(place, _DIM),
        *_priority_facts(assessment, words, style),
        words.languages[assessment.language],
        words.kinds.get(assessment.kind.label, printable(assessment.kind.label)),
        *(
            [words.products.get(assessment.product.label, printable(assessment.product.label))]
            if assessment.product
            else []
        ),
        f"{assessment.lint.score}/100",
        style.paint(words.ready, _GREEN) if ready else style.paint(words.not_ready, _RED),
    )
    return _INDENT.join(facts)


def _priority_facts(assessment: Assessment, words: Wording, style: _Style) -> list[str]:
    priority = assessment.priority
    if priority is None:
        return []
    facts = [style.paint(words.priorities[priority.label], _PRIORITY_STYLES[priority.label])]
    if priority.escalate:
        facts.append(style.paint(words.escalate, _YELLOW))
    if priority.needs_human:
        facts.append(style.paint(words.needs_human, _CYAN))
    return facts


def _priority_lines(priority: Priority, linted: LintedTicket, words: Wording, style: _Style) -> Iterator[str]:
    if priority.probabilities:
        shares = _INDENT.join(f"{label} {share:.0%}" for label, share in priority.probabilities.items())
        yield f"{_INDENT}{words.chances}: {shares}"
    if priority.reasons:
        yield f"{_INDENT}{words.reasons}:"
    for reason in priority.reasons:
        yield f"{_INDENT * 2}{style.paint(words.sources[reason.source], _DIM)} {printable(masked(reason.text, linted))}"


def _reachable_lines(linted: LintedTicket, words: Wording) -> Iterator[str]:
    # Its patterns take 3 ms to compile, which a lint need not wait for.
    from triage.report.reachable import reachable_hours

    if hours := reachable_hours(linted.ticket):
        yield f"{_INDENT}{words.reachable}: {printable(masked(hours, linted))}"


def _due_lines(due: Due, words: Wording, style: _Style) -> Iterator[str]:
    lang = "zh" if words is ZH else "en"
    for name, time in ((words.first_response, due.first_response), (words.resolution, due.resolution)):
        if time:
            yield f"{_INDENT}{name}: {style.paint(due_text(time, lang=lang), _BOLD)}"
            yield f"{_INDENT * 2}{style.paint(ledger_text(time, lang=lang), _DIM)}"


def _ticket_lines(linted: LintedTicket, words: Wording, style: _Style, width: int) -> Iterator[str]:
    rows = excerpt(linted, words, width=width - len(_INDENT))
    gutter = max((width_of(row.label) for row in rows), default=0)
    for row in rows[:_MOST_ROWS]:
        yield f"{_INDENT}{row.label}{' ' * (gutter - width_of(row.label))} | {row.text}"
        if row.names:
            names = words.listed.join(row.names)
            yield f"{_INDENT}{' ' * gutter} | {style.paint(row.marks, _CYAN)}{_INDENT}{style.paint(names, _DIM)}"
    if len(rows) > _MOST_ROWS:
        yield f"{_INDENT}{' ' * gutter} | {words.more_rows.format(count=len(rows) - _MOST_ROWS)}"


def _checklist(linted: LintedTicket, words: Wording, style: _Style) -> Iterator[str]:
    elements = linted.assessment.lint.elements
    names: dict[str, list[str]] = {status: [] for status in words.statuses}
    for name in ELEMENTS:
        if name in elements:
            names[_status(elements[name])].append(words.elements[name])
    for status, listed in names.items():
        if listed:
            yield f"{_INDENT}{style.paint(words.statuses[status], _STATUS_STYLES[status])}: {words.listed.join(listed)}"


def _status(element: Element) -> str:
    if element.status != "present" and not element.required:
        return "not needed"
    return element.status


def _finding_line(finding: Finding, linted: LintedTicket, words: Wording, style: _Style) -> str:
    level = style.paint(words.levels[finding.level], _LEVEL_STYLES[finding.level])
    return f"{_INDENT}{level} {printable(finding.code)}: {printable(masked(finding.message, linted))}"


def _summary(linted_tickets: Sequence[LintedTicket], lang: Lang) -> str:
    lints = [linted.assessment.lint for linted in linted_tickets]
    levels = [finding.level for lint in lints for finding in lint.findings]
    in_chinese = sum(wording_of(linted, lang) is ZH for linted in linted_tickets)
    words = ZH if in_chinese * 2 >= len(lints) else EN
    ready = sum(lint.ready for lint in lints)
    return words.summary.format(
        tickets=len(lints),
        ready=ready,
        not_ready=len(lints) - ready,
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        hints=levels.count("hint"),
        score=round(sum(lint.score for lint in lints) / len(lints)),
    )
