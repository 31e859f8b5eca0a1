"""How good a system is, in numbers: figures of a head, of the ordered priority, of its probabilities, with intervals.

Every measure is a function of a small table that tickets add up to: the confusion matrix or the bins of calibration. So
a resample is a table too, and a measure takes one table, or a stack of them, shape (…, k, k). Numpy alone; what a
system is and how its figures are printed stands in ``predictions.py``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from triage.errors import InputError

# Resamples of the bootstrap interval, and the seed that makes it the same each time.
RESAMPLES, SEED = 1000, 0
# Equal-width bins of the confidence, as in Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), who
# take 15; 10 keep about 70 tickets a bin on the corpus's test split.
BINS = 10
# The code of a ticket whose label does not count.
UNKNOWN = -1

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the 95 % interval that holds it; all NaN where there was nothing to measure."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether a difference may be none at all; True too where nothing was measured."""
        return not (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label against all others; ``present`` counts the truth. A share of nothing is NaN."""

    label: str
    precision: float
    recall: float
    f1: float
    present: int
    false_alarms: int
    missed: int


@dataclass(frozen=True, slots=True)
class HeadFigures:
    """A head on the ``count`` tickets that have a label for it; ``confusion`` has rows of truth, columns as told."""

    count: int
    labels: tuple[LabelFigures, ...]
    macro_f1: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """The tickets whose top label was told with a confidence from ``low`` to ``high`` (excluded, save 1)."""

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error, and the reliability curve: the bins that hold tickets, in order of confidence."""

    ece: float
    count: int
    bins: tuple[Bin, ...]


def codes(values: Sequence[str | None], labels: Sequence[str]) -> Codes:
    """The position of each value among the labels, UNKNOWN for None. Raises InputError for any other value."""
    places: dict[str | None, int] = {label: place for place, label in enumerate(labels)} | {None: UNKNOWN}
    for value in values:
        if value not in places:
            raise InputError(f'label "{value}" is not known; it is one of {", ".join(labels)}')
    return np.array([places[value] for value in values], dtype=np.int64)


# Tables


def confusion(truth: Codes, told: Codes, size: int) -> Floats:
    """Shape (size, size), rows truth, columns as told; a ticket whose truth is UNKNOWN does not count."""
    return _confusion(*_known(truth, told), size)


def confusion_resamples(truth: Codes, told: Codes, size: int) -> Floats:
    """The confusion of each bootstrap resample over the tickets that count, shape (RESAMPLES, size, size).

    The same truth meets the same resamples, so that two systems on the same tickets can be compared pair by pair.
    """
    truth, told = _known(truth, told)
    return np.array([_confusion(truth[drawn], told[drawn], size) for drawn in _draws(len(truth))])


def calibration_table(confidence: Floats, correct: NDArray[np.bool_]) -> Floats:
    """Shape (BINS, 3): number of tickets, sum of confidence, number of right answers in each bin of confidence."""
    place = np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)
    columns = (None, confidence, correct.astype(np.float64))
    return np.stack([np.bincount(place, weights=column, minlength=BINS) for column in columns], axis=-1).astype(float)


def calibration_resamples(confidence: Floats, correct: NDArray[np.bool_]) -> Floats:
    """The table of each bootstrap resample, shape (RESAMPLES, BINS, 3)."""
    return np.array([calibration_table(confidence[drawn], correct[drawn]) for drawn in _draws(len(confidence))])


def _draws(count: int) -> Iterator[NDArray[np.int64]]:
    random = np.random.default_rng(SEED)
    for _ in range(RESAMPLES):
        yield random.integers(0, count, count) if count else np.zeros(0, dtype=np.int64)


def _known(truth: Codes, told: Codes) -> tuple[Codes, Codes]:
    known = truth != UNKNOWN
    return truth[known], told[known]


def _confusion(truth: Codes, told: Codes, size: int) -> Floats:
    cells = np.bincount(truth * size + told, minlength=size * size)
    return cells.reshape(size, size).astype(np.float64)


# Measures of one confusion or of a stack of them


def precision(table: Floats) -> Floats:
    """Of each label: the share of what was told that is true."""
    return _share(_diagonal(table), table.sum(axis=-2))


def recall(table: Floats) -> Floats:
    """Of each label: the share of the truth that was told."""
    return _share(_diagonal(table), table.sum(axis=-1))


def f1(table: Floats) -> Floats:
    """Of each label: the harmonic mean of precision and recall; NaN for a label neither there nor told."""
    return _share(2 * _diagonal(table), table.sum(axis=-1) + table.sum(axis=-2))


def macro_f1(table: Floats) -> Floats:
    """The mean F1 over the labels that are there or were told, as scikit-learn counts it."""
    scores = f1(table)
    return _share(np.nansum(scores, axis=-1), np.isfinite(scores).sum(axis=-1))


def accuracy(table: Floats) -> Floats:
    """The share of tickets told right."""
    return _share(_diagonal(table).sum(axis=-1), _total(table))


def quadratic_kappa(table: Floats) -> Floats:
    """Agreement beyond chance on ordered labels: 1 is all right, 0 is chance; a miss weighs its distance squared.

    Cohen, "Weighted kappa" (Psychological Bulletin 70, 1968). NaN where truth and told never vary.
    """
    place = np.arange(table.shape[-1])
    weights = (place[:, None] - place[None, :]) ** 2
    by_chance = table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :]
    return 1 - _share(
        (weights * table).sum(axis=(-2, -1)) * _total(table),
        (weights * by_chance).sum(axis=(-2, -1)),
    )


def top_recall(table: Floats) -> Floats:
    """Recall of the first label: of priority, P1."""
    return recall(table)[..., 0]


def under_triage(table: Floats) -> Floats:
    """The share of tickets told less urgent than they are; labels stand in order, the most urgent first."""
    return _share(np.triu(table, 1).sum(axis=(-2, -1)), _total(table))


def over_triage(table: Floats) -> Floats:
    """The share of tickets told more urgent than they are."""
    return _share(np.tril(table, -1).sum(axis=(-2, -1)), _total(table))


def mean_cost(table: Floats, cost: ArrayLike) -> Floats:
    """What a ticket costs on average; ``cost`` has the shape of one confusion, rows truth, columns as told."""
    prices = np.asarray(cost, dtype=np.float64)
    if prices.shape != table.shape[-2:]:
        size = table.shape[-1]
        raise InputError(f"the cost table has shape {prices.shape}; give {size} rows of {size} numbers, a row a truth")
    return _share((table * prices).sum(axis=(-2, -1)), _total(table))


# Measures of one calibration table or of a stack of them


def ece(table: Floats) -> Floats:
    """Expected calibration error: how far confidence and accuracy lie apart, mean over tickets, 0-1.

    Chance alone makes it larger, and a resample holds more chance than the tickets did: near 0 the value stands at the
    low end of its interval.
    """
    return _share(np.abs(table[..., 1] - table[..., 2]).sum(axis=-1), table[..., 0].sum(axis=-1))


# Results


def interval(value: ArrayLike, resampled: Floats) -> Interval:
    """The value with its percentile interval; resamples in which there was nothing to measure are left out."""
    measured = resampled[np.isfinite(resampled)]
    if not len(measured):
        return Interval(float(np.asarray(value)), float("nan"), float("nan"))
    low, high = np.percentile(measured, [2.5, 97.5])
    return Interval(float(np.asarray(value)), float(low), float(high))


def head_figures(table: Floats, labels: Sequence[str]) -> HeadFigures:
    """The figures of one confusion whose rows and columns stand in the order of the labels."""
    hits, present, told = np.diagonal(table), table.sum(axis=1), table.sum(axis=0)
    shares = zip(precision(table), recall(table), f1(table), strict=True)
    counts = zip(present, told - hits, present - hits, strict=True)
    return HeadFigures(
        int(table.sum()),
        tuple(
            LabelFigures(label, float(right), float(found), float(both), int(there), int(alarms), int(missed))
            for label, (right, found, both), (there, alarms, missed) in zip(labels, shares, counts, strict=True)
        ),
        float(macro_f1(table)),
        float(accuracy(table)),
        tuple(tuple(int(cell) for cell in row) for row in table),
    )


def calibration(table: Floats) -> Calibration:
    """The error and the curve of one calibration table."""
    bins = tuple(
        Bin(place / BINS, (place + 1) / BINS, float(sure / count), float(right / count), int(count))
        for place, (count, sure, right) in enumerate(table)
        if count
    )
    return Calibration(float(ece(table)), int(table[:, 0].sum()), bins)


def _diagonal(table: Floats) -> Floats:
    return np.diagonal(table, axis1=-2, axis2=-1)


def _total(table: Floats) -> Floats:
    return np.asarray(table.sum(axis=(-2, -1)))


def _share(part: ArrayLike, whole: ArrayLike) -> Floats:
    """The quotient, NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    quotient = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=quotient, where=whole != 0)
    return quotient
