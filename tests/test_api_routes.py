"""What each route answers to those it is for."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from threading import Event

import jsonschema
import pytest
from test_api_fixtures import FULL, VAGUE, Api

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.cli.keeper import Keeper
from triage.settings import load_settings
from triage.ticket import ticket_from

pytest_plugins = ["test_api_fixtures"]


def expect(api: Api, method: str, path: str, status: int, answer: object) -> None:
    """Raises unless an answer is as the OpenAPI description says."""
    described = api.app.openapi()
    content = described["paths"][path][method.lower()]["responses"][str(status)]["content"]
    schema = {**next(iter(content.values()))["schema"], "components": described["components"]}
    jsonschema.validate(answer, schema)


def test_lint_is_the_answer_of_the_command(api: Api) -> None:
    answer = api.post("/v1/lint", VAGUE)
    expected = assessment_json(Assessor(load_settings()).lint_many([ticket_from(VAGUE)], lang="auto")[0].assessment)
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(expected))
    assert len(answer.json()["lint"]["questions"]) == 3
    expect(api, "POST", "/v1/lint", 200, answer.json())


@pytest.mark.parametrize("ticket", [VAGUE, FULL, {"title": "Cannot join since 9:40 UTC"}])
def test_assess_is_the_answer_of_the_command(api: Api, ticket: dict[str, object]) -> None:
    answer = api.post("/v1/assess", ticket)
    expected = assessment_json(Assessor(load_settings()).assess(ticket_from(ticket)))
    assert answer.json() == json.loads(json.dumps(expected))
    expect(api, "POST", "/v1/assess", 200, answer.json())


@pytest.mark.parametrize(("lang", "words"), [("zh", "日志"), ("en", "log")])
def test_questions_are_in_the_language_asked_for(api: Api, lang: str, words: str) -> None:
    questions = api.post(f"/v1/lint?lang={lang}", VAGUE).json()["lint"]["questions"]
    assert any(words in question for question in questions)


def test_a_bad_item_does_not_fail_the_others(api: Api) -> None:
    tickets = [VAGUE, {"title": ""}, 7, FULL, {"body": ["a"]}, {"body": "x" * 20_000}]
    answer = api.post("/v1/assess/batch", {"tickets": tickets})
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert [item["index"] for item in items] == list(range(6))
    assert [item["error"] is None for item in items] == [True, False, False, True, False, True]
    assert answer.json()["errors"] == 3
    assert items[4]["error"]["errors"][0]["pointer"] == "/tickets/4/body"
    assert items[3]["assessment"] == api.post("/v1/assess", FULL).json()
    expect(api, "POST", "/v1/assess/batch", 200, answer.json())


@pytest.mark.parametrize("body", [[], {"tickets": []}, {"tickets": [VAGUE] * 501}, {"tickets": {}}, {}, "x"])
def test_a_batch_has_1_to_500_tickets(api: Api, body: object) -> None:
    answer = api.post("/v1/assess/batch", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/tickets"
    expect(api, "POST", "/v1/assess/batch", 422, answer.json())


def test_a_ticket_is_kept_found_answered_resolved_corrected_and_erased(api: Api) -> None:
    made = api.post("/v1/tickets", FULL)
    assert made.status_code == 201
    expect(api, "POST", "/v1/tickets", 201, made.json())
    path = f"/v1/tickets/{made.json()['id']}"
    assert api.ask("GET", path).json() == made.json()

    answered = api.post(f"{path}/response", {"at": "2026-11-25T17:00:00+08:00"})
    assert answered.json() == {"id": made.json()["id"], "at": "2026-11-25T09:00:00+00:00", "new": True}
    later = api.post(f"{path}/response", {"at": "2026-11-25T18:00:00+08:00"})
    assert later.json()["at"] == "2026-11-25T09:00:00+00:00"
    assert later.json()["new"] is False
    api.clock.now += timedelta(hours=3)
    resolved = api.ask("POST", f"{path}/resolution")
    assert resolved.json()["at"] == api.clock.now.isoformat()
    expect(api, "POST", "/v1/tickets/{kept_id}/resolution", 200, resolved.json())

    better = {"labels": {"priority": "P1", "product": "live-streaming"}, "who": "duty", "why": "All users, says Li."}
    corrected = api.post(f"{path}/correction", better)
    assert corrected.json()["corrected"] == better["labels"]
    expect(api, "POST", "/v1/tickets/{kept_id}/correction", 200, corrected.json())
    kept = api.ask("GET", path).json()
    assert kept["labels"] == {"kind": "incident", "product": "live-streaming", "priority": "P1"}
    assert kept["assessment"] == made.json()["assessment"]
    assert {one["field"] for one in kept["corrections"]} == {"priority", "product"}
    assert (kept["first_response_at"], kept["resolved_at"]) == (answered.json()["at"], resolved.json()["at"])
    expect(api, "GET", "/v1/tickets/{kept_id}", 200, kept)

    assert api.ask("DELETE", path).status_code == 204
    assert api.ask("GET", path).status_code == 404
    assert api.ask("DELETE", path).status_code == 404


def test_kept_tickets_come_page_by_page(api: Api) -> None:
    marks = [f"room-{number}-of-the-page-test" for number in range(5)]
    for mark in marks:
        api.clock.now += timedelta(seconds=1)
        assert api.post("/v1/tickets", {"body": f"没有声音 {mark}"}).status_code == 201
    query, seen = {"text": "of-the-page-test", "limit": 2}, []
    while True:
        page = api.ask("GET", "/v1/tickets", params=query).json()
        expect(api, "GET", "/v1/tickets", 200, page)
        seen += [one["ticket"]["body"].partition(" ")[2] for one in page["tickets"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == marks[::-1]
    other = api.ask("GET", "/v1/tickets", params={**query, "text": "other", "cursor": query["cursor"]})
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "?cursor"


@pytest.mark.parametrize(
    "query",
    [
        *(
            {"limit": "0"},
            {"limit": "x"},
            {"priority": "P9"},
            {"since": "yesterday"},
            {"cursor": "x"},
            {"text": "x" * 5000},
        ),
        *({"since": "0001-01-01T00:00:00+14:00"}, {"until": "9999-12-31T23:59:59-12:00"}),
    ],
)
def test_what_a_search_cannot_use_is_told_and_not_repeated(api: Api, query: dict[str, str]) -> None:
    answer = api.ask("GET", "/v1/tickets", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"?{next(iter(query))}"
    assert "yesterday" not in answer.text
    expect(api, "GET", "/v1/tickets", 422, answer.json())


@pytest.mark.parametrize("path", ["/v1/tickets/x/response", "/v1/tickets/x/resolution", "/v1/tickets/x/correction"])
def test_of_a_ticket_that_is_not_kept_nothing_is_noted(api: Api, path: str) -> None:
    better = {"labels": {"priority": "P1"}, "who": "duty", "why": "because"}
    answer = api.post(path, better if path.endswith("correction") else {"at": "2026-11-25T10:00:00+08:00"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/labels", "/who", "/why"]),
        ([], ["/labels", "/who", "/why"]),
        ({"labels": {"priority": "P0"}, "who": "a", "why": "b"}, ["/labels/priority"]),
        ({"labels": {"kind": ["incident"]}, "who": "a", "why": "b"}, ["/labels/kind"]),
        ({"labels": {"colour": "red"}, "who": "a", "why": "b"}, ["/labels"]),
        ({"labels": {"product": " "}, "who": " ", "why": "x" * 2001}, ["/labels/product", "/who", "/why"]),
    ],
)
def test_a_correction_says_what_who_and_why(api: Api, body: object, pointers: list[str]) -> None:
    answer = api.post("/v1/tickets/x/correction", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


@pytest.mark.parametrize("at", ["today", "20261125", "2026-11-25", "2026-11-25T10:00:00", 5, None, "2026-W48-3T10:00Z"])
def test_a_moment_has_its_zone(api: Api, at: object) -> None:
    answer = api.post("/v1/tickets/x/response", {"at": at})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/at"


def test_the_same_request_happens_once(api: Api) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first = api.post("/v1/tickets", FULL, headers=key)
    again = api.post("/v1/tickets", FULL, headers=key)
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = api.post("/v1/tickets", VAGUE, headers=key)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:triage:problem:other-body"
    # Another caller's key of the same name is another key.
    assert api.post("/v1/tickets", VAGUE, "assess", headers=key).status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 256, "a b\t", "schlüssel"])
def test_an_idempotency_key_is_ascii(api: Api, key: str) -> None:
    answer = api.post("/v1/tickets", FULL, headers={"Idempotency-Key": key.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 422


def test_a_failure_frees_its_idempotency_key(api: Api) -> None:
    key = {"Idempotency-Key": "of-a-ticket-that-comes-later"}
    better = {"labels": {"priority": "P1"}, "who": "duty", "why": "because"}
    for _ in range(2):
        assert api.post("/v1/tickets/none/correction", better, headers=key).status_code == 404


def work(api: Api) -> None:
    """Lets the keeper look for jobs until there is none left."""
    keeper = Keeper(api.service.settings, Event())
    for _ in range(50):
        keeper.look()


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx", "html"])
def test_a_backlog_is_worked_on_and_fetched(api: Api, ending: str) -> None:
    upload = "标题,内容\n语音卡顿,线上 30% 用户卡顿\n怎么改头像,急!!!\n".encode()
    query = {"name": "backlog.csv", "format": ending}
    queued = api.ask("POST", "/v1/jobs", content=upload, params=query)
    assert queued.status_code == 202
    expect(api, "POST", "/v1/jobs", 202, queued.json())
    path = queued.headers["location"]
    early = api.ask("GET", f"{path}/result")
    assert early.status_code == 409
    assert "queued" in early.json()["detail"]
    work(api)
    job = api.ask("GET", path).json()
    expect(api, "GET", "/v1/jobs/{job_id}", 200, job)
    assert (job["status"], job["done"], job["total"]) == ("done", 2, 2)
    assert sum(job["counts"].values()) == 2
    result = api.ask("GET", f"{path}/result")
    assert result.status_code == 200
    assert f"triage.{ending}" in result.headers["content-disposition"]
    if ending == "jsonl":
        assert [json.loads(line)["kind"]["label"] for line in result.text.splitlines()] == ["incident", "question"]
    elif ending == "csv":
        assert len(list(csv.DictReader(io.StringIO(result.text)))) == 2
    else:
        assert len(result.content) > 1000
    folder = Path(api.service.settings.store.jobs_folder) / job["id"]
    assert not (folder / "backlog.csv").exists()


def test_a_backlogs_columns_can_be_named(api: Api) -> None:
    upload = "甲,乙\n语音卡顿,线上\n".encode()
    query = {"name": "b.csv", "map": ["title=甲", "body=乙"]}
    queued = api.ask("POST", "/v1/jobs", content=upload, params=query)
    assert queued.status_code == 202, queued.text
    work(api)
    assert api.ask("GET", queued.headers["location"]).json()["status"] == "done"


@pytest.mark.parametrize(
    ("query", "content", "pointer"),
    [
        ({}, b"title\na\n", "?name"),
        ({"name": "a.exe"}, b"title\na\n", "?name"),
        ({"name": "a.csv", "format": "pdf"}, b"title\na\n", "?format"),
        ({"name": "a.csv", "map": "title"}, b"title\na\n", "?map[0]"),
        ({"name": "a.csv"}, b"", ""),
        ({"name": "a.csv"}, b"colour,size\nred,7\n", ""),
        ({"name": "a.xlsx"}, b"no workbook", ""),
        ({"name": "a.parquet"}, b"no table", ""),
        ({"name": "../../etc/passwd.csv"}, b"\x00\x01", ""),
    ],
)
def test_a_file_that_is_no_backlog_is_told_at_once(
    api: Api, query: dict[str, str], content: bytes, pointer: str
) -> None:
    answer = api.ask("POST", "/v1/jobs", content=content, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_repeated_upload_is_one_job(api: Api) -> None:
    how = {"content": b"title\nno sound\n", "params": {"name": "a.csv"}, "headers": {"Idempotency-Key": "upload-1"}}
    first, again = (api.ask("POST", "/v1/jobs", **how) for _ in range(2))
    assert first.json() == again.json()
    folders = {path.name for path in Path(api.service.settings.store.jobs_folder).iterdir()}
    assert folders <= {job["id"] for job in api.ask("GET", "/v1/jobs").json()["jobs"]}


def test_rules_are_told(api: Api) -> None:
    listed = api.ask("GET", "/v1/rules").json()
    expect(api, "GET", "/v1/rules", 200, listed)
    codes = [rule["code"] for rule in listed["rules"]]
    assert len(codes) >= 35
    one = api.ask("GET", "/v1/rules/IMP01").json()
    assert one == listed["rules"][codes.index("IMP01")]
    assert api.ask("GET", f"/v1/rules/{one['name']}").json() == one
    assert api.ask("GET", "/v1/rules/NONE9").status_code == 404


def test_live_and_ready(api: Api) -> None:
    assert api.ask("GET", "/livez", None).json() == {"live": True}
    ready = api.ask("GET", "/readyz", None)
    assert ready.json()["ready"] is True
    expect(api, "GET", "/readyz", 200, ready.json())
    api.service.is_stopping = True
    try:
        stopping = api.ask("GET", "/readyz", None)
    finally:
        api.service.is_stopping = False
    assert stopping.status_code == 503
    assert stopping.headers["retry-after"] == "1"


def test_metrics_count_what_was_answered(api: Api) -> None:
    api.post("/v1/assess", VAGUE)
    api.client.get("/nowhere/secret-path")
    text = api.ask("GET", "/metrics").text
    for line in (
        'triage_requests_total{method="POST",route="/v1/assess",status="200"}',
        'triage_labels_total{head="priority",label="P2"}',
        'triage_findings_total{code="IMP01"}',
        "triage_escalations_total",
        'triage_label_drift{head="priority"}',
        "triage_out_of_vocabulary_ratio",
        'triage_request_seconds_bucket{le="0.05",route="/v1/assess"}',
        'route="none",status="404"',
    ):
        assert line in text, line
    assert f'model="{api.service.assessor.versions["model"]}"' in text
    assert "secret-path" not in text


def test_drift_grows_when_labels_change(api: Api) -> None:
    from triage.api.drift import Drift

    drift = Drift()
    steady = [drift.seen("priority", "P3") for _ in range(3000)]
    assert steady[-1] == 0
    changed = [drift.seen("priority", "P1") for _ in range(300)]
    assert changed[-1] > 0.5
    assert all(0 <= figure <= 1 for figure in changed)


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        *(("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB", "en"), ("fr, zh;q=0.1", "zh"), ("fr", "en"), ("", "en")),
        *(("en;q=0.1, zh-Hant;q=0.9", "zh"), ("zh;q=0", "en"), ("zh;q=x", "en"), ("," * 5000, "en"), ("*", "en")),
    ],
)
def test_problems_are_in_the_callers_language(api: Api, accept: str, lang: str) -> None:
    answer = api.post("/v1/lint", {"title": 1, "body": ["x"]}, headers={"Accept-Language": accept})
    assert answer.headers["content-language"] == lang
    assert ("列表" in answer.text) is (lang == "zh")
    expect(api, "POST", "/v1/lint", 422, answer.json())


def test_method_and_address_are_told(api: Api) -> None:
    answer = api.ask("PUT", "/v1/lint")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert api.ask("GET", "/v2/lint").status_code == 404


def test_answers_are_sealed(api: Api) -> None:
    for answer in (api.post("/v1/lint", VAGUE), api.ask("GET", "/nowhere"), api.ask("GET", "/livez")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert len(answer.headers["x-request-id"]) == 32
        assert "server" not in answer.headers


def test_long_tickets_are_answered_apart(api: Api) -> None:
    long = {"body": "没有声音。" * 4000}
    assert api.post("/v1/assess", long).json() == json.loads(
        json.dumps(assessment_json(Assessor(load_settings()).assess(ticket_from(long))))
    )


def test_openapi_describes_what_is_there(api: Api) -> None:
    described = api.ask("GET", "/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    snapshot = Path(__file__).parents[1] / "docs" / "openapi.json"
    assert described == json.loads(snapshot.read_text(encoding="utf-8")), "see `make openapi`"
    for path in ("/v1/lint", "/v1/assess", "/v1/assess/batch", "/v1/tickets", "/v1/tickets/{kept_id}/correction"):
        body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in body["examples"].values():
            jsonschema.validate(example["value"], {**body["schema"], "components": described["components"]})
        assert set(body["examples"]) == {"zh", "en"}


def test_examples_are_taken(api: Api) -> None:
    described = api.app.openapi()
    for path in ("/v1/lint", "/v1/assess", "/v1/assess/batch", "/v1/tickets"):
        content = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            assert api.post(path, example["value"]).status_code in (200, 201)
