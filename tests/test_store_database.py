"""Opening, upgrading, and what is told when the database does not do as asked."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, insert, select, text
from test_store_fixtures import PATIENCE, new_ticket

from triage.store.database import is_current, open_database, reading, upgrade, writing
from triage.store.errors import StoreError, StoreUnavailableError
from triage.store.ids import Randomness
from triage.store.tables import keys, metadata, tickets
from triage.store.ticket_store import TicketStore

pytest_plugins = ["test_store_fixtures"]
SHORT = timedelta(milliseconds=500)


def test_a_new_database_is_not_current_until_it_is_upgraded(url: str) -> None:
    engine = open_database(url, patience=PATIENCE)
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    upgrade(engine)
    assert is_current(engine)


def test_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_several_upgrades_at_once_make_one(url: str) -> None:
    engines = [open_database(url, patience=PATIENCE) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    assert is_current(engines[0])


def test_tables_that_are_missing_ask_for_an_upgrade(url: str, randomness: Randomness) -> None:
    store = TicketStore(open_database(url, patience=PATIENCE), randomness=randomness)
    with pytest.raises(StoreError, match="triage db upgrade"):
        store.get("any")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("mysql://root:hunter22@db/triage", 'begins with "mysql"', id="other database"),
        pytest.param("hunter22", "cannot be read", id="no URL"),
        pytest.param("sqlite://", "names no file", id="memory"),
        pytest.param("sqlite:////nowhere/at/all/triage.db", "/nowhere/at/all: is no folder", id="no folder"),
    ],
)
def test_a_wrong_url_is_told_without_its_password(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as told:
        open_database(url)
    assert "hunter22" not in str(told.value)


def test_a_failed_transaction_leaves_nothing(engine: Engine, randomness: Randomness) -> None:
    store = TicketStore(engine, randomness=randomness)
    ticket = new_ticket(randomness)
    with pytest.raises(StoreError):
        store.add(ticket, ticket)
    assert store.get(ticket.id) is None


def test_an_error_never_holds_the_row(engine: Engine) -> None:
    canary = "13800138000"
    with pytest.raises(StoreError) as told, writing(engine) as connection:
        # PostgreSQL's own message says: Failing row contains (…13800138000…).
        connection.execute(insert(tickets).values(id="1", title=canary, body=canary))
    assert canary not in str(told.value)
    assert told.value.__suppress_context__


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StoreError, match="without a zone"), writing(engine) as connection:
        connection.execute(select(tickets).where(tickets.c.received_at == datetime(2026, 1, 1)))


def test_times_come_back_aware_in_utc(engine: Engine) -> None:
    shanghai = datetime.fromisoformat("2026-11-25T16:00:00.123456+08:00")
    with writing(engine) as connection:
        row = {"id": "1", "name": "n", "scope": "admin", "digest": b"", "origins": [], "created_at": shanghai}
        connection.execute(insert(keys).values(row))
        kept = connection.execute(select(keys.c.created_at)).scalar_one()
    assert kept.isoformat() == "2026-11-25T08:00:00.123456+00:00"


def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'triage.db'}")
    with reading(engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 800}


def test_a_locked_sqlite_is_unavailable_to_writers_and_readable(tmp_path: Path, randomness: Randomness) -> None:
    path = tmp_path / "triage.db"
    engine = open_database(f"sqlite:///{path}", patience=SHORT)
    upgrade(engine)
    store = TicketStore(engine, randomness=randomness)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="SQLITE_BUSY"):
        store.add(new_ticket(randomness))
    assert store.search().tickets == ()
    other.execute("ROLLBACK")
    store.add(new_ticket(randomness))
    assert len(store.search().tickets) == 1


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "triage.db"
    path.write_text("id,title\n" * 1000)
    with pytest.raises(StoreError, match="SQLITE_NOTADB"):
        upgrade(open_database(f"sqlite:///{path}"))


def test_a_server_that_refuses_is_unavailable() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(StoreUnavailableError, match="refused") as told:
        is_current(open_database(f"postgresql+psycopg://somebody:hunter22@127.0.0.1:{port}/test"))
    assert "hunter22" not in str(told.value)


def test_a_server_that_stays_silent_is_unavailable() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        engine = open_database(f"postgresql://somebody@127.0.0.1:{server.getsockname()[1]}/test")
        with pytest.raises(StoreUnavailableError):
            is_current(engine)


@pytest.mark.parametrize("bounded_by", ["server", "client"])
def test_a_statement_that_hangs_is_unavailable_and_the_next_one_works(postgres_url: str, bounded_by: str) -> None:
    engine = open_database(postgres_url, connections=1, patience=SHORT)
    with pytest.raises(StoreUnavailableError), reading(engine) as connection:
        if bounded_by == "client":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_sleep(20)"))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_connection_that_the_server_closed_is_replaced(postgres_url: str) -> None:
    engine, other = (open_database(postgres_url, connections=1, patience=PATIENCE) for _ in range(2))
    with reading(engine) as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with reading(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    with reading(engine) as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() != process


def test_a_pool_in_use_is_unavailable(url: str) -> None:
    engine = open_database(url, connections=1, patience=SHORT)
    with reading(engine), pytest.raises(StoreUnavailableError, match="in use"), reading(engine):
        pass
