"""Many patterns over one text: which of them occur, and where.

RE2 ``Set``s say which patterns fire; the spans of those few are found by ``re``. So the answer is the same with and
without google-re2 (the ``fast`` extra), only the speed differs, and no pattern can blow up: repeats are bounded.

One Set a group of patterns, not one for all: a Set is one automaton that is built as texts come in, and the states of
unlike patterns multiply. µs a ticket (3,740 tickets, 412 patterns, 2026-11-22; ``bench/patterns.py`` prints today's):
one ``re.search`` a pattern 2,200; 12 Sets 1,140 on fresh tickets, 80 on those whose states they know; one Set 2,600 and
more on fresh ones.
"""

import re
from collections.abc import Callable, Iterator, Sequence

# Enough for the states that 3,740 tickets need; with 32 MB RE2 starts anew now and then and is five times as slow.
SET_MEMORY = 128 << 20
# A text is read in pieces of about this many characters, at line ends, so that one hit in a log of megabytes does not
# make every pattern read all of it.
PIECE = 16_384
# More hits than this a pattern and text add nothing for a reader.
MOST_HITS = 20

_Fires = Callable[[bytes], Sequence[int]]


class Matcher:
    """A fixed list of patterns, matched on normalised text with the meaning of ``re.ASCII``."""

    def __init__(
        self, expressions: Sequence[str], *, groups: Sequence[str] | None = None, engine: str = "auto"
    ) -> None:
        """``groups`` names the group of each expression (one Set a group); ``engine`` is re2, re, or auto (re2 if there)."""
        self._expressions = tuple(expressions)
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._sets = [] if engine == "re" else _sets(self._expressions, groups or [""] * len(expressions))
        if engine == "re2" and not self._sets and expressions:
            raise ModuleNotFoundError("google-re2 is not installed; install triage[fast]")

    def hits(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Each hit as (number of the pattern, match), at most MOST_HITS a pattern; offsets are those of ``text``."""
        counts: dict[int, int] = {}
        for start, end in _pieces(text):
            piece = text if end - start == len(text) else text[start:end]
            for number in self.fired(piece):
                for match in self._regexp(number).finditer(text, start, end):
                    if counts.get(number, 0) >= MOST_HITS:
                        break
                    counts[number] = counts.get(number, 0) + 1
                    yield number, match

    def fired(self, text: str) -> list[int]:
        """The numbers of the patterns that may occur in a text, ascending; with ``re`` exactly those that do."""
        if not self._sets:
            return [number for number in range(len(self._expressions)) if self._regexp(number).search(text)]
        encoded = text.encode("utf-8")
        return sorted([members[index] for members, fires in self._sets for index in fires(encoded)])

    def _regexp(self, number: int) -> re.Pattern[str]:
        if number not in self._compiled:
            self._compiled[number] = re.compile(self._expressions[number], re.ASCII)
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
_BOUNDS = re.compile(r"(?<!\\)\{(\d+),(\d+)\}")


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
