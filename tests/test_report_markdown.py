import pytest
from hypothesis import example, given, settings, strategies as st
from markdown_it import MarkdownIt
from test_report_samples import (
    SAMPLES,
    en_incident,
    en_question,
    finding,
    linted_ticket,
    plain_ticket,
    traditional_incident,
    zh_incident,
)

from triage.assessment import Span
from triage.report import LintedTicket
from triage.report.characters import printable
from triage.report.markdown import markdown_report
from triage.report.wording import Lang
from triage.ticket import Ticket

ZH_REPLY = """\
您好，感谢您的反馈！

已经清楚的内容：现象、版本与平台、发生时间、联系方式。

为了更快定位问题，请补充：

1. 受影响的用户大约占多少？
2. 请附上日志：Android 在 /storage/emulated/0/Android/data/&lt;package&gt;/files/agorasdk.log。
3. 出问题的频道名是什么？

请注意：工单里似乎有密码、密钥或个人信息，请删除或打码；已经写出的密钥或密码请尽快更换。"""

EN_REPLY = """\
Hello, and thank you for your report!

Already clear: what goes wrong, the logs or error text, when it happens.

To find the cause sooner, please add:

1. How many of your users are hit?"""

TRADITIONAL_REPLY = """\
您好，感谢您的反馈！

已经清楚的内容：现象、影响范围。

为了更快定位问题，请补充：

1. 出问题的频道名是什么？"""

PLAIN_REPLY_IN_ENGLISH = """\
Hello, and thank you for your report!

Already clear: what goes wrong.

Please note: the ticket seems to hold a password, a key or personal data. \
Please remove or mask it, and replace any key or password that was written out."""

SEVERAL_REPLIES = f"""\
## T-3

{TRADITIONAL_REPLY}

## tickets.jsonl:5

Hello, and thank you for your report! It is complete, nothing needs to be added."""


@pytest.mark.parametrize(
    ("linted_tickets", "lang", "reply"),
    [
        pytest.param([], "auto", "", id="no-ticket"),
        pytest.param([zh_incident()], "auto", ZH_REPLY, id="zh"),
        pytest.param([en_incident()], "auto", EN_REPLY, id="en"),
        pytest.param([traditional_incident()], "auto", TRADITIONAL_REPLY, id="traditional"),
        pytest.param([plain_ticket()], "en", PLAIN_REPLY_IN_ENGLISH, id="no-questions-language-asked-for"),
        pytest.param([en_question()], "zh", "您好，感谢您的反馈！信息已经完整，无需再补充。", id="ready"),
        pytest.param([traditional_incident(), en_question()], "auto", SEVERAL_REPLIES, id="several"),
    ],
)
def test_reply(linted_tickets: list[LintedTicket], lang: Lang, reply: str) -> None:
    assert markdown_report(linted_tickets, lang=lang) == reply


def test_ready_ticket_with_a_secret_is_warned() -> None:
    ticket = Ticket(title="密码 hunter2")
    linted = linted_ticket(ticket, language="zh", findings=[finding("SEC01", "warning", "m", "", Span("title", 3, 10))])
    assert markdown_report([linted]).split("\n\n") == [
        "您好，感谢您的反馈！信息已经完整，无需再补充。",
        "请注意：工单里似乎有密码、密钥或个人信息，请删除或打码；已经写出的密钥或密码请尽快更换。",
    ]


def question_of(question: str, *, body: str = "x", secret: Span | None = None) -> str:
    found = [finding("IMP01", "error", "m"), *([finding("SEC01", "error", "m", "", secret)] if secret else [])]
    linted = linted_ticket(Ticket(body=body), language="en", findings=found, questions=[question])
    return markdown_report([linted]).split("\n\n")[2].removeprefix("1. ")


@pytest.mark.parametrize(
    ("question", "escaped"),
    [
        pytest.param("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;", id="html"),
        pytest.param("&lt;b&gt; R&D", "&amp;lt;b&amp;gt; R&amp;D", id="entities"),
        pytest.param("*a* _b_ `c` ~~d~~ |e| $f$", r"\*a\* \_b\_ \`c\` \~\~d\~\~ \|e\| \$f\$", id="emphasis-code-table"),
        pytest.param("[a](javascript:alert(1)) ![b][c]", r"\[a\](javascript:alert(1)) !\[b\]\[c\]", id="links-images"),
        pytest.param(r"\<b>", r"\\&lt;b&gt;", id="backslash"),
        pytest.param("@admin 请@admin me@example.com", "@\u200badmin 请@\u200badmin me@example.com", id="mentions"),
        pytest.param("#12 C# 8", "\\#\u200b12 C# 8", id="issue-numbers"),
        pytest.param("# a\n## b", r"\# a ## b", id="heading-and-line-break"),
        pytest.param("- a", r"\- a", id="bullet"),
        pytest.param("2. a", r"2\. a", id="numbered"),
        pytest.param("---", r"\---", id="rule"),
        pytest.param("3 users?", "3 users?", id="digits-stay"),
        pytest.param(
            "see https://a.example/x_y?a=1#z.", "see <https://a.example/x_y?a=1#z>.", id="web-address-stays-a-link"
        ),
        pytest.param("\x1b[2J\u202eevil", r"&lt;U+001B&gt;\[2J&lt;U+202E&gt;evil", id="controls-and-bidi"),
    ],
)
def test_foreign_text_is_shown_letter_by_letter(question: str, escaped: str) -> None:
    assert question_of(question) == escaped


def test_secret_in_a_question_is_masked() -> None:
    assert (
        question_of("Is hunter2hunter2 a key?", body="hunter2hunter2", secret=Span("body", 0, 14))
        == r"Is \*\*\* a key?"
    )


@settings(max_examples=500, deadline=None)
@given(st.text(st.one_of(st.sampled_from("*_`[]()<>!#@+-=.~|$&;:/\\ 12ax\n"), st.characters())))
@example("&lt;https://a.example/&copy;*b*>")
def test_reading_the_escapes_gives_the_question_back(question: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"1. {question_of(question)}")
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "text_special", "link_open", "link_close"}
    assert "".join(child.content for child in children).replace("\u200b", "") == printable(question).strip()


@pytest.mark.parametrize("linted", SAMPLES.values(), ids=SAMPLES)
def test_reply_holds_only_paragraphs_and_one_list(linted: LintedTicket) -> None:
    kinds = {token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown_report([linted]))}
    listed = {"ordered_list_open", "ordered_list_close", "list_item_open", "list_item_close"}
    assert kinds - listed == {"paragraph_open", "inline", "paragraph_close"}
