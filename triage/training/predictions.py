"""What a system says of tickets, measured against their labels, and printed alone or beside other systems."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, Literal

import numpy as np

from triage.assessment import KINDS, PRIORITIES
from triage.errors import InputError
from triage.priority.scorer import HEADS
from triage.settings import load_settings
from triage.training import metrics
from triage.training.dataset import LabelledTicket
from triage.training.metrics import Floats

# Columns of probabilities and of confusions stand in this order; P1 first, for it comes first in every report.
LABELS: Mapping[str, tuple[str, ...]] = {
    "priority": PRIORITIES,
    "escalate": ("yes", "no"),
    "kind": KINDS,
    "product": HEADS["product"],
}


@dataclass(frozen=True, slots=True, eq=False)
class HeadPredictions:
    """One label a ticket, and the probabilities it rests on: shape (n_tickets, n_labels), rows sum to 1, or None.

    The label need not be the most probable one: priority is told by expected cost.
    """

    labels: tuple[str, ...]
    probabilities: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a system says of n tickets; a head that it does not answer is None.

    Columns of probabilities stand as in LABELS: three kinds, six products, P1 to P4. Raises InputError when the parts
    are of different lengths, a label is not known, or probabilities are no distributions.
    """

    kind: HeadPredictions | None
    product: HeadPredictions | None
    priority: HeadPredictions | None
    escalate: tuple[bool, ...]

    def __post_init__(self) -> None:
        """Refuses what cannot be measured."""
        count = len(self.escalate)
        for name in ("kind", "product", "priority"):
            head: HeadPredictions | None = getattr(self, name)
            if head is None:
                continue
            if len(head.labels) != count:
                raise InputError(f"{name}: {len(head.labels)} labels and {count} of escalate; give one a ticket")
            if metrics.UNKNOWN in metrics.codes(head.labels, LABELS[name]):
                raise InputError(f"{name}: a label is None; a head answers every ticket or none")
            _check_probabilities(name, head.probabilities, (count, len(LABELS[name])))


def _check_probabilities(name: str, probabilities: Floats | None, shape: tuple[int, int]) -> None:
    if probabilities is None:
        return
    if probabilities.shape != shape:
        raise InputError(f"{name}: probabilities have shape {probabilities.shape}; it must be {shape}")
    # NaN fails both comparisons.
    if not ((probabilities >= 0).all() and (np.abs(probabilities.sum(axis=1) - 1) < 1e-3).all()):
        raise InputError(f"{name}: a row of probabilities is negative, NaN, or does not sum to 1")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of one head; ``of`` takes the head's confusion, or with ``table`` "calibration" its calibration table."""

    head: str
    name: str
    title: str
    of: Callable[[Floats], Floats]
    better: Literal["higher", "lower"] = "higher"
    table: Literal["confusion", "calibration"] = "confusion"
    compared: bool = True


def _measures(costs: Sequence[Sequence[float]]) -> tuple[Measure, ...]:
    """Every figure that has an interval; the order is that of the reports."""
    return (
        Measure("priority", "p1_recall", "P1 recall", metrics.top_recall),
        Measure("priority", "under_triage", "under-triage", metrics.under_triage, "lower"),
        Measure("priority", "over_triage", "over-triage", metrics.over_triage, "lower", compared=False),
        Measure("priority", "cost", "cost", lambda table: metrics.mean_cost(table, costs), "lower"),
        Measure("priority", "kappa", "kappa", metrics.quadratic_kappa),
        Measure("priority", "macro_f1", "priority macro-F1", metrics.macro_f1),
        Measure("priority", "accuracy", "priority accuracy", metrics.accuracy, compared=False),
        Measure("escalate", "precision", "escalate precision", lambda table: metrics.precision(table)[..., 0], compared=False),
        Measure("escalate", "recall", "escalate recall", metrics.top_recall, compared=False),
        Measure("escalate", "f1", "escalate F1", lambda table: metrics.f1(table)[..., 0]),
        Measure("kind", "macro_f1", "kind macro-F1", metrics.macro_f1),
        Measure("kind", "accuracy", "kind accuracy", metrics.accuracy, compared=False),
        Measure("product", "macro_f1", "product macro-F1", metrics.macro_f1),
        Measure("product", "accuracy", "product accuracy", metrics.accuracy, compared=False),
        *(
            Measure(head, "ece", f"{head} ECE", metrics.ece, "lower", "calibration")
            for head in ("priority", "kind", "product")
        ),
    )  # fmt: skip


def evaluate_predictions(
    tickets: Sequence[LabelledTicket],
    predictions: Predictions,
    *,
    costs: Sequence[Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Every figure of every head, ready for JSON, P1 recall first; what could not be measured is null.

    ``costs`` has a row a true priority, a column a told one; without it the settings' own count. ``answers`` keeps truth and answer of each ticket, so that
    two results can be compared pair by pair. Raises InputError when the predictions are of other tickets.
    """
    if len(tickets) != len(predictions.escalate):
        raise InputError(f"{len(predictions.escalate)} predictions for {len(tickets)} tickets; give one a ticket")
    if costs is None:
        costs = load_settings().priority.costs
    answers = {head: _answers(tickets, predictions, head) for head in LABELS}
    samples = _samples(answers, costs)
    result: dict[str, Any] = {"tickets": len(tickets)}
    for head, told in answers.items():
        if told is None:
            result[head] = None
            continue
        figures = {name: metrics.interval(*sample) for (of, name), sample in samples.items() if of == head}
        curve = None if told["confidence"] is None else metrics.calibration(_calibration_table(told))
        parts = _plain(metrics.head_figures(_confusion(told, head), LABELS[head]))
        labels = {row.pop("label"): row for row in parts["labels"]}
        result[head] = _json(
            {
                **_plain(figures),
                "count": parts["count"],
                "labels": labels,
                "confusion": parts["confusion"],
                "reliability": _plain(curve),
            }
        )
    return {**result, "costs": [list(row) for row in costs], "answers": answers}


def _plain(value: Any) -> Any:
    """The value as JSON knows it: figures become dicts of their fields, tuples lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _answers(tickets: Sequence[LabelledTicket], predictions: Predictions, head: str) -> dict[str, Any] | None:
    """Truth (null where it does not count), label told, confidence of the top label and whether that is right."""
    if head == "escalate":
        words = {True: "yes", False: "no", None: None}
        truth = [words[labelled.escalate] for labelled in tickets]
        told = [words[bool(answer)] for answer in predictions.escalate]
        return {"truth": truth, "told": told, "confidence": None, "correct": None}
    answer: HeadPredictions | None = getattr(predictions, head)
    if answer is None:
        return None
    truth = [getattr(labelled, head) for labelled in tickets]
    sure = right = None
    if answer.probabilities is not None:
        sure = [float(top) for top in answer.probabilities.max(axis=1)]
        tops = [LABELS[head][place] for place in answer.probabilities.argmax(axis=1)]
        right = [top == label for top, label in zip(tops, truth, strict=True)]
    return {"truth": truth, "told": list(answer.labels), "confidence": sure, "correct": right}


_Answers = Mapping[str, Mapping[str, Any] | None]
_Samples = dict[tuple[str, str], tuple[Floats, Floats]]


def _samples(answers: _Answers, costs: Sequence[Sequence[float]]) -> _Samples:
    """By head and name of measure: its value, and its value in each resample."""
    tables: dict[tuple[str, str], tuple[Floats, Floats]] = {}
    for head, told in answers.items():
        if told is None:
            continue
        codes = metrics.codes(told["truth"], LABELS[head]), metrics.codes(told["told"], LABELS[head])
        tables[head, "confusion"] = (
            _confusion(told, head),
            metrics.confusion_resamples(*codes, len(LABELS[head])),
        )
        if told["confidence"] is not None:
            tables[head, "calibration"] = (
                _calibration_table(told),
                metrics.calibration_resamples(*_confidence(told)),
            )
    samples = {}
    for measure in _measures(costs):
        if (measure.head, measure.table) in tables:
            whole, resampled = tables[measure.head, measure.table]
            samples[measure.head, measure.name] = (measure.of(whole), measure.of(resampled))
    return samples


def _confusion(told: Mapping[str, Any], head: str) -> Floats:
    labels = LABELS[head]
    return metrics.confusion(metrics.codes(told["truth"], labels), metrics.codes(told["told"], labels), len(labels))


def _calibration_table(told: Mapping[str, Any]) -> Floats:
    return metrics.calibration_table(*_confidence(told))


def _confidence(told: Mapping[str, Any]) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    known = np.array([label is not None for label in told["truth"]], dtype=bool)
    return np.array(told["confidence"], dtype=np.float64)[known], np.array(told["correct"], dtype=bool)[known]


def _json(value: Any) -> Any:
    """The value with floats of four places, NaN as null."""
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else value


def predictions_text(result: Mapping[str, Any]) -> str:
    """The figures of one system as tables for the terminal."""
    return "\n".join([f"{result['tickets']} tickets", *_figure_lines(result), *_label_lines(result)])


def _figure_lines(result: Mapping[str, Any]) -> Iterator[str]:
    for measure in _measures(result["costs"]):
        figures = result[measure.head]
        if figures is not None and measure.name in figures:
            yield f"{measure.title:<20}{_interval_text(figures[measure.name])}"


def _label_lines(result: Mapping[str, Any]) -> Iterator[str]:
    for head, labels in LABELS.items():
        figures = result[head]
        if figures is None:
            continue
        columns = "".join(f"{label:>{_width(label)}}" for label in labels)
        yield f"\n{head:<20}precision  recall     F1  present   told:{columns}"
        for label, row in zip(labels, figures["confusion"], strict=True):
            one = figures["labels"][label]
            shares = f"{_number(one['precision']):>9}{_number(one['recall']):>8}{_number(one['f1']):>7}"
            cells = "".join(f"{cell:>{_width(name)}}" for name, cell in zip(labels, row, strict=True))
            yield f"{label:<20}{shares}{one['present']:>9}{'':>8}{cells}"


def _width(label: str) -> int:
    return max(len(label) + 2, 6)


def comparison_text(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Systems side by side, by name, each figure with its 95 % interval; then the first one's lead over each other.

    A lead is the difference on the same resamples of the same tickets; ``ahead`` and ``behind`` stand where its
    interval leaves out 0, better being higher or, for costs and errors, lower. Raises InputError when the results are
    of different tickets or of different costs.
    """
    if not results:
        raise InputError("nothing to compare; give at least one result")
    first, *others = results
    _check_comparable(results)
    costs = results[first]["costs"]
    measures = [measure for measure in _measures(costs) if measure.compared]
    rows = [
        [
            measure.title,
            *(_interval_text((result[measure.head] or {}).get(measure.name)) for result in results.values()),
        ]
        for measure in measures
    ]
    text = f"{results[first]['tickets']} tickets\n{_table(['', *results], rows)}"
    if not others:
        return text
    samples = {name: _samples(result["answers"], costs) for name, result in results.items()}
    rows = [
        [
            f"{measure.title} ({'+' if measure.better == 'higher' else '-'})",
            *(_lead_text(measure, samples[first], samples[other]) for other in others),
        ]
        for measure in measures
    ]
    return f"{text}\n\n{_table([f'{first} minus', *others], rows)}"


def _check_comparable(results: Mapping[str, Mapping[str, Any]]) -> None:
    first, *others = results
    for other in others:
        if results[other]["costs"] != results[first]["costs"]:
            raise InputError(f'"{other}" was measured with another cost table than "{first}"; measure both with one')
        for head in LABELS:
            mine, theirs = results[first]["answers"][head], results[other]["answers"][head]
            if mine and theirs and mine["truth"] != theirs["truth"]:
                raise InputError(f'"{other}" was measured on other tickets than "{first}"; measure both on the same')


def _lead_text(measure: Measure, first: _Samples, other: _Samples) -> str:
    key = (measure.head, measure.name)
    if key not in first or key not in other:
        return "-"
    lead = metrics.interval(first[key][0] - other[key][0], first[key][1] - other[key][1])
    if math.isnan(lead.value):
        return "-"
    verdict = "even" if lead.holds_zero else "ahead" if (lead.low > 0) == (measure.better == "higher") else "behind"
    return f"{lead.value:+.3f} [{lead.low:+.3f} {lead.high:+.3f}] {verdict:<6}"


def _interval_text(figure: Mapping[str, float | None] | None) -> str:
    if figure is None or figure["value"] is None:
        return "-"
    return f"{figure['value']:.3f} [{_number(figure['low'])} {_number(figure['high'])}]"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [header, *rows]
    )
