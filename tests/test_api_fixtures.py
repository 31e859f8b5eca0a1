"""A service in this process with a key of each scope, and one without keys; a plugin of the API's tests, no tests."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from triage.api import storing
from triage.api.app import build_app
from triage.api.service import Service, open_service
from triage.settings import PerMinute, Settings, load_settings
from triage.store.database import open_database, upgrade
from triage.store.keys import KeyStore

PATIENCE_SECONDS = 30
ORIGIN = "https://help.example.com"
START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
VAGUE = {"body": "有时候语音会卡顿"}
FULL = {
    "id": "T-1024",
    "title": "语音通话偶尔卡顿",
    "body": "昨晚 8 点起，约 30% 的用户在语音房里听到卡顿。SDK 4.3.2，Android 14，频道名 room-8812，日志见附件。",
    "fields": {"platform": "Android"},
    "attachments": ["agorasdk.log"],
}


class Clock:
    """A time that moves when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Api:
    """An application, how to ask it, its parts and its keys: scopes, and ``revoked``, ``expired``, ``wrong``."""

    client: TestClient
    app: FastAPI
    service: Service
    clock: Clock
    keys: dict[str, str]

    def ask(self, method: str, path: str, key: str | None = "admin", **how: Any) -> httpx.Response:
        headers = dict(how.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {self.keys[key]}"
        return self.client.request(method, path, headers=headers, **how)

    def post(self, path: str, body: object, key: str | None = "admin", **how: Any) -> httpx.Response:
        return self.ask("POST", path, key, json=body, **how)


def settings_at(folder: Path, **serve: Any) -> Settings:
    """The default settings with a store in a folder and no limit on requests."""
    settings = load_settings()
    endless = PerMinute(**{field.name: 10**6 for field in fields(PerMinute)})
    store = replace(settings.store, database_url=f"sqlite:///{folder / 'triage.db'}", jobs_folder=str(folder / "jobs"))
    return replace(settings, store=store, serve=replace(settings.serve, per_minute=endless, **serve))


def open_api(settings: Settings, *, is_open: bool = False) -> Iterator[Api]:
    """The application behind a client that tells errors as a server does.

    Tests share two cores with others, so the store is given more time than a served request gives it; what is to be
    told when it takes too long stands in test_api_parts.py and test_serve.py.
    """
    with patch.object(storing, "DEADLINE_SECONDS", PATIENCE_SECONDS):
        yield from _opened(settings, is_open=is_open)


def _opened(settings: Settings, *, is_open: bool) -> Iterator[Api]:
    clock = Clock()
    engine = open_database(settings.store.database_url, connections=1)
    upgrade(engine)
    service = open_service(settings, is_open=is_open, now=clock)
    app = build_app(service)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Api(
            client,
            app,
            service,
            clock,
            {} if is_open else made_keys(service.key_store, Path(settings.store.jobs_folder).parent),
        )
    engine.dispose()


def made_keys(store: KeyStore, folder: Path) -> dict[str, str]:
    """The secrets of a key of each sort."""
    keys = {
        "form": store.new("form", "form", now=START, origins=(ORIGIN,)),
        "assess": store.new("assess", "assess", now=START),
        "admin": store.new("admin", "admin", now=START),
        "revoked": store.new("admin", "revoked", now=START),
        "expired": store.new("admin", "expired", now=START - timedelta(days=2), expires_at=START - timedelta(days=1)),
    }
    store.revoke(keys["revoked"].key.id, START)
    texts = {name: new.secret for name, new in keys.items()}
    return {**texts, "unknown": secret_of_elsewhere(folder), "malformed": texts["admin"][:-1] + "1"}


def secret_of_elsewhere(folder: Path) -> str:
    """A well-formed key that this service never made."""
    engine = open_database(f"sqlite:///{folder / 'elsewhere.db'}", connections=1)
    upgrade(engine)
    secret = KeyStore(engine, randomness=secrets.token_bytes).new("admin", "elsewhere", now=START).secret
    engine.dispose()
    return secret


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    yield from open_api(settings_at(tmp_path_factory.mktemp("service")))


@pytest.fixture(scope="module")
def open_service_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    yield from open_api(settings_at(tmp_path_factory.mktemp("open")), is_open=True)
