"""What the model sees of a ticket: evidence, signals and words, brought together from the workers who found them."""

from collections.abc import Mapping
from typing import NamedTuple

from triage.assessment import Span
from triage.evidence import detector as evidence_detector
from triage.evidence.finder import Found
from triage.evidence.signals import Signals
from triage.language.text import normalise
from triage.language.tokens import Tokeniser
from triage.priority.features import MOST_WORDS, View, features_of, letters_of
from triage.ticket import Ticket

# From here on the lines of a log are weighed against what a person said beside them.
MOST_LOG_LINES = 100
# Whole logs are pasted into titles.
_LONGEST_TITLE = 300


class Seen(NamedTuple):
    """The features of one ticket, its words, where each word first stands, and whether a person said anything in it."""

    features: frozenset[str]
    words: tuple[str, ...]
    places: dict[str, Span]
    is_said: bool


def see(ticket: Ticket, found: Found, signals: Signals, *, with_letters: bool = False) -> Seen:
    """What a model sees of a ticket whose evidence and signals were found; a site's own also the letters of its title."""
    words: list[str] = []
    places: dict[str, Span] = {}
    for field, text in (("title", ticket.title), ("body", ticket.body)):
        for word, start, end in Tokeniser().words(normalise(text[: 3 * MOST_WORDS])):
            if not (word.isalnum() or any(map(str.isalnum, word))) or len(words) >= MOST_WORDS:
                continue
            if word not in places:
                places[word] = Span(field, start, end)
            words.append("0" if word.isdigit() else word)
    denied = [element for element, denials in found.denied.items() if denials]
    # The detector saw the same; without one it is brought together here.
    features = found.features or evidence_detector.features_of(
        found.document, evidence_detector.slots_of(found.by_rules), found.cues, denied
    )
    view = View(
        features,
        signals.stage,
        frozenset(signals.marks),
        frozenset(evidence.slot for evidence in found.by_rules["symptom"]),
        [evidence.value for evidence in found.by_rules["impact"] if isinstance(evidence.value, Mapping)],
        {key: normalise(value).text.strip() for key, value in ticket.fields.items()},
        words,
    )
    # A log of 50,000 lines leaves a line or two that look like prose.
    said = sum(map(str.isalpha, found.document.prose))
    is_said = said > 0 and (found.document.machine_lines < MOST_LOG_LINES or said * 4 > found.document.machine_lines)
    seen = features_of(view)
    if with_letters:
        seen |= letters_of(normalise(ticket.title[:_LONGEST_TITLE]).text)
    return Seen(frozenset(seen), tuple(words), places, is_said)
