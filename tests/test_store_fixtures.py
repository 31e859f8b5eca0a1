"""An empty database of its own for each test, on SQLite and on PostgreSQL; a plugin of the store's tests, no tests.

PostgreSQL is asked for at TRIAGE_TEST_DATABASE_URL. Where none answers, its cases are skipped; with
TRIAGE_TEST_POSTGRES=required they fail.
"""

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, exc, make_url, text

from triage.store.database import open_database, upgrade
from triage.store.ids import Randomness, new_id
from triage.store.kept_ticket import NewTicket
from triage.ticket import Ticket

POSTGRES = os.environ.get("TRIAGE_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
# Tests share two cores, and some let a hundred threads wait for one row.
PATIENCE = timedelta(seconds=30)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'triage.db'}"
    else:
        yield from postgres_schema()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    yield from postgres_schema()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url, connections=10, patience=PATIENCE)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def randomness() -> Randomness:
    """Different in each place of a test, the same in each run."""
    return random.Random(20261125).randbytes


def postgres_schema() -> Iterator[str]:
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    schema = f"triage_test_{uuid4().hex}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except exc.OperationalError as cause:
        message = f"no PostgreSQL answers at {make_url(POSTGRES).render_as_string()}: {cause.orig}"
        if os.environ.get("TRIAGE_TEST_POSTGRES") == "required":
            pytest.fail(message)
        pytest.skip(message)
    try:
        own = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        server.dispose()


def assessment(**changes: object) -> dict[str, object]:
    """An assessment as ``assessment_json`` gives it, with what the store reads."""
    label: dict[str, object] = {"kind": "incident", "product": "voice-call", "priority": "P2", "escalate": False}
    label |= changes
    return {
        "schema": 1,
        "language": "zh",
        "kind": {"label": label["kind"], "probability": 0.97},
        "product": {"label": label["product"], "probability": 0.8} if label["product"] else None,
        "lint": {"ready": False, "score": 42, "findings": [], "questions": ["受影响的比例是多少?"]},
        "priority": {"label": label["priority"], "escalate": label["escalate"], "needs_human": True}
        if label["priority"]
        else None,
        "versions": {"triage": "0.4", "rulebook": "1", "model": None},
    }


def new_ticket(
    randomness: Randomness, *, received_at: datetime = NOW, ticket: Ticket | None = None, **changes: object
) -> NewTicket:
    ticket = ticket or Ticket(title="语音卡顿", body="手机号 [mobile]", id="T-1", fields={"product": "RTC"})
    return NewTicket(new_id(received_at, randomness), received_at, ticket, assessment(**changes))
