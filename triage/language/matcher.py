"""Many patterns over one text or many: which of them occur, and where.

RE2 ``Set``s (google-re2, the ``fast`` extra) say which patterns fire; the spans of those few are found by ``re``. So the
answer is the same with and without RE2, only the speed differs, and no pattern can blow up: repeats are bounded.

One Set a group of patterns, not one for all: a Set is one automaton that is built as texts come in, and the states of
unlike patterns multiply. Many texts go through one Set after the other, not one text through all Sets: so many automata
do not fit the processor's cache together. µs a ticket (4,321 tickets, 412 patterns, 2 cores, 2026-11-25;
``bench/patterns.py`` prints today's): one ``re.search`` a pattern 1,060; 12 Sets text by text 65, set by set 38; on
tickets whose states the Sets do not know yet 580. Building the Sets takes 30 ms, so the first few texts of a process,
often the only ones, are searched by ``re``.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from triage.language.regexp import lazy, regexp

# Enough for the states that 3,740 tickets need; with 32 MB RE2 starts anew now and then and is five times as slow.
SET_MEMORY = 128 << 20
# A text is read in pieces of about this many characters, at line ends, so that one hit in a log of megabytes does not
# make every pattern read all of it.
PIECE = 16_384
# More hits than this a pattern and text add nothing for a reader.
MOST_HITS = 20
# The Sets are built once this much was searched without them: their 35 ms are 30 tickets of ``re``.
FEW_CHARACTERS = 30 * 144

_Fires = Callable[[bytes], Sequence[int]]


class Matcher:
    """A fixed list of patterns, matched on normalised text with the meaning of ``re.ASCII``."""

    def __init__(
        self, expressions: Sequence[str], *, groups: Sequence[str] | None = None, engine: str = "auto"
    ) -> None:
        """``groups`` names the group of each expression (one Set a group).

        ``engine`` is re2, re, or auto: re for the first few texts, then re2 where it is installed.
        """
        self._expressions = tuple(expressions)
        self._groups = tuple(groups or [""] * len(expressions))
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._sets: list[tuple[list[int], _Fires]] | None = None
        self._left = FEW_CHARACTERS
        if engine == "re":
            self._sets = []
        elif engine == "re2":
            self._sets = _sets(self._expressions, self._groups)
            if not self._sets and expressions:
                raise ModuleNotFoundError("google-re2 is not installed; install triage[fast]")

    def hits(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Each hit as (number of the pattern, match), at most MOST_HITS a pattern; offsets are those of ``text``."""
        return next(self.hits_many([text]))

    def hits_many(self, texts: Sequence[str]) -> Iterator[Iterator[tuple[int, re.Match[str]]]]:
        """The ``hits`` of each text in turn; many texts at once take half the time of each by itself."""
        pieces = [(text, start, end) for text in texts for start, end in _pieces(text)]
        fired = iter(
            self.fired_many([text if end - start == len(text) else text[start:end] for text, start, end in pieces])
        )
        for text in texts:
            yield self._located(text, [(start, end, next(fired)) for start, end in _pieces(text)])

    def _located(
        self, text: str, pieces: Sequence[tuple[int, int, Sequence[int]]]
    ) -> Iterator[tuple[int, re.Match[str]]]:
        counts: dict[int, int] = {}
        for start, end, fired in pieces:
            for number in fired:
                for match in self._regexp(number).finditer(text, start, end):
                    if counts.get(number, 0) >= MOST_HITS:
                        break
                    counts[number] = counts.get(number, 0) + 1
                    yield number, match

    def fired_many(self, texts: Sequence[str]) -> list[list[int]]:
        """For each text the numbers of the patterns that may occur in it, ascending; with ``re`` exactly those that do."""
        sets = self._ready_sets(texts)
        if not sets:
            numbers = range(len(self._expressions))
            return [[number for number in numbers if self._regexp(number).search(text)] for text in texts]
        fired: list[list[int]] = [[] for _ in texts]
        encoded = [text.encode("utf-8") for text in texts]
        for members, fires in sets:
            for row, content in zip(fired, encoded, strict=True):
                if found := fires(content):
                    row += [members[index] for index in found]
        for row in fired:
            row.sort()
        return fired

    def _ready_sets(self, texts: Sequence[str]) -> list[tuple[list[int], _Fires]]:
        if self._sets is None:
            self._left -= sum(map(len, texts))
            if self._left > 0:
                return []
            self._sets = _sets(self._expressions, self._groups)
        return self._sets

    def _regexp(self, number: int) -> re.Pattern[str]:
        if number not in self._compiled:
            self._compiled[number] = regexp(self._expressions[number], re.ASCII)
        return self._compiled[number]


def _sets(expressions: Sequence[str], groups: Sequence[str]) -> list[tuple[list[int], _Fires]]:
    try:
        import re2
    except ModuleNotFoundError:
        return []
    options = re2.Options()
    options.max_mem = SET_MEMORY
    options.log_errors = False
    members: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    sets = []
    for numbers in members.values():
        # The wrapper's Set re-encodes the text on every call; the one inside takes our bytes.
        group_set = re2._re2.Set(re2._re2.RE2.Anchor.UNANCHORED, options)
        for number in numbers:
            if group_set.Add(_relaxed(expressions[number]).encode("utf-8")) < 0:
                raise ValueError(f"RE2 cannot read the pattern {expressions[number]!r}")
        group_set.Compile()
        sets.append((numbers, group_set.Match))
    return sets


# matches the "{0,40}" of "a{0,40}"; does not match "\{0,40}"
_BOUNDS = lazy(r"(?<!\\)\{(\d+),(\d+)\}")


def _relaxed(expression: str) -> str:
    """The expression with open repeats, for the Set alone: it may fire once too often, never too seldom.

    RE2 copies what is repeated up to n times n times: with bounds as written our Sets take 160 ms to build, with these
    30 ms, and ``triage lint`` builds them on each start. With (?m), for ``$`` of ``re`` matches before a last line break
    too, that of RE2 does not.
    """
    return "(?m)" + _BOUNDS.sub(lambda found: "*" if found[1] == "0" else "+", expression)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > PIECE:
        end = text.rfind("\n", start, start + PIECE) + 1
        if end <= start:
            end = start + PIECE
        yield start, end
        start = end
    yield start, len(text)
