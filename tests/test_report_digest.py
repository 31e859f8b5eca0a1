"""What the report counts, and whether a promise was kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.report.html import Digest
from triage.report.html.marked import pieces
from triage.report.html.promise import answer_of
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
    digest.add(row(OUTAGE, created_at=at("2026-11-24 10:10"), due_at=at("2026-11-24 14:10")))
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


@pytest.mark.parametrize(("minutes", "answer"), [(239, "kept"), (240, "kept"), (241, "broken")])
def test_response_is_kept_up_to_its_due_time(minutes: int, answer: str) -> None:
    created = at("2026-11-24 10:00")
    answered = created + timedelta(minutes=minutes)
    told = row(OUTAGE, created_at=created, first_response_at=answered, due_at=created + timedelta(hours=4))
    assert answer_of(told, now=NOW) == answer


def test_what_cannot_be_told_is_not_judged() -> None:
    created = at("2026-11-24 10:00")
    known = {"created_at": created, "due_at": created + timedelta(hours=4)}
    assert answer_of(row(OUTAGE), now=NOW) is None
    assert answer_of(row(OUTAGE, created_at=created), now=NOW) is None
    assert answer_of(row(OUTAGE, **known, resolved_at=created), now=NOW) is None
    assert answer_of(row(OUTAGE, **known)._replace(columns={"状态": "已关闭"}), now=NOW) is None
    assert answer_of(row(OUTAGE, **known), now=created + timedelta(hours=1)) == "waiting"
    assert answer_of(row(OUTAGE, **known), now=created.astimezone(UTC) + timedelta(hours=5)) == "waiting late"
    assert answer_of(row(OUTAGE, **(known | {"created_at": NOW}), first_response_at=created), now=NOW) is None


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
