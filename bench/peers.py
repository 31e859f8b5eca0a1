"""What others would build: the plain triage of jieba and scikit-learn, and fastText; trained on the corpus's training split."""

import re
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from triage.language.pack import load_pack
from triage.language.text import normalise
from triage.priority.scorer import HEADS
from triage.ticket import Ticket
from triage.training.baselines import FASTTEXT_SETTINGS, SEED
from triage.training.dataset import LabelledTicket
from triage.training.heads import label_of

# Words and pairs of words alone, all else as fastText comes: quicker than the tuned one, which adds stretches of characters.
FASTTEXT_PLAIN: Mapping[str, float] = {"wordNgrams": 2}
FASTTEXT: Mapping[str, Mapping[str, float]] = {"tuned": FASTTEXT_SETTINGS, "plain": FASTTEXT_PLAIN}

# Three labels' shares by head of one text of words between spaces.
Heads = Callable[[str], object]


class Naive(NamedTuple):
    """Triage as it is first written: one ``re.search`` a pattern, ``jieba.lcut``, one model after the other.

    ``heads`` calibrates whole pipelines, so that each of the five folds has its own vectoriser; ``lean_heads`` calibrates
    the regression behind one vectoriser a head. Kind to both: jieba cuts a ticket once and not in every pipeline, and
    the patterns' texts are normalised before the clock starts. Nine tenths of the time are scikit-learn's, most of that
    its checks of input on each of some fifteen calls a ticket (1.9; a smaller vocabulary, ``min_df=2``, is no quicker,
    2026-11-25): what one by one costs, and what a peer that works in batches would be spared.
    """

    patterns: Sequence[re.Pattern[str]]
    cut: Callable[[str], list[str]]
    heads: Heads
    lean_heads: Heads

    def assess_all(self, tickets: Sequence[Ticket], texts: Sequence[str]) -> dict[str, float]:
        """Seconds by stage for the tickets, one by one; ``texts`` are their normalised texts."""
        spent = dict.fromkeys(("patterns", "jieba", "heads"), 0.0)
        clock = time.perf_counter
        for ticket, text in zip(tickets, texts, strict=True):
            start = clock()
            [pattern.search(text) for pattern in self.patterns]
            searched = clock()
            words = " ".join(self.cut(f"{ticket.title}\n{ticket.body}"))
            cut = clock()
            self.heads(words)
            told = clock()
            spent["patterns"] += searched - start
            spent["jieba"] += cut - searched
            spent["heads"] += told - cut
        return spent


def pattern_text(ticket: Ticket) -> str:
    """The text that patterns are searched in."""
    return normalise(f"{ticket.title}\n{ticket.body}").text


def train_naive(tickets: Sequence[LabelledTicket]) -> Naive:
    """The plain triage, trained."""
    cut = _jieba()
    words = [" ".join(cut(f"{labelled.ticket.title}\n{labelled.ticket.body}")) for labelled in tickets]
    return Naive(
        [re.compile(pattern.expression, re.ASCII) for pattern in load_pack().patterns],
        cut,
        _heads(tickets, words, lean=False),
        _heads(tickets, words, lean=True),
    )


def _jieba() -> Callable[[str], list[str]]:
    import logging

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut


def _heads(tickets: Sequence[LabelledTicket], words: Sequence[str], *, lean: bool) -> Heads:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    def model() -> Any:
        vectoriser = TfidfVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 2))
        regression = LogisticRegression(max_iter=1000)
        if lean:
            return make_pipeline(vectoriser, CalibratedClassifierCV(regression, cv=5))
        return CalibratedClassifierCV(make_pipeline(vectoriser, regression), cv=5)

    models = []
    for head in HEADS:
        texts, labels = _known(tickets, words, head)
        models.append(model().fit(texts, labels))
    return lambda text: [one.predict_proba([text]) for one in models]


def train_fasttext(
    tickets: Sequence[LabelledTicket], lines: Sequence[str], settings: Mapping[str, float]
) -> Callable[[Sequence[str]], object]:
    """All heads of many lines of words at once, by three models; ``lines`` are those of the tickets."""
    import fasttext  # type: ignore[import-untyped]

    models = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        for head in HEADS:
            texts, labels = _known(tickets, lines, head)
            rows = [f"__label__{label} {text}\n" for text, label in zip(texts, labels, strict=True)]
            path.write_text("".join(rows), encoding="utf-8")
            models.append(fasttext.train_supervised(str(path), thread=1, seed=SEED, verbose=0, **settings))
    # Not model.predict: it breaks under numpy 2. This is what it calls, for many lines at once, which is the quickest.
    return lambda asked: [model.f.multilinePredict(asked, -1, 0.0, "strict") for model in models]


def _known(tickets: Sequence[LabelledTicket], texts: Sequence[str], head: str) -> tuple[list[str], list[str]]:
    pairs = [
        (text, label)
        for labelled, text in zip(tickets, texts, strict=True)
        if (label := label_of(labelled, head)) is not None
    ]
    return [text for text, _ in pairs], [label for _, label in pairs]
