"""Cards in both languages, digests, and strangers' texts that must not call or link in a group chat."""

import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from test_notify_signing import channel, notice

from triage.notify import dingtalk, feishu, slack, wecom
from triage.notify.card import MOST_IN_DIGEST, card_of, cut, digest_of, plain, tame
from triage.notify.notice import TOPICS, Notice

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
WHOLE = notice(
    topic="breach",
    priority="P1",
    plan="dedicated",
    product="voice-call",
    queue="voice-call",
    reason="线上核心功能",
    what="first_response",
    due_at=datetime(2026, 11, 26, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
    share=1.0,
    to="duty-lead",
    missing=("session", "logs"),
    reachable="工作日 9:00-18:00",
    link="https://desk.example.com/T-7",
)


def test_card_in_chinese() -> None:
    assert plain(card_of(WHOLE, "zh"), "zh") == (
        "[P1] T-7：已超时（时限的 100%）\n标题：语音卡顿\n截止：首次响应 2026-11-26 15:30 (CST)\n依据：线上核心功能\n"
        "还缺：会话标识、日志\n客户可联系时间：工作日 9:00-18:00\n服务计划：dedicated\n产品线：voice-call\n队列：voice-call\n"
        "通知对象：duty-lead\nhttps://desk.example.com/T-7"
    )


def test_card_in_english() -> None:
    assert plain(card_of(WHOLE, "en"), "en") == (
        "[P1] T-7: Overdue (100% of the time)\nTitle: 语音卡顿\nDue: First response 2026-11-26 15:30 (CST)\n"
        "Why: 线上核心功能\nMissing: session ids, logs\nCustomer reachable: 工作日 9:00-18:00\nPlan: dedicated\n"
        "Product line: voice-call\nQueue: voice-call\nFor: duty-lead\nhttps://desk.example.com/T-7"
    )


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_topic_has_words(topic: str, lang: str) -> None:
    card = card_of(notice(topic=topic, share=0.75), lang)  # type: ignore[arg-type]
    assert card.title.startswith("[P2] T-7")
    assert "{" not in card.title


def test_digest_has_the_most_urgent_first_and_counts_the_rest() -> None:
    many = [notice(id=str(n), ticket_id=f"T-{n}", priority="P1" if n == 29 else "P3") for n in range(30)]
    card = digest_of(many, "zh")
    assert card.title == "30 条通知"
    assert card.lines[0].label.startswith("[P1] T-29")
    assert len(card.lines) == MOST_IN_DIGEST + 1
    assert card.lines[-1].label == "另有 10 条"


def test_cut_keeps_characters_whole() -> None:
    assert cut("卡顿卡顿", 9) == "卡顿…"
    assert cut("卡顿", 6) == "卡顿"


CALLS = [
    "@all",
    "@所有人",
    "@channel",
    "@here",
    "<!channel>",
    "<!here|here>",
    "<!subteam^S123>",
    "<@U123>",
    "<#C123|general>",
    "<at id=all></at>",
    '<at user_id="all">所有人</at>',
    "<at email=a@b.c></at>",
    "<@userid>",
    "<@all>",
    "[点我](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example|看日志>",
    "<a href='https://evil.example'>log</a>",
    "**加粗**",
    "# 标题",
    "> 引用",
    "`代码`",
    "~~删~~",
    "<font color='red'>红</font>",
    "行一\n# 行二",
    "行一\r\n@all",
    "\u202e反向 @all",
    "@\u200ball",
    "＠all <!everyone>",
    "[x]: https://evil.example",
    "<script>alert(1)</script>",
    "\\[x\\](https://evil.example)",
    "</at><at id=all>",
]
READS = {
    # What each tool would take for a call, a link or markup, in the field where the text stands.
    "feishu": re.compile(r"<\s*/?at|\]\(|@(?:all|所有人)|<a |\*\*加粗"),
    "dingtalk": re.compile(r"(?<!\\)\]\(|@(?:all|所有人)|(?<!\\)<(?!/?b>)|\n#|(?<!\\)`|(?<!\\)\*\*加粗"),
    "wecom": re.compile(r"<@|<font|\]\(https://evil|@(?:all|所有人)|\n#|`|\*\*加粗"),
    "slack": re.compile(r"<[!@#]|<https://evil|@(?:all|channel|here)\b|`|~~"),
}
MODULES = {"feishu": feishu, "dingtalk": dingtalk, "wecom": wecom, "slack": slack}


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts(one)]


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("count", [1, 3])
def test_strangers_text_calls_nobody_and_links_nowhere(kind: str, call: str, count: int) -> None:
    one: Notice = notice(title=f"卡顿 {call}", reason=call, ticket_id=call, reachable=call, queue=call)
    request = MODULES[kind].request_of([one] * count, channel(kind), now=NOW)  # type: ignore[attr-defined]
    sent = json.loads(request.body)
    for text in texts(sent):
        # A plain-text title is shown as it stands; there only calls count.
        found = READS[kind].search(text) if text.count("\n") or kind == "slack" else re.search(r"@(all|所有人)", text)
        assert not found, (found, text)


@pytest.mark.parametrize("text", ["a\nb\tc", "x" * 500, "", "  a  "])
def test_tame_text_is_one_short_line(text: str) -> None:
    assert "\n" not in tame(text)
    assert len(tame(text)) <= 200
