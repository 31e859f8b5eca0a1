"""What the routes of one worker share, made once when it starts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.api.access import Limits
from triage.api.answering import Answering
from triage.api.metrics import Metrics
from triage.api.storing import Storing
from triage.assessor import Assessor
from triage.settings import Settings
from triage.store.database import open_database, reading
from triage.store.idempotency import Idempotency
from triage.store.jobs import JobStore
from triage.store.keys import KeyStore
from triage.store.outbox import Outbox
from triage.store.remembered_keys import RememberedKeys
from triage.store.site_secrets import site_secret
from triage.store.ticket_store import TicketStore

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Service:
    """The parts of a worker; ``is_open`` says that it answers this machine without keys, ``is_stopping`` that it drains."""

    settings: Settings
    assessor: Assessor
    answering: Answering
    storing: Storing
    tickets: TicketStore
    jobs: JobStore
    claims: Idempotency
    key_store: KeyStore
    keys: RememberedKeys
    limits: Limits
    metrics: Metrics
    now: Clock
    randomness: Callable[[int], bytes]
    ping: Callable[[], object]
    site_secret: Callable[[], bytes]
    jobs_folder: Path
    is_open: bool
    is_stopping: bool = False
    # Read from the database, and again every few seconds: the origins of form keys, and what signs lint tokens.
    form_origins: frozenset[str] = field(default_factory=frozenset)
    token_secret: bytes | None = None

    @property
    def origins(self) -> frozenset[str]:
        """The pages that may ask from a browser."""
        return self.form_origins | frozenset(self.settings.serve.origins)

    def read_shared(self) -> None:
        """Reads what all workers share; where the database is away what was read last stays."""
        now = self.now()
        good = [key for key in self.key_store.list() if key.revoked_at is None]
        alive = [key for key in good if key.expires_at is None or key.expires_at > now]
        self.form_origins = frozenset(origin for key in alive for origin in key.origins)
        self.token_secret = self.token_secret or self.site_secret()


def open_service(settings: Settings, *, is_open: bool, now: Clock = utc_now) -> Service:
    """The parts, by a site's settings; the database is not asked yet, the model is read."""
    store = settings.store
    engine = open_database(store.database_url, connections=store.connections)
    randomness = secrets.token_bytes
    assessor = Assessor(settings)
    key_store = KeyStore(engine, randomness=randomness)

    def ping() -> None:
        with reading(engine) as connection:
            connection.exec_driver_sql("SELECT 1")

    return Service(
        settings=settings,
        assessor=assessor,
        answering=Answering(assessor, another=lambda: Assessor(settings)),
        storing=Storing(store.connections),
        tickets=TicketStore(engine, randomness=randomness),
        jobs=JobStore(engine),
        claims=Idempotency(engine, randomness=randomness),
        key_store=key_store,
        keys=RememberedKeys(key_store),
        limits=Limits(settings.serve.per_minute),
        metrics=Metrics(assessor.versions),
        now=now,
        randomness=randomness,
        ping=ping,
        site_secret=lambda: site_secret(engine, "lint-token", randomness=randomness),
        jobs_folder=Path(store.jobs_folder),
        is_open=is_open,
    )


def housekeeping(settings: Settings, now: datetime) -> list[str]:
    """Deletes what is older than the site keeps: tickets, idempotency claims, jobs; the ids of those jobs."""
    engine = open_database(settings.store.database_url, connections=1, patience=timedelta(seconds=10))
    try:
        if settings.store.retention_days:
            TicketStore(engine, randomness=secrets.token_bytes).forget_older_than(settings.store.retention_days, now)
            Outbox(engine).forget_older_than(settings.store.retention_days, now)
        Idempotency(engine, randomness=secrets.token_bytes).forget_expired(now)
        return list(JobStore(engine).forget_older_than(settings.store.jobs_days, now))
    finally:
        engine.dispose()
