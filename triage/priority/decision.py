"""Decides: a floor by rules, then the least expected cost; with every reason.

Rules set a floor, the model may raise it, neither may lower it. What the reporter asks for changes nothing, but a clash
is told.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from triage.assessment import PRIORITIES, Evidence

# Signals of a floor, the first whose signals are there counts; "!x" is "and x is not there".
_OWN = ("!confined", "!side_function", "!cosmetic", "!self_made", "!build_stage")
_FLOORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("P1", "growing", ("risk", "growth", "!confined")),
    ("P1", "outage", ("risk", "large_scale", "!confined", "!side_function", "!cosmetic")),
    ("P1", "everyone", ("risk", "scope.all", "whole_base", "!confined", "!side_function", "!cosmetic")),
    ("P2", "live_risk", ("risk", "stage.production", *_OWN)),
    ("P2", "vague_risk", ("risk", "vague", *_OWN)),
)
# A ticket whose text the model knows less than this share of is out of its world.
LEAST_KNOWN = 0.5


class Floor(NamedTuple):
    """The least urgent priority that the rules allow, the name of the rule, and the words it rests on."""

    label: str
    rule: str
    evidence: tuple[Evidence, ...]


class Decision(NamedTuple):
    """A priority: ``probabilities`` by label sum to 1; ``needs_human`` says why a person should look, "" where not."""

    label: str
    probabilities: Mapping[str, float]
    floor: Floor
    escalate: bool
    needs_human: str


def floor_of(kind: str, marks: Mapping[str, tuple[Evidence, ...]]) -> Floor:
    """The floor of a ticket; P4 with no rule where none speaks. Only faults have one."""
    if kind == "incident":
        for label, rule, needs in _FLOORS:
            if all((name[1:] not in marks) if name[0] == "!" else (name in marks) for name in needs):
                return Floor(label, rule, tuple(marks[name][0] for name in needs if name[0] != "!"))
    return Floor("P4", "", ())


def decide(
    five: Mapping[str, float] | None,
    *,
    kind: str,
    floor: Floor,
    marks: Mapping[str, tuple[Evidence, ...]],
    costs: Sequence[Sequence[float]],
    close: float,
) -> Decision:
    """The decision from the model's five probabilities (P1, P2, P2e, P3, P4), or by rules alone where they are None.

    ``costs`` has a row a true priority and a column a chosen one. ``close`` is how near in expected cost a second choice
    makes the call one for a person.
    """
    if five is None:
        return _by_rules(kind, floor, marks)
    probabilities = {label: five[label] for label in PRIORITIES} | {"P2": five["P2"] + five["P2e"]}
    expected = expected_costs(probabilities, costs)
    allowed = PRIORITIES[: PRIORITIES.index(floor.label) + 1]
    label = min(allowed, key=lambda choice: (expected[choice], choice))
    escalate = label == "P2" and kind == "incident" and _is_vague(five, marks)
    rivals = [expected[choice] for choice in allowed if choice != label]
    is_close = bool(rivals) and min(rivals) - expected[label] < close
    return Decision(label, probabilities, floor, escalate, "close" if is_close else "")


def expected_costs(probabilities: Mapping[str, float], costs: Sequence[Sequence[float]]) -> dict[str, float]:
    """What each choice costs on average, by label."""
    return {
        choice: sum(probabilities[truth] * costs[row][column] for row, truth in enumerate(PRIORITIES))
        for column, choice in enumerate(PRIORITIES)
    }


def _is_vague(five: Mapping[str, float], marks: Mapping[str, tuple[Evidence, ...]]) -> bool:
    # A ticket that measures its impact needs no help to be seen, and one that is confined hides nothing.
    return five["P2e"] >= five["P2"] and "measured" not in marks


# Without a model these confine a fault, or take it out of the core; and these are a large part of the users.
_NOT_CORE = frozenset({"confined", "side_function", "cosmetic", "self_made", "build_stage"})
_MANY = frozenset({"scope.all", "scope.large", "whole_base", "large_scale", "growth"})


def _by_rules(kind: str, floor: Floor, marks: Mapping[str, tuple[Evidence, ...]]) -> Decision:
    if kind != "incident":
        label = "P4"
    elif floor.label == "P1":
        label = "P1"
    elif "risk" in marks and not marks.keys() & _NOT_CORE:
        label = "P1" if marks.keys() & _MANY else "P2"
    else:
        label = floor.label if floor.label != "P4" else "P4" if "cosmetic" in marks else "P3"
    escalate = label == "P2" and "measured" not in marks
    return Decision(label, {}, floor, escalate, "no model")
