import pytest
from test_report_samples import (
    en_incident,
    en_question,
    finding,
    hostile_ticket,
    linted_ticket,
    plain_ticket,
    traditional_incident,
    zh_incident,
)

from triage.assessment import Span
from triage.report import LintedTicket
from triage.report.github import github_report
from triage.ticket import Ticket


@pytest.mark.parametrize(
    ("linted_tickets", "expected"),
    [
        pytest.param([], [], id="no-ticket"),
        pytest.param([en_question()], [], id="no-finding"),
        pytest.param(
            [zh_incident()],
            [
                "::error file=tickets.jsonl,line=3,title=IMP01::没有说明多少用户受影响。%0A请写出受影响的比例或人数。",
                "::error file=tickets.jsonl,line=3,title=LOG01::没有日志或报错。%0A请附上 agorasdk.log。",
                "::warning file=tickets.jsonl,line=3,title=SES01::没有频道名或通话 ID。%0A请写出频道名。",
                "::warning file=tickets.jsonl,line=3,title=SEC01::正文里有密钥。%0A请删除并更换密钥。",
                "::notice file=tickets.jsonl,line=3,title=TIM01::“有时候”没有说明频率。",
            ],
            id="zh-five-findings",
        ),
        pytest.param(
            [en_incident(), traditional_incident()],
            [
                "::error file=tickets.jsonl,line=4,title=IMP01::"
                "It is not said how many users are hit.%0AAdd the share or the number of users.",
                "::error file=tickets.jsonl,line=6,title=SES01::没有频道名或通话 ID。%0A请写出频道名。",
            ],
            id="en-and-traditional",
        ),
        pytest.param(
            [hostile_ticket()],
            [
                "::error file=dir%2Ca%3Ab/tickets 1%25.jsonl,line=7,title=LOG01::"
                "100%25 wrong:%0A<U+001B>[2J<b>no</b> logs%0AAsk @admin, see [here](https://x.example)"
            ],
            id="escapes",
        ),
        pytest.param(
            [plain_ticket()],
            [
                "::warning file=ticket.txt,line=2,title=SEC01::正文里有密码。%0A请删除。",
                "::error file=ticket.txt,line=1,title=IMP01::没有说明多少用户受影响。",
            ],
            id="plain-text-has-the-line-of-the-span",
        ),
    ],
)
def test_report(linted_tickets: list[LintedTicket], expected: list[str]) -> None:
    assert github_report(linted_tickets) == "\n".join(expected)


def test_path_cannot_begin_another_command() -> None:
    linted = linted_ticket(
        Ticket(title="x"), language="en", findings=[finding("IMP01", "hint", "m")], path="a\r\n::set-env"
    )
    assert github_report([linted]) == "::notice file=a%0D%0A%3A%3Aset-env,line=1,title=IMP01::m"


def test_secret_is_masked_in_the_message() -> None:
    ticket = Ticket(body="密码 hunter2hunter2")
    found = finding("SEC01", "error", "hunter2hunter2 是密码", "", Span("body", 3, 17))
    linted = linted_ticket(ticket, language="zh", findings=[found])
    assert github_report([linted]) == "::error file=tickets.jsonl,line=1,title=SEC01::*** 是密码"
