"""What is promised, by plan and priority, and how a site's mistakes in it are told."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.api.routes.tickets import dated
from triage.assessment import assessment_from, assessment_json
from triage.assessor import Assessor
from triage.errors import TriageError
from triage.promises import Of, Promises
from triage.report.due import due_text, ledger_text
from triage.settings import load_settings
from triage.ticket import Ticket

FRIDAY = datetime(2026, 2, 13, 9, 30, tzinfo=UTC)


def promises(folder: Path, toml: str = "") -> Promises:
    path = folder / "triage.toml"
    path.write_text(toml, encoding="utf-8")
    return Promises(load_settings(path))


@pytest.mark.parametrize(
    ("plan", "priority", "at"),
    [
        ("standard", "P1", "2026-02-13T21:30:00+08:00"),
        ("标准版", "P2", "2026-02-14T12:30:00+08:00"),
        (None, "P3", "2026-02-14T16:30:00+08:00"),
        ("standard", "P4", "2026-02-14T17:30:00+08:00"),
        ("加急", "P1", "2026-02-13T18:30:00+08:00"),
        ("Urgent support", "P3", "2026-02-14T12:30:00+08:00"),
        ("专属 VIP", "P1", "2026-02-13T18:00:00+08:00"),
        ("dedicated", "P4", "2026-02-14T12:30:00+08:00"),
        ("whatever", "P2", "2026-02-14T12:30:00+08:00"),
    ],
)
def test_first_responses_are_those_of_the_default_table(tmp_path: Path, plan: str, priority: str, at: str) -> None:
    due = promises(tmp_path).due(Of(plan), priority, FRIDAY, lang="zh")
    assert due and due.first_response
    assert due.first_response.at.isoformat() == at
    assert due.resolution is None


def test_response_and_resolution_run_on_clocks_of_their_own(tmp_path: Path) -> None:
    toml = '[promises.standard.resolution]\nP2 = "16 working hours"\n[calendar]\nhours = ["09:00-12:00", "13:00-18:00"]'
    due = promises(tmp_path, toml).due(Of("standard"), "P2", FRIDAY, lang="en")
    assert due and due.first_response and due.resolution
    assert due.first_response.at.isoformat() == "2026-02-14T13:30:00+08:00"
    assert due.resolution.at.isoformat() == "2026-02-24T17:30:00+08:00"
    assert sum(line.minutes for line in due.resolution.ledger) == 960


def test_nothing_promised_is_nothing_due(tmp_path: Path) -> None:
    assert promises(tmp_path, '[promises.standard.first_response]\nP4 = ""').due(Of(), "P4", FRIDAY, lang="zh") is None


def test_reckoning_is_told_in_both_languages(tmp_path: Path) -> None:
    toml = '[promises.standard.first_response]\nP2 = "10 working hours"'
    due = promises(tmp_path, toml).due(Of("standard"), "P2", FRIDAY, lang="en")
    assert due and due.first_response
    assert due_text(due.first_response, lang="en") == "by Tue 24 Feb 09:30"
    assert ledger_text(due.first_response, lang="en") == (
        "Fri 13 Feb 17:30-18:00 30 min · Sat 14 Feb 09:00-18:00 540 min (make-up workday)"
        " · Sun 15 Feb - Mon 23 Feb Spring Festival · Tue 24 Feb 09:00-09:30 30 min"
    )
    due = promises(tmp_path, toml).due(Of("standard"), "P2", FRIDAY, lang="zh")
    assert due and due.first_response
    assert due_text(due.first_response, lang="zh") == "2 月 24 日(周二) 09:30 前"
    assert "2 月 15 日(周日) - 2 月 23 日(周一) 春节" in ledger_text(due.first_response, lang="zh")


def test_estimated_days_are_told(tmp_path: Path) -> None:
    due = promises(tmp_path).due(Of("standard"), "P3", datetime(2027, 3, 1, 2, tzinfo=UTC), lang="en")
    assert due and due.first_response and due.first_response.estimated
    assert due_text(due.first_response, lang="en").endswith("(working days estimated)")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('2026-02-24 = "off 团建"\n2026-02-15 = "work"\n', "own.toml"),
        (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:团建\r\nDTSTART;VALUE=DATE:20260224\r\nEND:VEVENT\r\n"
            "BEGIN:VEVENT\r\nSUMMARY:补班\r\nDTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:20260216\r\nEND:VEVENT\r\n"
            "BEGIN:VEVENT\r\nSUMMARY:例会\r\nDTSTART:20260213T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "own.ics",
        ),
    ],
    ids=["toml", "ics"],
)
def test_own_days_are_read(tmp_path: Path, content: str, name: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    toml = f'[calendar]\nown_days = "{tmp_path / name}"\n[promises.standard.first_response]\nP2 = "19 working hours"'
    due = promises(tmp_path, toml).due(Of("standard"), "P2", FRIDAY, lang="zh")
    assert due and due.first_response
    assert due.first_response.at.isoformat() == "2026-02-25T09:30:00+08:00"


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[calendar]\ntime_zone = "Mars"', 'calendar.time_zone is "Mars"'),
        ('[calendar]\nhours = ["9-18"]', 'calendar.hours has "9-18"'),
        ("[calendar]\nhours = []", "needs one window or more"),
        ('[calendar]\nhours = ["09:00-12:00", "11:00-18:00"]', "do not overlap"),
        ('[calendar]\nhours = ["18:00-09:00"]', "do not overlap"),
        ('[calendar]\ncountry = "ZZ"', 'calendar.country is "ZZ"'),
        ('[calendar]\nown_days = "none.toml"', "none.toml"),
        ('[promises.standard.first_response]\nP5 = "4 h"', 'promises.standard.first_response has "P5"'),
        ('[promises.standard.first_response]\nP1 = "soon"', 'P1 is "soon"; write "30 min"'),
        ('[promises.standard.first_response]\nP1 = "0 h"', 'P1 is "0 h"'),
        ("[promises.standard.first_response]\nP1 = 4", "it must be a text"),
        ('[promises.gold]\nnames = ["gold"]', "first_response"),
    ],
)
def test_mistakes_name_the_setting_the_value_and_what_is_allowed(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(TriageError) as error:
        promises(tmp_path, toml)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ('someday = "off"', "own.toml", '"someday" is no day'),
        ('2026-02-24 = "maybe"', "own.toml", 'must be "off" or "work"'),
        ("2026-02-24 = 3", "own.toml", 'must be "off" or "work"'),
        ("nothing", "own.ics", "no iCalendar file"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20260224\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR",
            "own.ics",
            "repeats by a rule",
        ),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20260224\nDTEND;VALUE=DATE:20270224\nEND:VEVENT\nEND:VCALENDAR",
            "own.ics",
            "must be 1 to 60",
        ),
    ],
)
def test_mistakes_in_own_days_are_told(tmp_path: Path, content: str, name: str, told: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(TriageError) as error:
        promises(tmp_path, f'[calendar]\nown_days = "{tmp_path / name}"')
    assert told in str(error.value)
    assert name in str(error.value)


def test_due_runs_from_creation_else_from_receipt_else_not_at_all() -> None:
    assessor = Assessor(load_settings(), rules_alone=True)
    created = Ticket(body="全部用户都登录不了", created_at="2026-02-13 17:30")
    due = assessor.assess(dated(created, datetime(2026, 3, 1, tzinfo=UTC), zone=UTC)).due
    assert due and due.first_response and due.first_response.at.isoformat() == "2026-02-13T21:30:00+08:00"
    received = assessor.assess(dated(Ticket(body=created.body, created_at="soon"), FRIDAY, zone=UTC)).due
    assert received == due
    assert assessor.assess(Ticket(body=created.body)).due is None


def test_an_assessment_comes_back_from_its_json() -> None:
    assessor = Assessor(load_settings())
    ticket = Ticket(id="T-1", title="语音卡顿", body="有时候语音会卡顿", created_at="2026-02-13 17:30", plan="加急")
    assessment = assessor.assess(ticket)
    record = json.loads(json.dumps(assessment_json(assessment)))
    assert assessment.due and assessment.route
    assert assessment_json(assessment_from(record)) == record
