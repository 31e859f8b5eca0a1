"""Tickets a second through ``Assessor.assess_many`` against the obvious way, one thread; and the heads against fastText.

The naive peer does the same work as one would write it first: each pattern by ``re.search``, jieba, and a scikit-learn
pipeline a head (TF-IDF of words and pairs, logistic regression, calibrated over five folds), ticket by ticket.
"""

import re
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from bench.clock import seconds
from bench.corpus import ROOT, read_corpus
from bench.report import Goal, Report, print_table
from triage.assessor import Assessor
from triage.language.pack import load_pack
from triage.language.text import normalise
from triage.priority.scorer import HEADS
from triage.settings import load_settings
from triage.ticket import Ticket
from triage.training.baselines import train_baseline, words_of
from triage.training.dataset import LabelledTicket, read_corpus as read_labelled_corpus

BATCH = 64
ROUNDS = 3
# The naive peer takes 10 ms a ticket.
MOST_NAIVE = 300


def run() -> Report:
    """Prints the table and gives its figures; training the peers takes about a minute."""
    tickets = read_corpus()
    some = tickets[:: max(1, len(tickets) // MOST_NAIVE)]
    train = [one for one in read_labelled_corpus(ROOT / "data") if one.split == "train"]
    naive = _naive(train)
    fast, plain = Assessor(load_settings()), Assessor(load_settings(), engine="re")
    seen = [one.features for one in fast.see_many(tickets)]
    scorer = fast.scorer
    if scorer is None:
        raise RuntimeError("the shipped model cannot be read")
    fasttext = train_baseline("fasttext", train)
    _assess(fast, tickets)
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "assess, in batches": (len(tickets), lambda: _assess(fast, tickets)),
        "assess without google-re2, in batches": (len(some), lambda: _assess(plain, some)),
        "peer: the naive way, one by one": (len(some), lambda: [naive(ticket) for ticket in some]),
        "all heads, features at hand": (len(tickets), lambda: scorer.probabilities(seen)),
        "peer: fastText, four heads, words and all": (len(tickets), lambda: fasttext(tickets)),
        "jieba's words alone": (len(tickets), lambda: [words_of(ticket) for ticket in tickets]),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (count, work) in works.items():
            times[name].append(seconds(work) * 1e6 / count)
    medians = {name: statistics.median(values) for name, values in times.items()}
    peer = medians["peer: the naive way, one by one"]
    print_table(
        f"assess: {len(tickets)} tickets, one thread, median of {ROUNDS} interleaved rounds",
        ("", "µs a ticket", "times the naive peer"),
        [(name, f"{value:,.0f}", f"{peer / value:.1f}") for name, value in medians.items()],
    )
    cutting = medians["jieba's words alone"]
    fasttext_alone = max(medians["peer: fastText, four heads, words and all"] - cutting, 1e-9)
    heads = fasttext_alone / medians["all heads, features at hand"]
    goals = (
        Goal("assess, times the naive peer", peer / medians["assess, in batches"], 25, at_most=False),
        Goal(
            "assess without google-re2, times the naive peer",
            peer / medians["assess without google-re2, in batches"],
            2,
            at_most=False,
        ),
        Goal("classification, times fastText on the same words", heads, 0.8, at_most=False),
    )
    return Report("assess", {f"{name}, µs": round(value, 1) for name, value in medians.items()}, goals)


def _assess(assessor: Assessor, tickets: Sequence[Ticket]) -> None:
    for start in range(0, len(tickets), BATCH):
        assessor.assess_many(tickets[start : start + BATCH])


def _naive(train: Sequence[LabelledTicket]) -> Callable[[Ticket], object]:
    import jieba
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    jieba.setLogLevel(60)
    regexps = [re.compile(pattern.expression, re.ASCII) for pattern in load_pack().patterns]
    pipelines: list[Any] = []
    for head in HEADS:
        rows = [one for one in train if getattr(one, head)]
        texts = [f"{one.ticket.title}\n{one.ticket.body}" for one in rows]
        pipeline = make_pipeline(
            TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2), min_df=2),
            CalibratedClassifierCV(LogisticRegression(max_iter=300), cv=5),
        )
        pipelines.append(pipeline.fit(texts, [getattr(one, head) for one in rows]))

    def judge(ticket: Ticket) -> object:
        text = f"{ticket.title}\n{ticket.body}"
        low = normalise(text).text
        hits = [regexp.search(low) for regexp in regexps]
        return hits, [pipeline.predict_proba([text]) for pipeline in pipelines]

    return judge


if __name__ == "__main__":
    for goal in run().goals:
        print(goal.line())
