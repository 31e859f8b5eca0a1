"""Measures evidence and kind on labelled tickets: precision, recall and F1 with counts and intervals."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.assessment import KINDS
from triage.evidence.finder import Finder
from triage.language.pack import load_pack
from triage.models import current_detector
from triage.training.dataset import LABELLED_ELEMENTS, LabelledTicket, read_corpus, read_labelled

# Resamples of the bootstrap interval, and the seed that makes it the same each time.
RESAMPLES, SEED = 1000, 0


def evaluate_file(path: Path, *, split: str = "test", rules_alone: bool = False) -> dict[str, Any]:
    """The figures on a JSONL file with labels, or on one split of a data folder. Raises InputError."""
    tickets = read_corpus(path) if path.is_dir() else read_labelled(path)
    if path.is_dir() and split != "all":
        tickets = [labelled for labelled in tickets if labelled.split == split]
    detector = None if rules_alone else current_detector()
    return {
        "file": str(path),
        "split": split if path.is_dir() else None,
        "detector": detector.version if detector else None,
        **evaluate_tickets(tickets, Finder(load_pack(), detector=detector)),
    }


def evaluate_tickets(tickets: Sequence[LabelledTicket], finder: Finder) -> dict[str, Any]:
    """Precision, recall, F1 and counts of each element and kind; macro averages with 95 % bootstrap intervals over tickets."""
    found = [finder.find(labelled.ticket) for labelled in tickets]
    # Columns: is there a label, what it says, what we say.
    elements = np.array(
        [
            [
                (
                    labelled.elements[element] is not None,
                    bool(labelled.elements[element]),
                    one.status(element) == "present",
                )
                for element in LABELLED_ELEMENTS
            ]
            for labelled, one in zip(tickets, found, strict=True)
        ],
        dtype=bool,
    ).reshape(len(tickets), len(LABELLED_ELEMENTS), 3)
    kinds = np.array(
        [
            [(labelled.kind is not None, labelled.kind == kind, one.kind.label == kind) for kind in KINDS]
            for labelled, one in zip(tickets, found, strict=True)
        ],
        dtype=bool,
    ).reshape(len(tickets), len(KINDS), 3)
    return {
        "tickets": len(tickets),
        "elements": dict(zip(LABELLED_ELEMENTS, _figures(elements), strict=True)),
        "elements_macro_f1": _macro(elements),
        "kinds": dict(zip(KINDS, _figures(kinds), strict=True)),
        "kind_macro_f1": _macro(kinds),
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
    """The figures as a table for the terminal."""
    lines = [f"{result['tickets']} tickets", f"{'':<14}precision  recall     F1  present  false alarms  missed"]
    for part, macro in (("elements", "elements_macro_f1"), ("kinds", "kind_macro_f1")):
        for name, row in result[part].items():
            lines.append(
                f"{name:<14}{row['precision']:>9.3f}{row['recall']:>8.3f}{row['f1']:>7.3f}"
                f"{row['present']:>9}{row['false_alarms']:>14}{row['missed']:>8}"
            )
        value = result[macro]
        lines.append(f"{part} macro-F1 {value['value']:.3f} (95 % {value['low']:.3f} to {value['high']:.3f})")
    return "\n".join(lines)
