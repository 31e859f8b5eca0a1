"""Normalisation that keeps offsets, and the language of a ticket."""

import pytest

from triage.language.text import detect_language, normalise


@pytest.mark.parametrize(
    ("raw", "uniform"),
    [
        ("ＳＤＫ　Ｖ１．２", "sdk v1.2"),
        ("３０％", "30%"),
        ("視訊通話畫面變黑", "视讯通话画面变黑"),
        ("後台裡面聽不到", "后台里面听不到"),
        ("「黑屏」，卡！", '"黑屏",卡!'),
        ("iOS", "ios"),
        ("A\u00a0B\x00C", "a b c"),
        ("İSTANBUL é", "İstanbul é"),
        ("", ""),
    ],
    ids=["wide", "percent", "traditional", "traditional-words", "punctuation", "case", "controls", "accents", "empty"],
)
def test_text_is_made_uniform_one_to_one(raw: str, uniform: str) -> None:
    normal = normalise(raw)
    assert normal.text == uniform
    assert normal.offsets is None
    assert len(uniform) == len(raw)


def test_invisible_characters_are_dropped_and_accounted_for() -> None:
    raw = "语音\u200b卡\u202e\u200d顿了"
    normal = normalise(raw)
    assert normal.text == "语音卡顿了"
    start = normal.text.index("卡顿")
    assert raw[slice(*normal.raw_span(start, start + 2))] == "卡\u202e\u200d顿"


def test_a_lone_carriage_return_ends_a_line() -> None:
    assert normalise("a\rb").text == "a\nb"
    assert normalise("a\r\nb").text == "a \nb"


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert normalise("卡\ud800顿").text == "卡\ufffd顿"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("有时候语音会卡顿", "zh"),
        ("請問 SDK 支援 HarmonyOS 嗎", "zh"),
        ("Android SDK 4.6.1 调用 joinChannel 报错", "zh"),
        ("Sometimes the audio stutters", "en"),
        ("打电话的时候 audio 断断续续，换过 codec 都没用，sometimes it works", "mixed"),
        ("Hi，请问 Flutter SDK 有没有 support 鸿蒙的 plan？roadmap 里没看到", "mixed"),
        ("音声が聞こえません。助けてください", "other"),
        ("소리가 안 들려요", "other"),
        ("Звук пропадает каждые пять минут", "other"),
        ("الصوت يتقطع", "other"),
        ("😀😀", "other"),
        ("", "other"),
    ],
)
def test_language_is_named(text: str, language: str) -> None:
    assert detect_language(normalise(text).text) == language
