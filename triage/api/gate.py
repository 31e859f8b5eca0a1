"""The outermost step of each request: it is let in or told to come back, given an id, timed, logged and sealed."""

import asyncio
import time
from collections import deque
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.api import logs
from triage.api.metrics import Metrics
from triage.api.problems import Lang, ProblemError, language_of, problem_response
from triage.settings import ServeSettings

# Asked by whoever watches the service, also when it is busy: they cost nothing.
UNGATED = frozenset({"/livez", "/readyz", "/metrics"})
_NOBODY_LISTENS = 499
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Gate:
    """ASGI middleware that holds at most ``in_flight`` requests at work and ``waiting`` more in line."""

    def __init__(self, app: ASGIApp, *, settings: ServeSettings, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._door = _Door(settings.in_flight, settings.waiting, settings.wait_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in UNGATED:
            await self._answered(scope, receive, send)
        elif await self._door.entered():
            self._metrics.in_flight(1)
            try:
                await self._answered(scope, receive, send)
            finally:
                self._metrics.in_flight(-1)
                self._door.left()
        else:
            self._metrics.shed()
            await self._refused(scope, receive, send)

    async def _refused(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Not logged one by one: there is no time for it, and the counter tells how many.
        response = problem_response(ProblemError("busy", retry_after=1), _language(scope), request_id=uuid4().hex)
        await response(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        begun, status, size = time.perf_counter(), 0, 0

        async def sealed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sealed)
        except Exception as error:
            logs.failure(error, request_id=request_id, route=_route(scope))
            if status == 0:
                problem = problem_response(ProblemError("unforeseen"), _language(scope), request_id=request_id)
                await problem(scope, receive, sealed)
        seconds = time.perf_counter() - begun
        route = _route(scope)
        self._metrics.answered(route, scope["method"], status or _NOBODY_LISTENS, seconds)
        logs.note(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,
            status=status or _NOBODY_LISTENS,
            milliseconds=round(seconds * 1000, 1),
            bytes=size,
            **scope["state"].get("said", {}),
        )


class _Door:
    """Lets so many in at a time; a few more wait in line, each no longer than it is worth."""

    def __init__(self, most: int, waiting: int, seconds: float) -> None:
        self._most = most
        self._waiting = waiting
        self._seconds = seconds
        self._inside = 0
        self._line: deque[asyncio.Future[None]] = deque()

    async def entered(self) -> bool:
        """Whether there is room, now or within the time; whoever got in has to leave."""
        if self._inside < self._most:
            self._inside += 1
            return True
        if len(self._line) >= self._waiting:
            return False
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await asyncio.wait_for(turn, self._seconds)
        except TimeoutError:
            # The turn may have come at the very moment.
            return turn.done() and not turn.cancelled()
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.left()
            raise
        return True

    def left(self) -> None:
        """Gives the place to the next in line, or frees it."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._inside -= 1


def _route(scope: Scope) -> str:
    """The pattern of the route, as /v1/tickets/{ticket_id}: a path may hold anything."""
    return getattr(scope.get("route"), "path", "none")


def _language(scope: Scope) -> Lang:
    accept = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return language_of(accept.decode("latin-1"))
