"""The watcher: rings the ladder's rungs and sends notices, for one site at a time one of however many there are."""

import asyncio
import contextlib
import os
import secrets
import signal
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from triage.api import logs
from triage.delivery import Delivery
from triage.errors import TriageError
from triage.settings import Settings
from triage.store.database import open_database
from triage.store.leases import give_up, lead
from triage.store.outbox import Outbox
from triage.store.watch_store import WatchStore
from triage.watch import Watch

LEASE_NAME = "watch"
# Another takes over so long after the leader fell silent; a rung is late by that at most.
LEASE = timedelta(seconds=30)
LOOK_EVERY_SECONDS = 1.0
_STOP_EVERY_SECONDS = 0.2
_CONNECTIONS = 4


class Watcher:
    """Looks and tells while it leads; several of them, on several machines, divide nothing and lose nothing."""

    def __init__(self, settings: Settings, engine: Engine, *, now: Callable[[], datetime]) -> None:
        """Raises SettingsError or DataFileError for calendars, rungs or channels that cannot be used."""
        self._engine = engine
        self._now = now
        self._watch = Watch(settings)
        self._store = WatchStore(engine)
        self._holder = secrets.token_hex(8)
        self._leads_until: datetime | None = None
        self.delivery = Delivery(settings.notify, Outbox(engine), environ=os.environ, now=now)

    def leads(self) -> bool:
        """Whether this one is the leader now; asks the database only when half of the lease is over."""
        now = self._now()
        if self._leads_until is None or now > self._leads_until - LEASE / 2:
            is_leader = lead(self._engine, LEASE_NAME, holder=self._holder, now=now, lasting=LEASE)
            self._leads_until = now + LEASE if is_leader else None
        return self._leads_until is not None

    def look(self) -> int:
        """Rings what is to ring; how many rungs rang."""
        return self._watch.run(self._store, self._now) if self.leads() else 0

    async def tell(self) -> int:
        """Sends what waits; how many notices went out."""
        return await self.delivery.run() if self._leads_until is not None else 0

    def give_up(self) -> None:
        """Lets another lead at once."""
        give_up(self._engine, LEASE_NAME, holder=self._holder)

    async def work_until(self, stopped: threading.Event) -> None:
        """Looks and tells, side by side: a receiver that takes its time keeps no rung from ringing."""
        await asyncio.gather(self._again(self._looked, stopped), self._again(self._told, stopped))
        with contextlib.suppress(TriageError):
            self.give_up()

    async def _looked(self) -> None:
        if rang := await asyncio.to_thread(self.look):
            logs.note("rungs", rang=rang)

    async def _told(self) -> None:
        if told := await self.tell():
            logs.note("notices", sent=told)

    @staticmethod
    async def _again(work: Callable[[], Awaitable[None]], stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                await work()
            except Exception as error:
                # An outage, or a row that cannot be read: it is there when we look again.
                logs.failure(error)
            waited = 0.0
            while waited < LOOK_EVERY_SECONDS and not stopped.is_set():
                await asyncio.sleep(_STOP_EVERY_SECONDS)
                waited += _STOP_EVERY_SECONDS


def run_watcher(settings: Settings) -> None:
    """The service's own watcher, a process beside its workers."""
    stopped = stop_on_signals()
    logs.set_up()
    watch_forever(settings, stopped=stopped)


def watch_forever(settings: Settings, *, stopped: threading.Event) -> None:
    """Works until it is told to stop."""
    engine = open_database(settings.store.database_url, connections=_CONNECTIONS)
    watcher = Watcher(settings, engine, now=utc_now)
    try:
        asyncio.run(watcher.work_until(stopped))
    finally:
        engine.dispose()


def stop_on_signals() -> threading.Event:
    """The event that SIGTERM and SIGINT set."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    return stopped


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)
