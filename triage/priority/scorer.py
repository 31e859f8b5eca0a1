"""The trained model: one matrix of weights, read by numpy alone; nothing in its files can run.

A head is a softmax over the sums of its columns. Rareness (inverse document frequency) and the calibration's temperature
are folded into the weights, so ``probabilities`` equal those of the calibrated scikit-learn model (to 1e-4,
``tests/test_scorer.py``). A ticket's sum is divided by its length, the root of the squared rareness of its features: a
long log does not outvote a short sentence.
"""

import hashlib
import io
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from triage.errors import DataFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 2
# The heads and their labels, in the order of the columns. Priority has five: P2e is a P2 that is escalated because the
# ticket is vague. One softmax over five tells both, and they never contradict each other.
HEADS: Mapping[str, tuple[str, ...]] = {
    "kind": ("incident", "question", "request"),
    "product": ("conversational-ai", "voice-call", "video-call", "live-streaming", "messaging", "platform"),
    "priority": ("P1", "P2", "P2e", "P3", "P4"),
}


class Arrays(NamedTuple):
    """The numbers of a model: ``weights`` (n_features, n_columns), ``bias`` (n_columns,), ``rareness`` (n_features,)."""

    weights: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"
    rareness: "NDArray[np.float32]"


class Scorer:
    """Weights of shape (n_features, n_columns) by feature; columns are those of ``HEADS`` one after the other."""

    def __init__(self, vocabulary: Sequence[str], arrays: Arrays, version: str) -> None:
        """``version`` names the model in answers."""
        self._vocabulary = vocabulary
        # The rows of the tickets that were scored last, by identity; the tickets are held, so that none takes another's.
        self._latest: dict[int, tuple[Iterable[str], list[int]]] = {}
        self._index = {feature: number for number, feature in enumerate(vocabulary)}
        self._weights, self._bias, self._rareness = arrays
        self.version = version
        # Whether it was trained on the letters of titles too.
        self.reads_letters = any(feature.startswith("x:") for feature in vocabulary)
        self._columns: dict[str, slice] = {}
        start = 0
        for head, labels in HEADS.items():
            self._columns[head] = slice(start, start + len(labels))
            start += len(labels)

    def known(self, features: Collection[str]) -> float:
        """The share of the features that the model has seen in training, 0-1; 1 for none."""
        return sum(feature in self._index for feature in features) / len(features) if features else 1.0

    def probabilities(self, tickets: Sequence[Iterable[str]]) -> "dict[str, NDArray[np.float64]]":
        """For each head an array of shape (n_tickets, n_labels); rows sum to 1."""
        import numpy as np

        rows = [self._rows(features) for features in tickets]
        # What is scored is asked for its contributions next; looking a ticket's 180 words up again took as long.
        self._latest = {id(features): (features, own) for features, own in zip(tickets, rows, strict=True)}
        sums = np.tile(self._bias.astype("float64"), (len(rows), 1))
        seen = [number for number, own in enumerate(rows) if own]
        if seen:
            # All tickets' rows in one gather, each ticket's then summed: a sum a ticket took three times as long.
            taken = np.fromiter(chain.from_iterable(rows), dtype=np.intp)
            starts = np.cumsum([0, *(len(rows[number]) for number in seen)])[:-1]
            totals = np.add.reduceat(self._weights[taken].astype("float64"), starts, axis=0)
            lengths = np.sqrt(np.add.reduceat(self._rareness[taken].astype("float64") ** 2, starts))
            sums[seen] += totals / np.where(lengths > 0, lengths, 1.0)[:, None]
        return {head: _softmax(sums[:, columns]) for head, columns in self._columns.items()}

    def _rows(self, features: Iterable[str]) -> list[int]:
        # Sorted, so that the sum, and with it the last digit, does not hang on the order of a set.
        find = self._index.get
        return sorted([row for feature in features if (row := find(feature)) is not None])

    def _length(self, rows: Sequence[int]) -> float:
        return math.sqrt(float((self._rareness[rows].astype("float64") ** 2).sum())) or 1.0

    def contributions(self, features: Iterable[str], head: str, label: str, against: str) -> dict[str, float]:
        """What each known feature adds to ``label`` over ``against``, in log-odds, the largest first.

        These are the summands of the score itself: with the difference of the biases they add up to the log-odds of
        the two labels.
        """
        labels, start = HEADS[head], self._columns[head].start
        one, other = start + labels.index(label), start + labels.index(against)
        scored, rows = self._latest.get(id(features), (None, []))
        if scored is not features:
            rows = self._rows(features)
        weights = self._weights[rows]
        amounts = (weights[:, one].astype("float64") - weights[:, other]) / self._length(rows)
        # Stable, so that of equal amounts the features stand in the order of the vocabulary.
        order = (-amounts).argsort(kind="stable")
        names = self._vocabulary
        return dict(
            zip([names[rows[place]] for place in order.tolist()], amounts[order].tolist(), strict=True),
        )

    def bias(self, head: str, label: str, against: str) -> float:
        """The difference of two labels before any feature is seen, in log-odds."""
        labels, start = HEADS[head], self._columns[head].start
        return float(self._bias[start + labels.index(label)]) - float(self._bias[start + labels.index(against)])


def _softmax(sums: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    powers = np.exp(sums - sums.max(axis=1, keepdims=True)) if len(sums) else sums
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def load_scorer(folder: Path, *, sha256: str | None = None) -> Scorer:
    """The model in a folder (``model.npz``, ``vocabulary.txt``).

    Raises DataFileError when a file is missing, damaged, of another format, holds numbers that are none, or is not the
    one whose ``sha256`` (of both files, one after the other) was expected.
    """
    arrays, words = _contents(folder)
    digest = hashlib.sha256(arrays + words).hexdigest()
    if sha256 is not None and digest != sha256:
        raise DataFileError(f"{folder}: sha256 is {digest[:12]}…, not {sha256[:12]}…; restore the files or train anew")
    try:
        read = _arrays(arrays)
        vocabulary = words.decode("utf-8").split("\n")
        _check(vocabulary, read)
    except (ValueError, KeyError, OSError, EOFError, TypeError) as cause:
        raise DataFileError(
            f"{folder}: is no model of this version ({cause}); restore the files or train anew"
        ) from cause
    return Scorer(vocabulary, read, f"{folder.name}-{digest[:8]}")


def digest_of(folder: Path) -> str:
    """The sha256 of a model's two files, one after the other. Raises DataFileError when one cannot be read."""
    return hashlib.sha256(b"".join(_contents(folder))).hexdigest()


def _contents(folder: Path) -> tuple[bytes, bytes]:
    try:
        return (folder / "model.npz").read_bytes(), (folder / "vocabulary.txt").read_bytes()
    except OSError as cause:
        raise DataFileError(
            f"{cause.filename}: cannot be read ({cause.strerror}); restore the model or train anew"
        ) from cause


def _arrays(content: bytes) -> Arrays:
    import zipfile

    import numpy as np

    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                raise ValueError(f"format {int(arrays['format'])} is not {FORMAT}")
            return Arrays(arrays["weights"], arrays["bias"], arrays["rareness"])
    except zipfile.BadZipFile as cause:
        raise ValueError(str(cause)) from cause


def _check(vocabulary: Sequence[str], arrays: Arrays) -> None:
    import numpy as np

    columns, features = sum(map(len, HEADS.values())), len(vocabulary)
    shapes = tuple(array.shape for array in arrays)
    if shapes != ((features, columns), (columns,), (features,)):
        raise ValueError(f"arrays of shapes {shapes} and {features} words do not fit together")
    if not all(np.issubdtype(array.dtype, np.floating) and np.isfinite(array).all() for array in arrays):
        raise ValueError("a number in it is not finite, or no real number")


def write_scorer(folder: Path, vocabulary: Sequence[str], arrays: Arrays) -> str:
    """Writes the model's two files and gives their sha256; the same numbers give the same bytes."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, format=np.int64(FORMAT), weights=arrays.weights, bias=arrays.bias, rareness=arrays.rareness)
    words = "\n".join(vocabulary).encode("utf-8")
    (folder / "model.npz").write_bytes(content.getvalue())
    (folder / "vocabulary.txt").write_bytes(words)
    return digest_of(folder)
