"""``triage sla``: promises kept, broken, open and overdue; of files and of the service's store."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_store_fixtures import assessment

from triage.cli import main
from triage.report.sla import Promise, sla_json, sla_text
from triage.store.database import open_database, upgrade
from triage.store.ids import new_id
from triage.store.kept_ticket import NewTicket
from triage.store.ticket_store import TicketStore
from triage.ticket import Ticket

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROWS = """id,title,body,created_at,plan,requested_priority,first_response_at,resolved_at,status
A-1,全部用户都登录不了,线上全部用户登录失败,2026-11-25 09:00,标准,P1,2026-11-25 12:59,,open
A-2,全部用户都登录不了,线上全部用户登录失败,2026-11-25 09:00,标准,P1,2026-11-25 13:01,,open
A-3,语音卡顿,有时候语音会卡顿,2026-11-25 16:00,标准,P2,,,open
A-4,语音卡顿,有时候语音会卡顿,2026-11-24 16:00,加急,P2,,,open
A-5,怎么改头像,请问怎么修改头像,2026-11-24 16:00,标准,P4,,2026-11-24 17:00,closed
A-6,怎么改头像,请问怎么修改头像,2026-11-20 16:00,标准,P4,,,closed
A-7,没有时间,请问怎么修改头像,,标准,P4,,,open
"""


def promise(hours: float, done: float | None, **facts: str) -> Promise:
    given = {"ticket": "T", "what": "first_response", "plan": "standard", "priority": "P2", "product": "voice-call"}
    due_at = NOW + hours * HOUR
    done_at = None if done is None else NOW + done * HOUR
    return Promise(**{**given, **facts}, week="2026-W48", due_at=due_at, done_at=done_at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "done", "state"),
    [
        (-1, -2, "kept"),
        (-1, -1, "kept"),
        (-2, -1, "broken"),
        (0, None, "waiting"),
        (1, None, "waiting"),
        (-1, None, "overdue"),
    ],
)
def test_state_of_a_promise(hours: float, done: float | None, state: str) -> None:
    assert promise(hours, done).state(NOW) == state


def test_groups_are_counted_and_open_ones_stand_in_the_order_of_their_time() -> None:
    promises = [
        promise(-1, -2),
        promise(-2, -1, plan="urgent"),
        promise(3, None, ticket="later"),
        promise(-3, None, ticket="late", priority="P1"),
        promise(5, None, ticket="fix", what="resolution"),
    ]
    told = sla_json(promises, now=NOW)
    assert told["first_response"]["all"] == {"kept": 1, "broken": 1, "waiting": 1, "overdue": 1, "share_kept": 0.3333}
    assert told["first_response"]["plan"]["urgent"]["broken"] == 1
    assert [one["ticket"] for one in told["first_response"]["open"]] == ["late", "later"]
    assert told["resolution"]["all"] == {"kept": 0, "broken": 0, "waiting": 1, "overdue": 0, "share_kept": None}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["首次响应", "按时率", "已超时未完成"]), ("en", ["First response", "overdue"])]
)
def test_report_speaks_both_languages(lang: str, words: list[str]) -> None:
    text = sla_text([promise(-3, None, ticket="[late]")], now=NOW, lang=lang, width=90)
    assert all(word in text for word in [*words, "[late]"])
    assert sla_text([], now=NOW, lang=lang, width=90)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["sla", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def test_promises_of_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(capsys, "a.csv", "--at", "2026-11-25 18:00", "--format", "json")
    told = json.loads(out)["first_response"]
    assert code == 0
    assert told["all"] == {"kept": 2, "broken": 1, "waiting": 1, "overdue": 1, "share_kept": 0.5}
    assert told["priority"]["P1"] == {"kept": 1, "broken": 1, "waiting": 0, "overdue": 0, "share_kept": 0.5}
    assert [(one["ticket"], one["state"]) for one in told["open"]] == [("A-4", "overdue"), ("A-3", "waiting")]
    assert told["open"][1]["due"] == "2026-11-26T11:00:00+08:00"


def test_promises_of_the_store(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_database("sqlite:///triage.db", connections=1)
    upgrade(engine)
    store = TicketStore(engine, randomness=bytes)
    new = NewTicket(new_id(NOW, bytes), NOW, Ticket(body="语音卡顿", id="K-1", plan="urgent"), assessment())
    store.add(new)
    store.note_response(new.id, NOW + HOUR)
    engine.dispose()
    code, out, _ = asked(capsys, "--store", "--format", "json")
    told = json.loads(out)["first_response"]
    assert code == 0
    assert sum(told["all"][state] for state in ("kept", "broken")) == 1
    assert list(told["plan"]) == ["urgent"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the files of tickets, or --store"),
        (("a.csv", "--store"), "name the files of tickets, or --store"),
        (("a.csv", "--at", "soon"), '--at is "soon"'),
        (("none.csv",), "none.csv"),
    ],
)
def test_mistakes_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = asked(capsys, *arguments)
    assert code == 2
    assert told in err
