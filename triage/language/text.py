"""Normalised text with offsets back to the raw one, and the language a ticket is written in."""

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from triage.assessment import Language
from triage.language.regexp import lazy

# Invisible characters that people paste along: zero width, soft hyphen, bidi controls, variation selectors.
# matches "卡\u200b顿"'s middle; does not match an ordinary space
INVISIBLE = lazy("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff]")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_PAIRS = {"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": "'", "’": "'", "—": "-"}
_PAIRS |= {"–": "-", "−": "-", "‐": "-", "〜": "~", "…": ".", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}


class Normalised(NamedTuple):
    """A text made uniform: half width, Simplified, ASCII lower case, no control characters, nothing invisible.

    ``offsets`` is None when each code point stands where it stood; otherwise ``offsets[i]`` is the raw position of the
    i-th one, with one entry more for the end.
    """

    text: str
    offsets: tuple[int, ...] | None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the raw text that a span of the normalised one came from; invisible characters at its rim stay out."""
        if self.offsets is None:
            return start, end
        if end <= start:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1

    def position(self, raw: int) -> int:
        """The first position here at or after a raw one."""
        return raw if self.offsets is None else bisect_left(self.offsets, raw)


def normalise(text: str) -> Normalised:
    """The text made uniform, code point for code point; only invisible characters are dropped, and accounted for."""
    # Several workers read the same title and body; a log of megabytes is not worth keeping.
    return _kept(text) if len(text) < 20_000 else _normalise(text)


@lru_cache(maxsize=16)
def _kept(text: str) -> Normalised:
    return _normalise(text)


def _normalise(text: str) -> Normalised:
    uniform = text.translate(_table())
    if "\n" not in uniform and "\r" in text:
        uniform = text.replace("\r", "\n").translate(_table())
    if uniform.isascii() or not INVISIBLE.search(uniform):
        return Normalised(uniform, None)
    kept = [position for position, char in enumerate(uniform) if not INVISIBLE.match(char)]
    return Normalised("".join([uniform[position] for position in kept]), (*kept, len(uniform)))


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {code: " " for code in (*range(0x20), 0x7F) if chr(code) not in "\n\t"}
    table |= {ord(space): " " for space in _SPACES}
    table |= {ord(wide): narrow for wide, narrow in _PAIRS.items()}
    table |= dict.fromkeys(range(55296, 57344), "�")
    # OpenCC's TSCharacters (Apache-2.0), first choice of each row.
    rows = (Path(__file__).parent / "traditional.csv").read_text(encoding="utf-8").split()
    table |= {ord(row[0]): row[2] for row in rows[1:]}
    wide_capitals = range(0xFF21, 0xFF3B)
    table |= {code: chr(code - 0xFEE0).lower() for code in wide_capitals}
    table |= {code: chr(code).lower() for code in range(0x41, 0x5B)}
    return table


# matches "卡"; does not match "ka"
_HAN = lazy("[\u3400-\u9fff\uf900-\ufaff]")
# matches "sometimes"; does not match "4.6.1"
_WORD = lazy(r"[a-z][a-z']{1,}")
# matches "の", "안", "привет"; does not match "é" (Western European names occur in English tickets)
_ELSEWHERE = lazy("[\u0370-\u05ff\u0600-\u0dff\u0e00-\u11ff\u3040-\u30ff\uac00-\ud7af]")
# Words that make English sentences, as against names of products, classes and parameters, which Chinese tickets are
# full of. matches "the"; does not match "sdk"
_SENTENCE_WORD = lazy(
    r"\b(?:the|an|is|are|was|were|be|been|not|and|or|but|of|to|in|on|at|for|with|from|by|when|while|after|before|if|then"
    r"|this|that|it|its|we|our|you|your|my|me|they|their|there|have|has|had|do|does|did|can|can't|cannot|could|should"
    r"|would|will|please|how|what|why|which|where|any|some|all|only|also|still|after|again|always|sometimes|never"
    r"|no|doesn't|don't|isn't|won't|hear|sound|issue|problem|help|thanks|hi|hello|use|using|work|works|working"
    r"|get|got|see|seems|need|want|support|fail|fails|failed|users?|call|calls|error|crash|join|send|after"
    r"|receive|suddenly|random|randomly|slow|broken|stop|stops|happen|happens|happened)\b"
)


def detect_language(prose: str) -> Language:
    """The language of normalised prose (no logs, no code): zh, en, mixed, or other.

    A Chinese ticket quotes names (SDK, token, joinChannel) and stays zh; mixed needs English that carries part of the
    sentence. On the corpus's ``lang`` column 93 % are named alike, on the development tickets 92 %
    (2026-11-22); most others are Chinese tickets with some English in them.
    """
    han = len(_HAN.findall(prose))
    words = len(_WORD.findall(prose))
    elsewhere = len(_ELSEWHERE.findall(prose))
    if elsewhere > han and elsewhere > 2 * words:
        return "other"
    if not han:
        return "en" if words else "other"
    # A Chinese word has about 1.7 characters.
    share = words / (words + han / 1.7)
    if share < 0.24:
        return "zh"
    if share > 0.93:
        return "en"
    return "mixed" if share > 0.6 or _SENTENCE_WORD.search(prose) else "zh"
