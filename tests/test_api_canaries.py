"""Secrets in tickets are nowhere afterwards: not in logs, metrics, errors or the database."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from canaries import CANARIES
from sqlalchemy import MetaData, make_url
from test_api_fixtures import Api, open_api, settings_at
from test_api_routes import work
from test_store_fixtures import postgres_schema

from triage.api import logs
from triage.masking import mask
from triage.store.database import open_database, reading

pytest_plugins = ["test_api_fixtures"]
BREAKING = b'{"title": "%s", "body": NaN}'


def tickets(sentence: str) -> list[dict[str, object]]:
    """A ticket with the sentence in each place that holds words; a faulty one last."""
    return [
        {"title": sentence, "body": f"没有声音。{sentence}。谢谢"},
        {"body": "no sound since noon", "fields": {"contact": sentence, "product": sentence, sentence: "x"}},
        {"body": "没有声音", "attachments": [f"{sentence}.log"], "plan": sentence, "channel": sentence},
        {"body": "没有声音", "requested_priority": sentence, "created_at": sentence, "extra": {"note": sentence}},
        {"body": [sentence], "title": {sentence: sentence}},
    ]


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Logs as they were, when a test has set up those of the service."""
    handlers = logging.root.handlers
    yield capfd
    logging.root.handlers = handlers
    structlog.reset_defaults()


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Api]:
    given = settings_at(tmp_path, form_key="triage_form_x")
    for url in [given.store.database_url] if request.param == "sqlite" else postgres_schema():
        yield from open_api(replace(given, store=replace(given.store, database_url=url)))


def told(api: Api) -> str:
    """All that is left when every canary went to every route: error answers, metrics, stored answers and rows."""
    left = []
    for name, (sentence, _) in CANARIES.items():
        for number, ticket in enumerate(tickets(sentence)):
            for path in ("/v1/lint", "/v1/assess"):
                answer = api.post(path, ticket)
                left += [answer.text] * (answer.status_code != 200)
            key = {"Idempotency-Key": f"{name.replace(' ', '-')}-{number}".encode("ascii", "ignore").decode()}
            kept = api.post("/v1/tickets", ticket, headers=key)
            left.append(kept.text)
            if kept.status_code == 201:
                why = {"labels": {"priority": "P1"}, "who": "duty", "why": f"客户说：{sentence}"}
                left.append(api.post(f"/v1/tickets/{kept.json()['id']}/correction", why, headers=key).text)
        left.append(api.post("/v1/assess/batch", {"tickets": [tickets(sentence)[-1]]}).text)
        left.append(api.ask("POST", "/v1/lint", content=BREAKING % sentence.encode(), headers=_JSON).text)
        left.append(api.ask("GET", "/v1/tickets", params={"cursor": sentence}).text)
        left.append(api.ask("POST", "/v1/jobs", content=sentence.encode(), params={"name": f"{sentence}.csv"}).text)
        form = {
            "subject": sentence,
            "description": f"没有声音。{sentence}",
            "contact": sentence,
            "attachments": sentence,
        }
        left.append(api.ask("POST", "/form", None, data={**form, "once": f"f{len(left)}"}).text)
    lines = "".join(json.dumps(ticket) + "\n" for sentence, _ in CANARIES.values() for ticket in tickets(sentence)[:4])
    job = api.ask("POST", "/v1/jobs", content=lines.encode(), params={"name": "a.jsonl"})
    work(api)
    left += [api.ask("GET", f"{job.headers['location']}{part}").text for part in ("", "/result")]
    return "\n".join([*left, api.ask("GET", "/metrics").text, rows(api)])


_JSON = {"Content-Type": "application/json"}


def rows(api: Api) -> str:
    """Every value of every table, and what lies in the folder of jobs and the database's own files."""
    settings = api.service.settings.store
    engine = open_database(settings.database_url, connections=1)
    known = MetaData()
    known.reflect(engine)
    with reading(engine) as connection:
        found = [str(row) for table in known.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    files = [path for path in Path(settings.jobs_folder).rglob("*") if path.is_file()]
    database = make_url(settings.database_url).database
    if database and engine.dialect.name == "sqlite":
        files += Path(database).parent.glob(f"{Path(database).name}*")
    assert len(found) > len(CANARIES) * 4
    return "\n".join([*found, *(path.read_bytes().decode("utf-8", "replace") for path in files)])


@pytest.mark.slow
def test_no_canary_is_left(stored: Api, logged: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    everything = told(stored)
    out, err = logged.readouterr()
    assert err.count("\n") > len(CANARIES) * 20
    everything += out + err
    leaked = [
        name
        for name, (_, secret) in CANARIES.items()
        if any(form in everything for form in (secret, json.dumps(secret)[1:-1], secret.replace("\n", "\\n")))
    ]
    assert leaked == []


def test_there_are_thirty_kinds() -> None:
    assert len(CANARIES) == 30
    assert len({secret for _, secret in CANARIES.values()}) == 30


@pytest.mark.parametrize("name", CANARIES)
def test_a_mask_keeps_offsets(name: str) -> None:
    sentence, secret = CANARIES[name]
    masked = mask(f"👩‍👩‍👧 {sentence} 没有声音")
    assert secret not in masked
    assert len(masked) == len(f"👩‍👩‍👧 {sentence} 没有声音")
    assert masked.endswith("没有声音")


def test_a_failure_of_ours_is_logged_without_the_ticket(api: Api, logged: pytest.CaptureFixture[str]) -> None:
    logs.set_up()

    def broken(*_: object, **__: object) -> list[object]:
        raise ValueError(f"cannot read {CANARIES['mobile'][1]}")

    assessor = api.service.assessor
    assessor.lint_many, kept = broken, assessor.lint_many  # type: ignore[method-assign, assignment]
    try:
        answer = api.post("/v1/lint", {"body": CANARIES["mobile"][0]})
    finally:
        assessor.lint_many = kept  # type: ignore[method-assign]
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    log = logged.readouterr().err
    assert answer.json()["request_id"] in log
    assert "ValueError" in log
    assert CANARIES["mobile"][1] not in log + answer.text
