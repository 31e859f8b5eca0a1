"""Whatever arrives is answered: no error of ours, nothing that hangs, every answer as described."""

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from hostile_bodies import HOSTILE
from hypothesis import HealthCheck, given, settings, strategies as st
from test_api_fixtures import FULL, Api, open_api, settings_at
from test_store_fixtures import postgres_schema

pytest_plugins = ["test_api_fixtures"]
# Each route that takes a body; a job's file in each form.
ROUTES = [
    "/v1/lint",
    "/v1/assess",
    "/v1/assess/batch",
    "/v1/tickets",
    "/v1/tickets/{id}/response",
    "/v1/tickets/{id}/resolution",
    "/v1/tickets/{id}/correction",
    *(f"/v1/jobs?name=a.{ending}" for ending in ("csv", "tsv", "jsonl", "ndjson", "json", "xlsx", "parquet")),
]
# The same bodies again, as tickets of a batch.
WRAPPED = "/v1/assess/batch?lang=auto"
ROUTES.append(WRAPPED)
# No ticket of a legal size takes longer; a loaded machine is given ten times what a quiet one needs.
LONGEST_SECONDS = 10.0
_JSON = {"Content-Type": "application/json"}


class Asked:
    """A service with a kept ticket, and what its description says of its answers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._described = api.app.openapi()
        self._kept = api.post("/v1/tickets", FULL).json()["id"]
        self._validators: dict[tuple[str, int], Any] = {}

    def fault(self, route: str, raw: bytes) -> str | None:
        """What is wrong with the answer to a body; None when nothing is."""
        began = time.monotonic()
        content = b'{"tickets": [' + raw + b"]}" if route == WRAPPED else raw
        answer = self._api.ask("POST", route.replace("{id}", self._kept), content=content, headers=_JSON)
        if time.monotonic() - began > LONGEST_SECONDS:
            return "hangs"
        if answer.status_code >= 500:
            return f"answers {answer.status_code}"
        path = route.partition("?")[0].replace("{id}", "{kept_id}")
        if str(answer.status_code) not in self._described["paths"][path]["post"]["responses"]:
            return f"answers {answer.status_code}, which is not described"
        value = json.loads(answer.content.decode("utf-8"))
        return None if self._validator(path, answer.status_code).is_valid(value) else "answers against its schema"

    def _validator(self, path: str, status: int) -> Any:
        if (path, status) not in self._validators:
            content = self._described["paths"][path]["post"]["responses"][str(status)]["content"]
            schema = {**next(iter(content.values()))["schema"], "components": self._described["components"]}
            self._validators[path, status] = jsonschema_rs.validator_for(schema)
        return self._validators[path, status]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    given = settings_at(tmp_path_factory.mktemp("hostile"))
    urls = [given.store.database_url] if request.param == "sqlite" else postgres_schema()
    for url in urls:
        yield from map(Asked, open_api(replace(given, store=replace(given.store, database_url=url))))


def test_there_are_enough() -> None:
    assert len(HOSTILE) >= 300
    assert len(set(HOSTILE.values())) >= 300


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_hostile_bodies_are_answered(asked: Asked, route: str) -> None:
    faults = {name: told for name, raw in HOSTILE.items() if (told := asked.fault(route, raw))}
    assert faults == {}


@pytest.mark.parametrize(
    "name", ["number NaN (3)", "lone high surrogate", "number 1e400 (5)", "GBK", "arrays to 100,000"]
)
def test_a_body_that_is_no_json_is_told_so(api: Api, name: str) -> None:
    answer = api.ask("POST", "/v1/lint", content=HOSTILE[name], headers=_JSON)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:triage:problem:bad-json"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/jsonp"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": "APPLICATION/JSON"}, 200),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "br"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 200),
        ({"Content-Type": "application/json", "Content-Length": "9" * 30}, 413),
    ],
)
def test_type_and_encoding_are_looked_at(api: Api, headers: dict[str, str], status: int) -> None:
    answer = api.ask("POST", "/v1/lint", content=b'{"title": "no sound"}', headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("key", "route", "most"),
    [
        ("form", "/v1/lint", 262_144),
        ("assess", "/v1/lint", 1_048_576),
        ("assess", "/v1/assess", 1_048_576),
        ("assess", "/v1/tickets", 1_048_576),
        ("assess", "/v1/tickets/x/correction", 262_144),
        ("assess", "/v1/assess/batch", 5_242_880),
        ("assess", "/v1/jobs?name=a.csv", 20_971_520),
    ],
)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_have_a_limit(api: Api, key: str, route: str, most: int, is_chunked: bool) -> None:
    body = b'{"title": "' + b"a" * most + b'"}'
    content = (body[start : start + 65_536] for start in range(0, len(body), 65_536)) if is_chunked else body
    headers = {**_JSON, "Origin": "https://help.example.com"}
    answer = api.ask("POST", route, key, content=content, headers=headers)
    assert answer.status_code == 413
    assert f"{most:,}" in answer.json()["detail"]


TEXTS = st.text(max_size=60)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))
KEYS = [
    "id",
    "title",
    "body",
    "fields",
    "attachments",
    "created_at",
    "plan",
    "requested_priority",
    "channel",
    "tickets",
]
KEYS += ["first_response_at", "resolved_at", "labels", "who", "why", "at"]
OBJECTS = st.dictionaries(st.sampled_from(KEYS) | TEXTS, VALUES, max_size=8)
VALID = json.dumps(FULL, ensure_ascii=False).encode()


def changed(cuts: list[tuple[int, int, bytes]]) -> bytes:
    raw = VALID
    for start, length, new in cuts:
        at = start % (len(raw) + 1)
        raw = raw[:at] + new + raw[at + length :]
    return raw


BODIES = {
    "bytes": st.binary(max_size=400),
    "values": VALUES.map(lambda value: json.dumps(value).encode()),
    "objects": OBJECTS.map(lambda value: json.dumps(value).encode()),
    "batches": st.lists(OBJECTS, max_size=4).map(lambda value: json.dumps({"tickets": value}).encode()),
    "changed": st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20), st.binary(max_size=6)), max_size=4).map(
        changed
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("sort", BODIES)
def test_generated_bodies_are_answered(asked: Asked, sort: str) -> None:
    """2 databases x 5 sorts x 1,100 bodies, the routes in turn."""
    turns = itertools.cycle(ROUTES)

    @settings(max_examples=1100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(BODIES[sort])
    def ask(raw: bytes) -> None:
        assert asked.fault(next(turns), raw) is None

    ask()
