"""The priority of one ticket with its reasons, from what the model says, the rules' floor and a site's costs."""

from collections.abc import Mapping

from triage.assessment import Language, Priority
from triage.evidence.signals import Signals
from triage.priority.decision import LEAST_KNOWN, Decision, decide, floor_of
from triage.priority.features import word_features
from triage.priority.reasons import Weighed, reasons_of
from triage.priority.scorer import Scorer
from triage.settings import PrioritySettings
from triage.sight import Seen


def priority_of(
    kind: str,
    signals: Signals,
    settings: PrioritySettings,
    *,
    five: Mapping[str, float] | None,
    seen: Seen | None,
    scorer: Scorer | None,
    language: Language,
    requested: str | None,
    lang: str,
) -> Priority:
    """The priority; ``five`` are the model's probabilities and ``seen`` what it saw, both None for rules alone.

    ``language`` is the ticket's, ``lang`` (zh or en) that of the reasons, ``requested`` what the reporter asked for.
    """
    floor = floor_of(kind, signals.marks)
    decision = decide(five, kind=kind, floor=floor, marks=signals.marks, costs=settings.costs, close=settings.close)
    weighed = None
    if five and seen and scorer:
        if language == "other" or not seen.is_said or scorer.known(word_features(seen.words)) < LEAST_KNOWN:
            decision = decision._replace(needs_human="unknown")
        weighed = _weighed(decision, five, seen, scorer)
    reasons = reasons_of(decision, marks=signals.marks, weighed=weighed, requested=requested, lang=lang)
    return Priority(
        decision.label,
        {label: round(share, 4) for label, share in decision.probabilities.items()},
        decision.floor.label,
        decision.escalate,
        bool(decision.needs_human),
        requested,
        reasons,
    )


def _weighed(decision: Decision, five: Mapping[str, float], seen: Seen, scorer: Scorer) -> Weighed:
    """What speaks for the chosen label against its likeliest rival among the five."""
    own = [name for name in five if name[:2] == decision.label]
    chosen = max(own, key=lambda name: five[name])
    rival = max((name for name in five if name not in own), key=lambda name: five[name])
    contributions = scorer.contributions(seen.features, "priority", chosen, rival)
    return Weighed(decision.label, rival[:2], contributions, seen.places)
