"""A stretch of the document that a pattern hit, the clause and the sentence around it, and its evidence."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.language.regexp import lazy


class Stretch(NamedTuple):
    """A hit in the document: where, under which key of the pack."""

    key: tuple[str, ...]
    start: int
    end: int


class Clauses:
    """The clauses of a prose text: stretches between punctuation and line ends."""

    # matches the comma in "黑屏,但是有声音" and the stop in "No sound. Video ok"; does not match the stop in "4.6.1"
    _BREAK = lazy(r"[,。!?;\n、]|\.(?=\s|$)")
    # matches the stop in "No sound. Video ok"; does not match the comma in "黑屏,但是有声音"
    _STOP = lazy(r"[。!?\n]|\.(?=\s|$)")

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks: list[int] | None = None
        self._stops: list[int] | None = None

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause around a stretch."""
        if self._breaks is None:
            self._breaks = [match.end() for match in self._BREAK.finditer(self._text)]
        return self._around(self._breaks, start, end)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a stretch."""
        if self._stops is None:
            self._stops = [match.end() for match in self._STOP.finditer(self._text)]
        return self._around(self._stops, start, end)

    def _around(self, marks: list[int], start: int, end: int) -> tuple[int, int]:
        left = bisect_right(marks, start)
        right = bisect_right(marks, max(end - 1, start))
        return (marks[left - 1] if left else 0), (marks[right] if right < len(marks) else len(self._text))


def evidence_of(document: Document, stretches: Sequence[Stretch]) -> list[Evidence]:
    """The evidence of stretches as they stand, slot by their key; without those that lie in no one field."""
    found = [document.evidence(stretch.start, stretch.end, slot=stretch.key[2]) for stretch in stretches]
    return [evidence for evidence in found if evidence]
