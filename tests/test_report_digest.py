"""What the report counts, and whether a promise was kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.report.html import Digest
from triage.report.html.marked import pieces
from triage.report.html.promise import answer_of, worked
from triage.report.ranked import RankedRow
from triage.settings import load_settings
from triage.ticket import Ticket

ASSESSOR = Assessor(load_settings(), rules_alone=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)
OUTAGE = "线上所有用户从10:05开始都登录不了IM,错误码70013"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def row(body: str, **changes: Any) -> RankedRow:
    ticket = Ticket(body=body, id=changes.pop("id", "T"), plan=changes.pop("plan", None), requested_priority="P4")
    return RankedRow(1, "in.csv", 2, {}, ticket, assessment_json(ASSESSOR.assess(ticket)), None, **changes)


def test_rows_are_counted_once_by_what_the_page_shows() -> None:
    digest = Digest(lang="zh", now=NOW)
    digest.add(row(OUTAGE, created_at=at("2026-11-24 10:10")))
    digest.add(row("有时候语音会卡顿"))
    digest.add(row("怎么改头像"))
    digest.add(RankedRow(4, "in.csv", 9, {}, None, None, "in.csv:9: is empty"))
    assert (digest.rows, digest.errors, digest.escalated) == (4, 1, 1)
    assert digest.priorities == {"P1": 1, "P2": 1, "P4": 1}
    assert digest.current == {("P4", "P1"): 1, ("P4", "P2"): 1, ("P4", "P4"): 1}
    assert list(digest.days) == [(at("2026-11-24 10:10").date(), "P1")]
    assert digest.promises == {("P4", "waiting late"): 1}
    assert [len(digest.start), len(digest.ask), len(digest.listed)] == [2, 1, 3]
    assert digest.needed["logs", "kind:incident"] == 2
    assert digest.missing["logs", "kind:incident"] == 1
    assert not digest.needed["logs", "kind:question"]


def test_memory_is_bounded_by_what_the_page_shows() -> None:
    digest = Digest(lang="zh", now=NOW, most_bytes=2_000)
    one = row(OUTAGE)
    for _ in range(500):
        digest.add(one)
    assert digest.rows == 500
    assert len(digest.listed) < 20
    assert len(digest.start) == 60


@pytest.mark.parametrize(
    ("start", "end", "on", "hours"),
    [
        ("2026-11-20 17:00", "2026-11-23 10:00", "hours", 2),
        ("2026-11-21 10:00", "2026-11-22 12:00", "hours", 0),
        ("2026-11-20 12:00", "2026-11-23 12:00", "days", 24),
        ("2026-11-20 12:00", "2026-11-23 12:00", "always", 72),
        ("2026-11-25 10:00", "2026-11-25 11:30", "hours", 1.5),
        ("2026-11-25 06:00", "2026-11-25 22:00", "hours", 9),
    ],
)
def test_working_time_is_counted(start: str, end: str, on: str, hours: float) -> None:
    assert worked(at(start), at(end), on=on) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("plan", "label", "minutes", "answer"),
    [
        (None, "P1", 239, "kept"),
        (None, "P1", 241, "broken"),
        ("加急", "P1", 61, "broken"),
        ("专属", "P1", 29, "kept"),
        ("dedicated", "P2", 61, "broken"),
        ("standard", "P3", 300, "kept"),
    ],
)
def test_a_promise_hangs_on_plan_and_priority(plan: str | None, label: str, minutes: int, answer: str) -> None:
    created = at("2026-11-24 10:00")
    told = row(OUTAGE, plan=plan, created_at=created, first_response_at=created + timedelta(minutes=minutes))
    assert answer_of(told, label, now=NOW) == answer


def test_what_cannot_be_told_is_not_judged() -> None:
    created = at("2026-11-24 10:00")
    assert answer_of(row(OUTAGE), "P1", now=NOW) is None
    assert answer_of(row(OUTAGE, created_at=created, resolved_at=created), "P1", now=NOW) is None
    assert answer_of(row(OUTAGE, created_at=created)._replace(columns={"状态": "已关闭"}), "P1", now=NOW) is None
    assert answer_of(row(OUTAGE, created_at=created), "P1", now=created + timedelta(hours=1)) == "waiting"
    assert (
        answer_of(row(OUTAGE, created_at=created), "P1", now=created.astimezone(UTC) + timedelta(hours=5))
        == "waiting late"
    )
    assert answer_of(row(OUTAGE, created_at=NOW, first_response_at=created), "P1", now=NOW) is None


class TestPieces:
    def test_evidence_stands_apart_with_its_elements(self) -> None:
        linted = row(OUTAGE).linted
        assert linted
        found = pieces(linted, "body")
        assert "".join(piece.text for piece in found) == OUTAGE
        assert ("70013" in piece.text for piece in found if "logs" in piece.elements)
        assert any(piece.elements == () for piece in found)

    def test_a_long_text_is_cut_around_its_evidence(self) -> None:
        linted = row(f"{'话' * 3000}错误码70013{'话' * 3000}").linted
        assert linted
        text = "".join(piece.text for piece in pieces(linted, "body"))
        assert "70013" in text
        assert len(text) < 900
        assert text.count("…") == 2

    def test_secrets_and_acting_characters_are_not_shown(self) -> None:
        linted = row("手机 13812345678 \x1b[31m \u202e 登录不了").linted
        assert linted
        text = "".join(piece.text for piece in pieces(linted, "body"))
        assert "13812345678" not in text
        assert "***" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
