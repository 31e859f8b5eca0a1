"""Measures evidence and kind on labelled tickets: precision, recall and F1 with counts and intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.assessment import KINDS, PRIORITIES, Assessment
from triage.assessor import Assessor
from triage.evidence.finder import Finder
from triage.settings import load_settings
from triage.training.dataset import LABELLED_ELEMENTS, LabelledTicket, read_corpus, read_labelled
from triage.training.predictions import (
    HeadPredictions,
    Predictions,
    comparison_text,
    evaluate_predictions,
    predictions_text,
)
from triage.training.reliability import reliability_svg

# Resamples of the bootstrap interval, and the seed that makes it the same each time.
RESAMPLES, SEED = 1000, 0


def evaluate_file(
    path: Path, *, split: str = "test", rules_alone: bool = False, models: Path | None = None
) -> dict[str, Any]:
    """The figures on a JSONL file with labels, or on one split of a data folder. Raises InputError."""
    tickets = labelled_tickets(path, split=split)
    assessor = Assessor(load_settings(), models=models, rules_alone=rules_alone)
    return {
        "file": str(path),
        "split": split if path.is_dir() else None,
        **evaluate_assessor(tickets, assessor),
    }


def labelled_tickets(path: Path, *, split: str) -> list[LabelledTicket]:
    """The labelled tickets of a JSONL file, or of one split (train, test, all) of a data folder."""
    if not path.is_dir():
        return read_labelled(path)
    return [labelled for labelled in read_corpus(path) if split in ("all", labelled.split)]


def evaluate_assessor(tickets: Sequence[LabelledTicket], assessor: Assessor) -> dict[str, Any]:
    """The figures of elements and of all heads, and the versions that were measured."""
    assessments = assessor.assess_many([labelled.ticket for labelled in tickets])
    statuses = [{element: one.lint.elements[element].status for element in LABELLED_ELEMENTS} for one in assessments]
    return {
        "versions": dict(assessments[0].versions) if assessments else {},
        **_element_figures(tickets, statuses),
        "heads": evaluate_predictions(tickets, predictions_of(assessments)),
    }


def write_curves(result: Mapping[str, Any], folder: Path) -> None:
    """Writes the reliability curve of each head that gives probabilities as an SVG picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for head, figures in result["heads"].items():
        if isinstance(figures, Mapping) and figures.get("reliability"):
            path = folder / f"reliability-{head}.svg"
            path.write_text(reliability_svg(figures["reliability"], title=head), encoding="utf-8")


def compare_file(path: Path, result: Mapping[str, Any], *, split: str, data: Path) -> str:
    """A result beside simpler systems that were trained on the same corpus's training split, with the lead over each."""
    from triage.training.baselines import BASELINES, train_baseline

    tickets = labelled_tickets(path, split=split)
    rules = evaluate_assessor(tickets, Assessor(load_settings(), rules_alone=True))["heads"]
    train = [labelled for labelled in read_corpus(data) if labelled.split == "train"]
    results = {"shipped": result["heads"], "rules": rules}
    costs = load_settings().priority.costs
    for name in BASELINES:
        predicted = train_baseline(name, train)([labelled.ticket for labelled in tickets])
        results[name] = evaluate_predictions(tickets, predicted)
        if name == "tfidf":
            # Ours decides by cost, the baselines tell what is likeliest: this one shows how much the costs alone do.
            results["tfidf, by cost"] = evaluate_predictions(tickets, _by_cost(predicted, costs))
    return comparison_text(results)


def _by_cost(predictions: Predictions, costs: Sequence[Sequence[float]]) -> Predictions:
    priority = predictions.priority
    if priority is None or priority.probabilities is None:
        return predictions
    cheapest = (priority.probabilities @ np.array(costs)).argmin(axis=1)
    labels = tuple(PRIORITIES[place] for place in cheapest)
    return replace(predictions, priority=HeadPredictions(labels, priority.probabilities))


def predictions_of(assessments: Sequence[Assessment]) -> Predictions:
    """What the program said of some tickets; without a model there are no products and no probabilities."""
    priorities = [one.priority for one in assessments if one.priority]
    products = [one.product.label for one in assessments if one.product]
    shares = [[one.probabilities[label] for label in PRIORITIES] for one in priorities if one.probabilities]
    return Predictions(
        kind=HeadPredictions(tuple(one.kind.label for one in assessments)),
        product=HeadPredictions(tuple(products)) if len(products) == len(assessments) else None,
        priority=HeadPredictions(
            tuple(one.label for one in priorities), np.array(shares) if len(shares) == len(assessments) else None
        ),
        escalate=tuple(one.escalate for one in priorities),
    )


def evaluate_finder(tickets: Sequence[LabelledTicket], finder: Finder) -> dict[str, Any]:
    """The figures of the elements, and of the kind as the finder tells it."""
    found = finder.find_many([labelled.ticket for labelled in tickets])
    statuses = [{element: one.status(element) for element in LABELLED_ELEMENTS} for one in found]
    kinds = np.array(
        [
            [(labelled.kind is not None, labelled.kind == kind, one.kind.label == kind) for kind in KINDS]
            for labelled, one in zip(tickets, found, strict=True)
        ],
        dtype=bool,
    ).reshape(len(tickets), len(KINDS), 3)
    return {
        **_element_figures(tickets, statuses),
        "kinds": dict(zip(KINDS, _figures(kinds), strict=True)),
        "kind_macro_f1": _macro(kinds),
    }


def _element_figures(tickets: Sequence[LabelledTicket], statuses: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Precision, recall, F1 and counts of each element; the macro average with its 95 % bootstrap interval over tickets."""
    # Columns: is there a label, what it says, what we say.
    elements = np.array(
        [
            [
                (
                    labelled.elements[element] is not None,
                    bool(labelled.elements[element]),
                    status[element] == "present",
                )
                for element in LABELLED_ELEMENTS
            ]
            for labelled, status in zip(tickets, statuses, strict=True)
        ],
        dtype=bool,
    ).reshape(len(tickets), len(LABELLED_ELEMENTS), 3)
    return {
        "tickets": len(tickets),
        "elements": dict(zip(LABELLED_ELEMENTS, _figures(elements), strict=True)),
        "elements_macro_f1": _macro(elements),
    }


def _counts(table: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """True positives, false positives, false negatives of each column; ``table`` has shape (n, columns, 3)."""
    known, truth, told = table[..., 0], table[..., 1], table[..., 2]
    return (
        (known & truth & told).sum(axis=0),
        (known & ~truth & told).sum(axis=0),
        (known & truth & ~told).sum(axis=0),
    )


def _f1(table: NDArray[np.bool_]) -> NDArray[np.float64]:
    hits, alarms, misses = _counts(table)
    total = 2 * hits + alarms + misses
    return np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)


def _figures(table: NDArray[np.bool_]) -> list[dict[str, float | int]]:
    hits, alarms, misses = _counts(table)
    return [
        {
            "precision": round(float(hit / max(hit + alarm, 1)), 4),
            "recall": round(float(hit / max(hit + miss, 1)), 4),
            "f1": round(float(f1), 4),
            "present": int(hit + miss),
            "false_alarms": int(alarm),
            "missed": int(miss),
        }
        for hit, alarm, miss, f1 in zip(hits, alarms, misses, _f1(table), strict=True)
    ]


def _macro(table: NDArray[np.bool_]) -> dict[str, float]:
    random = np.random.default_rng(SEED)
    rows = len(table)
    scores = [float(_f1(table[random.integers(0, rows, rows)]).mean()) for _ in range(RESAMPLES)] if rows else [0.0]
    low, high = np.percentile(scores, [2.5, 97.5])
    return {
        "value": round(float(_f1(table).mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def evaluation_text(result: Mapping[str, Any]) -> str:
    """The figures as tables for the terminal."""
    lines = [f"{result['tickets']} tickets"]
    for part, macro in (("elements", "elements_macro_f1"), ("kinds", "kind_macro_f1")):
        if part not in result:
            continue
        lines.append(f"{part:<14}precision  recall     F1  present  false alarms  missed")
        for name, row in result[part].items():
            lines.append(
                f"{name:<14}{row['precision']:>9.3f}{row['recall']:>8.3f}{row['f1']:>7.3f}"
                f"{row['present']:>9}{row['false_alarms']:>14}{row['missed']:>8}"
            )
        value = result[macro]
        lines.append(f"{part} macro-F1 {value['value']:.3f} (95 % {value['low']:.3f} to {value['high']:.3f})")
    if "heads" in result:
        lines += ["", predictions_text(result["heads"])]
    return "\n".join(lines)
