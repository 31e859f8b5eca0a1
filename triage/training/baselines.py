"""Plain systems to hold the shipped one against: trained on the same tickets, known to every reader of the field.

Each is tuned once, on the corpus's training split alone (3,012 tickets, 5 folds by group, 2026-11-25), and no further: a
baseline that was left at bad settings would flatter us. All tell the most probable label; none knows the costs.
"""

import importlib
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from triage.errors import InputError
from triage.language.text import normalise
from triage.language.tokens import Tokeniser
from triage.ticket import Ticket
from triage.training.dataset import LabelledTicket
from triage.training.metrics import Floats
from triage.training.predictions import LABELS, HeadPredictions, Predictions

SEED = 0
# Inverse strength of the L2 penalty. Macro-F1 of the priority 0.702 at 1, 0.784 at 10, 0.790 at 30, 0.795 at 100,
# 0.791 at 300.
TFIDF_STRENGTH = 100.0
# Stretches of 2 to 4 characters (minn, maxn) gain 0.06 in macro-F1 of the product, 0.03 in F1 of escalation and 0.02 in P1
# recall; they lose 0.01 in kappa. The best kappa, 0.806 against 0.781 here, came without them at 30 epochs of 50 numbers a
# word, and 0.63 P1 recall against 0.66.
FASTTEXT_SETTINGS: Mapping[str, float] = {
    "lr": 0.2,
    "epoch": 50,
    "dim": 20,
    "wordNgrams": 2,
    "minn": 2,
    "maxn": 4,
    "bucket": 200_000,
}
# Chosen on one of the folds: more epochs only made it surer and worse. There spaCy's ensemble with a small CNN, four times
# as slow, had at its best 0.747 macro-F1 of the priority (this 0.798) and 0.766 of the product (this 0.739).
SPACY_EPOCHS = 3

# Says everything of tickets that it knows how to say.
Predict = Callable[[Sequence[Ticket]], Predictions]
Train = Callable[[Sequence[LabelledTicket]], Predict]
# Of n tickets the probabilities of a head, shape (n, n_labels), columns as in LABELS.
_Head = Callable[[Sequence[Ticket]], Floats]
# From tickets with their labels, at least two different ones among them, and the labels of the columns.
_TrainHead = Callable[[Sequence[Ticket], Sequence[str], Sequence[str]], _Head]


@dataclass(frozen=True, slots=True)
class Answer:
    """What rules alone say of one ticket; a head that they never answer is None."""

    kind: str | None
    product: str | None
    priority: str | None
    escalate: bool


def train_baseline(name: str, tickets: Sequence[LabelledTicket]) -> Predict:
    """The baseline of that name, trained. Raises InputError for another name, no tickets, or a missing package."""
    if name not in BASELINES:
        raise InputError(f'baseline "{name}" is not known; use one of {", ".join(BASELINES)}')
    return BASELINES[name](tickets)


def rules(answer: Callable[[Ticket], Answer]) -> Predict:
    """What rules alone say: nothing is trained, and there are no probabilities."""

    def predict(tickets: Sequence[Ticket]) -> Predictions:
        answers = [answer(ticket) for ticket in tickets]
        return Predictions(
            _told("kind", [one.kind for one in answers]),
            _told("product", [one.product for one in answers]),
            _told("priority", [one.priority for one in answers]),
            tuple(one.escalate for one in answers),
        )

    return predict


def _told(head: str, labels: Sequence[str | None]) -> HeadPredictions | None:
    told = tuple(label for label in labels if label is not None)
    if told and len(told) < len(labels):
        raise InputError(f"{head}: rules answer {len(told)} of {len(labels)} tickets; a head answers every one or none")
    return HeadPredictions(told) if told else None


def text_of(ticket: Ticket) -> str:
    """All that was written, in one normalised text: title, body, the form's fields, names of attachments."""
    parts = (ticket.title, ticket.body, *ticket.fields.values(), *ticket.attachments)
    return normalise("\n".join(part for part in parts if part)).text


def words_of(ticket: Ticket) -> list[str]:
    """The words of the text, cut by jieba without HMM."""
    return [token.text for token in Tokeniser().cut(text_of(ticket))]


def _one_a_head(train_head: _TrainHead) -> Train:
    """A system of four models, one a head; the most probable label is told."""

    def train(tickets: Sequence[LabelledTicket]) -> Predict:
        models = {head: _trained(head, tickets, train_head) for head in LABELS}

        def predict(asked: Sequence[Ticket]) -> Predictions:
            told = {head: model(asked) for head, model in models.items()}
            yes, no = told["escalate"].T
            return Predictions(
                _most_probable("kind", told["kind"]),
                _most_probable("product", told["product"]),
                _most_probable("priority", told["priority"]),
                tuple(bool(answer) for answer in yes > no),
            )

        return predict

    return train


def _trained(head: str, tickets: Sequence[LabelledTicket], train_head: _TrainHead) -> _Head:
    labelled = [(ticket.ticket, label) for ticket in tickets if (label := _label(ticket, head)) is not None]
    if not labelled:
        raise InputError(f"no ticket has a label for {head}; a baseline needs at least one")
    known = [label for _, label in labelled]
    # Nothing can be told apart, and scikit-learn would refuse.
    if len(set(known)) == 1:
        train_head = _train_shares
    return train_head([ticket for ticket, _ in labelled], known, LABELS[head])


def _label(labelled: LabelledTicket, head: str) -> str | None:
    if head == "escalate":
        return None if labelled.escalate is None else "yes" if labelled.escalate else "no"
    label: str | None = getattr(labelled, head)
    return label


def _most_probable(head: str, probabilities: Floats) -> HeadPredictions:
    return HeadPredictions(tuple(LABELS[head][place] for place in probabilities.argmax(axis=1)), probabilities)


def _train_shares(_tickets: Sequence[Ticket], known: Sequence[str], labels: Sequence[str]) -> _Head:
    """Every ticket gets the shares of the labels in training; so the majority is told."""
    counts = Counter(known)
    shares = np.array([counts[label] for label in labels], dtype=np.float64) / len(known)
    return lambda asked: np.tile(shares, (len(asked), 1))


def _train_tfidf(tickets: Sequence[Ticket], known: Sequence[str], labels: Sequence[str]) -> _Head:
    """TF-IDF of words and pairs of words, logistic regression: the plain standard."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(tokenizer=words_of, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=TFIDF_STRENGTH, max_iter=1000),
    ).fit(tickets, known)
    columns = [labels.index(label) for label in model.classes_]

    def predict(asked: Sequence[Ticket]) -> Floats:
        probabilities = np.zeros((len(asked), len(labels)))
        if asked:
            probabilities[:, columns] = model.predict_proba(asked)
        return probabilities

    return predict


def _train_fasttext(tickets: Sequence[Ticket], known: Sequence[str], labels: Sequence[str]) -> _Head:
    """FastText's supervised classifier over the same words, on one thread, which alone gives the same model twice."""
    fasttext = _package("fasttext", "fasttext-wheel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [
            f"__label__{labels.index(label)} {_line(ticket)}" for ticket, label in zip(tickets, known, strict=True)
        ]
        path.write_text("".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(str(path), thread=1, seed=SEED, minCount=1, verbose=0, **FASTTEXT_SETTINGS)

    def predict(asked: Sequence[Ticket]) -> Floats:
        probabilities = np.zeros((len(asked), len(labels)))
        for row, ticket in enumerate(asked):
            # Not model.predict: it breaks under numpy 2, and for many lines gives each label the first one's number.
            for probability, label in model.f.predict(_line(ticket), -1, 0.0, "strict"):
                probabilities[row, int(label.removeprefix("__label__"))] = probability
        # fastText adds 1e-5 to each probability.
        return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))

    return predict


def _line(ticket: Ticket) -> str:
    # A word of the text must not pass for a label.
    return " ".join(word for word in words_of(ticket) if not word.startswith("__label__")) + "\n"


def _train_spacy(tickets: Sequence[Ticket], known: Sequence[str], labels: Sequence[str]) -> _Head:
    """SpaCy's text categoriser over a bag of words and pairs of words, our tokenizer before it."""
    spacy = _package("spacy", "spacy")
    from triage.evidence.spacy_component import blank_zh

    training = importlib.import_module("spacy.training")
    spacy.util.fix_random_seed(SEED)
    shuffle = random.Random(SEED).shuffle  # noqa: S311, an order is no secret
    nlp = blank_zh()
    there = [label for label in labels if label in known]
    model = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 2,
        "no_output_layer": False,
        "length": 262144,
    }
    nlp.add_pipe("textcat", config={"model": model})
    examples = [
        training.Example.from_dict(nlp.make_doc(text_of(ticket)), {"cats": {name: name == label for name in there}})
        for ticket, label in zip(tickets, known, strict=True)
    ]
    optimizer: Any = nlp.initialize(lambda: examples)
    for _ in range(SPACY_EPOCHS):
        shuffle(examples)
        for batch in spacy.util.minibatch(examples, 16):
            nlp.update(batch, sgd=optimizer, drop=0.2)

    def predict(asked: Sequence[Ticket]) -> Floats:
        probabilities = np.zeros((len(asked), len(labels)))
        for row, doc in enumerate(nlp.pipe(text_of(ticket) for ticket in asked)):
            for label in there:
                probabilities[row, labels.index(label)] = doc.cats[label]
        return probabilities

    return predict


def _package(name: str, install: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as cause:
        raise InputError(f'the baseline needs the package "{name}"; install it: pip install {install}') from cause


BASELINES: Mapping[str, Train] = {
    "majority": _one_a_head(_train_shares),
    "tfidf": _one_a_head(_train_tfidf),
    "fasttext": _one_a_head(_train_fasttext),
    "spacy-textcat": _one_a_head(_train_spacy),
}
