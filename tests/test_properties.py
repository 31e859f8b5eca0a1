"""Over texts nobody thought of: nothing raises, offsets are true, both engines and two runs agree."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from triage.assessment import Assessment
from triage.assessor import Assessor
from triage.errors import InputError
from triage.language.pack import load_pack
from triage.language.text import normalise
from triage.report import LintedTicket, field_text
from triage.report.github import github_report
from triage.report.markdown import markdown_report
from triage.report.sarif import sarif_report
from triage.report.text import text_report
from triage.settings import load_settings
from triage.ticket import Ticket, ticket_from
from triage.ticketfile import ENDINGS, read_tickets

CORPUS = Path(__file__).parent.parent / "data" / "tickets"
PROPERTY = settings(deadline=None, max_examples=200, derandomize=True)

# What people write, by our own patterns, and what tickets are made of otherwise.
SAID = [text for _, _, table in load_pack().tables for text in (*table.yes, *table.no)]
MADE = [
    "### 复现步骤\n1. 进房\n2. 看",
    "**Describe the bug**\nA clear and concise description of what the bug is.\n",
    "【机型】小米 13\n【系统】Android 14\n",
    "- SDK 版本: 4.2.1\n- 日志: 无\n",
    "| 字段 | 值 |\n| --- | --- |\n",
    "```\n2021-11-22 09:16:17.845 E/Rtc(12): join failed, code=-7\n```\n",
    "2021-11-22 09:16:17.845 E/Rtc(12): join failed\n",
    '{"code": 500, "msg": "internal"}\n',
    "１２３４５６７８９０",
    "ＳＤＫ　４．２．１",
    "𝟙𝟚𝟛 ٣٤٥ ½",
    "3" * 400,
    "用户13800138000，邮箱 a.b@example.cn，密码：Abc12345",
    "\u200b",
    "\u202e黑屏\u202c",
    "\ufeff",
    "卡\u200d顿",
    "İıẞﬁ",
    "👩‍👩‍👧‍👦",
    "話音斷斷續續",
    "音声が途切れます",
    "한국어 텍스트",
    "текст",
    "…………",
    "「」『』【】“”‘’",
    "\x00\x1b[0m\x07",
    "\u2028\u2029\x85\x0b\x0c",
]
JOINTS = ["", "", " ", "\n", "\r\n", "\r", "，", "。", ": ", "\u3000", "\u200b", "\t", "\n\n", ". "]
TEXT = st.one_of(
    st.text(max_size=200),
    # Lone surrogates come out of JSON.
    st.text(st.characters(categories=["Cs", "Lo", "Nd", "Zs", "Cc", "Cf"]), max_size=60),
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(SAID), st.sampled_from(MADE), st.text(max_size=12)), st.sampled_from(JOINTS)
        ),
        max_size=12,
    ).map(lambda parts: "".join(text + joint for text, joint in parts)),
)
TICKET = st.fixed_dictionaries(
    {"title": TEXT, "body": TEXT},
    optional={
        "fields": st.dictionaries(
            st.one_of(
                st.sampled_from(["product", "platform", "sdk_version", "device", "contact"]), st.text(max_size=8)
            ),
            TEXT,
            max_size=3,
        ),
        "attachments": st.lists(
            st.one_of(st.sampled_from(["a.log", "日志.zip", "x.PNG"]), st.text(max_size=12)), max_size=3
        ),
    },
)


@cache
def assessor(engine: str = "auto") -> Assessor:
    return Assessor(load_settings(), engine=engine)


def ticket_of(record: dict[str, Any]) -> Ticket:
    """The ticket of a record; one that is empty gets a title."""
    try:
        return ticket_from(record)
    except InputError:
        return ticket_from({**record, "title": "黑屏"})


def assert_spans_hold(ticket: Ticket, assessment: Assessment) -> None:
    for element in assessment.lint.elements.values():
        for found in element.evidence:
            raw = field_text(ticket, found.field)
            assert 0 <= found.start < found.end <= len(raw)
            assert raw[found.start : found.end] == found.text
    for finding in assessment.lint.findings:
        if finding.span:
            assert 0 <= finding.span.start <= finding.span.end <= len(field_text(ticket, finding.span.field))


@given(TICKET)
@PROPERTY
def test_lint_never_raises_and_its_spans_hold(record: dict[str, Any]) -> None:
    ticket = ticket_of(record)
    assessment = assessor().lint(ticket).assessment
    assert_spans_hold(ticket, assessment)
    assert 0 <= assessment.lint.score <= 100
    assert assessment.lint.ready == all(finding.level != "error" for finding in assessment.lint.findings)


@given(TICKET)
@PROPERTY
def test_linting_twice_gives_the_same(record: dict[str, Any]) -> None:
    ticket = ticket_of(record)
    assert assessor().lint(ticket) == assessor().lint(ticket)


@given(TICKET)
@example({"title": "", "body": "用户流失\n"})
@PROPERTY
def test_both_engines_give_the_same(record: dict[str, Any]) -> None:
    pytest.importorskip("re2")
    ticket = ticket_of(record)
    assert assessor("re2").lint(ticket) == assessor("re").lint(ticket)


@pytest.mark.slow
def test_both_engines_give_the_same_on_the_corpus() -> None:
    pytest.importorskip("re2")
    different = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            ticket = ticket_from(json.loads(line))
            answer = assessor("re2").lint(ticket)
            assert_spans_hold(ticket, answer.assessment)
            if answer != assessor("re").lint(ticket):
                different.append(ticket.id)
    assert different == []


@given(TEXT)
@PROPERTY
def test_normalising_keeps_the_way_back(raw: str) -> None:
    normal = normalise(raw)
    if normal.offsets is None:
        assert len(normal.text) == len(raw)
    else:
        assert len(normal.offsets) == len(normal.text) + 1
        assert list(normal.offsets) == sorted(set(normal.offsets))
        assert normal.offsets[-1] == len(raw)
    for position, char in enumerate(normal.text):
        start, end = normal.raw_span(position, position + 1)
        assert end == start + 1
        # A carriage return is a line's end or a space, by what else the text holds.
        assert normalise(raw[start:end]).text == char or raw[start:end] == "\r"
        assert normal.position(start) == position


@given(TEXT, st.data())
@PROPERTY
def test_a_span_comes_back_as_the_text_it_was(raw: str, data: st.DataObject) -> None:
    normal = normalise(raw)
    start = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(start, len(normal.text)))
    raw_start, raw_end = normal.raw_span(start, end)
    assert 0 <= raw_start <= raw_end <= len(raw)
    again = normalise(raw[raw_start:raw_end]).text
    assert len(again) == end - start
    assert again.replace("\n", " ") == normal.text[start:end].replace("\n", " ")


@given(TEXT)
@PROPERTY
def test_normalising_again_changes_nothing(raw: str) -> None:
    once = normalise(raw).text
    again = normalise(once)
    assert again.text == once
    assert again.offsets is None


@given(TICKET)
@PROPERTY
def test_every_report_can_be_written(record: dict[str, Any]) -> None:
    ticket = ticket_of(record)
    linted = [LintedTicket(ticket, assessor().lint(ticket).assessment, "a.jsonl")]
    for lang in ("zh", "en"):
        text = text_report(linted, lang=lang, color=False, width=80)
        markdown = markdown_report(linted, lang=lang)
        assert "\x1b" not in text
        assert "\x1b" not in markdown
    assert "\x1b" not in github_report(linted)
    assert json.dumps(sarif_report(linted, rules=[], version="1"), ensure_ascii=False).encode("utf-8")


CELL = st.text(st.sampled_from('ab卡黑",\n\r\t\x00 ;{}[]:0标题body\ufeff'), max_size=40)
CONTENT = st.one_of(
    st.binary(max_size=120),
    TEXT.map(lambda text: text.encode("utf-8", "replace")),
    TEXT.map(lambda text: text.encode("gb18030", "replace")),
    TEXT.map(lambda text: text.encode("utf-16", "replace")),
    CELL.map(lambda text: ("title,body\n" + text).encode("utf-8", "replace")),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["title", "body", "fields", "attachments", "id", "tickets", "标题"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


@given(CONTENT, st.sampled_from(ENDINGS))
@PROPERTY
def test_any_file_gives_tickets_or_says_why_not(content: bytes, ending: str) -> None:
    try:
        records = list(read_tickets(content, name=f"file{ending}"))
    except InputError as error:
        assert str(error).startswith(f"file{ending}: ")
        return
    for record in records:
        assert (record.ticket is None) != (record.error is None)
        assert record.line >= 1
        if record.error:
            assert str(record.error).startswith(f"file{ending}:{record.line}: ")
        if record.ticket:
            record.ticket.body.encode("utf-8")
            record.ticket.title.encode("utf-8")
