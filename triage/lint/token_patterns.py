"""Patterns over tokens, for rules with ``check = "tokens"``: spaCy's Matcher on an empty pipeline, loaded only here.

A pattern sees the words of the normalised text (half width, Simplified, lower case), as every other pattern does.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from triage.assessment import Language, Span
from triage.datafile import suggest
from triage.errors import SettingsError
from triage.language.matcher import MOST_HITS
from triage.language.pack import check_expression
from triage.language.regexp import lazy
from triage.language.text import normalise
from triage.language.tokens import SpacyTokeniser, Tokeniser
from triage.ticket import Ticket

if TYPE_CHECKING:
    import spacy.language
    from spacy.matcher import Matcher
    from spacy.tokens import Doc

FIELDS = ("title", "body", "any")
# The keys whose values are words of the text.
_WORDS = ("LOWER", "TEXT", "ORTH", "NORM")
# What an empty pipeline knows of a token. Not POS, LEMMA and the like, which need a trained one; not IS_UPPER or
# IS_TITLE, for the text is in lower case.
KEYS = (
    "LOWER", "TEXT", "ORTH", "NORM", "SHAPE", "LENGTH", "IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_PUNCT", "IS_SPACE",
    "IS_STOP", "LIKE_NUM", "LIKE_URL", "LIKE_EMAIL", "OP",
)  # fmt: skip
# What we understand as the end of a repeat: "+", "*" and "{2,}" have none.
# matches "?", "!", "{2}", "{0,3}", "{,3}"; does not match "*", "{1,}"
_BOUNDED = lazy(r"[?!]|\{(?P<exactly>\d{1,2})\}|\{(?P<least>\d{0,2}),(?P<most>\d{1,2})\}")
# spaCy follows every choice of what to leave out: on 2,000 tokens a pattern with 5 tokens that may be absent takes
# 10 ms, with 8 70 ms, with 10 260 ms, with 15 10 s (spaCy 3.8, 2026-11-22).
MOST_OPTIONAL = 6


def token_hits(ticket: Ticket, language: Language, tokens: Sequence[Mapping[str, Any]]) -> Iterator[Span]:
    """The stretches that a rule's token patterns match, at most MOST_HITS a field, in order, none inside another.

    ``tokens`` is the rule's list of tables ``{field = "title" | "body" | "any", pattern = [{LOWER = "…"}, …]}``; any is
    the default. Chinese and mixed tickets are cut by our own tokeniser, all others by spaCy's English one.

    Raises SettingsError when spaCy is not installed, or a pattern is not one that an empty pipeline can match.
    """
    matchers = _matchers("zh" if language in ("zh", "mixed") else "en", json.dumps(tokens, sort_keys=True, default=str))
    for field, text in (("title", ticket.title), ("body", ticket.body)):
        if field not in matchers.by_field or not text.strip():
            continue
        normal = normalise(text)
        for start, end in matchers.hits(field, normal.text):
            yield Span(field, *normal.raw_span(start, end))


@dataclass(frozen=True, slots=True)
class _Pipeline:
    """An empty pipeline, and the lock that its memory zone needs: two at a time are not allowed."""

    nlp: "spacy.language.Language"
    lock: Lock


@dataclass(frozen=True, slots=True)
class _Matchers:
    """The matchers of one rule by field."""

    pipeline: _Pipeline
    by_field: "Mapping[str, Matcher]"

    def hits(self, field: str, text: str) -> list[tuple[int, int]]:
        """Start and end of each hit in a normalised text."""
        # The zone frees what a text added to spaCy's store of strings, which grows for ever otherwise.
        with self.pipeline.lock, self.pipeline.nlp.memory_zone():
            doc = self.pipeline.nlp.make_doc(text)
            found = sorted((start, -end) for _, start, end in self.by_field[field](doc))
            return _apart(doc, [(start, -end) for start, end in found])


def _apart(doc: "Doc", found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hits as characters: of those that overlap the first, of those that begin together the longest."""
    spans: list[tuple[int, int]] = []
    past = 0
    for start, end in found:
        if start < past or end <= start:
            continue
        past = end
        spans.append((doc[start].idx, doc[end - 1].idx + len(doc[end - 1])))
        if len(spans) == MOST_HITS:
            break
    return spans


@lru_cache(maxsize=256)
def _matchers(language: str, tables: str) -> _Matchers:
    """The matchers of a rule's tables, given as JSON so that they can be a key."""
    pipeline = _pipeline(language)
    from spacy.matcher import Matcher

    by_field: dict[str, Matcher] = {}
    for number, table in enumerate(json.loads(tables), start=1):
        field, pattern = _checked(table, number)
        for name in ("title", "body") if field == "any" else (field,):
            matcher = by_field.setdefault(name, Matcher(pipeline.nlp.vocab, validate=True))
            try:
                matcher.add(str(number), [pattern])
            except ValueError as cause:
                raise SettingsError(
                    f"{_place(number, pattern)} spaCy cannot read: {' '.join(str(cause).split())}"
                ) from cause
    return _Matchers(pipeline, by_field)


@lru_cache(maxsize=2)
def _pipeline(language: str) -> _Pipeline:
    try:
        import spacy
    except ModuleNotFoundError as cause:
        raise SettingsError('a rule with check "tokens" needs spaCy; install triage[spacy]') from cause
    nlp = spacy.blank(language)
    # spaCy's limit of a million characters is for its models; a ticket with a log of megabytes is still a ticket.
    nlp.max_length = sys.maxsize
    if language == "zh":
        nlp.tokenizer = SpacyTokeniser(nlp.vocab)
    return _Pipeline(nlp, Lock())


def _checked(table: Mapping[str, Any], number: int) -> tuple[str, list[dict[str, Any]]]:
    """The field and the pattern of a table, its words normalised; refused where it would run long or never match."""
    for key in table:
        if key not in ("field", "pattern"):
            raise SettingsError(f"tokens table {number}: {key} is not known; {suggest(key, ('field', 'pattern'))}")
    field, pattern = table.get("field", "any"), table.get("pattern")
    if field not in FIELDS:
        raise SettingsError(f'tokens table {number}: field "{field}" is not known; use {", ".join(FIELDS)}')
    if not isinstance(pattern, list) or not pattern or not all(isinstance(token, dict) for token in pattern):
        raise SettingsError(
            f'tokens table {number}: pattern is {pattern!r}; write [{{LOWER = "推流"}}, {{LOWER = "失败"}}]'
        )
    place = _place(number, pattern)
    optional = sum(_optional(token.get("OP", "{1}"), place) for token in pattern)
    if optional > MOST_OPTIONAL:
        raise SettingsError(
            f"{place} {optional} tokens may be absent, which takes spaCy too long; allow at most {MOST_OPTIONAL}"
        )
    return field, [{key: _value(key, value, place) for key, value in token.items()} for token in pattern]


def _optional(operator: object, place: str) -> int:
    """How many tokens an operator leaves open."""
    found = _BOUNDED.fullmatch(operator) if isinstance(operator, str) else None
    if not found:
        raise SettingsError(f'{place} OP "{operator}" is not a repeat with an end; use ?, !, {{2}} or {{0,3}}')
    if found["exactly"]:
        return 0
    return int(found["most"]) - int(found["least"] or 0) if found["most"] else 1


def _value(key: str, value: Any, place: str) -> Any:
    """A value as the matcher needs it: words normalised like the text, so that "SDK" and "斷線" match."""
    if key not in KEYS:
        raise SettingsError(f"{place} {key} is not known; {suggest(key, KEYS)}")
    if key not in _WORDS:
        return value
    if isinstance(value, str):
        return _word(value, place)
    if isinstance(value, Mapping):
        return {name: _inner(name, inner, place) for name, inner in value.items()}
    return value


def _inner(name: str, value: Any, place: str) -> Any:
    if name == "REGEX" and isinstance(value, str):
        check_expression(value, path=Path(place.rstrip(":")))
    if name in ("IN", "NOT_IN") and isinstance(value, list):
        return [_word(word, place) if isinstance(word, str) else word for word in value]
    return value


def _word(word: str, place: str) -> str:
    normal = normalise(word).text
    if not normal.isascii() or " " in normal:
        parts = [token.text for token in Tokeniser().cut(normal)]
        if len(parts) != 1:
            raise SettingsError(f'{place} "{word}" is never one token but {" + ".join(parts)}; write a table for each')
    return normal


def _place(number: int, pattern: object) -> str:
    return f"tokens table {number}, pattern {json.dumps(pattern, ensure_ascii=False)[:80]}:"
