"""Puts the steps in order: evidence once, then rules over it. It alone knows all workers."""

from collections.abc import Sequence
from typing import NamedTuple

from triage import __version__
from triage.assessment import Assessment, Kind, Label, Language, Span
from triage.errors import DataFileError
from triage.evidence.detector import Detector
from triage.evidence.document import Document
from triage.evidence.finder import Finder, Found
from triage.evidence.redaction import find_secrets
from triage.language.pack import load_pack
from triage.language.text import detect_language
from triage.lint.checks import Facts
from triage.lint.linter import lint_facts
from triage.lint.rulebook import Rulebook, build_rulebook, plugin_rules, shipped_rules
from triage.models import current_detector
from triage.settings import Settings
from triage.ticket import Ticket


class LintAnswer(NamedTuple):
    """The assessment of one ticket by rules, and the silenced rules that would have spoken."""

    assessment: Assessment
    silenced: frozenset[str]


class Assessor:
    """Lints tickets by one site's settings; build it once, it holds compiled patterns."""

    def __init__(self, settings: Settings, *, engine: str = "auto") -> None:
        """``engine`` chooses the pattern engine: re2, re, or auto.

        ``notices`` tells what is amiss and does not stop the work: a damaged model, so that rules alone decide.
        """
        self._settings = settings
        detector, self.notices = _detector()
        self._finder = Finder(load_pack(), detector=detector, engine=engine)
        self.rulebook: Rulebook = build_rulebook(
            {**shipped_rules(examples=False), **plugin_rules(settings.lint.plugins)},
            select=settings.lint.select,
            ignore=settings.lint.ignore,
            levels=settings.lint.levels,
        )
        self._versions = {"triage": __version__, "rulebook": self.rulebook.version}
        if detector:
            self._versions["detector"] = detector.version

    def lint(self, ticket: Ticket, *, lang: str = "auto") -> LintAnswer:
        """The lint of a ticket; ``lang`` is the language of the answers: zh, en, or auto for the ticket's own."""
        return self.lint_many([ticket], lang=lang)[0]

    def lint_many(self, tickets: Sequence[Ticket], *, lang: str = "auto") -> list[LintAnswer]:
        """``lint`` of each ticket, in order; many at once take less time than one by one."""
        found = self._finder.find_many(tickets)
        return [self._lint(ticket, one, lang) for ticket, one in zip(tickets, found, strict=True)]

    def _lint(self, ticket: Ticket, found: Found, lang: str) -> LintAnswer:
        language = detect_language(found.document.prose if found.document.prose.strip() else found.document.text)
        kind = found.kind
        result = lint_facts(
            _facts(ticket, found, kind.label, language),
            self.rulebook,
            scoring=self._settings.lint.scoring,
            log_places=self._settings.lint.log_places,
            lang=_answer_language(lang, self._settings.lint.language, language),
        )
        assessment = Assessment(ticket.id, language, Label(kind.label, kind.probability), result.lint, self._versions)
        return LintAnswer(assessment, result.silenced)


def _detector() -> tuple[Detector | None, tuple[str, ...]]:
    try:
        return current_detector(), ()
    except DataFileError as error:
        return None, (f"{error}; going on by rules alone",)


def _answer_language(asked: str, site: str, language: Language) -> str:
    for choice in (asked, site):
        if choice != "auto":
            return choice
    return "zh" if language in ("zh", "mixed") else "en"


def _facts(ticket: Ticket, found: Found, kind: Kind, language: Language) -> Facts:
    secrets = [
        (secret.kind, Span(field, secret.start, secret.end))
        for field, text in _texts(ticket)
        for secret in find_secrets(text)
    ]
    return Facts(
        ticket,
        kind,
        language,
        found.stated,
        found.denied,
        found.partial,
        found.cues,
        tuple(secrets),
        _placeholders(found.document),
        found.document.machine_lines,
    )


def _texts(ticket: Ticket) -> list[tuple[str, str]]:
    fields = [(f"fields.{key}", value) for key, value in ticket.fields.items() if key != "contact"]
    return [("title", ticket.title), ("body", ticket.body), *fields]


def _placeholders(document: Document) -> tuple[Span, ...]:
    asked = [section for section in document.sections if section.answer == "empty" and section.element]
    found = [document.evidence(section.start, section.content_start) for section in asked]
    return tuple(evidence.span for evidence in found if evidence)
