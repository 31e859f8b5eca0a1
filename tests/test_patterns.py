"""Each table of the packs by its own texts, and the two engines against each other."""

import importlib.util
import re

import pytest

from triage.evidence.finder import Finder
from triage.language.matcher import Matcher
from triage.language.pack import FOLDER, check_expression, load_pack, matcher_of
from triage.language.text import normalise
from triage.ticket import Ticket

PACK = load_pack()
TABLES = {f"{name.removesuffix('.toml')}:{'.'.join(key)}": (key, table) for name, key, table in PACK.tables}
FINDER = Finder(PACK)


def texts(which: str) -> list[object]:
    return [
        pytest.param(name, text, id=f"{name}-{number}")
        for name, (_, table) in TABLES.items()
        for number, text in enumerate(getattr(table, which), start=1)
    ]


def spoken(name: str, text: str) -> bool:
    """Whether the table's key is found in the text: evidence by the finder, as a ticket's body; others by their patterns."""
    key, _ = TABLES[name]
    if key[0] == "evidence" and key[1] != "environment":
        found = FINDER.find(Ticket(body=text))
        # A heading of the same name ("Steps: …") makes it a slot of a form that was filled in.
        return any(evidence.slot in (key[2], "section") for evidence in found.stated[key[1]])
    normal = normalise(text).text
    return any(re.search(pattern.expression, normal, re.ASCII) for pattern in PACK.patterns if pattern.key == key)


@pytest.mark.parametrize(("name", "text"), texts("yes"))
def test_table_matches(name: str, text: str) -> None:
    assert spoken(name, text)


@pytest.mark.parametrize(("name", "text"), texts("no"))
def test_table_does_not_match(name: str, text: str) -> None:
    assert not spoken(name, text)


def test_each_table_has_texts_to_match_and_not_to_match() -> None:
    assert [name for name, (_, table) in TABLES.items() if not table.yes or not table.no] == []


def test_patterns_mean_the_same_to_both_engines_and_cannot_blow_up() -> None:
    for pattern in PACK.patterns:
        check_expression(pattern.expression, path=FOLDER)


def test_there_are_enough_patterns_for_the_benchmark() -> None:
    assert len(PACK.patterns) >= 150


@pytest.mark.skipif(importlib.util.find_spec("re2") is None, reason="google-re2 is not installed (extra fast)")
def test_re2_fires_wherever_re_does() -> None:
    expressions = [pattern.expression for pattern in PACK.patterns]
    groups = [pattern.group for pattern in PACK.patterns]
    fast, plain = Matcher(expressions, groups=groups, engine="re2"), Matcher(expressions, engine="re")
    texts = [normalise(text).text for _, _, table in PACK.tables for text in (*table.yes, *table.no)]
    for sure, maybe in zip(plain.fired_many(texts), fast.fired_many(texts), strict=True):
        assert set(sure) <= set(maybe)
    for text, by_re, by_re2 in zip(texts, plain.hits_many(texts), fast.hits_many(texts), strict=True):
        assert [(number, match.span()) for number, match in by_re] == [
            (number, match.span()) for number, match in by_re2
        ], text


def test_many_texts_are_matched_as_each_by_itself() -> None:
    texts = ["语音卡顿", "", "app crashes on start\n" * 2000, "黑屏, error 1002"]
    matcher = matcher_of(PACK.patterns)
    many = [[(number, match.span()) for number, match in hits] for hits in matcher.hits_many(texts)]
    assert many == [[(number, match.span()) for number, match in matcher.hits(text)] for text in texts]
    assert many[0]
    assert many[2]
