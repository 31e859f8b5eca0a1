"""The whole assessment against triage as it is first written, and classification alone against fastText; one thread.

Known tickets are measured, in batches, as a service that runs for days sees them. The plain triage answers every ticket
once, a third of them in each round, for it takes minutes; ours answers all of them in each round.
"""

import importlib.util
import itertools
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch

import triage.assessor
import triage.evidence.finder
import triage.evidence.signals
import triage.lint.linter
import triage.priority.scorer
import triage.sight
import triage.verdict
from bench.clock import Stages, seconds, stage_seconds
from bench.corpus import ROOT
from bench.peers import FASTTEXT, Naive, pattern_text, train_fasttext, train_naive
from bench.report import Goal, Report, print_table
from triage.assessor import BATCH, Assessor
from triage.language import tokens
from triage.language.matcher import Matcher
from triage.language.tokens import Tokeniser
from triage.priority.features import View, features_of
from triage.priority.scorer import Scorer
from triage.settings import load_settings
from triage.ticket import Ticket
from triage.training.dataset import LabelledTicket, read_corpus

Item = TypeVar("Item")
ROUNDS = 3
ROUNDS_OF_CLASSIFICATION = 7
# The lean peer is told, not judged by: a sample is enough.
LEAN_SAMPLE = 10
LEAST_TIMES, LEAST_TIMES_PLAIN = 25.0, 2.0
LEAST_TIMES_FASTTEXT, AIM_FASTTEXT = 0.8, 1.0
# Without the stages that each calls, as in ``throughput``.
STAGES: Stages = {
    "document": (triage.evidence.finder, "documents_of"),
    "matcher": (Matcher, "hits_many"),
    "judge": (triage.evidence.finder, "_judge"),
    "detector": (triage.evidence.finder, "_reconsider"),
    "signals": (triage.evidence.signals, "signals_of"),
    "see": (triage.sight, "see"),
    "cut words": (Tokeniser, "cut"),
    "features": (triage.sight, "features_of"),
    "scorer": (Scorer, "probabilities"),
    "language": (triage.assessor, "detect_language"),
    "secrets": (triage.assessor, "find_secrets"),
    "lint": (triage.assessor, "lint_facts"),
    "decide": (triage.verdict, "decide"),
    "contributions": (Scorer, "contributions"),
    "reasons": (triage.verdict, "reasons_of"),
    "verdict": (triage.verdict, "priority_of"),
}


def run() -> Report:
    """Prints the tables of assessment and classification, and gives their figures."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    corpus = read_corpus(ROOT / "data")
    with threadpool_limits(1):
        assessed, classified = _assessment(corpus), _classification(corpus)
    return Report("assess", {**assessed.figures, **classified.figures}, (*assessed.goals, *classified.goals))


def _assessment(corpus: Sequence[LabelledTicket]) -> Report:
    tickets = [labelled.ticket for labelled in corpus]
    training = [labelled for labelled in corpus if labelled.split == "train"]
    trained: list[Naive] = []
    took = seconds(lambda: trained.append(train_naive(training)))
    naive = trained[0]
    print(f"\nassess: the peers were trained on the {len(training)} tickets of the training split in {took:.0f} s")
    ours, plain = _assessor(), _assessor(engine="re")
    texts = [pattern_text(ticket) for ticket in tickets]
    fresh = seconds(lambda: _assess_all(ours, tickets))
    with without_fast():
        _assess_all(plain, tickets)
    known: list[float] = []
    known_plain: list[float] = []
    peer_stages: dict[str, float] = {}
    for number in range(ROUNDS):
        known.append(seconds(lambda: _assess_all(ours, tickets)))
        with without_fast():
            known_plain.append(seconds(lambda: _assess_all(plain, tickets)))
        third = slice(number, None, ROUNDS)
        for stage, value in naive.assess_all(tickets[third], texts[third]).items():
            peer_stages[stage] = peer_stages.get(stage, 0.0) + value
    peer = sum(peer_stages.values())
    lean = peer - peer_stages["heads"] + _lean_heads(naive, tickets)
    times = {
        "peer: re.search, jieba, scikit-learn, one by one": peer,
        "the same, one vectoriser a head": lean,
        "assess, known tickets": statistics.median(known),
        "assess, fresh tickets": fresh,
        "assess without the fast extra, known tickets": statistics.median(known_plain),
    }
    print_table(
        f"assess: {len(tickets)} tickets in batches of {BATCH}, median of {ROUNDS} interleaved rounds",
        ("", "µs a ticket", "times the peer"),
        [(name, f"{value * 1e6 / len(tickets):,.0f}", f"{peer / value:.1f}") for name, value in times.items()],
    )
    stages = {
        "peer": peer_stages,
        "ours": stage_seconds(lambda: _assess_all(ours, tickets), STAGES),
    }
    with without_fast():
        stages["without the fast extra"] = stage_seconds(lambda: _assess_all(plain, tickets), STAGES)
    for name, spent in stages.items():
        _print_stages(name, spent, len(tickets))
    figures: dict[str, Any] = {f"{name}, µs": round(value * 1e6 / len(tickets), 1) for name, value in times.items()}
    figures["stages, µs a ticket"] = {
        name: {stage: round(value * 1e6 / len(tickets), 1) for stage, value in spent.items()}
        for name, spent in stages.items()
    }
    figures["training of the peers, s"] = round(took, 1)
    best, least = peer / times["assess, known tickets"], peer / times["assess without the fast extra, known tickets"]
    return Report(
        "assess",
        figures,
        (
            Goal("assess: known tickets, times the naive peer", best, LEAST_TIMES, at_most=False),
            Goal("assess: without the fast extra, times the naive peer", least, LEAST_TIMES_PLAIN, at_most=False),
        ),
    )


def _assessor(engine: str = "auto") -> Assessor:
    """An assessor with its model; rules alone would be no match for the peer's job."""
    assessor = Assessor(load_settings(), engine=engine)
    if assessor.scorer is None or assessor.notices:
        raise RuntimeError(f"assess is measured with its models: {'; '.join(assessor.notices)}")
    return assessor


def _assess_all(assessor: Assessor, tickets: Sequence[Ticket]) -> None:
    for batch in _batches(tickets):
        assessor.assess_many(batch)


def _batches(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


@contextmanager
def without_fast() -> Iterator[None]:
    """As where google-re2 and rjieba are not installed: neither can be imported, and words are cut by jieba."""
    tokens._cut_of.cache_clear()
    with patch.dict(sys.modules, {"re2": None, "rjieba": None}):
        # The dictionary is read before the clock starts.
        Tokeniser().cut("语音卡顿")
        yield
    tokens._cut_of.cache_clear()
    Tokeniser().cut("语音卡顿")


def _lean_heads(naive: Naive, tickets: Sequence[Ticket]) -> float:
    """Seconds that the heads of all tickets take with one vectoriser a head, told by a sample."""
    words = [" ".join(naive.cut(f"{ticket.title}\n{ticket.body}")) for ticket in tickets[::LEAN_SAMPLE]]
    return seconds(lambda: [naive.lean_heads(text) for text in words]) * len(tickets) / len(words)


def _print_stages(name: str, spent: Mapping[str, float], count: int) -> None:
    whole = sum(spent.values())
    print_table(
        f"assess: where the time goes, {name}",
        ("", "µs a ticket", "share"),
        [(stage, f"{value * 1e6 / count:,.0f}", f"{value / whole:.0%}") for stage, value in spent.items()],
    )


def _classification(corpus: Sequence[LabelledTicket]) -> Report:
    """From the same words of each ticket, cut before, to all three heads; the evidence that ours adds was found before."""
    if not importlib.util.find_spec("fasttext"):
        print("\nassess: fastText is not installed, classification alone is not measured; pip install fasttext-wheel")
        return Report("classification", {"classification": "fastText is not installed"})
    assessor = _assessor()
    scorer = assessor.scorer
    assert scorer
    views = _views(assessor, [labelled.ticket for labelled in corpus])
    features = [features_of(view) for view in views]
    lines = [_line(view.words) for view in views]
    rows = [number for number, labelled in enumerate(corpus) if labelled.split == "train"]
    training, training_lines = [corpus[row] for row in rows], [lines[row] for row in rows]
    batches_of_views = _batches(views)
    works: dict[str, Callable[[], object]] = {
        "ours, from words and evidence": lambda: [
            scorer.probabilities([features_of(view) for view in batch]) for batch in batches_of_views
        ],
        "ours, features made before": partial(_each, scorer.probabilities, _batches(features)),
    }
    for name, settings in FASTTEXT.items():
        predict = train_fasttext(training, training_lines, settings)
        works[f"peer: fastText, {name}"] = partial(_each, predict, _batches(lines))
    times: dict[str, list[float]] = {name: [] for name in works}
    for _, (name, work) in itertools.product(range(ROUNDS_OF_CLASSIFICATION), works.items()):
        times[name].append(seconds(work))
    medians = {name: statistics.median(values) for name, values in times.items()}
    peer = min(value for name, value in medians.items() if name.startswith("peer"))
    print_table(
        f"classification alone: kind, product and priority of {len(views)} tickets from the same words, batches of "
        f"{BATCH}, median of {ROUNDS_OF_CLASSIFICATION} interleaved rounds",
        ("", "µs a ticket", "times the quicker fastText"),
        [(name, f"{value * 1e6 / len(views):,.1f}", f"{peer / value:.2f}") for name, value in medians.items()],
    )
    ratio = peer / medians["ours, from words and evidence"]
    print(f"  aim {AIM_FASTTEXT:g}: {'reached' if ratio >= AIM_FASTTEXT else 'not reached'} ({ratio:.2f})")
    return Report(
        "classification",
        {f"{name}, µs": round(value * 1e6 / len(views), 1) for name, value in medians.items()},
        (Goal("assess: classification alone, times fastText", ratio, LEAST_TIMES_FASTTEXT, at_most=False),),
    )


def _each(predict: Callable[[Sequence[Any]], object], batches: Sequence[Sequence[Any]]) -> None:
    for batch in batches:
        predict(batch)


def _views(assessor: Assessor, tickets: Sequence[Ticket]) -> list[View]:
    """What was cut and found in each ticket, as features are made of it."""
    views: list[View] = []

    def kept(view: View) -> set[str]:
        views.append(view)
        return features_of(view)

    with patch.object(triage.sight, "features_of", kept):
        for batch in _batches(tickets):
            assessor.see_many(batch)
    return views


def _line(words: Sequence[str]) -> str:
    # A word of the text must not pass for a label.
    return " ".join(word for word in words if not word.startswith("__label__")) + "\n"


if __name__ == "__main__":
    for goal in run().goals:
        print(goal.line())
