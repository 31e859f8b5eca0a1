"""One database behind a URL: opened, brought up to date, and used in transactions whose errors say what to do."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import QueuePool

from triage.store.errors import StoreError, StoreUnavailableError

if TYPE_CHECKING:
    import psycopg
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
# An outage has to be told within 1 s (issue 5), so that nobody waits longer than this for a lock, a connection of the
# pool or a statement. The command line, where a person waits, gives more.
PATIENCE = timedelta(milliseconds=800)
# Classes of SQLSTATE that pass: connection, read-only after a failover, rollback, resources, lock, operator, system
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_PASSING_STATES = ("08", "25", "40", "53", "55", "57", "58")
_PASSING_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY")
# Undefined table, column and schema.
_OUTDATED_STATES = ("42P01", "42703", "3F000")
_OUTDATED_WORDS = ("no such table", "no such column", "has no column")


def open_database(url: str, *, connections: int = 8, patience: timedelta = PATIENCE) -> Engine:
    """The database behind a URL: ``sqlite:///triage.db``, or ``postgresql+psycopg://user@host/name``.

    ``connections`` at most are open at a time: as many as the threads that call the store. Nothing is connected yet.
    Raises StoreError for a URL that is none of these; the text never holds the URL, which may hold a password.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise StoreError("the database URL cannot be read; use sqlite:///PATH or postgresql+psycopg://…") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed, connections=connections, patience=patience)
    if backend == "postgresql":
        return _open_postgresql(parsed, connections=connections, patience=patience)
    raise StoreError(f'the database URL begins with "{backend}"; use sqlite:///PATH or postgresql+psycopg://…')


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; SQLAlchemy's errors come out as ours."""
    with _transaction(engine, begin="BEGIN") as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or, after any error, nothing.

    On SQLite it takes the write lock at once: a transaction that first reads and then writes cannot wait for the lock.
    """
    with _transaction(engine, begin="BEGIN IMMEDIATE") as connection:
        yield connection


def upgrade(engine: Engine) -> None:
    """Brings the tables up to date; of several processes at once one does it and the others find it done."""
    from alembic import command

    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # Each schema has tables of its own, and so a lock of its own.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('triage ' || current_schema()))")
        command.upgrade(_alembic_config(connection), "head")


def is_current(engine: Engine) -> bool:
    """Whether every migration of this version of triage has run, and none of a later one."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with reading(engine) as connection:
        here = MigrationContext.configure(connection).get_current_heads()
        return set(here) == set(ScriptDirectory.from_config(_alembic_config(connection)).get_heads())


def _alembic_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    # ConfigParser reads "%" as the start of a reference.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _transaction(engine: Engine, *, begin: str) -> Iterator[Connection]:
    try:
        with engine.connect() as connection, connection.execution_options(begin=begin).begin():
            yield connection
    except exc.SQLAlchemyError as cause:
        # Not "from cause": PostgreSQL's own message may quote the row that failed, and a traceback would print it.
        raise _told(cause) from None


def _told(cause: exc.SQLAlchemyError) -> StoreError:
    original = getattr(cause, "orig", None)
    if isinstance(original, StoreError):
        return original
    if isinstance(cause, exc.TimeoutError):
        return StoreUnavailableError("all connections to the database are in use; try again shortly")
    state = getattr(original, "sqlstate", None)
    code = state or getattr(original, "sqlite_errorname", None) or type(original or cause).__name__
    if state in _OUTDATED_STATES or any(words in str(original) for words in _OUTDATED_WORDS):
        return StoreError("the database's tables are not those of this version; run: triage db upgrade")
    if _passes(cause, state, code):
        # Only where no statement was sent yet, the database's own words are safe to show: host, port, refusal.
        words = "" if getattr(cause, "statement", None) else f": {' '.join(str(original).split())}"
        return StoreUnavailableError(f"the database does not answer now ({code}){words}")
    return StoreError(f"the database refused what was to be written or read ({code})")


def _passes(cause: exc.SQLAlchemyError, state: str | None, code: str) -> bool:
    if state is not None:
        return state.startswith(_PASSING_STATES)
    if code.startswith("SQLITE_"):
        return code.startswith(_PASSING_NAMES)
    return isinstance(cause, exc.OperationalError | exc.InterfaceError)


def _open_sqlite(url: URL, *, connections: int, patience: timedelta) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("the database URL names no file; use sqlite:///PATH, as sqlite:///triage.db")
    folder = Path(url.database).parent
    if not folder.is_dir():
        raise StoreError(f"{folder}: is no folder; make it, or name another in the database URL")
    milliseconds = _milliseconds(patience)
    engine = _engine(url, connections=connections, patience=patience)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Python's driver begins transactions at times of its own choice; None leaves them to "begin" below.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {milliseconds}",
            # What was acknowledged survives a power cut; NORMAL may lose the last commits (https://sqlite.org/pragma.html).
            "synchronous = FULL",
            "foreign_keys = ON",
            # What was forgotten is overwritten, not only unlinked.
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _use_wal(connection, patience)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _use_wal(connection: sqlite3.Connection, patience: timedelta) -> None:
    """Readers and a writer side by side; once set, the file stays so.

    ``busy_timeout`` does not hold for the first switch: of processes that open a new file at once, some are
    told at once that it is locked (12 of 240 opens, four at a time).
    """
    give_up_at = time.monotonic() + patience.total_seconds()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as cause:
            if cause.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= give_up_at:
                raise
            time.sleep(0.01)


def _open_postgresql(url: URL, *, connections: int, patience: timedelta) -> Engine:
    milliseconds = _milliseconds(patience)
    settings = {
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        # The locks of a worker that hangs within a transaction are freed.
        "idle_in_transaction_session_timeout": max(5_000, milliseconds),
        "timezone": "UTC",
    }
    own = " ".join(f"-c {name}={value}" for name, value in settings.items())
    theirs = url.query.get("options", "")
    arguments = {
        # libpq and psycopg wait for a connection at least 2 s, whatever is asked: a host that swallows packets is told
        # after 2 s, one that refuses at once.
        "connect_timeout": 2,
        "application_name": "triage",
        "options": f"{own} {theirs if isinstance(theirs, str) else ' '.join(theirs)}".strip(),
        "tcp_user_timeout": milliseconds,
    }
    engine = _engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        connections=connections,
        patience=patience,
        connect_args=arguments,
    )
    kind = _patient_connection(patience)

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, positional: Any, named: Any) -> Any:
        return kind.connect(*positional, **named)

    return engine


def _patient_connection(patience: timedelta) -> "type[psycopg.Connection[Any]]":
    """Connections that wait no longer than ``patience`` for an answer.

    The server's own ``statement_timeout`` does not help when the server is what hangs.
    """
    import psycopg

    # A little more than the server's, which leaves the connection usable.
    seconds = patience.total_seconds() * 1.1

    class PatientConnection(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
            except psycopg.OperationalError as cause:
                # An error without a state is not the server's: it fell silent, and what it does now is not known.
                if cause.sqlstate is None:
                    self.pgconn.finish()
                raise

    return PatientConnection


def _engine(url: URL, *, connections: int, patience: timedelta, **more: Any) -> Engine:
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience.total_seconds(),
        pool_pre_ping=url.get_backend_name() == "postgresql",
        # Parameters are ticket text: not in errors, not in logs.
        hide_parameters=True,
        **more,
    )


def _milliseconds(duration: timedelta) -> int:
    return int(duration / timedelta(milliseconds=1))
