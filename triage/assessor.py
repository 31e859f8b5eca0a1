"""Puts the steps in order: evidence once, then rules over it. It alone knows all workers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from triage import __version__
from triage.assessment import Assessment, Due, Kind, Label, Language, Lint, Span
from triage.customers import customer_of
from triage.errors import DataFileError
from triage.evidence.detector import Detector
from triage.evidence.document import Document
from triage.evidence.finder import Finder, Found
from triage.evidence.redaction import find_secrets
from triage.language.pack import load_pack
from triage.language.text import detect_language, normalise
from triage.lint.checks import Facts
from triage.lint.linter import lint_facts
from triage.lint.questions import CONTACT_RULE, with_contact_first
from triage.lint.rulebook import Rulebook, build_rulebook, plugin_rules, shipped_rules
from triage.models import current_detector
from triage.settings import Settings, plan_for, zone_of
from triage.ticket import Ticket

# What only an assessment needs is imported where it is used: a cold ``triage lint`` starts without it.
if TYPE_CHECKING:
    from triage.evidence.signals import Signals
    from triage.priority.scorer import Scorer
    from triage.promises import Of, Promises
    from triage.routes import Routes
    from triage.sight import Seen


ESTIMATED = (
    "due times reach into days that nobody has published yet, and are marked estimated; see triage calendar check"
)
# Tickets that callers with many should give together: patterns find their texts in one pass over them.
BATCH = 64


class LintAnswer(NamedTuple):
    """The assessment of one ticket by rules, and the silenced rules that would have spoken."""

    assessment: Assessment
    silenced: frozenset[str]


class _Read(NamedTuple):
    """A ticket on its way: what was found in it, and, where there is a model, what that saw and says by head and label."""

    ticket: Ticket
    found: Found
    signals: "Signals"
    seen: "Seen | None" = None
    scores: Mapping[str, Mapping[str, float]] | None = None


class Assessor:
    """Lints and assesses tickets by one site's settings; build it once, it holds compiled patterns and the model."""

    def __init__(
        self,
        settings: Settings,
        *,
        engine: str = "auto",
        models: Path | None = None,
        scorer: "Scorer | None" = None,
        rules_alone: bool = False,
    ) -> None:
        """``engine`` chooses the pattern engine: re2, re, or auto.

        ``models`` is the folder of models (the shipped one), ``scorer`` stands in for the model in force there;
        ``rules_alone`` looks for none.

        ``notices`` tells what is amiss and does not stop the work: a damaged model, so that rules alone decide.
        """
        self._settings = settings
        self._models = models
        self._is_estimate_told = False
        self._scorer, self._scorer_is_read = scorer, scorer is not None or rules_alone
        detector, self.notices = (None, ()) if rules_alone else _detector(models)
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

    @property
    def scorer(self) -> "Scorer | None":
        """The model in force, read when it is first needed; None, with a notice, where it is missing or damaged."""
        if not self._scorer_is_read:
            self._scorer_is_read = True
            from triage.models import current_scorer

            try:
                self._scorer = current_scorer(self._models)
                missing = "" if self._scorer else "there is no model; train one with triage train"
            except DataFileError as error:
                missing = str(error)
            except ModuleNotFoundError as error:
                missing = f"{error.name} is not installed"
            # A current.toml that cannot be read was told when the detector was looked for.
            if missing and not any(notice.startswith(missing) for notice in self.notices):
                self.notices = (*self.notices, f"{missing}; going on by rules alone")
        return self._scorer

    @property
    def versions(self) -> dict[str, str | None]:
        """What an assessment is made with, as it stands in each: triage, rulebook, detector and model (None without)."""
        return {**self._versions, "model": self.scorer.version if self.scorer else None}

    def lint(self, ticket: Ticket, *, lang: str = "auto") -> LintAnswer:
        """The lint of a ticket; ``lang`` is the language of the answers: zh, en, or auto for the ticket's own."""
        return self.lint_many([ticket], lang=lang)[0]

    def lint_many(self, tickets: Sequence[Ticket], *, lang: str = "auto") -> list[LintAnswer]:
        """``lint`` of each ticket, in order; many at once take less time than one by one."""
        return [
            self._lint(ticket, found, Label(found.kind.label, found.kind.probability), lang)
            for ticket, found in self._found(tickets)
        ]

    def assess(self, ticket: Ticket, *, lang: str = "auto") -> Assessment:
        """Lint, kind, product, priority, queue and due times of a ticket; ``lang`` as in ``lint``.

        Due times run from the ticket's ``created_at``; where it tells none that can be read, nothing is due.
        """
        return self.assess_many([ticket], lang=lang)[0]

    def assess_many(self, tickets: Sequence[Ticket], *, lang: str = "auto") -> list[Assessment]:
        """``assess`` of each ticket, in order; many at once take less time than one by one."""
        from triage.evidence.signals import signals_of
        from triage.sight import see

        read = [_Read(ticket, found, signals_of(found)) for ticket, found in self._found(tickets)]
        if self.scorer:
            with_letters = self.scorer.reads_letters
            seen = [see(one.ticket, one.found, one.signals, with_letters=with_letters) for one in read]
            scores = self.scorer.probabilities([one.features for one in seen])
            read = [
                one._replace(
                    seen=seen[number], scores={head: _by_label(head, rows[number]) for head, rows in scores.items()}
                )
                for number, one in enumerate(read)
            ]
        return [self._assessed(one, lang) for one in read]

    def see_many(self, tickets: Sequence[Ticket], *, with_letters: bool = False) -> "list[Seen]":
        """What a model sees of each ticket, in order: what it is trained on, the letters of titles where it reads them."""
        from triage.evidence.signals import signals_of
        from triage.sight import see

        return [
            see(ticket, found, signals_of(found), with_letters=with_letters) for ticket, found in self._found(tickets)
        ]

    def unknown_share(self, ticket: Ticket) -> float:
        """The share of a ticket's words that the model does not know (0-1); 0 where there is no model."""
        from triage.priority.features import word_features

        words = word_features(self.see_many([ticket])[0].words)
        return 1 - self.scorer.known(words) if self.scorer and words else 0.0

    def _found(self, tickets: Sequence[Ticket]) -> Iterator[tuple[Ticket, Found]]:
        return zip(tickets, self._finder.find_many(tickets), strict=True)

    def _lint(self, ticket: Ticket, found: Found, kind: Label, lang: str) -> LintAnswer:
        language = _language(found)
        result = lint_facts(
            _facts(ticket, found, cast(Kind, kind.label), language),
            self.rulebook,
            scoring=self._settings.lint.scoring,
            log_places=self._settings.lint.log_places,
            lang=_answer_language(lang, self._settings.lint.language, language),
        )
        assessment = Assessment(ticket.id, language, kind, result.lint, self._versions)
        return LintAnswer(assessment, result.silenced)

    def _assessed(self, read: "_Read", lang: str) -> Assessment:
        from triage.promises import Of
        from triage.verdict import priority_of

        ticket, found, signals, seen, scores = read
        kind = _likeliest(scores["kind"]) if scores else Label(found.kind.label, found.kind.probability)
        linted = self._lint(ticket, found, kind, lang).assessment
        answer_lang = _answer_language(lang, self._settings.lint.language, linted.language)
        priority = priority_of(
            kind.label,
            signals,
            self._settings.priority,
            five=scores["priority"] if scores else None,
            seen=seen,
            scorer=self._scorer,
            language=linted.language,
            requested=self._requested(ticket.requested_priority),
            lang=answer_lang,
        )
        product = _likeliest(scores["product"]) if scores else None
        came_at, customer = self._came_at(ticket), customer_of(ticket)
        route = self._routes.route(
            product,
            linted.language,
            plan_for(ticket.plan, customer, self._settings),
            priority=priority.label,
            at=came_at,
            lang=answer_lang,
        )
        return replace(
            linted,
            lint=self._reaching(linted.lint, kind.label, priority.label, answer_lang),
            product=product,
            priority=priority,
            route=route,
            due=self._due(Of(ticket.plan, route.queue, customer), priority.label, came_at, answer_lang),
            versions=self.versions,
        )

    def _reaching(self, lint: Lint, kind: str, priority: str, lang: str) -> Lint:
        """The lint, with the question how to reach the reporter first where a fault is urgent; a site may silence its rule."""
        rule = self.rulebook.in_force(CONTACT_RULE)
        is_urgent = kind == "incident" and priority in ("P1", "P2")
        return with_contact_first(lint, rule, lang=lang) if rule and is_urgent else lint

    def _came_at(self, ticket: Ticket) -> datetime | None:
        if not ticket.created_at:
            return None
        from triage.times import read_time

        return read_time(ticket.created_at, zone=zone_of(self._settings))

    def _due(self, of: "Of", priority: str, came_at: datetime | None, lang: str) -> Due | None:
        if came_at is None or not self.promises:
            return None
        due = self.promises.due(of, priority, came_at, lang=lang)
        if due and not self._is_estimate_told and any(time.estimated for time in due.times):
            self._is_estimate_told = True
            self.notices = (*self.notices, ESTIMATED)
        return due

    @cached_property
    def _routes(self) -> "Routes":
        from triage.routes import Routes

        return Routes(self._settings.routing)

    @cached_property
    def promises(self) -> "Promises | None":
        """What the site promises; None, with a notice, where the calendar's packages are missing."""
        from triage.promises import Promises

        try:
            return Promises(self._settings)
        except ModuleNotFoundError as error:
            self.notices = (*self.notices, f"{error.name} is not installed, so nothing is said of due times")
            return None

    def _requested(self, asked: str | None) -> str | None:
        """P1 to P4 for what the reporter or the helpdesk calls the priority; None where it is not known."""
        word = normalise(asked or "").text.strip()
        return next((label for label, words in self._settings.priority.requested.items() if word in words), None)


def check_settings(settings: Settings) -> None:
    """Sees to what is read at the first assessment, before hours of work or a service depend on it.

    Raises SettingsError or DataFileError for a calendar, promises or queues that cannot be used.
    """
    from triage.promises import Promises
    from triage.routes import Routes

    Routes(settings.routing)
    # Without the calendar's packages nothing is due, which a notice tells.
    with suppress(ModuleNotFoundError):
        Promises(settings)


def _by_label(head: str, row: Sequence[float]) -> dict[str, float]:
    from triage.priority.scorer import HEADS

    return {label: float(share) for label, share in zip(HEADS[head], row, strict=True)}


def _likeliest(shares: Mapping[str, float]) -> Label:
    label = max(shares, key=lambda name: shares[name])
    return Label(label, round(shares[label], 4))


def _language(found: Found) -> Language:
    return detect_language(found.document.prose if found.document.prose.strip() else found.document.text)


def _detector(models: Path | None) -> tuple[Detector | None, tuple[str, ...]]:
    try:
        return current_detector(models), ()
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
