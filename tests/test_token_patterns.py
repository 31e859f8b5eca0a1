"""Rules over tokens: what they match in Chinese and English, what is refused, and that nobody else pays for spaCy."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from triage.assessment import Language, Span
from triage.errors import DataFileError, SettingsError
from triage.lint import token_patterns
from triage.lint.checks import token_rules
from triage.lint.rulebook import Example, Rule, Words, build_rulebook
from triage.lint.token_patterns import MOST_OPTIONAL, token_hits
from triage.ticket import Ticket

pytest.importorskip("spacy")
pytest.importorskip("jieba")

RULE = Rule(
    code="SITE01",
    name="push-without-url",
    level="hint",
    check="tokens",
    kinds=("incident",),
    message=Words("推流失败，但没有推流地址。", "A stream fails to publish and its address is not given."),
    reason="The address tells the region.",
    source="This test.",
    fires=(Example("zh", body="推流失败"), Example("en", body="publishing fails")),
    silent=(Example("zh", body="拉流失败"), Example("en", body="playing fails")),
    tokens=(
        {"pattern": [{"LOWER": "推流"}, {"OP": "{0,2}"}, {"LOWER": {"IN": ["失败", "超时"]}}]},
        {
            "field": "title",
            "pattern": [{"LOWER": {"REGEX": "^publish(ing)?$"}}, {"LOWER": {"IN": ["fails", "failed"]}}],
        },
    ),
)


def hits(language: Language, *, title: str = "", body: str = "", tokens: Any = RULE.tokens) -> list[Span]:
    return list(token_hits(Ticket(title=title, body=body), language, tokens))


def texts(language: Language, *, title: str = "", body: str = "", tokens: Any = RULE.tokens) -> list[str]:
    ticket = {"title": title, "body": body}
    return [ticket[span.field][span.start : span.end] for span in hits(language, tokens=tokens, **ticket)]


def pattern(*tokens: dict[str, Any], **more: str) -> tuple[dict[str, Any], ...]:
    return ({"pattern": list(tokens), **more},)


@pytest.mark.parametrize("language", ["zh", "mixed"])
def test_chinese_words_match(language: Language) -> None:
    assert texts(language, body="主播推流总是失败，拉流正常") == ["推流总是失败"]


def test_english_words_match_in_the_title_alone() -> None:
    assert texts("en", title="Publishing FAILS at 9 am", body="publishing fails") == ["Publishing FAILS"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rule_stays_silent_on_other_words(language: Language) -> None:
    assert hits(language, title="拉流失败", body="推流量失败，playing fails") == []


def test_traditional_full_width_and_hidden_characters_match_at_raw_offsets() -> None:
    body = "「ＲＴＭＰ」推\u200b流 超時"
    assert hits("zh", body=body) == [Span("body", 6, 12)]
    assert texts("zh", body=body) == ["推\u200b流 超時"]


def test_title_comes_before_body() -> None:
    assert hits("zh", title="推流失败", body="推流失败") == [Span("title", 0, 4), Span("body", 0, 4)]


def test_a_line_break_ends_a_phrase() -> None:
    assert hits("zh", body="推流\n失败", tokens=pattern({"LOWER": "推流"}, {"LOWER": "失败"})) == []


def test_of_overlapping_hits_the_longest_of_the_first_counts() -> None:
    tokens = pattern({"LOWER": "卡顿", "OP": "{1,3}"})
    assert texts("zh", body="卡顿卡顿卡顿卡顿", tokens=tokens) == ["卡顿卡顿卡顿", "卡顿"]


def test_hits_are_limited() -> None:
    assert len(hits("zh", body="推流失败。" * 50)) == 20


def test_words_of_a_pattern_are_normalised_like_the_text() -> None:
    assert texts("zh", body="SDK 斷線", tokens=pattern({"TEXT": "ＳＤＫ"}, {"LOWER": {"IN": ["斷線"]}})) == ["SDK 斷線"]


def test_number_address_and_length_are_known_to_both_pipelines() -> None:
    tokens = [*pattern({"LIKE_NUM": True}, {"LOWER": "%"}), *pattern({"LIKE_URL": True}), *pattern({"LENGTH": 9})]
    assert texts("zh", body="丢包 30% https://a.cn/x abcdefghi", tokens=tokens) == [
        "30%",
        "https://a.cn/x",
        "abcdefghi",
    ]
    assert texts("en", body="loss 30% https://a.cn/x abcdefghi", tokens=tokens) == [
        "30%",
        "https://a.cn/x",
        "abcdefghi",
    ]


def test_empty_ticket_and_empty_rule_have_no_hits() -> None:
    assert hits("zh") == hits("zh", body="推流失败", tokens=()) == []


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (pattern({"LOWR": "a"}), r'LOWR is not known; did you mean "LOWER"\?'),
        (pattern({"POS": "VERB"}), r"tokens table 1, pattern .*: POS is not known"),
        (pattern({"IS_UPPER": True}), "IS_UPPER is not known"),
        (pattern({"OP": "*"}), r'OP "\*" is not a repeat with an end; use \?, !, \{2\} or \{0,3\}'),
        (pattern({"OP": "{2,}"}), r'OP "\{2,\}" is not a repeat with an end'),
        (
            pattern({"LOWER": "a"}, {"OP": "{0,7}"}),
            "7 tokens may be absent, which takes spaCy too long; allow at most 6",
        ),
        (pattern({"LOWER": "推流失败"}), r'"推流失败" is never one token but 推流 \+ 失败; write a table for each'),
        (pattern({"LOWER": {"IN": ["black screen"]}}), r'"black screen" is never one token but black \+ screen'),
        (pattern({"LOWER": 3}), "spaCy cannot read: .*LOWER"),
        (pattern(), "pattern is .*; write"),
        (({"field": "body"},), "pattern is None; write"),
        (pattern({"LOWER": "a"}, field="boddy"), 'field "boddy" is not known; use title, body, any'),
        (({"patern": []},), r'patern is not known; did you mean "pattern"\?'),
        ((*RULE.tokens, *pattern({"TAG": "X"})), "tokens table 3, pattern"),
    ],
)
def test_pattern_that_cannot_work_is_refused(tokens: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        hits("zh", body="推流失败", tokens=tokens)


def test_regular_expression_without_bound_is_refused() -> None:
    with pytest.raises(DataFileError, match="repeats without bound"):
        hits("zh", body="推流失败", tokens=pattern({"LOWER": {"REGEX": "(a+)+b"}}))


def test_most_optional_tokens_are_allowed() -> None:
    tokens = pattern({"LOWER": "a"}, {"OP": f"{{0,{MOST_OPTIONAL}}}"}, {"LOWER": "b"})
    assert texts("en", body="a c c c c c c b", tokens=tokens) == ["a c c c c c c b"]


def test_log_of_megabytes_is_read() -> None:
    assert hits("zh", body="E/rtc: -3301 timeout\n" * 60_000 + "推流失败")[0].field == "body"


def test_matchers_are_built_once() -> None:
    token_patterns._matchers.cache_clear()
    for _ in range(3):
        hits("zh", body="推流失败")
    assert token_patterns._matchers.cache_info().misses == 1


def test_strings_of_tickets_are_forgotten() -> None:
    hits("zh", body="推流失败")
    strings = token_patterns._pipeline("zh").nlp.vocab.strings
    before = len(strings)
    for number in range(50):
        assert hits("zh", body=f"房间 room{number}x 推流 onError{number} 失败") == [Span("body", *span_of(number))]
    assert len(strings) == before


def span_of(number: int) -> tuple[int, int]:
    text = f"房间 room{number}x 推流 onError{number} 失败"
    return text.index("推流"), len(text)


def test_threads_get_the_same_answers() -> None:
    bodies = [f"推流 {number} 失败" for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda body: texts("zh", body=body), bodies))
    assert found == [[body] for body in bodies]


@pytest.fixture
def no_pipeline_kept() -> Iterator[None]:
    token_patterns._pipeline.cache_clear()
    token_patterns._matchers.cache_clear()
    yield
    token_patterns._pipeline.cache_clear()
    token_patterns._matchers.cache_clear()


def test_without_spacy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, no_pipeline_kept: None) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r'a rule with check "tokens" needs spaCy; install triage\[spacy\]'):
        hits("zh", body="推流失败")


def test_rulebook_knows_that_a_rule_needs_spacy() -> None:
    assert token_rules(build_rulebook({RULE.code: RULE}).rules)


def test_linting_with_the_shipped_rules_does_not_import_spacy() -> None:
    code = """
import sys
from triage.assessor import Assessor
from triage.settings import load_settings
from triage.ticket import ticket_from
for body in ("推流失败，错误码 -3301", "publishing fails"):
    Assessor(load_settings()).lint(ticket_from({"body": body}))
print(sorted({"spacy", "jieba", "rjieba"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
