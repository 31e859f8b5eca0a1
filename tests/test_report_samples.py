"""The tickets that the report tests share, with assessments built by hand."""

from collections.abc import Mapping, Sequence

import pytest

from triage.assessment import (
    ELEMENTS,
    Assessment,
    Element,
    Evidence,
    Finding,
    Label,
    Language,
    Level,
    Lint,
    Span,
    Status,
)
from triage.report import LintedTicket, field_text
from triage.ticket import Ticket

Found = Sequence[tuple[str, str]]

NAMES = {
    "IMP01": "impact-unmeasured",
    "LOG01": "logs-missing",
    "TIM01": "timing-vague",
    "SEC01": "secret-shown",
    "SES01": "session-missing",
    "CON01": "contact-missing",
}
NEEDED_BY_AN_INCIDENT = ("symptom", "reproduction", "environment", "logs", "session", "impact", "timing")


def span(ticket: Ticket, field: str, words: str) -> Span:
    start = field_text(ticket, field).index(words)
    return Span(field, start, start + len(words))


def evidence(ticket: Ticket, field: str, words: str) -> Evidence:
    place = span(ticket, field, words)
    return Evidence(field, place.start, place.end, words)


def finding(code: str, level: Level, message: str, ask: str = "", place: Span | None = None) -> Finding:
    return Finding(code, NAMES[code], level, message, ask, place)


def linted_ticket(
    ticket: Ticket,
    *,
    language: Language,
    kind: str = "incident",
    score: int = 50,
    present: Mapping[str, Found] | None = None,
    denied: Mapping[str, Found] | None = None,
    findings: Sequence[Finding] = (),
    questions: Sequence[str] = (),
    path: str = "tickets.jsonl",
    line: int = 1,
    plain: bool = False,
) -> LintedTicket:
    """Ready when no finding is an error; an element is missing unless its words are given as (field, words)."""
    elements = {}
    for name in ELEMENTS:
        status: Status = "present" if name in (present or {}) else "denied" if name in (denied or {}) else "missing"
        words = {**(present or {}), **(denied or {})}.get(name, ())
        required = kind == "incident" and name in NEEDED_BY_AN_INCIDENT
        elements[name] = Element(status, required, tuple(evidence(ticket, *found) for found in words))
    ready = all(found.level != "error" for found in findings)
    lint = Lint(ready, score, elements, tuple(findings), tuple(questions))
    assessment = Assessment(ticket.id, language, Label(kind, None), lint, {})
    return LintedTicket(ticket, assessment, path, line, plain)


def zh_incident() -> LintedTicket:
    ticket = Ticket(
        title="有时候语音会卡顿",
        body="昨晚8点起，上海的用户反馈语音断断续续。\n"
        "环境：Android 13，SDK v4.2.6\n没有日志。AppSecret 是 9f8e7d6c5b4a，请帮忙看看",
        id="T-1",
        fields={"联系人": "王工 13800138000"},
    )
    return linted_ticket(
        ticket,
        language="zh",
        score=42,
        present={
            "symptom": [("title", "语音会卡顿"), ("body", "语音断断续续")],
            "environment": [("body", "Android 13"), ("body", "SDK v4.2.6")],
            "timing": [("body", "昨晚8点起")],
            "contact": [("fields.联系人", "13800138000")],
        },
        denied={"logs": [("body", "没有日志")]},
        findings=[
            finding("IMP01", "error", "没有说明多少用户受影响。", "请写出受影响的比例或人数。"),
            finding("LOG01", "error", "没有日志或报错。", "请附上 agorasdk.log。"),
            finding("SES01", "warning", "没有频道名或通话 ID。", "请写出频道名。"),
            finding("SEC01", "warning", "正文里有密钥。", "请删除并更换密钥。", span(ticket, "body", "9f8e7d6c5b4a")),
            finding("TIM01", "hint", "“有时候”没有说明频率。", "", span(ticket, "title", "有时候")),
        ],
        questions=[
            "受影响的用户大约占多少？",
            "请附上日志：Android 在 /storage/emulated/0/Android/data/<package>/files/agorasdk.log。",
            "出问题的频道名是什么？",
        ],
        line=3,
    )


def en_incident() -> LintedTicket:
    ticket = Ticket(
        title="Video call: black screen",
        body="Since 20 May, 09:00 UTC+8 the remote video is black.\nError 1002 is returned by joinChannel().",
        id="T-2",
        attachments=("console.txt",),
    )
    return linted_ticket(
        ticket,
        language="en",
        score=71,
        present={
            "symptom": [("title", "black screen"), ("body", "the remote video is black")],
            "logs": [("body", "Error 1002"), ("attachments[0]", "console.txt")],
            "timing": [("body", "Since 20 May, 09:00 UTC+8")],
        },
        findings=[
            finding("IMP01", "error", "It is not said how many users are hit.", "Add the share or the number of users.")
        ],
        questions=["How many of your users are hit?"],
        line=4,
    )


def en_question() -> LintedTicket:
    ticket = Ticket(body="How long is a token valid?")
    return linted_ticket(ticket, language="en", kind="question", score=100, line=5)


def traditional_incident() -> LintedTicket:
    ticket = Ticket(title="話音斷斷續續", body="進房後聽唔到對方講嘢，全部用戶都受影響。", id="T-3")
    return linted_ticket(
        ticket,
        language="zh",
        score=60,
        present={"symptom": [("title", "話音斷斷續續"), ("body", "聽唔到對方講嘢")], "impact": [("body", "全部用戶")]},
        findings=[finding("SES01", "error", "没有频道名或通话 ID。", "请写出频道名。")],
        questions=["出问题的频道名是什么？"],
        line=6,
    )


def hostile_ticket() -> LintedTicket:
    """An escape sequence, a bidi override, zero-width characters, an emoji family, CRLF, markup and a mention."""
    ticket = Ticket(
        title="\x1b]0;owned\x07\x1b[31m black\u202e screen",
        body="crash\u200b 崩溃 👨\u200d👩\u200d👧 cafe\u0301 here\r\nnext\tline\x9b2J",
        id="T-4\n::error::x",
    )
    return linted_ticket(
        ticket,
        language="other",
        score=10,
        present={
            "symptom": [("title", "black"), ("title", "screen"), ("body", "崩溃"), ("body", "here")],
            "reproduction": [("body", "line")],
        },
        findings=[
            finding(
                "LOG01", "error", "100% wrong:\r\n\x1b[2J<b>no</b> logs", "Ask @admin, see [here](https://x.example)"
            )
        ],
        questions=[
            "# Ask @admin & <b>me@example.com</b>:\n*see* [docs](https://docs.example.com/a_b?c=1), issue #12 | `x`"
        ],
        path="dir,a:b/tickets 1%.jsonl",
        line=7,
    )


def plain_ticket() -> LintedTicket:
    """A text file that is the body: offsets hold in the file."""
    ticket = Ticket(body="声音有回声\n密码 hunter2hunter2 给你们\n")
    return linted_ticket(
        ticket,
        language="zh",
        score=30,
        present={"symptom": [("body", "回声")]},
        findings=[
            finding("SEC01", "warning", "正文里有密码。", "请删除。", span(ticket, "body", "hunter2hunter2")),
            finding("IMP01", "error", "没有说明多少用户受影响。"),
        ],
        path="ticket.txt",
        plain=True,
    )


SAMPLES = {
    sample.__name__: sample()
    for sample in (zh_incident, en_incident, en_question, traditional_incident, hostile_ticket, plain_ticket)
}


@pytest.mark.parametrize("linted", SAMPLES.values(), ids=SAMPLES.keys())
def test_field_text_returns_the_words_of_each_evidence(linted: LintedTicket) -> None:
    found = [item for element in linted.assessment.lint.elements.values() for item in element.evidence]
    assert [field_text(linted.ticket, item.field)[item.start : item.end] for item in found] == [i.text for i in found]


def test_field_text_of_an_unknown_field_is_empty() -> None:
    ticket = Ticket(title="x", attachments=("a.log",))
    assert [field_text(ticket, name) for name in ("fields.sdk", "attachments[1]", "attachments[x]", "nonsense")] == [
        ""
    ] * 4
