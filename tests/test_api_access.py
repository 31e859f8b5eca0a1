"""Who may ask what: every route of the application against every sort of caller."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from test_api_fixtures import FULL, ORIGIN, Api, open_api, settings_at

from triage.api.access import Limits
from triage.api.problems import ProblemError
from triage.settings import PerMinute

pytest_plugins = ["test_api_fixtures"]
# The least scope that each route asks for; a route that is missing here fails the test below.
NEEDED = {
    "GET /livez": "nobody",
    "GET /readyz": "nobody",
    "GET /openapi.json": "nobody",
    "POST /v1/lint": "form",
    "POST /v1/assess": "assess",
    "POST /v1/assess/batch": "assess",
    "POST /v1/jobs": "assess",
    "GET /v1/jobs": "assess",
    "GET /v1/jobs/{job_id}": "assess",
    "GET /v1/jobs/{job_id}/result": "assess",
    "GET /v1/rules": "assess",
    "GET /v1/rules/{code}": "assess",
    "POST /v1/tickets": "assess",
    "GET /v1/tickets": "assess",
    "GET /v1/tickets/{kept_id}": "assess",
    "DELETE /v1/tickets/{kept_id}": "admin",
    "POST /v1/tickets/{kept_id}/response": "assess",
    "POST /v1/tickets/{kept_id}/resolution": "assess",
    "POST /v1/tickets/{kept_id}/waiting": "assess",
    "POST /v1/tickets/{kept_id}/back": "assess",
    "POST /v1/tickets/{kept_id}/acknowledgement": "assess",
    "POST /v1/tickets/{kept_id}/correction": "assess",
    "GET /metrics": "admin",
    "GET /widget.js": "nobody",
    "GET /widget.mjs": "nobody",
    "GET /v1/log-places": "nobody",
    # There only where the site shows the demonstration form; test_api_form.py.
    "GET /form": "nobody",
    "POST /form": "nobody",
    "GET /form.css": "nobody",
}
# Who asks: their key, the Origin they send, and what each need answers them; 0 is let in.
CALLERS = {
    "none": (None, None, {"form": 401, "assess": 401, "admin": 401}),
    "malformed": ("malformed", None, {"form": 401, "assess": 401, "admin": 401}),
    "unknown": ("unknown", None, {"form": 401, "assess": 401, "admin": 401}),
    "revoked": ("revoked", None, {"form": 401, "assess": 401, "admin": 401}),
    "expired": ("expired", None, {"form": 401, "assess": 401, "admin": 401}),
    "form": ("form", ORIGIN, {"form": 0, "assess": 403, "admin": 403}),
    "form, other origin": ("form", "https://evil.example", {"form": 403, "assess": 403, "admin": 403}),
    "form, no origin": ("form", None, {"form": 403, "assess": 403, "admin": 403}),
    "form, origin null": ("form", "null", {"form": 403, "assess": 403, "admin": 403}),
    "assess": ("assess", None, {"form": 0, "assess": 0, "admin": 403}),
    "assess, any origin": ("assess", "https://evil.example", {"form": 0, "assess": 0, "admin": 403}),
    "admin": ("admin", None, {"form": 0, "assess": 0, "admin": 0}),
}


def routes(api: Api) -> Iterator[str]:
    """Each method and path pattern that the application answers, those of included routers too."""
    for route in api.app.routes:
        router = getattr(route, "original_router", None)
        for one in router.routes if router else [route]:
            yield from (f"{method} {one.path}" for method in one.methods - {"HEAD", "OPTIONS"})


def test_every_route_has_its_need(api: Api) -> None:
    assert sorted(routes(api)) == sorted(NEEDED)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", NEEDED)
def test_matrix(api: Api, route: str, caller: str) -> None:
    key, origin, by_need = CALLERS[caller]
    method, path = route.split(" ")
    headers = {"Origin": origin} if origin else {}
    path = path.replace("{job_id}", "none").replace("{code}", "IMP01").replace("{kept_id}", "none")
    body = {"json": FULL} if method == "POST" else {}
    answer = api.ask(method, path, key, headers=headers, **body)
    expected = by_need.get(NEEDED[route], 0)
    if expected:
        assert answer.status_code == expected, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.status_code in (200, 201, 202, 204, 404, 409, 422), answer.text
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "bearer x", "Bearer triage_admin_a_b_c", "Bearer \xe9", "Bearer a b"],
)
def test_other_credentials_are_refused(api: Api, header: str) -> None:
    answer = api.ask("GET", "/v1/rules", None, headers={"Authorization": header.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401


def test_scheme_is_read_without_case(api: Api) -> None:
    answer = api.client.get("/v1/rules", headers={"Authorization": f"bearer {api.keys['assess']}"})
    assert answer.status_code == 200


def test_a_job_is_its_keys_own(api: Api) -> None:
    upload = {"content": b"title,body\nno sound,since noon\n", "params": {"name": "a.csv"}}
    mine = api.ask("POST", "/v1/jobs", "admin", **upload).json()["id"]
    assert api.ask("GET", f"/v1/jobs/{mine}", "assess").status_code == 404
    assert mine not in {job["id"] for job in api.ask("GET", "/v1/jobs", "assess").json()["jobs"]}
    theirs = api.ask("POST", "/v1/jobs", "assess", **upload).json()["id"]
    assert api.ask("GET", f"/v1/jobs/{theirs}", "admin").status_code == 200
    assert {mine, theirs} <= {job["id"] for job in api.ask("GET", "/v1/jobs", "admin").json()["jobs"]}


def test_a_revoked_key_is_refused_within_seconds(api: Api) -> None:
    new = api.service.key_store.new("assess", "leaver", now=api.clock.now)
    api.keys["leaver"] = new.secret
    assert api.ask("GET", "/v1/rules", "leaver").status_code == 200
    api.service.key_store.revoke(new.key.id, api.clock.now)
    api.clock.now += timedelta(seconds=5)
    assert api.ask("GET", "/v1/rules", "leaver").status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("localhost", 200), ("localhost:8080", 200), ("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("[::1]", 200)),
        *(("evil.example", 403), ("evil.example:8080", 403), ("127.0.0.1.evil.example", 403)),
    ],
)
def test_without_keys_only_this_machine_is_answered(open_service_api: Api, host: str, status: int) -> None:
    # A page whose name was made to lead here sends its own name.
    answer = open_service_api.post("/v1/lint", FULL, None, headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("origin", "allowed"), [(ORIGIN, True), ("https://desk.example.com", True), ("https://evil.example", False)]
)
def test_cors_is_for_the_list_and_the_origins_of_form_keys(tmp_path: Path, origin: str, allowed: bool) -> None:
    settings = settings_at(tmp_path, origins=("https://desk.example.com",))
    for api in open_api(settings):
        api.service.read_shared()
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = api.client.options(
            "/v1/lint", headers={**asked, "Access-Control-Request-Headers": "authorization,content-type"}
        )
        assert (preflight.headers.get("access-control-allow-origin") == origin) is allowed
        assert (preflight.status_code == 200) is allowed
        answer = api.post("/v1/lint", FULL, "form", headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
        assert "access-control-allow-credentials" not in answer.headers


def test_limits_tell_when_to_come_back() -> None:
    limits = Limits(PerMinute(form_address=2, form_key=2, key=2, refused_address=2))
    for _ in range(2):
        limits.count("key", "one")
    limits.count("key", "two")
    with pytest.raises(ProblemError) as told:
        limits.count("key", "one")
    assert told.value.status == 429
    assert told.value.retry_after is not None
    assert 1 <= told.value.retry_after <= 60


def test_guesses_are_slowed_and_good_keys_are_not_locked_out_elsewhere(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    limited = PerMinute(form_address=3, form_key=100, key=100, refused_address=5)
    for api in open_api(replace(settings, serve=replace(settings.serve, per_minute=limited))):
        codes = [api.ask("GET", "/v1/rules", "unknown").status_code for _ in range(7)]
        assert codes == [401] * 5 + [429] * 2
        told = api.ask("GET", "/v1/rules", "unknown")
        assert 1 <= int(told.headers["retry-after"]) <= 60


def test_a_form_is_limited_by_address(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    limited = PerMinute(form_address=3, form_key=100, key=100, refused_address=5)
    for api in open_api(replace(settings, serve=replace(settings.serve, per_minute=limited))):
        codes = [api.post("/v1/lint", FULL, "form", headers={"Origin": ORIGIN}).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        assert api.post("/v1/lint", FULL, "assess").status_code == 200
