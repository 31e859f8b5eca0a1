"""``triage serve``: the socket, the workers and the keeper behind it, watched and started anew when one ends."""

import argparse
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from typing import Any

from triage.api import SHARED_FOLDER
from triage.assessor import check_settings
from triage.cli import cores
from triage.errors import SettingsError, TriageError
from triage.parent import end_with_parent
from triage.settings import Settings
from triage.store.database import is_current, open_database, upgrade
from triage.store.keys import KeyStore

READY, FAILED = 0, 2
# A child that ends sooner than this after its start is broken, and after so many of them so is the service.
_SOON_SECONDS, _MOST_SOON = 10, 5
_LOOK_EVERY_SECONDS = 0.2


def serve_until_stopped(options: argparse.Namespace, settings: Settings) -> int:
    """Serves until it is stopped; 0, or 2 when a worker cannot be kept alive."""
    is_open = _prepared(settings, options.host)
    sock = _bound(options.host, options.port)
    address = f"http://{options.host if ':' not in options.host else f'[{options.host}]'}:{sock.getsockname()[1]}"
    workers = options.workers or cores()
    print(f"triage: serving on {address} with {workers} worker(s); OpenAPI at {address}/openapi.json", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="triage-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        children = [_Child("worker", _run_worker, (settings, sock, is_open)) for _ in range(workers)]
        children.append(_Child("keeper", _run_keeper, (settings,)))
        children.append(_Child("watcher", _run_watcher, (settings,)))
        return _watch(children, settings)


# The application is imported where it runs: it takes a second and 50 MB that whoever only watches can do without.
def _run_worker(settings: Settings, sock: socket.socket, is_open: bool) -> None:
    from triage.api.worker import run_worker

    run_worker(settings, sock, is_open)


def _run_keeper(settings: Settings) -> None:
    from triage.cli.keeper import run_keeper

    run_keeper(settings)


def _run_watcher(settings: Settings) -> None:
    end_with_parent()
    # What waits for an answer comes first, also while everything starts.
    os.nice(10)
    from triage.cli.watcher import run_watcher

    run_watcher(settings)


def _prepared(settings: Settings, host: str) -> bool:
    """Sees to tables and keys; whether the service is open to this machine. Raises SettingsError when it may not start."""
    check_settings(settings)
    _check_watching(settings)
    engine = open_database(settings.store.database_url, connections=1)
    try:
        if engine.dialect.name == "sqlite":
            upgrade(engine)
        elif not is_current(engine):
            raise SettingsError("the database's tables are not those of this version; run: triage db upgrade")
        has_keys = any(key.revoked_at is None for key in KeyStore(engine, randomness=os.urandom).list())
    finally:
        engine.dispose()
    if has_keys:
        return False
    if not _is_loopback(host):
        raise SettingsError(
            f"{host} can be reached by others, and there are no access keys; make one first: "
            "triage keys new --scope assess --name helpdesk (and --scope admin for metrics)"
        )
    print(
        f"triage: WARNING: there are no access keys, so everything is open to whoever is on this machine ({host});"
        " make keys with: triage keys new",
        file=sys.stderr,
    )
    return True


def _check_watching(settings: Settings) -> None:
    """Sees to the ladder and the channels of notices before a service depends on them."""
    from triage.delivery import channels_of
    from triage.watch import Watch

    Watch(settings)
    channels_of(settings.notify, os.environ)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as cause:
        raise TriageError(
            f"cannot listen on {host}:{port} ({cause.strerror}); choose another --host or --port"
        ) from cause
    return sock


class _Child:
    """A process that is started again when it ends."""

    def __init__(self, name: str, run: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.name = name
        self._run = run
        self._arguments = arguments
        self._soon = 0
        self.start()

    def start(self) -> None:
        """Starts it."""
        context = multiprocessing.get_context("spawn")
        self.process: SpawnProcess = context.Process(target=self._run, args=self._arguments, name=self.name)
        self.process.start()
        self._started = time.monotonic()

    def looked_after(self) -> bool:
        """Starts it again if it ended; False when that is of no use any more."""
        if self.process.is_alive():
            return True
        self._soon = self._soon + 1 if time.monotonic() - self._started < _SOON_SECONDS else 0
        _forget_figures(self.process)
        print(f"triage: a {self.name} ended ({self.process.exitcode}) and is started again", file=sys.stderr)
        if self._soon >= _MOST_SOON:
            return False
        self.start()
        return True


def _forget_figures(process: SpawnProcess) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(process.pid)  # type: ignore[no-untyped-call]


def _watch(children: list[_Child], settings: Settings) -> int:
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda given, _frame: stopped.append(given))
    code = READY
    while not stopped:
        time.sleep(_LOOK_EVERY_SECONDS)
        if not stopped and not all(child.looked_after() for child in children):
            print("triage: a process ends as soon as it starts; see the log above", file=sys.stderr)
            code = FAILED
            break
    _end(children, stopped[0] if stopped else signal.SIGTERM, settings)
    return code


def _end(children: list[_Child], given: int, settings: Settings) -> None:
    """Hands the signal on, and waits as long as requests may take."""
    for child in children:
        if child.process.is_alive() and child.process.pid:
            os.kill(child.process.pid, given)
    patience = time.monotonic() + settings.serve.drain_seconds + settings.serve.stop_seconds + 5
    for child in children:
        child.process.join(max(0.1, patience - time.monotonic()))
        if child.process.is_alive():
            child.process.kill()
