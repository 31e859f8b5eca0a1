"""Trains the priority on a site's own backlog: the shipped corpus blended with theirs, promoted only where it is better.

Their labels say how urgent; kind and product stay the shipped model's. Whether the blend is better is measured on their
tickets alone, by cross-validation, beside the shipped model and the plain baseline (TF-IDF and logistic regression).
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline

from triage.assessment import PRIORITIES
from triage.assessor import Assessor
from triage.datafile import suggest
from triage.errors import InputError
from triage.priority.scorer import HEADS, Scorer
from triage.settings import Settings
from triage.ticket import Ticket
from triage.training import metrics
from triage.training.baselines import words_of
from triage.training.dataset import LabelledTicket
from triage.training.heads import LEAST_TICKETS, label_of, matrix_of, scaled, train_heads

LEAST_LABELS = 50
FOLDS = 5
SEED = 0
# How often the better one must be better.
SURE = 0.95
# How much a ticket of the corpus counts beside one of theirs, all of which are tried: little where they have many.
CORPUS_WEIGHTS = (0.05, 0.3, 1.0)
# Inverse strength of the L2 penalty over rows of length 1. Rare priorities count as much as common ones (balanced): a
# backlog has twenty times as many ordinary tickets as urgent ones, and the urgent ones are what it is for.
STRENGTH = 2.0
TFIDF_STRENGTH = 1.0
NAME = "site-1"


class SiteTicket(NamedTuple):
    """A ticket of the site with the name it bears there and the priority that this stands for."""

    ticket: Ticket
    name: str
    priority: str


class Figures(NamedTuple):
    """How well a system tells the site's priorities: macro-F1, quadratic kappa, and the share that is right."""

    macro_f1: float
    kappa: float
    accuracy: float


def site_tickets(tickets: Sequence[Ticket], names: Mapping[str, str], settings: Settings) -> list[SiteTicket]:
    """The tickets whose priority is known, by ``names`` (theirs -> P1 to P4) or, without any, by the settings' names.

    Raises InputError for a name that stands for nothing, with the names found, and for fewer than 50 labels.
    """
    given = {name.strip().lower(): label for name, label in names.items()}
    for name, label in names.items():
        if label not in PRIORITIES:
            raise InputError(f'--priority-map "{name}={label}": {label} is no priority; use {", ".join(PRIORITIES)}')
    known = given or {name: label for label, words in settings.priority.requested.items() for name in words}
    found = Counter(name for ticket in tickets if (name := (ticket.requested_priority or "").strip()))
    for name in found:
        if name.lower() not in known:
            raise InputError(
                f'priority "{name}" stands for nothing; write --priority-map "{name}=P2,…" '
                f"for each of {', '.join(sorted(found))} ({suggest(name, known)})"
            )
    labelled = [
        SiteTicket(ticket, ticket.requested_priority.strip(), known[ticket.requested_priority.strip().lower()])
        for ticket in tickets
        if ticket.requested_priority and ticket.requested_priority.strip()
    ]
    if len(labelled) < LEAST_LABELS:
        raise InputError(f"{len(labelled)} tickets have a priority; at least {LEAST_LABELS} are needed to learn from")
    if len({one.priority for one in labelled}) < 2:
        raise InputError("all tickets have the same priority; there is nothing to tell apart")
    return labelled


def train_site(
    tickets: Sequence[SiteTicket], corpus: Sequence[LabelledTicket], assessor: Assessor, folder: Path
) -> Iterator[str]:
    """Tells how the blends do on the site's tickets, and writes the best one to ``folder`` where it beats both others.

    The last line says whether a model was written. ``assessor`` holds the shipped model. Raises InputError without one.
    """
    shipped = assessor.scorer
    if shipped is None:
        raise InputError("the shipped model is missing or damaged; restore it first (triage train makes it anew)")
    seen = _Seen(
        [one.features for one in assessor.see_many([one.ticket for one in tickets], with_letters=True)],
        [one.priority for one in tickets],
        [one.features for one in assessor.see_many([labelled.ticket for labelled in corpus], with_letters=True)],
        [label_of(labelled, "priority") or "" for labelled in corpus],
    )
    truth = np.array(seen.labels)
    yield f"{len(tickets):,} tickets of the site, {_counts(truth)}; {FOLDS}-fold cross-validation on them"
    told: dict[str, NDArray[Any]] = {"shipped model": _shipped_labels(shipped, seen.features)}
    told["TF-IDF + logistic regression"] = cross_validated_tfidf([one.ticket for one in tickets], truth)
    blends = {f"blend, corpus x {weight:g}": weight for weight in CORPUS_WEIGHTS}
    for name, weight in blends.items():
        told[name] = _cross_validated_blend(seen, truth, weight)
    figures = {name: figures_of(truth, labels) for name, labels in told.items()}
    yield f"{'':<32}macro-F1  kappa  right"
    for name, row in figures.items():
        yield f"{name:<32}{row.macro_f1:>8.3f}{row.kappa:>7.3f}{row.accuracy:>7.3f}"
    names = np.array([one.name for one in tickets])
    if len(set(names)) > len(set(truth)):
        yield from _own_names(seen, [one.ticket for one in tickets], names)
    best = max(blends, key=lambda name: figures[name].macro_f1)
    rivals = [name for name in figures if name not in blends]
    unbeaten = [name for name in rivals if not is_ahead(truth, told[best], told[name])]
    if unbeaten:
        yield (
            f"not promoted: the best blend ({best}) is not surely better than {' and '.join(unbeaten)}; "
            "the model in force stays"
        )
        return
    sha256 = _write(tickets, seen, corpus, blends[best], folder)
    yield f"promoted: {best} is better than both; wrote {folder} (sha256 {sha256[:12]}…)"


def is_ahead(truth: NDArray[Any], one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether ``one`` has the better macro-F1 in 95 of 100 resamples of the tickets: more than luck."""
    labels = sorted({*truth, *one, *other})
    codes = metrics.codes(list(truth), labels)
    tables = [
        metrics.confusion_resamples(codes, metrics.codes(list(told), labels), len(labels)) for told in (one, other)
    ]
    leads = metrics.macro_f1(tables[0]) - metrics.macro_f1(tables[1])
    return float(np.mean(leads > 0)) >= SURE


def figures_of(truth: NDArray[Any], told: NDArray[Any]) -> Figures:
    """Macro-F1 over the labels that occur, quadratic kappa over their order, and the share that is right."""
    labels = sorted(set(truth))
    both = {*truth, *told}
    scale = list(PRIORITIES) if both <= set(PRIORITIES) else sorted(both)
    kappa = cohen_kappa_score(truth, told, labels=scale, weights="quadratic")
    return Figures(
        float(f1_score(truth, told, labels=labels, average="macro", zero_division=0)),
        float(kappa),
        float(np.mean(truth == told)),
    )


def cross_validated_tfidf(tickets: Sequence[Ticket], truth: NDArray[Any]) -> NDArray[Any]:
    """What TF-IDF of words and pairs with balanced logistic regression says of each ticket, out of fold."""
    words = [words_of(ticket) for ticket in tickets]
    told = truth.copy()
    for train, test in _folds(truth):
        if len(set(truth[train])) < 2:
            told[test] = truth[train][0]
            continue
        seen_twice = max(Counter(word for row in train for word in set(words[row])).values(), default=0) > 1
        model = make_pipeline(
            TfidfVectorizer(analyzer=_words_and_pairs, min_df=2 if seen_twice else 1, sublinear_tf=True),
            LogisticRegression(C=TFIDF_STRENGTH, max_iter=1000, class_weight="balanced"),
        )
        told[test] = model.fit([words[row] for row in train], truth[train]).predict([words[row] for row in test])
    return told


def _words_and_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one} {other}" for one, other in itertools.pairwise(words))]


class _Seen(NamedTuple):
    """Features and labels of the site's tickets, and of the corpus ("" where that label does not count)."""

    features: Sequence[frozenset[str]]
    labels: Sequence[str]
    corpus: Sequence[frozenset[str]]
    corpus_labels: Sequence[str]


class _Blend(NamedTuple):
    vocabulary: tuple[str, ...]
    rareness: NDArray[np.float64]
    model: LogisticRegression

    def told(self, features: Sequence[frozenset[str]]) -> NDArray[Any]:
        matrix = scaled(matrix_of(features, self.vocabulary), self.rareness)
        return np.array([label[:2] for label in self.model.predict(matrix)])


def _blend(seen: _Seen, rows: Sequence[int], weight: float) -> _Blend:
    """A model of the site's tickets in ``rows`` and of the whole corpus, whose tickets count ``weight`` each."""
    features = [*(seen.features[row] for row in rows), *seen.corpus]
    labels = np.array([*(seen.labels[row] for row in rows), *seen.corpus_labels])
    amounts = np.array([*_balanced([seen.labels[row] for row in rows]), *[weight] * len(seen.corpus)])
    counts = Counter(feature for row in features for feature in row)
    vocabulary = tuple(sorted(feature for feature, count in counts.items() if count >= LEAST_TICKETS))
    rareness = np.log((1 + len(features)) / (1 + np.array([counts[feature] for feature in vocabulary]))) + 1
    known = np.flatnonzero((labels != "") & (amounts > 0))
    matrix = scaled(matrix_of(features, vocabulary), rareness)
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    weights = amounts[known] / amounts[known].mean()
    return _Blend(vocabulary, rareness, model.fit(matrix[known], labels[known], sample_weight=weights))


def _balanced(labels: Sequence[str]) -> list[float]:
    counts = Counter(labels)
    return [len(labels) / (len(counts) * counts[label]) for label in labels]


def _folds(truth: NDArray[Any]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    least = min(Counter(truth).values())
    # A priority that one ticket alone has cannot stand in two parts.
    split = StratifiedKFold if least > 1 else KFold
    folds = split(max(2, min(FOLDS, least)), shuffle=True, random_state=SEED)
    return list(folds.split(truth, truth))


def _cross_validated_blend(seen: _Seen, truth: NDArray[Any], weight: float) -> NDArray[Any]:
    told = truth.copy()
    for train, test in _folds(truth):
        told[test] = _blend(seen, list(train), weight).told([seen.features[row] for row in test])
    return told


def _shipped_labels(scorer: Scorer, features: Sequence[frozenset[str]]) -> NDArray[Any]:
    labels = HEADS["priority"]
    return np.array([labels[place][:2] for place in scorer.probabilities(features)["priority"].argmax(axis=1)])


def _own_names(seen: _Seen, tickets: Sequence[Ticket], names: NDArray[Any]) -> Iterator[str]:
    """The same comparison on the site's own names, where they tell apart more than P1 to P4: no corpus can help there."""
    alone = _Seen(seen.features, list(names), [], [])
    ours = figures_of(names, _cross_validated_names(alone, names))
    plain = figures_of(names, cross_validated_tfidf(tickets, names))
    yield f"on the site's own {len(set(names))} names ({_counts(names)})"
    yield f"{'features of triage':<32}{ours.macro_f1:>8.3f}{'':>7}{ours.accuracy:>7.3f}"
    yield f"{'TF-IDF + logistic regression':<32}{plain.macro_f1:>8.3f}{'':>7}{plain.accuracy:>7.3f}"


def _cross_validated_names(seen: _Seen, names: NDArray[Any]) -> NDArray[Any]:
    told = names.copy()
    for train, test in _folds(names):
        blend = _blend(seen, list(train), 0.0)
        matrix = scaled(matrix_of([seen.features[row] for row in test], blend.vocabulary), blend.rareness)
        told[test] = blend.model.predict(matrix)
    return told


def _counts(labels: NDArray[Any]) -> str:
    return ", ".join(f"{label} {count:,}" for label, count in sorted(Counter(labels).items()))


def _write(
    tickets: Sequence[SiteTicket], seen: _Seen, corpus: Sequence[LabelledTicket], weight: float, folder: Path
) -> str:
    """Trains all heads on both and writes them: the site's tickets know no kind and no product, the corpus does."""
    theirs = [
        LabelledTicket(one.ticket, f"site {number}", "train", None, None, None, one.priority, False, {})
        for number, one in enumerate(tickets)
    ]
    trained = train_heads(
        [*seen.features, *seen.corpus],
        [*theirs, *corpus],
        weights=[*_balanced(seen.labels), *[weight] * len(corpus)],
        priority_strength=STRENGTH,
    )
    return trained.write(folder)
