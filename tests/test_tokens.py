"""The cut into words: both engines alike on the whole corpus, offsets true, the domain's terms whole."""

import importlib.util
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from triage.errors import DataFileError, SettingsError
from triage.language import tokens
from triage.language.text import INVISIBLE
from triage.language.tokens import TERMS, Token, Tokeniser, load_terms

TICKETS = Path(__file__).parents[1] / "data" / "tickets"
ENGINES = [
    pytest.param(
        name, marks=pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} is not installed")
    )
    for name in ("jieba", "rjieba")
]
needs_jieba = pytest.mark.skipif(importlib.util.find_spec("jieba") is None, reason="jieba is not installed")
needs_rjieba = pytest.mark.skipif(importlib.util.find_spec("rjieba") is None, reason="rjieba is not installed")


def words(text: str, engine: str = "auto") -> list[str]:
    return [token.text for token in Tokeniser(engine).cut(text)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rows = [
        json.loads(line)
        for path in sorted(TICKETS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [f"{row['title']}\n{row['body']}" for row in rows]


@needs_jieba
@needs_rjieba
def test_jieba_and_rjieba_cut_the_whole_corpus_alike(texts: list[str]) -> None:
    slow, fast = Tokeniser("jieba"), Tokeniser("rjieba")
    alike = sum(slow.cut(text) == fast.cut(text) for text in texts)
    assert alike == len(texts)
    # 3,220 written for the corpus, and what was added since.
    assert len(texts) >= 3220


@needs_jieba
@needs_rjieba
@settings(deadline=None)  # the first text waits for both dictionaries
@given(strategies.text(alphabet="断线重连上麦克风推流失败数字人口型㐀龯鿕鿿𠀀a1.-%+ \n，　\u200b繁體"))
def test_engines_agree_on_texts_that_nobody_wrote(text: str) -> None:
    assert Tokeniser("jieba").cut(text) == Tokeniser("rjieba").cut(text)


def test_offsets_are_those_of_the_raw_text(texts: list[str]) -> None:
    tokeniser = Tokeniser()
    plain = [text for text in texts if not INVISIBLE.search(text)]
    assert len(plain) > 3000
    for text in plain:
        position = 0
        for token in tokeniser.cut(text):
            assert text[token.start : token.end] == token.text
            # Nothing but white space is left out.
            assert not text[position : token.start].strip("\x00 \t\r\n")
            position = token.end


def test_invisible_characters_are_in_the_span_and_not_in_the_text() -> None:
    assert Tokeniser().cut("\ufeff推\u200b流 A\u200bPI\u200b") == [Token("推流", 1, 4), Token("API", 5, 9)]


@given(strategies.text())
def test_tokens_follow_one_another_in_any_text(text: str) -> None:
    position = 0
    for token in Tokeniser().cut(text):
        assert position <= token.start < token.end <= len(text)
        assert token.text
        position = token.end


@pytest.mark.parametrize("engine", ENGINES)
def test_every_term_of_the_domain_stays_whole(engine: str) -> None:
    terms = load_terms()
    assert len(terms) >= 250
    assert [term for term in terms if words(term, engine) != [term]] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("进房后推流失败", "进房 后 推流 失败", id="joining"),
        pytest.param("走进房间就黑屏", "走进 房间 就 黑屏", id="a term inside other words"),
        pytest.param("拉流卡顿率上升，首帧 3s", "拉流 卡顿率 上升 ， 首帧 3s", id="live"),
        pytest.param("上麦之后回声消除没生效", "上麦 之后 回声消除 没 生效", id="co-hosting"),
        pytest.param("老师上麦克风没声音", "老师 上 麦克风 没 声音", id="microphone is not 上麦"),
        pytest.param("旁路直播和云端录制音画不同步", "旁路直播 和 云端录制 音画不同步", id="recording"),
        pytest.param("弱网下断线重连，混流合流都停了", "弱网 下 断线重连 ， 混流 合流 都 停 了", id="network"),
        pytest.param("离线推送没有，已读回执不对", "离线推送 没有 ， 已读回执 不 对", id="messages"),
        pytest.param("數字人口型對不上", "數字人 口型 對不上", id="Traditional"),
        pytest.param("UserSig 过期报 6206", "UserSig 过期 报 6206", id="Latin between Chinese"),
        pytest.param("SDK v11.8.1-beta.2，错误码-3301", "SDK v11.8.1-beta.2 ， 错误码 -3301", id="version and code"),
        pytest.param("丢包率 30% 10:05左右", "丢包率 30 % 10:05 左右", id="numbers"),
        pytest.param("1002,1003 iOS/Android c++", "1002 , 1003 iOS / Android c++", id="lists"),
        pytest.param("2024-03-01 3/10 次 room_1", "2024-03-01 3/10 次 room_1", id="dates and ids"),
        pytest.param("见https://a.cn/x?y=1。", "见 https://a.cn/x?y=1 。", id="address"),
        pytest.param("Calls don't connect.", "Calls don't connect .", id="English"),
        pytest.param("", "", id="empty"),
        pytest.param(" \n\u3000\u200b", "", id="nothing visible"),
    ],
)
def test_cut(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_english_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_cut_of", lambda engine: pytest.fail(f"{engine} was loaded"))
    assert words("No sound at 10:05") == ["No", "sound", "at", "10:05"]


def test_unknown_engine_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r'engine "jeiba" is not known; did you mean "jieba"\?'):
        Tokeniser("jeiba")  # type: ignore[arg-type]


@pytest.fixture
def no_engine_kept() -> object:
    tokens._cut_of.cache_clear()
    yield
    tokens._cut_of.cache_clear()


@needs_jieba
def test_without_rjieba_jieba_cuts(monkeypatch: pytest.MonkeyPatch, no_engine_kept: object) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert words("推流失败") == ["推流", "失败"]


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("auto", r"neither is installed; install triage\[fast\]"),
        ("jieba", r"neither is installed; install triage\[fast\]"),
        ("rjieba", r'engine "rjieba" is not installed; install triage\[fast\]'),
    ],
)
def test_missing_engine_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, no_engine_kept: object, engine: str, message: str
) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(SettingsError, match=message):
        words("推流失败", engine)


def test_tokeniser_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Tokeniser("auto"))).cut("推流") == [Token("推流", 0, 2)]


def test_import_loads_no_engine() -> None:
    code = "import sys, triage.language.tokens; print(sorted({'jieba', 'rjieba', 'spacy', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("推流", r'terms\.txt:2: "推流" is not a term and its frequency; write 推流 300'),
        ("推流 many", r'terms\.txt:2: "推流 many" is not'),
        ("推流 0", r'terms\.txt:2: "推流 0" is not'),
        ("拉流 20", r'terms\.txt:2: "拉流" stands here a second time'),
    ],
)
def test_bad_line_of_the_terms_is_told_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "terms.txt"
    path.write_text(f"拉流 300\n{line}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=message):
        load_terms(path)


def test_terms_are_one_a_line_with_a_frequency() -> None:
    lines = [line for line in TERMS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(load_terms())
