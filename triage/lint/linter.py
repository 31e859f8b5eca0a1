"""Judges a ticket's facts by a rulebook: elements, findings, questions, score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from triage.assessment import ELEMENTS, Element, Finding, Lint, Status
from triage.lint.checks import CHECKS, Facts
from triage.lint.questions import ask_for, choose_questions, log_place
from triage.lint.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Scoring:
    """Weights of the score: points an element is worth, the share an eased one keeps, points a text finding costs."""

    elements: Mapping[str, int]
    eased_share: float
    text_warning: int


class LintResult(NamedTuple):
    """A lint, and the codes that would have fired had the site not silenced them."""

    lint: Lint
    silenced: frozenset[str]


def lint_facts(
    facts: Facts, rulebook: Rulebook, *, scoring: Scoring, log_places: Mapping[str, Mapping[str, str]], lang: str
) -> LintResult:
    """The lint of one ticket; ``lang`` (zh or en) is the language of messages and questions."""
    place = log_place((*facts.partial.get("environment", ()), *facts.stated["environment"]), log_places, lang=lang)
    findings, silenced = [], set()
    there = facts.there()
    for code, rule in rulebook.of_kind(facts.kind):
        # Most rules have nothing to say, and most of those for what is there; a set tells it at once.
        if not there.isdisjoint(rule.silent_when):
            continue
        spans = CHECKS[rule.check](facts, rule)
        if not spans:
            continue
        if code in rulebook.silenced:
            silenced.add(code)
            continue
        level = rule.level if there.isdisjoint(rule.eased_when) else "hint"
        message = rule.message.zh if lang == "zh" else rule.message.en
        ask = ask_for(rule, lang=lang, log_place=place)
        findings += [Finding(code, rule.name, level, message, ask, span) for span in spans]
    findings.sort(key=lambda finding: (("error", "warning", "hint").index(finding.level), finding.code))
    required = _required(there, facts.kind, rulebook)
    elements = {
        element: Element(_status(facts, element), element in required, facts.stated[element] or facts.denied[element])
        for element in ELEMENTS
    }
    ready = not any(finding.level == "error" for finding in findings)
    lint = Lint(
        ready,
        _score(elements, required, findings, scoring),
        elements,
        tuple(findings),
        choose_questions(findings, rulebook.rules),
    )
    return LintResult(lint, frozenset(silenced))


def _status(facts: Facts, element: str) -> Status:
    return "present" if facts.stated[element] else "denied" if facts.denied[element] else "missing"


def _required(there: frozenset[str], kind: str, rulebook: Rulebook) -> Mapping[str, float]:
    """The elements this ticket needs, with 1.0, or less where something else eases the need."""
    needs: dict[str, float] = {}
    for rule, lifted_by in rulebook.needs(kind):
        if there.isdisjoint(lifted_by):
            needs[rule.element] = 1.0 if there.isdisjoint(rule.eased_when) else 0.0
    return needs


def _score(
    elements: Mapping[str, Element], required: Mapping[str, float], findings: list[Finding], scoring: Scoring
) -> int:
    total = got = 0.0
    for element, need in required.items():
        weight = scoring.elements.get(element, 0) * (need or scoring.eased_share)
        total += weight
        got += weight if elements[element].status == "present" else 0
    base = 100 * got / total if total else 100.0
    cost = scoring.text_warning * len(
        {finding.code for finding in findings if finding.code.startswith("TXT") and finding.level != "hint"}
    )
    return max(0, round(base - cost))
