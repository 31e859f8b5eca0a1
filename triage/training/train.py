"""Trains everything triage ships and writes it, with its card, into the models folder."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import sklearn

from triage.evidence.detector import load_detector
from triage.evidence.finder import Finder
from triage.language.pack import load_pack
from triage.training.dataset import LabelledTicket, read_corpus
from triage.training.detector import DETECTED, LEAST_TICKETS, STRENGTH, train_detector, write_detector
from triage.training.evaluate import evaluate_tickets, evaluation_text

NAME = "detector-1"


def train_models(data: Path, models: Path) -> Iterator[str]:
    """Trains on the corpus's training split, writes ``models/<name>/`` and ``current.toml``, and tells what it did.

    The same data and versions give the same bytes; no date and no random state enters the model.
    """
    corpus = read_corpus(data)
    train = [labelled for labelled in corpus if labelled.split == "train"]
    test = [labelled for labelled in corpus if labelled.split == "test"]
    yield f"training on {len(train)} tickets, holding out {len(test)}"
    finder = Finder(load_pack())
    path = models / NAME / "detector.txt"
    sha256 = write_detector(train_detector(train, finder), path)
    (models / "current.toml").write_text(
        "# The model in force; sha256 is checked on loading.\n\n"
        f'[detector]\nname = "{NAME}"\nfile = "detector.txt"\nsha256 = "{sha256}"\n',
        encoding="utf-8",
    )
    results = {
        "rules alone": evaluate_tickets(test, Finder(load_pack())),
        "rules and detector": evaluate_tickets(test, Finder(load_pack(), detector=load_detector(path))),
    }
    (models / NAME / "card.md").write_text(_card(train, test, results, sha256), encoding="utf-8")
    yield f"wrote {path} ({path.stat().st_size // 1024} KB, sha256 {sha256[:12]}…)"
    for name, result in results.items():
        yield f"\n{name}, test split\n{evaluation_text(result)}"


def _card(
    train: Sequence[LabelledTicket],
    test: Sequence[LabelledTicket],
    results: Mapping[str, Mapping[str, Any]],
    sha256: str,
) -> str:
    tables = "\n\n".join(
        f"### {name.capitalize()}\n\n```\n{evaluation_text(result)}\n```" for name, result in results.items()
    )
    return f"""# Model card: {NAME}

A linear model over found evidence and words. It decides the kind of a ticket and has a say in the elements
{", ".join(DETECTED)}, which people state in more ways than patterns can list; the other elements are the patterns' alone.

| | |
| --- | --- |
| file | `detector.txt`, numbers by word; loading runs no code |
| sha256 | `{sha256}` |
| data | `data/`, {len(train):,} tickets of the training split; {len(test):,} held out by group; nothing else |
| method | logistic regression (scikit-learn, L2, C = {STRENGTH}), one a head; words in {LEAST_TICKETS} tickets or more |
| thresholds | chosen on the training split out of fold (5 folds by group) for the best F1 |
| versions | Python {platform.python_version()}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__} |

## Results on the held-out test split

{tables}

## Limits

- The corpus was written for learning, not drawn from a queue; its tickets are shorter and tidier than a tracker's.
- One-sentence steps to reproduce are a matter of judgement: two readers of the guide differ more there than elsewhere.
- Chinese and English only; for other languages the answer rests on numbers, codes and log forms.
"""
