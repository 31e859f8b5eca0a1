"""Says why: the reasons of a decision as sentences of a support engineer, each with the words it rests on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from triage.assessment import Evidence, Reason, Span
from triage.datafile import read_toml_folder
from triage.priority.decision import Decision

FOLDER = Path(__file__).parent
# What the model weighed most; more than these nobody reads.
MOST_CONTRIBUTIONS = 3
# A smaller contribution (log-odds) decides nothing.
LEAST_AMOUNT = 0.15


class Weighed(NamedTuple):
    """What the model weighed: contributions to the chosen label against its rival, and where words stand."""

    label: str
    rival: str
    contributions: Mapping[str, float]
    places: Mapping[str, Span]


def reasons_of(
    decision: Decision,
    *,
    marks: Mapping[str, tuple[Evidence, ...]],
    weighed: Weighed | None,
    requested: str | None,
    lang: str,
) -> tuple[Reason, ...]:
    """The reasons in the order of their weight: the floor that decided, escalation, model, what a person should look at, the clash."""
    label, floor = decision.label, decision.floor
    reasons: list[Reason] = []
    if floor.rule and floor.label == label:
        reasons.append(_floor_reason(decision, lang))
    if decision.escalate:
        span = marks["risk"][0].span if "risk" in marks else None
        reasons.append(Reason("policy", _say("decision", "escalate", lang, label=label), span))
    if weighed:
        reasons += _model_reasons(weighed, marks, lang)
        likeliest = max(decision.probabilities, key=lambda name: decision.probabilities[name])
        # Where the floor decided, it is told already.
        if likeliest > label and floor.label != label:
            share = round(100 * decision.probabilities[likeliest])
            reasons.append(
                Reason("policy", _say("decision", "cost", lang, label=label, other=likeliest, share=share), None)
            )
    if floor.rule and floor.label != label:
        # The model went above the floor: what it saw says more.
        reasons.append(_floor_reason(decision, lang))
    if decision.needs_human:
        other = weighed.rival if weighed else ""
        reasons.append(
            Reason("policy", _say("needs_human", decision.needs_human, lang, label=label, other=other), None)
        )
    if requested and requested != label:
        reasons.append(Reason("policy", _say("decision", "requested", lang, label=label, other=requested), None))
    return tuple(reasons)


def _floor_reason(decision: Decision, lang: str) -> Reason:
    floor = decision.floor
    return Reason("rule", _say("floor", floor.rule, lang, label=floor.label), floor.evidence[0].span)


def _model_reasons(weighed: Weighed, marks: Mapping[str, tuple[Evidence, ...]], lang: str) -> Iterable[Reason]:
    """The largest contributions, features that mean the same word or mark added up."""
    amounts: dict[tuple[str, str], float] = defaultdict(float)
    for group, amount in zip(map(_group_of, weighed.contributions), weighed.contributions.values(), strict=True):
        if group:
            amounts[group] += amount
    large = [
        (-amount, group)
        for group, amount in amounts.items()
        if amount >= LEAST_AMOUNT and (group[0] == "mark" or group[1] in weighed.places)
    ]
    told = 0
    for less, (kind, name) in sorted(large):
        if told == MOST_CONTRIBUTIONS:
            return
        words = name if kind == "word" else _mark_words(name, lang)
        if not words:
            continue
        span = weighed.places.get(name) if kind == "word" else _mark_span(name, marks)
        text = _say(
            "decision", kind, lang, words=words, label=weighed.label, other=weighed.rival, amount=f"{-less:+.1f}"
        )
        told += 1
        yield Reason("model", text, span)


# Words follow Zipf: these are met again and again, and more would grow with the backlog.
@lru_cache(maxsize=1 << 14)
def _group_of(feature: str) -> tuple[str, str] | None:
    """The word or mark that a feature is about; features of several marks together are about none of them alone."""
    prefix, colon, name = feature.partition(":")
    if colon and prefix == "m":
        return "mark", "symptom" if name.startswith("symptom.") else name
    if feature == "i:unmeasured":
        return "mark", "unmeasured"
    word = name if colon and prefix in ("w", "t") else feature
    return ("word", word) if _tells(word) else None


# Words that stand in every ticket and tell a reader nothing.
_PLAIN = frozenset(
    [
        "about",
        "after",
        "again",
        "also",
        "been",
        "before",
        "does",
        "doing",
        "even",
        "every",
        "from",
        "have",
        "here",
        "into",
        "just",
        "like",
        "more",
        "much",
        "only",
        "other",
        "over",
        "same",
        "since",
        "some",
        "still",
        "than",
        "that",
        "them",
        "then",
        "there",
        "they",
        "this",
        "very",
        "what",
        "when",
        "where",
        "which",
        "while",
        "will",
        "with",
        "would",
        "your",
        "我们",
        "你们",
        "他们",
        "这个",
        "那个",
        "这样",
        "一个",
        "没有",
        "就是",
        "还是",
        "可以",
        "但是",
        "然后",
        "现在",
        "这边",
        "那边",
        "一下",
        "已经",
        "什么",
    ]
)


def _tells(word: str) -> bool:
    return word not in _PLAIN and len(word) >= (4 if word.isascii() else 2)


def _mark_words(name: str, lang: str) -> str:
    table = _sentences()["mark"].get(name)
    return str(table[lang]) if table else ""


def _mark_span(name: str, marks: Mapping[str, tuple[Evidence, ...]]) -> Span | None:
    found = marks.get(name) or next((marks[mark] for mark in sorted(marks) if mark.startswith(f"{name}.")), ())
    return found[0].span if found else None


def _say(group: str, name: str, lang: str, **values: Any) -> str:
    return str(_sentences()[group][name][lang]).format(**values)


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, Any]:
    return read_toml_folder(FOLDER)["reasons.toml"]
