import pytest

from triage.report.characters import printable, width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("卡顿 ok\t\r\n", "卡顿 ok   ", id="white-space-is-a-space"),
        pytest.param("\x1b[31mred\x07\x9b\x7f", "<U+001B>[31mred<U+0007><U+009B><U+007F>", id="controls-are-named"),
        pytest.param("a\u202eb\u2066c\u200fd", "a<U+202E>b<U+2066>c<U+200F>d", id="bidi-is-named"),
        pytest.param("a\u2028b\u2029c", "a<U+2028>b<U+2029>c", id="line-separators-are-named"),
        pytest.param("\ud800\ufffe", "<U+D800><U+FFFE>", id="what-cannot-be-printed-is-named"),
        pytest.param("\ufeffa\u200bb\u2060c\u00add\U000e0041", "abcd", id="zero-width-is-left-out"),
        pytest.param("👨\u200d👩 👍🏽 ❤\ufe0f", "👨👩 👍 ❤", id="emoji-lose-what-terminals-disagree-on"),
        pytest.param("e\u0301 한 العربية", "e\u0301 한 العربية", id="letters-and-marks-stay"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("SDK v4", 6, id="ascii"),
        pytest.param("卡顿", 4, id="han"),
        pytest.param("。，（", 6, id="full-width-punctuation"),
        pytest.param("ＡＢＣ", 6, id="full-width-letters"),
        pytest.param("ｶｷ", 2, id="half-width-kana"),
        pytest.param("e\u0301", 1, id="combining"),
        pytest.param("👩", 2, id="emoji"),
        pytest.param("\u1112\u1161\u11ab", 2, id="decomposed-hangul"),
        pytest.param("“…”·", 4, id="ambiguous-counts-one"),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
