"""The terminal's table of a ranked backlog."""

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.report.characters import width as width_of
from triage.report.ranked import RankedRow
from triage.report.ranking import ranking, whys
from triage.settings import load_settings
from triage.ticket import Ticket

ASSESSOR = Assessor(load_settings(), rules_alone=True)
TICKETS = [
    Ticket("全部用户登录不了", "线上所有用户从10:05开始登录不了", "T-1", requested_priority="P3"),
    Ticket("", "有时候语音会卡顿", "T-2"),
    Ticket("\x1b]0;owned\x07[bold red]markup[/]\u202e\n\nx", "password: hunter2secret", "T-3"),
]


def rows() -> list[RankedRow]:
    told = [
        RankedRow(n, "in.csv", n, {}, ticket, assessment_json(ASSESSOR.assess(ticket)), None)
        for n, ticket in enumerate(TICKETS, start=1)
    ]
    return [*told, RankedRow(4, "in.csv", 7, {}, None, None, "in.csv:7: title and body are both empty")]


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_fits_its_width(width: int, lang: str) -> None:
    printed = ranking(rows(), total=99, lang=lang, width=width, color=False)
    assert max(map(width_of, printed.splitlines())) <= width
    assert "T-1" in printed
    assert "P3>P1" in printed
    assert "99" in printed


def test_vague_and_moved_tickets_are_marked() -> None:
    lines = ranking(rows(), total=4, lang="zh", width=140, color=False).splitlines()
    assert "P2 !" in next(line for line in lines if "T-2" in line)
    assert "语音会卡顿" in next(line for line in lines if "T-2" in line)
    assert "title and body" in next(line for line in lines if "in.csv:7" in line)


def test_hostile_text_is_printed_harmlessly() -> None:
    printed = ranking(rows(), total=4, lang="en", width=140, color=True)
    assert "\x1b]0" not in printed
    assert "\u202e" not in printed
    assert "[bold red]" in printed
    assert len([line for line in printed.splitlines() if "T-3" in line]) == 1


def test_no_rows_are_a_table_too() -> None:
    assert "0" in ranking([], total=0, lang="en", width=80, color=False)


def test_reasons_are_told_in_a_few_words_rules_first() -> None:
    reasons = [
        ("model", "「全部」更像 P1 而不是 P2（+0.6）"),
        ("model", "所有用户：更像 P1 而不是 P2（+0.3）"),
        ("model", '"chat" speaks for P1 rather than P2 (+0.3)'),
        ("model", "data is lost: speaks for P1 rather than P2 (+0.2)"),
        ("policy", "对方要求 P2，正文支持 P1"),
        ("rule", "核心功能对所有用户都不可用：至少 P1"),
    ]
    assessment = {"priority": {"reasons": [{"source": source, "text": text} for source, text in reasons]}}
    assert whys(assessment) == ["核心功能对所有用户都不可用：至少 P1", "所有用户", "data is lost", "「全部」", '"chat"']
