"""A small linear model over words, for what patterns cannot tell: the kind, a described symptom, steps in one sentence.

Plain Python over a text file of weights: ``triage lint`` loads neither numpy nor jieba nor scikit-learn. It is trained
by ``triage train`` (``training/detector.py``). Without the file the rules alone decide.

The file's first line is JSON (names of the heads, biases, thresholds, the number of features); then come the features, a
line each, then their rows in the same order: ``head weight head weight …``. A ticket has a few hundred of the 14,000
features, so rows are read into numbers when they are asked for: the whole costs 4 ms on loading, as JSON it cost 25.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from triage.errors import DataFileError
from triage.evidence.document import Document
from triage.language.regexp import lazy
from triage.language.words import words_of

FORMAT = 2
# Weights are written with three decimals.
UNIT = 1000
# Words after this many characters of prose are the details of what was already said.
PROSE_READ = 1200


class Head(NamedTuple):
    """One yes/no question of the model: how sure it must be to add what the rules miss, and to take away what they found."""

    add: float
    veto: float


class Detector(NamedTuple):
    """``rows`` by feature are head, weight, head, weight, …; ``heads`` holds the elements' thresholds, ``kinds`` the labels of the kind."""

    names: tuple[str, ...]
    bias: tuple[float, ...]
    rows: "_Rows"
    heads: Mapping[str, Head]
    kinds: tuple[str, ...]
    version: str

    def scores(self, features: Iterable[str]) -> list[float]:
        """The log-odds of each head, in the order of ``names``."""
        totals = self.rows.totals(features, len(self.bias))
        return [bias + total / UNIT for bias, total in zip(self.bias, totals, strict=True)]

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """The probability of each head by name; the kinds sum to 1."""
        scores = dict(zip(self.names, self.scores(features), strict=True))
        kinds = [math.exp(min(scores[f"kind.{kind}"], 50.0)) for kind in self.kinds]
        found = {name: 1 / (1 + math.exp(-max(min(score, 50.0), -50.0))) for name, score in scores.items()}
        return found | {f"kind.{kind}": value / sum(kinds) for kind, value in zip(self.kinds, kinds, strict=True)}

    def telling_sentence(self, document: Document, head: str) -> tuple[int, int] | None:
        """The sentence of the prose that speaks most for a head, as (start, end); None where none speaks for it."""
        number = self.names.index(head)
        best, span = 0, None
        for start, end in _sentences(document.prose):
            words = set(words_of(document.prose[start:end]))
            score = self.rows.totals(words, len(self.bias))[number]
            if score > best:
                best, span = score, (start, end)
        return span


# So many bits of a row hold one head's weight: enough for the sum of 50,000 features at 10,000 thousandths each.
_BITS = 40
_FULL, _HALF = 1 << _BITS, 1 << (_BITS - 1)


class _Rows:
    """The weights by feature, read from their text when they are asked for and kept then.

    A row is one whole number, each head's weight in thousandths in 40 bits of it, so that one addition adds a feature to
    all heads: a third of the time of adding head by head. Whole numbers, so that their sum does not hang on the order in
    which a set gives its features.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self._read: dict[str, int] = {}

    def totals(self, features: Iterable[str], heads: int) -> list[int]:
        """The sum of the features' weights for each of the heads, in thousandths; features that are not known add none."""
        total, read, texts = 0, self._read, self.texts
        for feature in features:
            if feature in texts:
                row = read.get(feature)
                total += self._row(feature) if row is None else row
        sums = []
        for _ in range(heads):
            low = total & (_FULL - 1)
            low -= _FULL if low >= _HALF else 0
            sums.append(low)
            total = (total - low) >> _BITS
        return sums

    def get(self, feature: str) -> list[tuple[int, int]]:
        """(head, weight in thousandths) of each head that the feature speaks for or against; empty for an unknown one."""
        numbers = self.texts[feature].split(" ") if feature in self.texts else []
        return [
            (int(head), round(float(weight) * UNIT)) for head, weight in zip(numbers[::2], numbers[1::2], strict=True)
        ]

    def _row(self, feature: str) -> int:
        row = self._read[feature] = sum(weight << (_BITS * head) for head, weight in self.get(feature))
        return row


def load_detector(path: Path, *, sha256: str | None = None) -> Detector:
    """The detector in a file. Raises DataFileError when it is damaged, of another make, or not the one expected."""
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise DataFileError(
            f"{path}: cannot be read ({cause.strerror}); lint goes on by rules alone without it"
        ) from cause
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256:
        raise DataFileError(f"{path}: sha256 is {digest[:12]}…, not {sha256[:12]}…; restore the file or train anew")
    try:
        detector = _detector(content.decode("utf-8"), digest[:12])
        if sha256 is None:
            _check_numbers(detector)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as cause:
        raise DataFileError(f"{path}: is no detector ({cause!r}); restore the file or train anew") from cause
    return detector


def _detector(content: str, version: str) -> Detector:
    header, _, rest = content.partition("\n")
    table = json.loads(header)
    if table["format"] != FORMAT:
        raise ValueError(f"format {table['format']} is not {FORMAT}")
    lines, count = rest.split("\n"), table["features"]
    rows = _Rows(dict(zip(lines[:count], lines[count:], strict=True)))
    heads = {name: Head(float(head["add"]), float(head["veto"])) for name, head in table["heads"].items()}
    return Detector(tuple(table["names"]), tuple(table["bias"]), rows, heads, tuple(table["kinds"]), version)


def detector_text(table: Mapping[str, Any], rows: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """The file of a detector: ``table`` holds names, bias, heads and kinds, ``rows`` (head, weight) by feature."""
    header = json.dumps({"format": FORMAT, "features": len(rows), **table}, sort_keys=True, separators=(",", ":"))
    weights = [" ".join(f"{head} {weight:g}" for head, weight in row) for row in rows.values()]
    return "\n".join([header, *rows, *weights])


def _check_numbers(detector: Detector) -> None:
    """What the sha256 vouches for otherwise: every weight a finite number of a head that exists."""
    heads = range(len(detector.names))
    if len(detector.bias) != len(heads):
        raise ValueError("heads and weights do not match")
    # A weight that is no finite number cannot be rounded to a whole one: OverflowError or ValueError.
    weights = [pair for feature in detector.rows.texts for pair in detector.rows.get(feature)]
    if not all(math.isfinite(number) for number in detector.bias):
        raise ValueError("a bias is not a finite number")
    if not all(head in heads for head, _ in weights):
        raise ValueError("heads and weights do not match")


def features_of(document: Document, slots: Iterable[str], cues: Iterable[str], denied: Iterable[str]) -> set[str]:
    """What the model sees of a ticket: found slots, cues and denials, the shape of the text, and its words."""
    features = {f"s:{slot}" for slot in slots}
    features |= {f"e:{slot.partition('.')[0]}" for slot in slots}
    features |= {f"c:{cue}" for cue in cues}
    features |= {f"d:{element}" for element in denied}
    length = len(document.prose.strip())
    features.add(f"len:{min(9, length.bit_length())}")
    if document.machine_lines:
        features.add("machine" if document.machine_lines < 4 else "machine4")
    if document.sections:
        features.add("template")
    title = document.parts[0][3].text.rstrip(" !。.~") if document.parts[0][1] == "title" else ""
    if title.endswith(("?", "吗", "呢", "么")):
        features.add("title:?")
    features.update(f"t:{word}" for word in words_of(title) if len(word) > 1)
    for section in document.sections:
        heading = document.text[section.start : section.content_start]
        features.update(f"h:{word}" for word in words_of(heading) if len(word) > 1)
        features.add(f"h:{section.element}.{section.answer}")
    features.update(words_of(document.prose[:PROSE_READ]))
    return features


# matches the end of a sentence; does not match the stop in "4.6.1"
_STOP = lazy(r"[。!?\n;]|\.(?=\s|$)")


def _sentences(prose: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in [*[match.end() for match in _STOP.finditer(prose)], len(prose)]:
        text = prose[start:stop]
        if text.strip():
            lead = len(text) - len(text.lstrip())
            yield start + lead, start + len(text.rstrip())
        start = stop


def slots_of(stated: Mapping[str, Sequence[Any]]) -> set[str]:
    """The slots of stated evidence as ``element.slot``."""
    return {f"{element}.{evidence.slot}" for element, found in stated.items() for evidence in found}
