import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from test_report_samples import (
    SAMPLES,
    en_incident,
    en_question,
    evidence,
    finding,
    linted_ticket,
    plain_ticket,
    traditional_incident,
    zh_incident,
)

from triage.assessment import Assessment, Element, Evidence, Label, Lint, Span
from triage.report import LintedTicket
from triage.report.characters import printable, width
from triage.report.excerpt import excerpt
from triage.report.text import text_report
from triage.report.wording import EN
from triage.ticket import Ticket

OUTPUT = Path(__file__).parent / "output"


@pytest.mark.parametrize("name", SAMPLES)
def test_report_of_one_ticket(name: str) -> None:
    assert text_report([SAMPLES[name]]) + "\n" == (OUTPUT / f"{name}.txt").read_text("utf-8")


def test_no_tickets_give_an_empty_report() -> None:
    assert text_report([]) == ""


@pytest.mark.parametrize(
    ("linted_tickets", "lang", "summary"),
    [
        pytest.param(
            [zh_incident(), en_question()],
            "auto",
            "共 2 张工单: 信息完整 1, 待补充 1; 错误 2, 警告 2, 提示 1; 平均 71 分",
            id="half-chinese",
        ),
        pytest.param(
            [en_incident(), en_question(), traditional_incident()],
            "auto",
            "Tickets 3: ready 1, not ready 2; errors 2, warnings 0, hints 0; mean score 77",
            id="mostly-english",
        ),
        pytest.param(
            [zh_incident(), plain_ticket()],
            "en",
            "Tickets 2: ready 0, not ready 2; errors 3, warnings 3, hints 1; mean score 36",
            id="english-asked-for",
        ),
    ],
)
def test_several_tickets_are_summed_up(linted_tickets: list[LintedTicket], lang: str, summary: str) -> None:
    blocks = [text_report([linted], lang=lang) for linted in linted_tickets]  # type: ignore[arg-type]
    assert text_report(linted_tickets, lang=lang) == "\n\n".join([*blocks, summary])  # type: ignore[arg-type]


def test_language_asked_for_overrides_that_of_the_ticket() -> None:
    assert text_report([en_question()], lang="zh").splitlines() == [
        "tickets.jsonl:5  英文  咨询  100/100  信息完整",
        "  正文 | How long is a token valid?",
        "  不需要: 现象、复现步骤、版本与平台、日志或报错、房间/通话/消息 ID、"
        "影响范围、业务损失、发生时间、期望结果、联系方式",
    ]


def test_color_paints_only_when_asked() -> None:
    ticket = Ticket(title="black screen", id="T-1")
    linted = linted_ticket(
        ticket,
        language="en",
        score=9,
        present={"symptom": [("title", "black screen")]},
        findings=[finding("IMP01", "error", "It is not said how many users are hit.")],
    )
    assert text_report([linted], color=True) == "\n".join(
        [
            "\x1b[1mT-1\x1b[0m\x1b[2m (tickets.jsonl:1)\x1b[0m  English  incident  9/100  \x1b[31mnot ready\x1b[0m",
            "  title | black screen",
            "        | \x1b[36m^^^^^^^^^^^^\x1b[0m  \x1b[2msymptom\x1b[0m",
            "  \x1b[32mpresent\x1b[0m: symptom",
            "  \x1b[31mmissing\x1b[0m: reproduction, environment, logs, session, impact, timing",
            "  \x1b[2mnot needed\x1b[0m: business loss, expected, contact",
            "  \x1b[31merror\x1b[0m IMP01: It is not said how many users are hit.",
        ]
    )


# ---- the ticket's own words --------------------------------------------------------------------------------------


def shown_rows(linted: LintedTicket, columns: int) -> list[str]:
    return [line for row in excerpt(linted, EN, width=columns) for line in (row.text, row.marks, ", ".join(row.names))]


def test_long_line_is_shortened_around_its_evidence() -> None:
    ticket = Ticket(body=f"{'前' * 60}语音卡顿{'中' * 60}昨晚8点起{'后' * 60}")
    present = {"symptom": [("body", "语音卡顿")], "timing": [("body", "昨晚8点起")]}
    assert shown_rows(linted_ticket(ticket, language="zh", present=present), 67) == [
        "...前前前前前前前前语音卡顿中中中中中中中中...",
        "                   ^^^^^^^^",
        "symptom",
        "...中中中中中中中中昨晚8点起后后后后后后后后...",
        "                   ^^^^^^^^^",
        "timing",
    ]


def test_evidence_wider_than_the_line_is_cut() -> None:
    ticket = Ticket(body="x" * 40 + "E/agora: " + "0123456789" * 20)
    linted = linted_ticket(ticket, language="en", present={"logs": [("body", "E/agora: " + "0123456789" * 20)]})
    assert shown_rows(linted, 67) == [
        "..." + "x" * 16 + "E/agora: " + "0123456789" * 2 + "0123" + "...",
        "   " + " " * 16 + "^" * 33,
        "logs",
    ]


def test_near_evidence_shares_a_row() -> None:
    ticket = Ticket(body=f"{'a' * 60} black {'b' * 4} silent {'c' * 60}")
    linted = linted_ticket(ticket, language="en", present={"symptom": [("body", "black"), ("body", "silent")]})
    assert shown_rows(linted, 67) == [
        "..." + "a" * 15 + " black bbbb silent " + "c" * 15 + "...",
        "   " + " " * 16 + "^^^^^" + " " * 6 + "^^^^^^",
        "symptom",
    ]


def test_long_log_is_marked_in_its_first_three_lines() -> None:
    log = "\n".join(f"E/agora {number}" for number in range(9))
    ticket = Ticket(body=f"see:\n{log}\nbye")
    linted = linted_ticket(ticket, language="en", present={"logs": [("body", log)]})
    assert [row.label for row in excerpt(linted, EN, width=80)] == ["body:2", "body:3", "body:4"]


def test_many_rows_are_counted_instead_of_shown() -> None:
    lines = [f"步骤{number}" for number in range(20)]
    ticket = Ticket(body="\n".join(lines))
    linted = linted_ticket(
        ticket, language="zh", present={"reproduction": [("body", line + "\n") for line in lines[:-1]]}
    )
    report = text_report([linted]).splitlines()
    assert report[23:26] == ["  正文:12 | 步骤11", "          | ^^^^^^  复现步骤", "          | (另有 7 行)"]


def test_secret_is_masked_wherever_it_is_repeated() -> None:
    ticket = Ticket(title="key sk-12345678 fails", body="我的 sk-12345678 用不了", fields={"note": "sk-12345678"})
    secret = Span("title", 4, 15)
    linted = linted_ticket(
        ticket,
        language="mixed",
        present={"symptom": [("body", "用不了")], "contact": [("fields.note", "sk-12345678")]},
        findings=[finding("SEC01", "error", "sk-12345678 是密钥", "", secret)],
        questions=["换掉 sk-12345678 了吗？"],
    )
    assert text_report([linted]).splitlines() == [
        "tickets.jsonl:1  中英混合  故障  50/100  待补充",
        "  标题 | key *** fails",
        "       |     ~~~  SEC01",
        "  正文 | 我的 *** 用不了",
        "       |          ^^^^^^  现象",
        "  note | ***",
        "       | ^^^  联系方式",
        "  已有: 现象、联系方式",
        "  缺少: 复现步骤、版本与平台、日志或报错、房间/通话/消息 ID、影响范围、发生时间",
        "  不需要: 业务损失、期望结果",
        "  错误 SEC01: *** 是密钥",
        "  请补充:",
        "    1. 换掉 *** 了吗？",
    ]


def test_secret_of_several_lines_is_masked_in_each() -> None:
    key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----"
    ticket = Ticket(body=f"key:\n{key}")
    place = Span("body", 5, len(ticket.body))
    linted = linted_ticket(ticket, language="en", findings=[finding("SEC01", "error", "A key.", "", place)])
    assert shown_rows(linted, 80) == ["***", "~~~", "SEC01"] * 3


def test_form_keys_are_shortened_and_neutralised() -> None:
    ticket = Ticket(title="x", fields={"\x1b[2J" + "长" * 30: "black screen"})
    name = f"fields.{next(iter(ticket.fields))}"
    linted = linted_ticket(ticket, language="en", present={"symptom": [(name, "black screen")]})
    assert [row.label for row in excerpt(linted, EN, width=100)] == ["<U+001B>[2J长长长长..."]


def test_spans_beyond_the_text_mark_what_is_there() -> None:
    ticket = Ticket(title="black")
    wrong = Evidence("title", 2, 99, "ack")
    elements = {"symptom": Element("present", True, (wrong, Evidence("fields.none", 0, 3, "abc")))}
    lint = Lint(True, 1, elements, (finding("SEC01", "hint", "m", "", Span("body", 5, 9)),), ())
    linted = LintedTicket(ticket, Assessment(None, "en", Label("incident", None), lint, {}), "-")
    assert shown_rows(linted, 80) == ["black", "  ^^^", "symptom"]


any_text = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\r\n\u202e\u200b\u0301卡👩 a")), max_size=120)
# Combining marks take no column, CR before LF is not shown: by themselves nothing can stand under them.
column_text = any_text.map(lambda text: "".join(c for c in text if width(c) and c != "\r"))


@settings(max_examples=300, deadline=None)
@given(column_text, column_text, column_text)
def test_marks_stand_under_the_evidence(before: str, words: str, after: str) -> None:
    ticket = Ticket(title="t", body=before + words + after)
    place = Evidence("body", len(before), len(before + words), words)
    lint = Lint(True, 1, {"symptom": Element("present", True, (place,))}, (), ())
    linted = LintedTicket(ticket, Assessment(None, "en", Label("incident", None), lint, {}), "-")
    rows = [row for row in excerpt(linted, EN, width=4000) if row.marks]
    parts = [printable(part) for part in words.split("\n")[:3]]
    assert [words_over(row.text, row.marks) for row in rows] == [part.rstrip() for part in parts if part]


def words_over(text: str, marks: str) -> str:
    found, column = [], 0
    for character in text:
        if marks[column : column + 1] == "^":
            found.append(character)
        column += width(character)
    return "".join(found).rstrip()


@settings(max_examples=200, deadline=None)
@given(any_text, st.lists(st.tuples(st.integers(0, 120), st.integers(1, 60)), max_size=5), st.integers(45, 90))
def test_rows_keep_to_the_width(body: str, places: list[tuple[int, int]], columns: int) -> None:
    found = tuple(Evidence("body", start, start + length, "") for start, length in places)
    lint = Lint(True, 1, {"symptom": Element("present", True, found)}, (), ())
    ticket = Ticket(title="t", body=body)
    linted = LintedTicket(ticket, Assessment(None, "en", Label("incident", None), lint, {}), "-")
    for row in excerpt(linted, EN, width=columns):
        assert width(row.label) + 3 + max(width(row.text), width(row.marks)) <= columns


@settings(max_examples=100, deadline=None)
@given(any_text, any_text)
def test_nothing_in_a_ticket_drives_the_terminal(text: str, key: str) -> None:
    ticket = Ticket(title="x" + text, body=text, id="T" + text, fields={"k" + key: "v" + text})
    found = evidence(ticket, f"fields.k{key}", "v")
    report = text_report(
        [
            linted_ticket(
                ticket,
                language="en",
                kind=text,
                present={"symptom": [("title", "x")], "contact": [(found.field, "v")]},
                findings=[finding("IMP01", "error", text, text)],
                questions=[text],
                path=text,
            )
        ]
    )
    assert [line for line in report.split("\n") if printable(line) != line] == []


def test_report_loads_nothing_heavy() -> None:
    program = (
        "import sys, triage.report.text; print(sorted({'rich','typer','json','numpy','pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
