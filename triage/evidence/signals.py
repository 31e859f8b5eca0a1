"""What the priority of a ticket hangs on, read off its evidence: stage, scope, risk, growth, workaround, stakes.

Signals are marks with the words they rest on. They feed the rules' floor and the model alike. The cues behind them stand
in ``language/*_signals.toml``.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from triage.assessment import Evidence
from triage.evidence.finder import Found

# Symptoms of quality or reliability of a live core function, which can hide a network, capacity or release fault: the
# risk class of the labelling guide. A bare "fault" (an error, a thing without effect) is in it only with login or joining.
RISK_SYMPTOMS = frozenset({"stutter", "silence", "echo_noise", "delay", "picture", "connection", "message", "crash"})
# From here on a share of the users is a large part ("about 10 % and up", the labelling guide).
LARGE_RATIO = 0.1
# Cues that are signals as they stand.
_PLAIN = (
    "growth", "workaround", "deadline", "data_loss", "security", "money", "side_function", "cosmetic", "build_stage",
    "self_made", "login", "joining", "large_scale", "whole_base",
)  # fmt: skip


class Signals(NamedTuple):
    """The signals of one ticket.

    ``stage`` is production, test, development, both (the text names production and a test), or unknown. ``marks`` holds
    each signal that is there with its evidence: ``stage.production``, ``scope.large``, ``symptom.stutter``, ``risk``,
    ``measured``, ``confined``, ``vague``, ``growth``, …
    """

    stage: str
    marks: Mapping[str, tuple[Evidence, ...]]

    def has(self, *names: str) -> bool:
        """Whether all of the signals are there."""
        return all(name in self.marks for name in names)


def signals_of(found: Found) -> Signals:
    """The signals of a ticket whose evidence was found; a ticket that tells nothing has stage unknown and no marks.

    They rest on what patterns found: the detector knows its training tickets by heart, and a model that learns from its
    word on the same tickets trusts it too much (kappa 0.816 against 0.849 on the development tickets, 2026-11-25).
    """
    cues = found.cues
    marks: dict[str, tuple[Evidence, ...]] = {name: cues[name] for name in _PLAIN if name in cues}
    _mark(marks, "stage.production", cues, ("live", "production"), denied=cues.get("not_live", ()))
    _mark(marks, "stage.test", cues, ("stage_test",))
    _mark(marks, "stage.development", cues, ("development",))
    _mark(marks, "vague", cues, ("intermittent", "some_users"))
    _mark(marks, "risk", cues, ("login", "joining"))
    for evidence in found.by_rules["symptom"]:
        _add(marks, f"symptom.{evidence.slot}", evidence)
        if evidence.slot in RISK_SYMPTOMS:
            _add(marks, "risk", evidence)
    for evidence in found.by_rules["impact"]:
        _add(marks, "measured", evidence)
        _add(marks, f"scope.{_scope(evidence.value)}", evidence)
    _mark(marks, "scope.one", cues, ("one_only",))
    for name in ("stage.test", "stage.development", "scope.one", "scope.none"):
        for evidence in marks.get(name, ()):
            _add(marks, "confined", evidence)
    return Signals(_stage(marks), marks)


def _mark(
    marks: dict[str, tuple[Evidence, ...]],
    name: str,
    cues: Mapping[str, Sequence[Evidence]],
    sources: Sequence[str],
    *,
    denied: Sequence[Evidence] = (),
) -> None:
    for source in sources:
        for evidence in cues.get(source, ()):
            if not any(_lies_in(evidence, denial) for denial in denied):
                _add(marks, name, evidence)


def _lies_in(evidence: Evidence, other: Evidence) -> bool:
    return evidence.field == other.field and other.start <= evidence.start and evidence.end <= other.end


def _add(marks: dict[str, tuple[Evidence, ...]], name: str, evidence: Evidence) -> None:
    marks[name] = (*marks.get(name, ()), evidence)


def _stage(marks: Mapping[str, object]) -> str:
    test, live = "stage.test" in marks or "stage.development" in marks, "stage.production" in marks
    if test and live:
        return "both"
    if live:
        return "production"
    if "stage.development" in marks:
        return "development"
    return "test" if test else "unknown"


def _scope(value: object) -> str:
    """All, large, part, one or none, from an impact's value {"ratio", "count", "scope"}."""
    if not isinstance(value, Mapping):
        return "part"
    ratio, count, scope = value.get("ratio"), value.get("count"), value.get("scope")
    if ratio is not None:
        return "large" if ratio >= LARGE_RATIO else "part"
    if count is not None:
        return "one" if count == 1 else "part"
    return {"all": "all", "one": "one", "none": "none", "test": "none"}.get(str(scope), "part")
