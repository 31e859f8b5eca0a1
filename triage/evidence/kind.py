"""What the reporter wants, by rules alone: incident, question or request."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from triage.assessment import Evidence, Kind


class KindGuess(NamedTuple):
    """The kind, and its probability where a model gave one."""

    label: Kind
    probability: float | None


def kind_by_rules(
    stated: Mapping[str, Sequence[Evidence]], cues: Mapping[str, Sequence[Evidence]], *, title: str
) -> KindGuess:
    """The kind from evidence and cues; a fault that is asked about stays an incident, by the labelling guide.

    On the corpus's test split and the development tickets see ``triage evaluate --rules-alone``.
    """
    symptoms = len({evidence.slot for evidence in stated["symptom"]})
    facts = sum(bool(stated[element]) for element in ("logs", "impact", "timing", "session", "reproduction"))
    fault = (
        symptoms + facts + bool(cues.get("production")) + bool(cues.get("intermittent")) + bool(cues.get("error_said"))
    )
    question = 2 * min(len(cues.get("question", ())), 2) + 2 * title.rstrip().endswith(("?", "吗", "？"))
    request = 3 * min(len(cues.get("request", ())), 2)
    if symptoms and fault >= max(question, request):
        return KindGuess("incident", None)
    if request > question:
        return KindGuess("request", None)
    if question:
        return KindGuess("question", None)
    return KindGuess("incident", None)
