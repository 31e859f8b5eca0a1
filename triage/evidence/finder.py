"""Finds the evidence of all ten elements in a ticket: each stated or denied, with field, start, end and value."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from triage.assessment import ELEMENTS, Evidence
from triage.evidence.contact import judge_contact
from triage.evidence.detector import Detector, features_of, slots_of
from triage.evidence.document import Document, documents_of
from triage.evidence.environment import complete_environment, judge_environment
from triage.evidence.form import filled_slots
from triage.evidence.kind import KindGuess, kind_by_rules
from triage.evidence.logs import attached_logs, judge_logs
from triage.evidence.session import judge_session
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.evidence.symptom import judge_reproduction, judge_symptom
from triage.evidence.timing import judge_timing
from triage.evidence.toll import is_measured, judge_business_loss, judge_impact
from triage.language.pack import Pack, matcher_of
from triage.ticket import Ticket


class Found(NamedTuple):
    """What was found in one ticket. ``stated`` and ``denied`` hold every element, in the order of their positions.

    ``partial`` holds what is there of an element that is not complete: a platform without a version. ``by_rules`` is
    what patterns alone stated, before the detector had its word, ``features`` what it saw (empty without one).
    """

    document: Document
    stated: Mapping[str, tuple[Evidence, ...]]
    denied: Mapping[str, tuple[Evidence, ...]]
    partial: Mapping[str, tuple[Evidence, ...]]
    cues: Mapping[str, tuple[Evidence, ...]]
    kind: KindGuess
    by_rules: Mapping[str, tuple[Evidence, ...]]
    features: frozenset[str] = frozenset()

    def status(self, element: str) -> str:
        """``present``, ``denied`` or ``missing``."""
        return "present" if self.stated[element] else "denied" if self.denied[element] else "missing"


class Finder:
    """Finds evidence with one pack; build it once, it holds the compiled patterns."""

    def __init__(self, pack: Pack, *, detector: Detector | None = None, engine: str = "auto") -> None:
        """Without a detector the rules alone decide; ``engine`` as in Matcher."""
        self._pack = pack
        self._detector = detector
        self._prose = pack.within("prose")
        self._any = pack.within("any")
        self._prose_matcher = matcher_of(self._prose, engine=engine)
        self._any_matcher = matcher_of(self._any, engine=engine)

    def find(self, ticket: Ticket) -> Found:
        """All evidence of a ticket; an empty element has no evidence, never a missing key."""
        return self.find_many([ticket])[0]

    def find_many(self, tickets: Sequence[Ticket]) -> list[Found]:
        """``find`` of each ticket, in order; many at once take less time than one by one."""
        documents = documents_of(tickets, self._pack)
        prose = self._prose_matcher.hits_many([document.prose for document in documents])
        anywhere = self._any_matcher.hits_many([document.text for document in documents])
        found = []
        for ticket, document, said, seen in zip(tickets, documents, prose, anywhere, strict=True):
            stretches = [Stretch(self._prose[number].key, *_group_span(match)) for number, match in said]
            stretches += [Stretch(self._any[number].key, *_group_span(match)) for number, match in seen]
            one = _judge(document, stretches, ticket)
            found.append(_reconsider(one, self._detector) if self._detector else one)
        return found


def _group_span(match: re.Match[str]) -> tuple[int, int]:
    for number in range(1, (match.lastindex or 0) + 1):
        if match.start(number) >= 0:
            return match.span(number)
    return match.span()


def _judge_expected(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    return evidence_of(document, stretches)


# Of what the patterns of an element hit, its judge keeps what is evidence.
_JUDGES: dict[str, Callable[[Document, Sequence[Stretch], Clauses], list[Evidence]]] = {
    "symptom": judge_symptom,
    "reproduction": judge_reproduction,
    "environment": judge_environment,
    "logs": judge_logs,
    "session": judge_session,
    "impact": judge_impact,
    "business_loss": judge_business_loss,
    "timing": judge_timing,
    "expected": _judge_expected,
    "contact": judge_contact,
}


def _judge(document: Document, stretches: Sequence[Stretch], ticket: Ticket) -> Found:
    clauses = Clauses(document.prose)
    by_group: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        by_group.setdefault(stretch.key[0], []).append(stretch)
    denials, offers = by_group.get("denial", []), by_group.get("offer", [])
    stated: dict[str, list[Evidence]] = {element: [] for element in ELEMENTS}
    wished = [
        (section.content_start, section.content_end) for section in document.sections if section.element == "expected"
    ]
    candidates = [
        stretch
        for stretch in by_group.get("evidence", [])
        if not _denied(stretch, denials, offers) and not _wished(stretch, wished)
    ]
    for element, judge in _JUDGES.items():
        own = [stretch for stretch in candidates if stretch.key[1] == element]
        stated[element] += _unique(judge(document, own, clauses))
    for element, answer in filled_slots(document, denials):
        if not any(_overlap(answer, other) for other in stated[element]):
            stated[element].append(answer)
    stated["logs"] += attached_logs(ticket)
    partial = {"environment": tuple(sorted(stated["environment"], key=_order))}
    stated["environment"] = complete_environment(stated["environment"])
    denied = _denials(document, denials)
    cues = _cues(document, by_group.get("cue", []))
    by_rules = {element: tuple(sorted(found, key=_order)) for element, found in stated.items()}
    return Found(
        document,
        by_rules,
        {element: tuple(denied.get(element, ())) for element in ELEMENTS},
        partial,
        {cue: tuple(found) for cue, found in cues.items()},
        kind_by_rules(stated, cues, title=ticket.title),
        by_rules,
    )


# How sure the kind must be before its word is taken on elements.
_SURE_KIND = 0.7


def _reconsider(found: Found, detector: Detector) -> Found:
    """What was found, with the detector's word where it is sure: it adds what no pattern knows and vetoes false alarms."""
    features = features_of(
        found.document, slots_of(found.stated), found.cues, [name for name, denials in found.denied.items() if denials]
    )
    sure = detector.probabilities(features)
    stated = dict(found.stated)
    for element, head in detector.heads.items():
        # A slot of the form that was filled in needs nobody's opinion.
        told = any(evidence.slot == "section" or is_measured(evidence) for evidence in stated[element])
        if stated[element] and not told and sure[element] < head.veto:
            stated[element] = ()
        elif not stated[element] and not found.denied[element] and sure[element] >= head.add:
            stated[element] = _told(found.document, detector, element)
    label = max(detector.kinds, key=lambda kind: sure[f"kind.{kind}"])
    if label != "incident" and sure[f"kind.{label}"] >= _SURE_KIND:
        # The hours and numbers of a wish or a plan are not those of a fault: of 1,184 questions and requests in the
        # corpus one has a timing and one an impact.
        stated["timing"] = stated["impact"] = ()
        # A refund asked for is no loss suffered; a launch that hangs on the answer is.
        stated["business_loss"] = tuple(one for one in stated["business_loss"] if one.slot == "launch")
    guess = KindGuess(label, round(sure[f"kind.{label}"], 4))  # type: ignore[arg-type]
    return found._replace(stated=stated, kind=guess, features=frozenset(features))


def _told(document: Document, detector: Detector, element: str) -> tuple[Evidence, ...]:
    span = detector.telling_sentence(document, element)
    evidence = document.evidence(*span, slot="sentence") if span else None
    return (evidence,) if evidence else ()


def _order(evidence: Evidence) -> tuple[bool, str, int]:
    return evidence.field != "title", evidence.field, evidence.start


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _denied(stretch: Stretch, denials: Sequence[Stretch], offers: Sequence[Stretch]) -> bool:
    element = stretch.key[1]
    return any(
        other.key[1] == element and stretch.start < other.end and other.start < stretch.end
        for other in (*denials, *offers)
    )


def _wished(stretch: Stretch, wished: Sequence[tuple[int, int]]) -> bool:
    """Whether it stands under "Expected behaviour": what should be, not what is."""
    return stretch.key[1] in ("symptom", "timing", "impact") and any(
        start <= stretch.start < end for start, end in wished
    )


def _cues(document: Document, stretches: Sequence[Stretch]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for stretch in stretches:
        if evidence := document.evidence(stretch.start, stretch.end, slot=stretch.key[1]):
            found.setdefault(stretch.key[1], []).append(evidence)
    return found


def _denials(document: Document, denials: Sequence[Stretch]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for stretch in denials:
        if evidence := document.evidence(stretch.start, stretch.end, slot="denial"):
            found.setdefault(stretch.key[1], []).append(evidence)
    for section in document.sections:
        if section.answer == "denied" and section.element:
            end = min(section.content_end, section.content_start + 40)
            if evidence := document.evidence(section.content_start, end, slot="denial"):
                found.setdefault(section.element, []).append(evidence)
    return found


def _unique(found: Sequence[Evidence]) -> list[Evidence]:
    """Without stretches that lie inside another of the same slot; the longer says more."""
    kept: list[Evidence] = []
    for evidence in sorted(found, key=lambda item: (item.field, item.start, -item.end)):
        inside = any(
            other.field == evidence.field
            and other.slot == evidence.slot
            and other.start <= evidence.start
            and evidence.end <= other.end
            for other in kept[-6:]
        )
        if not inside:
            kept.append(evidence)
    return kept
