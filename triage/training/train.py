"""Trains everything triage ships and writes it, with its cards, into the models folder."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import sklearn
from threadpoolctl import threadpool_limits

from triage.assessor import Assessor
from triage.datafile import read_toml
from triage.evidence.detector import load_detector
from triage.evidence.finder import Finder
from triage.language.pack import load_pack
from triage.models import current_detector, current_scorer
from triage.settings import load_settings
from triage.training.dataset import LabelledTicket, read_corpus
from triage.training.detector import DETECTED, LEAST_TICKETS, STRENGTH, train_detector, write_detector
from triage.training.evaluate import evaluate_assessor, evaluate_finder, evaluation_text
from triage.training.heads import (
    FOLDS as HEAD_FOLDS,
    LEAST_TICKETS as HEAD_LEAST_TICKETS,
    STRENGTH as HEAD_STRENGTH,
    train_heads,
)
from triage.training.predictions import LABELS, comparison_text, predictions_text
from triage.training.reliability import reliability_svg

DETECTOR, MODEL = "detector-1", "triage-1"
# Sums of more threads differ in their last digits, and so would the files of a machine with other cores.
_THREADS = 1


def train_models(data: Path, models: Path) -> Iterator[str]:
    """Trains on the corpus's training split, writes ``models/<name>/`` and ``current.toml``, and tells what it did.

    The same data and versions give the same bytes; no date and no random state enters the models.
    """
    corpus = read_corpus(data)
    train = [labelled for labelled in corpus if labelled.split == "train"]
    test = [labelled for labelled in corpus if labelled.split == "test"]
    yield f"training on {len(train)} tickets, holding out {len(test)}"
    yield from _train_detector(train, test, models)
    yield from _train_heads(train, test, models)


def _train_detector(train: Sequence[LabelledTicket], test: Sequence[LabelledTicket], models: Path) -> Iterator[str]:
    path = models / DETECTOR / "detector.txt"
    with threadpool_limits(limits=_THREADS):
        content = train_detector(train, Finder(load_pack()))
    sha256 = write_detector(content, path)
    write_current(models, {"detector": {"name": DETECTOR, "file": path.name, "sha256": sha256}})
    results = {
        "rules alone": evaluate_finder(test, Finder(load_pack())),
        "rules and detector": evaluate_finder(test, Finder(load_pack(), detector=load_detector(path))),
    }
    tables = "\n\n".join(
        f"### {name.capitalize()}\n\n```\n{evaluation_text(result)}\n```" for name, result in results.items()
    )
    card = DETECTOR_CARD.format(
        name=DETECTOR, elements=", ".join(DETECTED), sha256=sha256, train=len(train), test=len(test),
        strength=STRENGTH, least=LEAST_TICKETS, versions=_versions(), tables=tables,
    )  # fmt: skip
    path.with_name("card.md").write_text(card, encoding="utf-8")
    yield f"wrote {path} ({path.stat().st_size // 1024} KB, sha256 {sha256[:12]}…)"
    for name, result in results.items():
        yield f"\n{name}, test split\n{evaluation_text(result)}"


def _train_heads(train: Sequence[LabelledTicket], test: Sequence[LabelledTicket], models: Path) -> Iterator[str]:
    seen = Assessor(load_settings(), models=models).see_many([labelled.ticket for labelled in train])
    with threadpool_limits(limits=_THREADS):
        trained = train_heads([one.features for one in seen], train)
    folder = models / MODEL
    sha256 = trained.write(folder)
    write_current(models, {"model": {"name": MODEL, "sha256": sha256}})
    result = evaluate_assessor(test, Assessor(load_settings(), models=models))
    rules = evaluate_assessor(test, Assessor(load_settings(), models=models, rules_alone=True))
    facts = {
        "name": MODEL, "sha256": sha256, "train": len(train), "test": len(test), "features": len(trained.vocabulary),
        "strength": HEAD_STRENGTH, "least": HEAD_LEAST_TICKETS, "folds": HEAD_FOLDS, "versions": _versions(),
    }  # fmt: skip
    card = MODEL_CARD.format(
        **facts,
        temperatures=", ".join(f"{head} {beta:.3f}" for head, beta in trained.temperatures().items()),
        table=predictions_text(result["heads"]),
        comparison=comparison_text({"shipped": result["heads"], "rules alone": rules["heads"]}),
    )
    (folder / "card.md").write_text(card, encoding="utf-8")
    (folder / "card.toml").write_text(_card_toml(facts, result["heads"]), encoding="utf-8")
    if curve := result["heads"]["priority"]["reliability"]:
        (folder / "reliability.svg").write_text(reliability_svg(curve, title="priority, test split"), encoding="utf-8")
    yield f"\nwrote {folder} ({len(trained.vocabulary):,} features, sha256 {sha256[:12]}…)"
    yield f"\nkind, product, priority, test split\n{predictions_text(result['heads'])}"


def _versions() -> str:
    return f"Python {platform.python_version()}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__}"


def _card_toml(facts: Mapping[str, object], heads: Mapping[str, Any]) -> str:
    """The card for programs: what it is, and each figure of the test split with its interval."""
    lines = [
        f"{key} = {value}" if isinstance(value, int | float) else f'{key} = "{value}"' for key, value in facts.items()
    ]
    for head in LABELS:
        lines += ["", f"[test.{head}]"]
        for name, figure in heads[head].items():
            if isinstance(figure, Mapping) and figure.get("low") is not None:
                lines.append(
                    f"{name} = {{ value = {figure['value']}, low = {figure['low']}, high = {figure['high']} }}"
                )
    return "\n".join(lines) + "\n"


DETECTOR_CARD = """# Model card: {name}

A linear model over found evidence and words. It decides the kind of a ticket for ``triage lint`` and has a say in the elements
{elements}, which people state in more ways than patterns can list; the other elements are the patterns' alone.

| | |
| --- | --- |
| file | `detector.txt`, numbers by word; loading runs no code |
| sha256 | `{sha256}` |
| data | `data/`, {train:,} tickets of the training split; {test:,} held out by group; nothing else |
| method | logistic regression (scikit-learn, L2, C = {strength}), one a head; words in {least} tickets or more |
| thresholds | chosen on the training split out of fold (5 folds by group) for the best F1 |
| versions | {versions} |

## Results on the held-out test split

{tables}

## Limits

- The corpus was written for learning, not drawn from a queue; its tickets are shorter and tidier than a tracker's.
- One-sentence steps to reproduce are a matter of judgement: two readers of the guide differ more there than elsewhere.
- Chinese and English only; for other languages the answer rests on numbers, codes and log forms.
"""

MODEL_CARD = """# Model card: {name}

Suggests kind, product line and priority of a ticket. A softmax regression a head over what is there, weighed by rareness and
scaled to length 1: jieba's words and pairs of them, runs of one to three characters, evidence, cues, signals and their
combinations. Read by numpy alone.

| | |
| --- | --- |
| files | `model.npz` (weights, bias), `vocabulary.txt`; loading runs no code |
| sha256 | `{sha256}` (both files, one after the other) |
| data | `data/`, {train:,} tickets of the training split; {test:,} held out by group; nothing else |
| method | logistic regression (scikit-learn, L2, C = {strength}); {features:,} features, each in {least} tickets or more |
| priority | five classes: P2e is a P2 that is escalated because the ticket is vague |
| calibration | temperature, fitted out of fold ({folds} folds by group), divided into the weights: {temperatures} |
| seeds | none: nothing is drawn at random |
| versions | {versions} |

## Results on the held-out test split

The label of the priority is the program's decision (floor by rules, then least expected cost), intervals are 95 % bootstrap
over tickets.

```
{table}
```

Beside the rules without any model:

```
{comparison}
```

![reliability of the priority](reliability.svg)

## Limits

- The corpus was written for learning, by sessions of a language model, not drawn from a queue: shares of priorities are not
  those of a queue, and its language is tidier than life.
- It knows real-time audio and video and messaging, in Chinese and English. Of other fields and languages it says
  `needs_human`; train on your own backlog (docs/model.md).
- Labels are those of one guide. What a site calls urgent may be something else: set the costs, or train.
"""


def write_current(models: Path, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Puts models in force: writes their tables to ``current.toml`` and keeps those of others."""
    path = models / "current.toml"
    kept = read_toml(path) if path.is_file() else {}
    lines = ["# The models in force; sha256 is checked on loading."]
    for name, table in sorted({**kept, **tables}.items()):
        lines += ["", f"[{name}]", *(f'{key} = "{value}"' for key, value in table.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    current_detector.cache_clear()
    current_scorer.cache_clear()
