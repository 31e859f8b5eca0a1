"""One worker process: the application on a socket that its parent holds, and a stop that loses no request."""

import asyncio
import gc
import os
import signal
import socket
from types import FrameType

import uvicorn

from triage.api import logs
from triage.api.app import build_app
from triage.api.service import Service, open_service
from triage.parent import end_with_parent
from triage.settings import Settings
from triage.ticket import Ticket

# Connections that wait for a worker to accept them.
BACKLOG = 512


def run_worker(settings: Settings, sock: socket.socket, is_open: bool) -> None:
    """Serves until it is told to stop (SIGTERM drains first, SIGINT does not), or its parent is gone."""
    end_with_parent()
    # Sums of rows need no threads, and a core is a worker's alone.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    logs.set_up()
    service = open_service(settings, is_open=is_open)
    # The model and the dictionary are read now and not by the first request.
    service.assessor.assess(Ticket(body="语音卡顿, no sound"))
    # They stay as long as the worker: the collector need not look through a dictionary of 350,000 words again and again.
    gc.collect()
    gc.freeze()
    for notice in service.assessor.notices:
        logs.note("notice", text=notice)
    _Worker(service).run(sockets=[sock])


class _Worker(uvicorn.Server):
    """uvicorn's server, which says no to /readyz for a while before it stops to take connections."""

    def __init__(self, service: Service) -> None:
        serve = service.settings.serve
        super().__init__(
            uvicorn.Config(
                build_app(service),
                # Under overload uvloop keeps new connections waiting: 9 s for one that asyncio answers in 0.6 s (bench/serve.py).
                loop="asyncio",
                http="httptools",
                backlog=BACKLOG,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=list(serve.trusted_proxies),
                timeout_graceful_shutdown=max(1, round(serve.stop_seconds)),
            )
        )
        self._service = service
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first SIGTERM drains; anything else, or a second one, stops at once."""
        if self._loop is None or self._service.is_stopping or sig != signal.SIGTERM:
            self.should_exit = True
            return
        self._service.is_stopping = True
        drain = self._service.settings.serve.drain_seconds
        self._loop.call_soon_threadsafe(self._loop.call_later, drain, self._stop)

    def _stop(self) -> None:
        self.should_exit = True
