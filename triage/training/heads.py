"""Trains kind, product and priority: one softmax regression a head, calibrated, exported flat.

A ticket is what is there in it, weighed by rareness (idf) and scaled to length 1. What lost, trained on 3,715 tickets, on
the 903 held out (2026-11-25; quadratic kappa of the likeliest priority, macro-F1 of kind and product): plain presence
0.873, 0.922, 0.838 against 0.881, 0.933, 0.862. On an earlier, smaller corpus: TF-IDF of jieba words beside presence of
evidence no gain; gradient boosting over evidence and the linear scores 0.878 against 0.875; three small neural nets 0.876
(0.81 on the development tickets); balanced class weights no gain. The linear model stayed: as good, and its summands are
its reasons.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from triage.priority.scorer import HEADS, Arrays, Scorer, write_scorer
from triage.training.dataset import LabelledTicket

# Inverse strength of the L2 penalty; 2, 5, 10 and 20 were tried.
STRENGTH = 20.0
# A feature seen in fewer tickets is noise; 2 doubles the file for a gain within its interval.
LEAST_TICKETS = 3
FOLDS = 5
# Rare labels of these heads count more, by the root of how rare they are: of kind, where requests are a ninth, macro-F1 out
# of fold rose from 0.902 to 0.911 (requests 0.833 to 0.855); full balance gave no more and bends the probabilities twice as
# far (2026-11-26). A priority's costs are the decision's.
ROOT_BALANCED = ("kind",)


class TrainedHeads(NamedTuple):
    """The vocabulary, how rare each feature is, and for each head the calibrated scikit-learn model over it."""

    vocabulary: tuple[str, ...]
    rareness: NDArray[np.float64]
    models: Mapping[str, CalibratedClassifierCV]

    def arrays(self) -> Arrays:
        """The numbers of all heads, rareness and temperature folded in, columns as in ``HEADS``."""
        weights, bias = [], []
        for head, labels in HEADS.items():
            regression, beta = self.models[head].calibrated_classifiers_[0].estimator, self.temperatures()[head]
            order = [list(self.models[head].classes_).index(label) for label in labels]
            weights.append(regression.coef_[order].T * self.rareness[:, None] * beta)
            bias.append(regression.intercept_[order] * beta)
        return Arrays(
            np.hstack(weights).astype(np.float32),
            np.concatenate(bias).astype(np.float32),
            self.rareness.astype(np.float32),
        )

    def temperatures(self) -> dict[str, float]:
        """What the scores of each head are multiplied by to be calibrated: above 1 they were too timid."""
        return {
            head: float(model.calibrated_classifiers_[0].calibrators[0].beta_) for head, model in self.models.items()
        }

    def matrix(self, features: Sequence[frozenset[str]]) -> Any:
        """What the scikit-learn models see of tickets: shape (n_tickets, n_features), rows of length 1."""
        return scaled(matrix_of(features, self.vocabulary), self.rareness)

    def scorer(self, version: str = "trained") -> Scorer:
        """The model as the program uses it."""
        return Scorer(self.vocabulary, self.arrays(), version)

    def write(self, folder: Path) -> str:
        """Writes the model's files and gives their sha256."""
        return write_scorer(folder, self.vocabulary, self.arrays())


def train_heads(
    features: Sequence[frozenset[str]],
    tickets: Sequence[LabelledTicket],
    *,
    weights: Sequence[float] | None = None,
    priority_strength: float = STRENGTH,
) -> TrainedHeads:
    """Models of all heads from the features of labelled tickets; ``weights`` are how much each counts beside the others.

    A label that is None does not count. The temperature is fitted out of fold, by group, so that a minimal pair never
    calibrates itself.
    """
    counts = Counter(feature for row in features for feature in row)
    vocabulary = tuple(sorted(feature for feature, count in counts.items() if count >= LEAST_TICKETS))
    rareness = np.log((1 + len(features)) / (1 + np.array([counts[feature] for feature in vocabulary]))) + 1
    matrix = scaled(matrix_of(features, vocabulary), rareness)
    groups = np.array([labelled.group for labelled in tickets])
    amounts = np.ones(len(tickets)) if weights is None else np.asarray(weights, dtype=float)
    models = {}
    for head in HEADS:
        labels = [label_of(labelled, head) for labelled in tickets]
        rows = np.flatnonzero([label is not None for label in labels])
        truth = np.array([labels[row] for row in rows])
        folds = list(GroupKFold(FOLDS).split(rows, truth, groups[rows]))
        model = CalibratedClassifierCV(
            LogisticRegression(C=priority_strength if head == "priority" else STRENGTH, max_iter=1000),
            method="temperature",
            cv=folds,
            ensemble=False,
        )
        counted = amounts[rows] * (_root_balanced(truth) if head in ROOT_BALANCED else 1.0)
        models[head] = model.fit(matrix[rows], truth, sample_weight=counted / counted.mean())
    return TrainedHeads(vocabulary, rareness, models)


def _root_balanced(truth: NDArray[Any]) -> NDArray[np.float64]:
    counts = Counter(truth)
    return np.array([np.sqrt(len(truth) / (len(counts) * counts[label])) for label in truth])


def matrix_of(features: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> Any:
    """The features as a sparse matrix of shape (n_tickets, n_features) of ones."""
    index = {feature: number for number, feature in enumerate(vocabulary)}
    rows = [sorted(index[feature] for feature in row if feature in index) for row in features]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(features), len(vocabulary)))


def scaled(matrix: Any, rareness: NDArray[np.float64]) -> Any:
    """The rows weighed by rareness and brought to length 1; an empty row stays empty."""
    weighed = matrix @ diags(rareness)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return (diags(1 / np.where(lengths > 0, lengths, 1.0)) @ weighed).tocsr()


def label_of(labelled: LabelledTicket, head: str) -> str | None:
    """A ticket's label of a head; of the priority's five, P2e is a P2 that is escalated."""
    if head != "priority":
        return str(label) if (label := getattr(labelled, head)) else None
    if labelled.priority is None or labelled.escalate is None:
        return None
    return "P2e" if labelled.priority == "P2" and labelled.escalate else labelled.priority
