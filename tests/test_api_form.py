"""The widget's script, log places, lint tokens, and the demonstration form."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from test_api_fixtures import FULL, ORIGIN, START, VAGUE, Api, open_api, settings_at

from triage.api.lint_token import LIFETIME, lint_token, seen
from triage.assessor import Assessor
from triage.settings import load_settings
from triage.store.errors import StoreUnavailableError
from triage.ticket import Ticket

pytest_plugins = ["test_api_fixtures"]
SENT = {"subject": "语音卡顿", "description": "有时候语音会卡顿\r\n请打 13800138000", "plan": "urgent", "once": "ab12"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A service with keys that shows the form to everybody."""
    yield from open_api(settings_at(tmp_path_factory.mktemp("shown"), form_key="triage_form_x"))


def send(api: Api, given: dict[str, object], **headers: str) -> httpx.Response:
    return api.ask("POST", "/form?lang=zh", None, data=given, headers=headers)


@pytest.mark.parametrize("path", ["/widget.js", "/widget.mjs"])
def test_script_is_cached_for_good_under_its_hash(api: Api, path: str) -> None:
    answer = api.ask("GET", path, None)
    assert answer.status_code == 200
    assert "triage-form-hints" in answer.text
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    tag = answer.headers["etag"]
    named = api.ask("GET", f"{path}?v={tag.strip(chr(34))}", None)
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"
    same = api.ask("GET", path, None, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")


def test_log_places_are_the_sites(api: Api) -> None:
    places = api.ask("GET", "/v1/log-places", None).json()["places"]
    assert {"family": "agora", "platform": "ios", "path": "<App>/Library/Caches/agorasdk.log"} in places
    assert all(place["family"] != "general" for place in places)


@pytest.mark.parametrize("path", ["/form", "/form.css"])
def test_form_is_there_only_where_the_site_shows_it(api: Api, shown: Api, open_service_api: Api, path: str) -> None:
    assert api.ask("GET", path, "admin").status_code == 404
    assert shown.ask("GET", path, None).status_code == 200
    assert open_service_api.ask("GET", path, None).status_code == 200


def test_form_of_a_service_with_keys_carries_the_form_key(shown: Api, open_service_api: Api) -> None:
    assert 'form-key="triage_form_x"' in shown.ask("GET", "/form", None).text
    assert "form-key" not in open_service_api.ask("GET", "/form", None).text


@pytest.mark.parametrize(("query", "accept", "lang"), [("", "zh-CN", "zh"), ("", "de", "en"), ("?lang=en", "zh", "en")])
def test_form_speaks_the_language_of_its_reader(open_service_api: Api, query: str, accept: str, lang: str) -> None:
    page = open_service_api.ask("GET", f"/form{query}", None, headers={"Accept-Language": accept})
    assert f'<html lang="{lang}">' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_sent_form_is_kept_masked_and_its_assessment_shown(open_service_api: Api) -> None:
    given = {
        **SENT,
        "platform": "Android",
        "contact": "ops@example.com",
        "attachments": "agorasdk.log",
        "once": "kept1",
    }
    page = send(open_service_api, given)
    assert page.status_code == 200
    for words in (
        "P2 高",
        "升级处理",
        "11 月 25 日(周三) 20:00 前",
        "11 月 25 日(周三) 16:00-20:00 240 分钟",
        "加急计划",
        "voice-call",
        "产品线语音通话",
        "为什么是这个优先级",
        "agorasdk.log",
    ):
        assert words in page.text, words
    assert "13800138000" not in page.text
    kept_id = re.search(r"<code>([\w-]+)</code>", page.text)
    assert kept_id
    kept = open_service_api.ask("GET", f"/v1/tickets/{kept_id[1]}", None).json()
    assert kept["ticket"]["body"] == "有时候语音会卡顿\n请打 •••••••••••"
    assert kept["ticket"]["fields"]["platform"] == "Android"
    assert kept["ticket"]["attachments"] == ["agorasdk.log"]
    assert (kept["ticket"]["plan"], kept["ticket"]["channel"]) == ("urgent", "form")


def test_form_sent_twice_is_one_ticket(open_service_api: Api) -> None:
    first, second = (send(open_service_api, {**SENT, "once": "twice"}) for _ in range(2))
    assert first.text == second.text


def test_a_ticket_that_cannot_be_kept_now_is_told_on_the_form_and_sent_again(
    open_service_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailableError("away")

    with monkeypatch.context() as broken:
        broken.setattr(type(open_service_api.service.claims), "claim", away)
        page = send(open_service_api, {**SENT, "once": "again"})
    assert page.status_code == 503
    assert "text/html" in page.headers["content-type"]
    assert 'role="alert"' in page.text
    assert "有时候语音会卡顿" in page.text
    assert 'name="once" value="again"' in page.text
    assert send(open_service_api, {**SENT, "once": "again"}).status_code == 200


def test_empty_form_is_told_and_keeps_what_was_filled_in(open_service_api: Api) -> None:
    page = send(open_service_api, {"subject": " ", "contact": '"><b>x'})
    assert page.status_code == 422
    assert "请写下标题或问题描述" in page.text
    assert "&#34;&gt;&lt;b&gt;x" in page.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", "garbage"])
def test_another_page_may_not_send_the_form(open_service_api: Api, origin: str) -> None:
    assert send(open_service_api, SENT, Origin=origin).status_code == 403


def test_this_page_may_send_the_form(open_service_api: Api) -> None:
    assert send(open_service_api, {**SENT, "once": "here"}, Origin="http://testserver").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"subject=%ff", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(200)), "application/x-www-form-urlencoded", 400),
        (b'{"subject": "x"}', "application/json", 415),
        (b"", "application/x-www-form-urlencoded", 422),
        (b"subject=%00%ED%A0%80", "application/x-www-form-urlencoded", 400),
        (b"subject=" + b"a" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"subject=%00x&plan=%00&once=%00&attachments=&attachments=%00", "application/x-www-form-urlencoded", 200),
    ],
)
def test_broken_forms_are_told(open_service_api: Api, body: bytes, kind: str, status: int) -> None:
    answer = open_service_api.ask("POST", "/form", None, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text


def test_form_has_its_limit(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    per_minute = replace(settings.serve.per_minute, form_address=3)
    for api in open_api(replace(settings, serve=replace(settings.serve, per_minute=per_minute)), is_open=True):
        answers = [send(api, {**SENT, "once": f"n{number}"}) for number in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert "retry-after" in answers[-1].headers


def test_backend_learns_what_the_form_saw(api: Api) -> None:
    form = api.post("/v1/lint", VAGUE, "form", headers={"Origin": ORIGIN})
    token = form.headers["triage-lint-token"]
    assert "triage-lint-seen" not in form.headers

    def told(ticket: dict[str, object], token: str) -> str:
        return api.post("/v1/lint", ticket, "assess", headers={"Triage-Lint-Token": token}).headers["triage-lint-seen"]

    assert told(VAGUE, token) == "same"
    assert told({**VAGUE, "id": "T-9", "fields": {"platform": "iOS"}}, token) == "same"
    assert told(FULL, token) == "other-text"
    assert told(VAGUE, token[:-2]) == "not-ours"
    assert told(VAGUE, "x" * 5_000) == "not-ours"
    now = api.clock.now
    api.clock.now = now + LIFETIME + timedelta(seconds=1)
    assert told(VAGUE, token) == "expired"
    api.clock.now = now


def test_token_is_that_of_the_text_however_lines_end() -> None:
    secret = b"s" * 32
    ticket = Ticket(title="标题", body="一\n二 🎧")
    lint = Assessor(load_settings()).lint_many([ticket], lang="auto")[0].assessment.lint
    now = START
    token = lint_token(ticket, lint, now=now, secret=secret)
    assert seen(token, Ticket(title=" 标题", body="一\r\n二 🎧\r\n"), now=now, secret=secret) == "same"
    assert seen(token, Ticket(title="标题一", body="\n二 🎧"), now=now, secret=secret) == "other-text"
    assert seen(token, ticket, now=now, secret=b"t" * 32) == "not-ours"
    for broken in ("", ".", "..", f"{token}.x", token.replace(".", ""), "é.é", token.swapcase()):
        assert seen(broken, ticket, now=now, secret=secret) == "not-ours"
