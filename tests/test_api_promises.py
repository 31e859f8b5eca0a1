"""Clocks over HTTP: waiting and back, acknowledgement, changed priorities, what is due now; and what ``triage sla`` makes of it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from test_api_fixtures import START, VAGUE, Api

from triage.cli import main
from triage.store.watch_store import WatchStore

pytest_plugins = ["test_api_fixtures"]
# 16:00 in Shanghai on a Wednesday.
OUTAGE = {
    "title": "线上全部用户登录失败",
    "body": "从 15:50 开始全部用户登录失败，工作日 9:00-18:00 可以电话联系",
    "id": "T-9",
}


@pytest.fixture(autouse=True)
def start(api: Api) -> None:
    # One service for all tests of this file.
    api.clock.now = START


def keep(api: Api, ticket: dict[str, object]) -> str:
    answer = api.post("/v1/tickets", ticket)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def get(api: Api, kept_id: str) -> dict[str, object]:
    return dict(api.ask("GET", f"/v1/tickets/{kept_id}").json())


def due(api: Api, kept_id: str) -> str:
    return str(get(api, kept_id)["due"]["first_response"]["at"])  # type: ignore[index]


def test_clock_stands_still_from_the_question_to_the_answer(api: Api) -> None:
    kept_id = keep(api, OUTAGE)
    assert due(api, kept_id) == "2026-11-25T20:00:00+08:00"
    api.clock.now = START + timedelta(hours=1)
    asked = api.ask("POST", f"/v1/tickets/{kept_id}/waiting").json()
    assert asked == {"id": kept_id, "at": "2026-11-25T09:00:00+00:00", "new": True}
    assert not api.ask("POST", f"/v1/tickets/{kept_id}/waiting").json()["new"]
    api.clock.now = START + timedelta(hours=3)
    assert get(api, kept_id)["waiting_since"] == "2026-11-25T09:00:00+00:00"
    # While it lasts, what is left counts from now.
    assert due(api, kept_id) == "2026-11-25T22:00:00+08:00"
    answered = api.post(f"/v1/tickets/{kept_id}/back", {"at": "2026-11-25T18:30:00+08:00"}).json()
    assert answered["new"]
    assert not api.ask("POST", f"/v1/tickets/{kept_id}/back").json()["new"]
    kept = get(api, kept_id)
    assert (kept["waiting_since"], due(api, kept_id)) == (None, "2026-11-25T21:30:00+08:00")
    ledger = kept["due"]["first_response"]["ledger"]  # type: ignore[index]
    assert [line["minutes"] for line in ledger] == [60, 0, 180]
    assert ledger[1]["why"] == "等待客户回复"


@pytest.mark.parametrize("what", ["waiting", "back", "acknowledgement"])
@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("0001-01-01T00:00:00Z", 200),
        ("2026-11-25T08:04:00Z", 200),
        ("2026-11-25T08:06:00Z", 422),
        ("9999-12-31T23:59:59Z", 422),
    ],
)
def test_moment_of_the_past_is_noted_and_one_to_come_refused(api: Api, what: str, at: str, status: int) -> None:
    kept_id = keep(api, OUTAGE)
    api.post(f"/v1/tickets/{kept_id}/waiting", {"at": "2026-11-25T07:00:00Z"})
    answer = api.post(f"/v1/tickets/{kept_id}/{what}", {"at": at})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/at"
    assert api.ask("GET", f"/v1/tickets/{kept_id}").status_code == 200


@pytest.mark.parametrize(
    "created_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01", "2100-02-29", "x"]
)
def test_ticket_of_any_time_is_kept_and_told(api: Api, created_at: str) -> None:
    kept_id = keep(api, {**OUTAGE, "created_at": created_at})
    assert api.post(f"/v1/tickets/{kept_id}/waiting", {"at": "2026-11-25T07:00:00Z"}).status_code == 200
    assert api.ask("GET", f"/v1/tickets/{kept_id}").status_code == 200
    assert (
        api.post(
            f"/v1/tickets/{kept_id}/correction", {"labels": {"priority": "P3"}, "who": "a", "why": "b"}
        ).status_code
        == 200
    )
    assert api.ask("GET", f"/v1/tickets/{kept_id}").status_code == 200


def test_what_the_ticket_says_of_hours_is_shown(api: Api) -> None:
    assert get(api, keep(api, OUTAGE))["reachable"] == "工作日 9:00-18:00"
    assert get(api, keep(api, VAGUE))["reachable"] is None


def test_urgent_fault_without_contact_is_asked_for_it_first(api: Api) -> None:
    questions = api.post("/v1/assess", OUTAGE).json()["lint"]["questions"]
    assert questions[0].startswith("请在「联系方式」里留一个")
    assert len(questions) == 3
    reachable = {**OUTAGE, "fields": {"contact": "ops@example.com"}}
    assert "联系方式" not in "".join(api.post("/v1/assess", reachable).json()["lint"]["questions"])
    trifle = api.post("/v1/assess", {"body": "请问怎么改头像"}).json()
    assert trifle["lint"]["questions"] == []


def test_acknowledgement_is_kept_once_and_is_no_response(api: Api) -> None:
    kept_id = keep(api, OUTAGE)
    assert api.ask("POST", f"/v1/tickets/{kept_id}/acknowledgement").json()["new"]
    api.clock.now = START + timedelta(hours=1)
    again = api.ask("POST", f"/v1/tickets/{kept_id}/acknowledgement").json()
    assert (again["new"], again["at"]) == (False, "2026-11-25T08:00:00+00:00")
    kept = get(api, kept_id)
    assert (kept["acknowledged_at"], kept["first_response_at"]) == ("2026-11-25T08:00:00+00:00", None)


def test_corrected_priority_is_promised_anew(api: Api) -> None:
    kept_id = keep(api, {"body": "请问怎么改头像"})
    before = due(api, kept_id)
    api.clock.now = START + timedelta(hours=1)
    raised = {"labels": {"priority": "P1"}, "who": "duty", "why": "全部用户"}
    assert api.post(f"/v1/tickets/{kept_id}/correction", raised).status_code == 200
    assert due(api, kept_id) == "2026-11-25T21:00:00+08:00" < before
    lowered = {"labels": {"priority": "P4"}, "who": "duty", "why": "看错了"}
    assert api.post(f"/v1/tickets/{kept_id}/correction", lowered).status_code == 200
    assert due(api, kept_id) == before
    kind = {"labels": {"kind": "request"}, "who": "duty", "why": "需求"}
    assert api.post(f"/v1/tickets/{kept_id}/correction", kind).status_code == 200
    assert due(api, kept_id) == before


@pytest.mark.parametrize("what", ["waiting", "back", "acknowledgement"])
def test_of_a_ticket_that_is_not_there_nothing_is_noted(api: Api, what: str) -> None:
    assert api.ask("POST", f"/v1/tickets/none/{what}").status_code == 404


def test_kept_ticket_is_to_be_looked_at_at_once(api: Api) -> None:
    kept_id = keep(api, OUTAGE)
    assert kept_id in WatchStore(api.service.tickets._engine).due(START)


def test_report_of_promises_knows_pauses_and_what_was_promised(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late, paused = keep(api, {**OUTAGE, "id": "late"}), keep(api, {**OUTAGE, "id": "paused"})
    api.clock.now = START + timedelta(hours=1)
    api.ask("POST", f"/v1/tickets/{paused}/waiting")
    assert late != paused
    url = api.service.tickets._engine.url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as done:
        main(["sla", "--store", "--database", url, "--at", "2026-11-25 21:00", "--format", "json"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    # The service of this process logs to the same place.
    told = json.loads(printed[printed.index("\n{\n") :])["first_response"]["open"]
    states = {one["ticket"]: one["state"] for one in told}
    assert (states["late"], states["paused"]) == ("overdue", "waiting")
