"""``triage watch`` and ``triage notify``; and how mistakes in a site's file are placed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import Receiver, receiving, status
from test_watch import kept

from triage.assessor import ESTIMATED, Assessor
from triage.cli import main
from triage.promises import Promises
from triage.settings import load_settings
from triage.store.database import open_database, upgrade
from triage.store.leases import lead
from triage.store.outbox import Outbox
from triage.store.ticket_store import TicketStore
from triage.ticket import Ticket

Capture = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as done:
        main(list(map(str, arguments)))
    code = done.value.code
    assert isinstance(code, int)
    return code


def site(folder: Path, receiver: Receiver, more: str = "") -> list[object]:
    config = folder / "triage.toml"
    config.write_text(
        f'[notify]\nprivate_hosts = ["{receiver.host}"]\n[notify.channels.ops]\ntype = "slack"\nurl = "{receiver.url}"\n{more}',
        encoding="utf-8",
    )
    return ["--config", config, "--database", f"sqlite:///{folder / 'triage.db'}"]


def late_ticket(folder: Path) -> None:
    """A P1 that came in three hours and a half ago, and that nobody answered."""
    engine = open_database(f"sqlite:///{folder / 'triage.db'}")
    upgrade(engine)
    promises = Promises(load_settings())
    came = datetime.now(UTC) - timedelta(hours=3.5)
    TicketStore(engine, randomness=lambda size: b"x" * size).add(kept(promises, 7, "P1", at=came))
    engine.dispose()


def test_one_look_rings_and_tells(tmp_path: Path, capsys: Capture) -> None:
    late_ticket(tmp_path)
    with receiving(status(200)) as receiver:
        options = site(tmp_path, receiver)
        assert run("watch", "--once", *options) == 0
        assert capsys.readouterr().out == "1 rung(s) rang, 2 notice(s) went out\n"
        assert run("watch", "--once", *options) == 0
        assert capsys.readouterr().out == "0 rung(s) rang, 0 notice(s) went out\n"
        assert sum(b"T-7" in body for body in receiver.bodies()) == 2
        assert run("notify", "list", *options) == 0
        assert len(re.findall(r" sent  ", capsys.readouterr().out)) == 2


def test_second_watcher_leaves_it_to_the_first(tmp_path: Path, capsys: Capture) -> None:
    late_ticket(tmp_path)
    with receiving(status(200)) as receiver:
        options = site(tmp_path, receiver)
        engine = open_database(f"sqlite:///{tmp_path / 'triage.db'}")
        lead(engine, "watch", holder="other", now=datetime.now(UTC), lasting=timedelta(seconds=30))
        engine.dispose()
        assert run("watch", "--once", *options) == 0
        assert "another watcher is at work" in capsys.readouterr().out
        assert receiver.requests == []


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        (status(200), 0, "ops: sent\n"),
        (status(404), 2, "ops: refused (HTTP 404)\n"),
        (status(500), 2, "ops: retry (HTTP 500)\n"),
    ],
)
def test_channel_is_tried(tmp_path: Path, capsys: Capture, script: Callable[..., None], code: int, told: str) -> None:
    with receiving(script) as receiver:
        assert run("notify", "test", "ops", *site(tmp_path, receiver)) == code
        assert capsys.readouterr().out == told
        assert len(receiver.requests) == 1


def test_empty_outbox_says_so(tmp_path: Path, capsys: Capture) -> None:
    with receiving(status(200)) as receiver:
        assert run("notify", "list", *site(tmp_path, receiver)) == 0
    assert capsys.readouterr().out == "the outbox is empty\n"


@pytest.mark.parametrize(
    ("more", "arguments", "told"),
    [
        ("", ["notify", "test", "opps"], 'there is no channel "opps"; did you mean "ops"?'),
        (
            "[escalation]\nloud = ['P0']",
            ["watch", "--once"],
            'triage.toml:7: escalation.loud has "P0"; use P1, P2, P3, P4',
        ),
        (
            "[escalation.rungs.queue]\nto = 'queue'\nshare = -1",
            ["watch", "--once"],
            "triage.toml:8: escalation.rungs.queue.share is -1.0; it must be more than 0, as 0.75 or 1.5",
        ),
        (
            "[notify.channels.x]\ntype = 'mail'\nurl = 'https://mail.example.com'",
            ["notify", "test"],
            "triage.toml:8: notify.channels.x.url begins with https://; mail needs smtps://host or smtp://host",
        ),
        (
            "[notify.channels.x]\ntype = 'irc'\nurl = ''",
            ["notify", "test"],
            'triage.toml:7: notify.channels.x.type "irc" is not known; use feishu, dingtalk, wecom, slack, pagerduty, webhook, mail',
        ),
        (
            "[notify.channels.x]\ntype = 'slack'\nurl = '$NOT_SET_ANYWHERE'",
            ["watch", "--once"],
            'triage.toml:8: notify.channels.x.url is "$NOT_SET_ANYWHERE", and the environment has no NOT_SET_ANYWHERE',
        ),
        (
            "[customers.acme]\nnames = ['Acme']\nplan = 'gold'",
            ["watch", "--once"],
            'triage.toml:8: customers.acme.plan is "gold"; use standard, urgent, dedicated',
        ),
        (
            "[promises.standard]\nresolution = { P1 = 'soon' }",
            ["calendar", "check"],
            'triage.toml:7: promises.standard.resolution.P1 is "soon"; write "30 min"',
        ),
    ],
)
def test_mistake_is_told_with_file_line_value_and_what_is_allowed(
    tmp_path: Path, capsys: Capture, more: str, arguments: list[str], told: str
) -> None:
    with receiving(status(200)) as receiver:
        options = site(tmp_path, receiver, more)
    assert run(*arguments, *(options[:2] if arguments[0] == "calendar" else options)) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_mistake_in_the_type_of_a_channel_is_placed_where_it_stands(tmp_path: Path, capsys: Capture) -> None:
    with receiving(status(200)) as receiver:
        options = site(tmp_path, receiver, "[notify.channels.y]\ntype = 'slack'\nurl = 7")
    assert run("watch", "--once", *options) == 2
    assert "notify.channels.y.url is 7; it must be a text" in capsys.readouterr().err


def test_failed_notices_are_listed_with_their_reason(tmp_path: Path, capsys: Capture) -> None:
    late_ticket(tmp_path)
    with receiving(status(403)) as receiver:
        options = site(tmp_path, receiver)
        run("watch", "--once", *options)
        capsys.readouterr()
        assert run("notify", "list", "--status", "failed", *options) == 0
    assert "HTTP 403" in capsys.readouterr().out
    engine = open_database(f"sqlite:///{tmp_path / 'triage.db'}")
    assert {one.status for one in Outbox(engine).list()} <= {"failed", "waiting"}
    engine.dispose()


def test_estimated_days_are_warned_of_once() -> None:
    assessor = Assessor(load_settings(), rules_alone=True)
    for day in ("2027-03-01", "2027-03-02"):
        assessment = assessor.assess(Ticket(body="有时候语音会卡顿", created_at=f"{day} 17:00"))
        assert assessment.due and assessment.due.first_response and assessment.due.first_response.estimated
    assert assessor.notices.count(ESTIMATED) == 1
