"""The decision: a floor by rules, then the least expected cost, escalation of the vague, close calls, rules alone."""

import random
from collections.abc import Mapping

import pytest

from triage.assessment import KINDS, PRIORITIES, Evidence
from triage.evidence.finder import Finder
from triage.evidence.signals import signals_of
from triage.language.pack import load_pack
from triage.priority.decision import _FLOORS, Decision, Floor, decide, expected_costs, floor_of
from triage.priority.scorer import HEADS
from triage.ticket import Ticket

Marks = Mapping[str, tuple[Evidence, ...]]

# A row a true priority, a column a chosen one: too low is dearer than too high.
COSTS = ((0.0, 4.0, 8.0, 12.0), (1.0, 0.0, 2.0, 4.0), (2.5, 1.2, 0.0, 1.0), (4.0, 2.5, 1.0, 0.0))
EVEN_COSTS = tuple(tuple(float(row != column) for column in range(4)) for row in range(4))
NO_FLOOR = Floor("P4", "", ())


def marked(*names: str) -> Marks:
    """Marks, each with its own words."""
    return {name: (Evidence("body", number, number + 1, name),) for number, name in enumerate(names)}


def five(*shares: float) -> dict[str, float]:
    return dict(zip(HEADS["priority"], shares, strict=True))


def decided(
    shares: Mapping[str, float],
    *,
    kind: str = "incident",
    floor: Floor = NO_FLOOR,
    marks: Marks | None = None,
    costs: tuple[tuple[float, ...], ...] = COSTS,
    close: float = 0.15,
) -> Decision:
    return decide(shares, kind=kind, floor=floor, marks=marks or {}, costs=costs, close=close)


# ---- the floor -------------------------------------------------------------------------------------------------------

OWN = ("confined", "side_function", "cosmetic", "self_made", "build_stage")
# Rule: the priority it asks for, the marks it needs, the marks that silence it.
FLOORS = {
    "growing": ("P1", ("risk", "growth"), ("confined",)),
    "outage": ("P1", ("risk", "large_scale"), ("confined", "side_function", "cosmetic")),
    "everyone": ("P1", ("risk", "scope.all", "whole_base"), ("confined", "side_function", "cosmetic")),
    "live_risk": ("P2", ("risk", "stage.production"), OWN),
    "vague_risk": ("P2", ("risk", "vague"), OWN),
}
ALL_SILENCERS = sorted(OWN)


def test_every_rule_has_its_cases() -> None:
    told = {
        rule: (
            label,
            tuple(name for name in needs if name[0] != "!"),
            tuple(name[1:] for name in needs if name[0] == "!"),
        )
        for label, rule, needs in _FLOORS
    }
    assert told == FLOORS
    assert list(told) == list(FLOORS)


@pytest.mark.parametrize("rule", FLOORS)
def test_a_rule_fires_on_its_marks_and_rests_on_their_words(rule: str) -> None:
    label, needs, _ = FLOORS[rule]
    marks = marked(*reversed(needs))
    assert floor_of("incident", marks) == Floor(label, rule, tuple(marks[name][0] for name in needs))


@pytest.mark.parametrize(
    ("rule", "missing"), [(rule, name) for rule, (_, needs, _) in FLOORS.items() for name in needs]
)
def test_a_rule_is_silent_without_one_of_its_marks(rule: str, missing: str) -> None:
    _, needs, _ = FLOORS[rule]
    assert floor_of("incident", marked(*(name for name in needs if name != missing))) == NO_FLOOR


@pytest.mark.parametrize(("rule", "silencer"), [(rule, name) for rule, (_, _, not_) in FLOORS.items() for name in not_])
def test_a_mark_silences_a_rule(rule: str, silencer: str) -> None:
    _, needs, _ = FLOORS[rule]
    assert floor_of("incident", marked(*needs, silencer)) == NO_FLOOR


@pytest.mark.parametrize(
    ("rule", "mark"), [(rule, name) for rule, (_, _, not_) in FLOORS.items() for name in OWN if name not in not_]
)
def test_an_outage_is_not_silenced_by_the_reporters_own_code(rule: str, mark: str) -> None:
    label, needs, _ = FLOORS[rule]
    assert floor_of("incident", marked(*needs, mark))[:2] == (label, rule)


@pytest.mark.parametrize("rule", FLOORS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "incident"])
def test_questions_and_requests_have_no_floor(kind: str, rule: str) -> None:
    assert floor_of(kind, marked(*FLOORS[rule][1])) == NO_FLOOR


def test_the_first_rule_that_fires_counts() -> None:
    marks = marked(*(name for _, needs, _ in FLOORS.values() for name in needs))
    assert [floor_of("incident", marks).rule] == ["growing"]
    without_growth = {name: evidence for name, evidence in marks.items() if name != "growth"}
    assert floor_of("incident", without_growth).rule == "outage"
    live = {name: evidence for name, evidence in without_growth.items() if name != "large_scale"}
    assert floor_of("incident", live).rule == "everyone"
    assert floor_of("incident", {name: live[name] for name in live if name != "whole_base"}).rule == "live_risk"


def test_no_marks_no_floor() -> None:
    assert floor_of("incident", {}) == NO_FLOOR


# ---- the least expected cost -----------------------------------------------------------------------------------------


def test_expected_costs_weigh_each_truth_by_its_probability() -> None:
    told = expected_costs({"P1": 0.1, "P2": 0.2, "P3": 0.3, "P4": 0.4}, COSTS)
    assert told == pytest.approx(
        {
            "P1": 0.2 * 1.0 + 0.3 * 2.5 + 0.4 * 4.0,
            "P2": 0.1 * 4.0 + 0.3 * 1.2 + 0.4 * 2.5,
            "P3": 0.1 * 8.0 + 0.2 * 2.0 + 0.4 * 1.0,
            "P4": 0.1 * 12.0 + 0.2 * 4.0 + 0.3 * 1.0,
        }
    )


@pytest.mark.parametrize(
    ("shares", "label"),
    [
        (five(1, 0, 0, 0, 0), "P1"),
        (five(0, 1, 0, 0, 0), "P2"),
        (five(0, 0, 1, 0, 0), "P2"),
        (five(0, 0, 0, 1, 0), "P3"),
        (five(0, 0, 0, 0, 1), "P4"),
        (five(0.3, 0, 0, 0.7, 0), "P1"),
        (five(0.1, 0, 0, 0.9, 0), "P3"),
        (five(0, 0.2, 0.2, 0.6, 0), "P2"),
        (five(0, 0.1, 0.1, 0.8, 0), "P3"),
        (five(0, 0, 0, 0.4, 0.6), "P4"),
        (five(0, 0, 0, 0.5, 0.5), "P3"),
        (five(0.05, 0, 0, 0, 0.95), "P4"),
        (five(0.3, 0, 0, 0, 0.7), "P1"),
    ],
    ids=str,
)
def test_the_cheapest_priority_is_taken(shares: dict[str, float], label: str) -> None:
    assert decided(shares).label == label


@pytest.mark.parametrize("label", PRIORITIES)
def test_where_every_mistake_costs_the_same_the_likeliest_is_taken(label: str) -> None:
    shares = {name: 0.4 if name == label else 0.15 for name in HEADS["priority"]}
    # P2 and P2e are one priority: together they are likelier than the others.
    expected = label if label == "P2" else "P2" if 2 * 0.15 > 0.4 else label
    assert decided(shares, costs=EVEN_COSTS).label == expected


def test_probabilities_are_of_the_four_priorities() -> None:
    probabilities = decided(five(0.1, 0.2, 0.3, 0.25, 0.15)).probabilities
    assert list(probabilities) == list(PRIORITIES)
    assert probabilities == pytest.approx({"P1": 0.1, "P2": 0.5, "P3": 0.25, "P4": 0.15})


@pytest.mark.parametrize("floor", PRIORITIES)
def test_a_floor_raises_and_never_lowers(floor: str) -> None:
    draw = random.Random(floor)
    for _ in range(300):
        weights = [draw.random() ** 3 for _ in HEADS["priority"]]
        shares = five(*(weight / sum(weights) for weight in weights))
        free, held = decided(shares).label, decided(shares, floor=Floor(floor, "rule", ())).label
        # A smaller label is the more urgent one.
        assert held == free if free <= floor else held <= floor


def test_below_the_floor_the_cheapest_of_what_is_left_is_taken() -> None:
    shares = five(0.0, 0.0, 0.0, 0.2, 0.8)
    assert [decided(shares, floor=Floor(label, "rule", ())).label for label in PRIORITIES] == list(PRIORITIES)
    assert decided(five(0.9, 0.1, 0, 0, 0), floor=Floor("P2", "rule", ())).label == "P1"


def test_a_decision_carries_its_floor() -> None:
    floor = Floor("P2", "live_risk", marked("risk")["risk"])
    assert decided(five(1, 0, 0, 0, 0), floor=floor).floor == floor


# ---- escalation of the vague -----------------------------------------------------------------------------------------

VAGUE, PLAIN = five(0.05, 0.2, 0.7, 0.05, 0.0), five(0.05, 0.7, 0.2, 0.05, 0.0)


@pytest.mark.parametrize(
    ("shares", "kind", "marks", "escalate"),
    [
        (VAGUE, "incident", (), True),
        (VAGUE, "incident", ("risk", "vague"), True),
        (five(0.0, 0.5, 0.5, 0.0, 0.0), "incident", (), True),
        (PLAIN, "incident", ("risk", "vague"), False),
        (VAGUE, "incident", ("measured",), False),
        (VAGUE, "question", (), False),
        (VAGUE, "request", (), False),
        (five(0.6, 0.0, 0.4, 0.0, 0.0), "incident", (), False),
        (five(0.0, 0.0, 0.1, 0.9, 0.0), "incident", (), False),
    ],
    ids=["vague", "vague with marks", "even", "not vague", "measured", "question", "request", "P1", "P3"],
)
def test_escalation_needs_a_vague_p2_fault_without_a_measure(
    shares: dict[str, float], kind: str, marks: tuple[str, ...], escalate: bool
) -> None:
    assert decided(shares, kind=kind, marks=marked(*marks)).escalate is escalate


def test_what_is_raised_to_p2_by_the_floor_can_be_escalated() -> None:
    decision = decided(five(0.0, 0.1, 0.2, 0.7, 0.0), floor=Floor("P2", "vague_risk", ()), marks=marked("risk"))
    assert (decision.label, decision.escalate) == ("P2", True)


# ---- close calls -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "floor", "close", "needs_human"),
    [
        (five(0, 0, 0, 0.5, 0.5), "P4", 0.15, "close"),
        (five(0, 0, 0, 0.45, 0.55), "P4", 0.15, "close"),
        (five(0, 0, 0, 0.4, 0.6), "P4", 0.15, ""),
        (five(0, 0, 0, 0.4, 0.6), "P4", 0.25, "close"),
        (five(0, 0, 0, 0.5, 0.5), "P4", 0.0, ""),
        (five(1, 0, 0, 0, 0), "P4", 0.15, ""),
        # What the floor forbids is no rival.
        (five(0, 0, 0, 0.5, 0.5), "P2", 0.15, ""),
        (five(0, 0, 0, 0, 1), "P1", 100.0, ""),
    ],
    ids=["tie", "near", "far", "far for a wide margin", "no margin", "sure", "rival below the floor", "no rival"],
)
def test_a_close_call_is_one_for_a_person(shares: dict[str, float], floor: str, close: float, needs_human: str) -> None:
    assert decided(shares, floor=Floor(floor, "", ()), close=close).needs_human == needs_human


# ---- rules alone -----------------------------------------------------------------------------------------------------

FINDER = Finder(load_pack())
# The cases of the labelling guide, and what rules alone say of them.
RULES_ALONE = [
    ("有时候语音会卡顿", "incident", "P2", True),
    ("有時候語音會卡頓", "incident", "P2", True),
    ("Sometimes the audio is choppy", "incident", "P2", True),
    ("demo 里语音偶尔卡一下", "incident", "P3", False),
    ("In our demo the audio sometimes stutters", "incident", "P3", False),
    ("控制台的图表有时候显示不全", "incident", "P3", False),
    ("The chart in the console sometimes does not load", "incident", "P3", False),
    ("急!!!怎么改头像", "question", "P4", False),
    ("ASAP!!! How do I change my avatar?", "question", "P4", False),
    ("顺便说一句, 今早起国内用户都登录不上", "incident", "P1", False),
    ("By the way, since this morning all users cannot log in", "incident", "P1", False),
    ("对方黑屏", "incident", "P2", True),
    ("對方黑屏", "incident", "P2", True),
    ("The other side is a black screen", "incident", "P2", True),
    ("线上用户反馈语音卡顿", "incident", "P2", True),
    ("In production customers report that the video freezes", "incident", "P2", True),
    ("线上大面积掉线", "incident", "P1", False),
    ("線上掉線的用戶越來越多", "incident", "P1", False),
    ("测试环境登录失败", "incident", "P3", False),
    ("測試環境進房失敗", "incident", "P3", False),
    ("还没上线, 联调时偶尔闪退", "incident", "P3", False),
    ("On staging the call drops", "incident", "P3", False),
    ("只有我这一台手机黑屏", "incident", "P3", False),
    ("Only on my machine the app crashes", "incident", "P3", False),
    ("按钮错位", "incident", "P4", False),
    ("点按钮没反应", "incident", "P3", False),
    ("打包报错 Duplicate class", "incident", "P3", False),
    ("请问是否支持鸿蒙", "question", "P4", False),
    ("希望支持夜间模式", "request", "P4", False),
]


@pytest.mark.parametrize(("text", "kind", "label", "escalate"), RULES_ALONE, ids=[case[0] for case in RULES_ALONE])
def test_rules_alone_know_the_cases_of_the_guide(text: str, kind: str, label: str, escalate: bool) -> None:
    found = FINDER.find(Ticket(body=text))
    marks = signals_of(found).marks
    floor = floor_of(found.kind.label, marks)
    decision = decide(None, kind=found.kind.label, floor=floor, marks=marks, costs=COSTS, close=0.15)
    assert (found.kind.label, decision) == (kind, Decision(label, {}, floor, escalate, "no model"))


@pytest.mark.parametrize(
    ("kind", "marks", "label", "escalate"),
    [
        ("incident", (), "P3", False),
        ("incident", ("cosmetic",), "P4", False),
        ("incident", ("risk",), "P2", True),
        ("incident", ("risk", "measured"), "P2", False),
        ("incident", ("risk", "confined"), "P3", False),
        ("incident", ("risk", "side_function"), "P3", False),
        ("incident", ("risk", "cosmetic"), "P4", False),
        ("incident", ("risk", "stage.production"), "P2", True),
        ("incident", ("risk", "stage.production", "measured"), "P2", False),
        ("incident", ("risk", "growth"), "P1", False),
        ("question", ("risk", "growth"), "P4", False),
        ("request", ("risk", "stage.production"), "P4", False),
    ],
    ids=str,
)
def test_rules_alone_decide_by_marks(kind: str, marks: tuple[str, ...], label: str, escalate: bool) -> None:
    evidence = marked(*marks)
    floor = floor_of(kind, evidence)
    decision = decide(None, kind=kind, floor=floor, marks=evidence, costs=COSTS, close=0.15)
    assert decision == Decision(label, {}, floor, escalate, "no model")
