"""Signals of a ticket as people write them: its stage, and the marks that raise or confine; the silent ones beside them."""

import pytest

from triage.evidence.finder import Finder
from triage.evidence.signals import _PLAIN, RISK_SYMPTOMS, Signals, signals_of
from triage.language.pack import load_pack
from triage.ticket import Ticket

FINDER = Finder(load_pack())


def signals(text: str) -> Signals:
    return signals_of(FINDER.find(Ticket(body=text)))


# ---- stage -----------------------------------------------------------------------------------------------------------

# A test is part of development, and both confine: which of the two a text names is a matter of words.
BEFORE = "test|development"
STAGES = [
    ("线上用户反馈语音卡顿", "production"),
    ("正式环境消息收不到", "production"),
    ("客户投诉画面黑屏", "production"),
    ("已上线两年, 今天开始掉线", "production"),
    ("正式環境的用戶收不到訊息", "production"),
    ("生产環境的用戶反映畫面黑屏", "production"),
    ("In production our customers get no audio", "production"),
    ("Our released app crashes", "production"),
    ("测试环境里登录失败", BEFORE),
    ("demo 里语音偶尔卡一下", BEFORE),
    ("仅测试环境出现, 闪退", BEFORE),
    ("測試環境裡登入失敗", BEFORE),
    ("On staging the call drops", BEFORE),
    ("During UAT one tester gets no audio", BEFORE),
    ("刚接入, 进房失败", BEFORE),
    ("还没上线, 画面黑屏", BEFORE),
    ("毕业设计用的, 没声音", BEFORE),
    ("剛接入, 進房失敗", BEFORE),
    ("We are still integrating the SDK and get no sound", BEFORE),
    ("My hobby project gets a black screen", BEFORE),
    ("测试环境和线上都黑屏", "both"),
    ("demo 和线上都有回声", "both"),
    ("測試環境和線上都黑屏", "both"),
    ("Both in production and on staging the picture is black", "both"),
    ("有时候语音会卡顿", "unknown"),
    ("对方黑屏", "unknown"),
    ("對方黑屏", "unknown"),
    ("The audio stutters", "unknown"),
    ("怎么改头像", "unknown"),
    ("How do I turn on echo cancellation?", "unknown"),
    # Users that there are not are no users.
    ("未上线没有真实用户, 偶尔闪退", BEFORE),
    ("没有线上用户, 偶尔闪退", "unknown"),
    ("It is not in production yet and crashes at times", BEFORE),
]


@pytest.mark.parametrize(("text", "stage"), STAGES, ids=[text for text, _ in STAGES])
def test_stage_is_read(text: str, stage: str) -> None:
    assert signals(text).stage in stage.split("|")


@pytest.mark.parametrize(("text", "stage"), STAGES, ids=[text for text, _ in STAGES])
def test_stage_agrees_with_its_marks(text: str, stage: str) -> None:
    told = signals(text)
    live = told.has("stage.production")
    before = told.has("stage.test") or told.has("stage.development")
    assert (
        told.stage
        in {
            (True, True): {"both"},
            (True, False): {"production"},
            (False, True): {"test", "development"},
            (False, False): {"unknown"},
        }[live, before]
    )
    assert told.has("confined") is (before or told.has("scope.one") or told.has("scope.none"))


# ---- marks -----------------------------------------------------------------------------------------------------------

WATCHED = frozenset(
    [
        "risk", "confined", "measured", "vague", "growth", "workaround", "deadline", "data_loss", "security", "money",
        "scope.all", "scope.large", "scope.part", "scope.one", "scope.none",
    ]
)  # fmt: skip

MARKS = {
    "risk": [
        ("对方黑屏", "risk"),
        ("語音斷斷續續", "risk"),
        ("有回声", "risk"),
        ("群消息重复", "risk"),
        ("内存一直涨", "risk"),
        ("登錄偶爾失敗", "risk vague"),
        ("語音通話延遲很大", "risk"),
        ("The audio stutters", "risk"),
        ("There is an echo in the call", "risk"),
        ("Login fails", "risk"),
    ],
    "no risk": [
        ("怎么改头像", ""),
        ("如何断线重连", ""),
        ("回声消除怎么开", ""),
        ("状态显示不对", ""),
        ("按钮错位", ""),
        ("打包报错", ""),
        ("按鈕錯位", ""),
        ("控制台的图表显示不全", ""),
        ("How do I turn on echo cancellation?", ""),
        ("The button is misaligned", ""),
        ("急!!!在线等", ""),
    ],
    "vague": [
        ("有时候语音会卡顿", "risk vague"),
        ("部分用户黑屏", "risk vague"),
        ("有用户反馈消息收不到", "risk vague"),
        ("有時候語音會卡頓", "risk vague"),
        ("Sometimes the audio is choppy", "risk vague"),
        ("Some users report a black screen", "risk vague"),
    ],
    "not vague": [
        ("每次都黑屏", "risk"),
        ("It happens every time: black screen", "risk"),
        ("所有用户都登录不上", "risk measured scope.all"),
        ("所有用戶都登錄不上", "risk measured scope.all"),
    ],
    "scope": [
        ("三成用户听不到声音", "risk measured scope.large"),
        ("線上三成用戶聽不到聲音", "risk measured scope.large"),
        ("30% of users cannot join", "risk measured scope.large"),
        ("2% 的用户掉线", "risk measured scope.part"),
        ("2% of users are disconnected", "risk measured scope.part"),
        ("约 200 人进不来", "risk measured scope.part"),
        ("全部用户掉线", "risk measured scope.all"),
        ("All users cannot log in", "risk measured scope.all"),
        ("Nobody can join the call", "risk measured scope.all"),
        ("只有我这一台手机黑屏", "risk measured scope.one confined"),
        ("只有這台手機黑屏", "risk measured scope.one confined"),
        ("Only on my machine the app crashes", "risk measured scope.one confined"),
        ("仅测试环境出现, 闪退", "risk measured scope.none confined"),
        ("僅測試環境出現, 閃退", "risk measured scope.none confined"),
    ],
    "no scope": [
        ("10 次出现 3 次黑屏", "risk"),
        ("CPU 占 30%, 画面黑屏", "risk"),
        ("丢包率 20%", ""),
        ("第 3 次进房黑屏", "risk"),
        ("小米 13 上黑屏", "risk"),
        ("Packet loss is 20%", ""),
        ("It happens 3 times out of 10: black screen", "risk"),
    ],
    "confined": [
        ("demo 里黑屏", "risk confined"),
        ("本地跑的时候黑屏", "risk confined"),
        ("聯調階段黑屏", "risk confined"),
        ("单个账号登录失败", "risk scope.one confined"),
        ("On localhost the picture is black", "risk confined"),
    ],
    "not confined": [
        ("小米 13 上闪退", "risk"),
        ("iPhone 15 黑屏", "risk"),
        ("On a Pixel 8 the picture is black", "risk"),
    ],
    "growth": [
        ("掉线的人越来越多", "risk growth"),
        ("越來越多用戶掉線", "risk growth"),
        ("投诉还在增加", "growth"),
        ("群里炸了", "growth"),
        ("Complaints are pouring in", "growth"),
        ("More and more users are disconnected", "risk growth"),
    ],
    "no growth": [
        ("内存越来越大", "risk"),
        ("記憶體越來越大", "risk"),
        ("Memory keeps growing", "risk"),
    ],
    "workaround": [
        ("黑屏, 退出重进就好", "risk workaround"),
        ("黑屏, 退出重進就恢復", "risk workaround"),
        ("黑屏, 重新整理就好", "risk workaround"),
        ("换 4G 就正常", "workaround"),
        ("Rejoining fixes it", "workaround"),
    ],
    "no workaround": [
        ("黑屏, 退出重进也没用", "risk"),
        ("Rejoining does not help", ""),
    ],
    "deadline": [
        ("明天上线", "deadline"),
        ("下週一必須交付", "deadline"),
        ("三天内整改, 否则下架", "deadline"),
        ("We launch tomorrow", "deadline"),
    ],
    "no deadline": [
        ("昨天上线", ""),
        ("昨天上線", ""),
        ("多少天能开好", ""),
        ("We launched yesterday", ""),
    ],
    "data loss": [
        ("会议录制文件被清空", "data_loss"),
        ("聊天記錄全沒了", "risk data_loss"),
        ("All chat history is gone", "risk data_loss"),
    ],
    "no data loss": [
        ("没有日志", ""),
        ("丢包", ""),
        ("沒有日誌", ""),
        ("Logs are missing in my ticket", ""),
    ],
    "security": [
        ("能看到别人的聊天记录", "security"),
        ("能看到別人的聊天記錄", "security"),
        ("有人炸房", "security"),
        ("個資外洩", "security"),
        ("Users can see other people's messages", "security"),
        ("Anyone can join without a token", "security"),
    ],
    "no security": [
        ("内存泄露", "risk"),
        ("安全区适配", ""),
        ("There is a memory leak", "risk"),
    ],
    "money": [
        ("退款 30 多单", "money"),
        ("退款 30 多單", "money"),
        ("重复扣费", "money"),
        ("We lose revenue", "money"),
        ("Charged twice", "money"),
    ],
    "no money": [
        ("多少钱一分钟", ""),
        ("多少錢一分鐘", ""),
        ("How much does it cost?", ""),
    ],
}
CASES = [(text, marks) for cases in MARKS.values() for text, marks in cases]


@pytest.mark.parametrize(("text", "marks"), CASES, ids=[text for text, _ in CASES])
def test_marks_are_read(text: str, marks: str) -> None:
    assert sorted(set(signals(text).marks) & WATCHED) == sorted(marks.split())


def test_every_watched_mark_has_texts_of_both_languages_and_of_none() -> None:
    for mark in WATCHED:
        hit = [text for text, marks in CASES if mark in marks.split()]
        silent = [text for text, marks in CASES if mark not in marks.split()]
        assert hit and silent, mark
        if mark != "scope.none":
            assert any(text.isascii() for text in hit) and not all(text.isascii() for text in hit), mark


TEXTS = [text for text, _ in [*STAGES, *CASES]]


@pytest.mark.parametrize("text", TEXTS, ids=TEXTS)
def test_marks_rest_on_words_of_the_ticket(text: str) -> None:
    for mark, evidence in signals(text).marks.items():
        assert evidence, mark
        for one in evidence:
            assert (one.field, one.text) == ("body", text[one.start : one.end]), mark
            assert one.text, mark


@pytest.mark.parametrize("text", TEXTS, ids=TEXTS)
def test_marks_follow_from_one_another(text: str) -> None:
    told = signals(text)
    scopes = {mark for mark in told.marks if mark.startswith("scope.")}
    symptoms = {mark.removeprefix("symptom.") for mark in told.marks if mark.startswith("symptom.")}
    assert told.has("risk") is bool(symptoms & RISK_SYMPTOMS or told.has("login") or told.has("joining"))
    # A scope is measured, but for the one user whom a cue names.
    assert told.has("measured") or scopes <= {"scope.one"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_plain_signal_has_a_cue(language: str) -> None:
    cues = {name[1] for file, name, _ in load_pack().tables if file.startswith(language) and name[0] == "cue"}
    assert [name for name in _PLAIN if name not in cues] == []


def test_an_impact_in_the_title_counts_too() -> None:
    told = signals_of(FINDER.find(Ticket(title="线上三成用户掉线", body="见标题")))
    assert told.stage == "production"
    assert [one.field for one in told.marks["scope.large"]] == ["title"]


def test_a_ticket_that_tells_nothing_has_no_marks() -> None:
    assert signals("谢谢") == Signals("unknown", {})
