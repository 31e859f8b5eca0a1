"""The store from the event loop: a thread a connection, a deadline a call, and requests that happen once."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from triage.api.access import Caller
from triage.api.bodies import JSON
from triage.api.problems import Fault, ProblemError
from triage.store.errors import ClaimLostError, CursorError, StoreUnavailableError
from triage.store.idempotency import LONGEST_KEY, Answer, Fresh, Idempotency, InFlight, Mismatch, Replay

Asked = ParamSpec("Asked")
Given = TypeVar("Given")

# An outage is told within 1 s (issue 5); the store's own patience is 0.8 s.
DEADLINE_SECONDS = 0.9
RETRY_SECONDS = 2


class Storing:
    """Calls the store in threads of its own."""

    def __init__(self, connections: int) -> None:
        """``connections`` are as many as the database was opened with, so that no thread waits for one."""
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="store")

    async def call(self, function: Callable[Asked, Given], *arguments: Asked.args, **named: Asked.kwargs) -> Given:
        """What the function gives; raises ProblemError when the store is away, slow or lost a claim.

        After a timeout the call may still go through: nothing was acknowledged, and with its idempotency key the request
        can be repeated.
        """
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._threads, lambda: function(*arguments, **named))
            return await asyncio.wait_for(work, DEADLINE_SECONDS)
        except (StoreUnavailableError, TimeoutError):
            raise ProblemError("store-away", retry_after=RETRY_SECONDS) from None
        except ClaimLostError:
            raise ProblemError("in-flight", retry_after=1) from None
        except CursorError:
            raise ProblemError("bad-request", faults=[Fault("bad-cursor", "?cursor")]) from None

    def stop(self) -> None:
        """Lets the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Effect:
    """What a request has to write: ``work`` writes it, together with the answer to its claim where there is one."""

    def __init__(self, status: int, body: bytes, work: Callable[[Answer | None], object]) -> None:
        self.status = status
        self.body = body
        self.work = work


async def once(
    request: Request,
    caller: Caller,
    raw: bytes,
    make: Callable[[], Awaitable[Effect]],
    *,
    key: str | None = None,
) -> Response:
    """The answer to a request that writes: with an ``Idempotency-Key`` it happens once, and all get its answer.

    ``key`` stands in for the header, where a form brings its own. ``make`` prepares what is to be written. Raises ProblemError: 422 when the key came with another request, 409 when the
    first is still at work, 503 when the store is away.
    """
    service = request.app.state.service
    storing, claims = service.storing, service.claims
    key = key or _idempotency_key(request)
    if key is None:
        effect = await make()
        await storing.call(effect.work, None)
        return Response(effect.body, effect.status, media_type=JSON)
    claim = await storing.call(claims.claim, key, owner=caller.owner, body_hash=_hash(request, raw), now=service.now())
    match claim:
        case Replay(status, body):
            return Response(body, status, {"Idempotency-Replayed": "true"}, media_type=JSON)
        case Mismatch():
            raise ProblemError("other-body")
        case InFlight(retry_after):
            # The first is answered in a moment, or its worker died and the claim runs out.
            raise ProblemError("in-flight", retry_after=min(1.0, retry_after.total_seconds()))
    return await _first(storing, claims, claim, make)


async def _first(
    storing: Storing, claims: Idempotency, claim: Fresh, make: Callable[[], Awaitable[Effect]]
) -> Response:
    try:
        effect = await make()
        await storing.call(effect.work, Answer(claim, effect.status, effect.body))
    except BaseException as error:
        # Nothing was written, or nothing was acknowledged: the claim is given up, whether anybody still listens or not.
        # Where this fails too, the claim runs out by itself.
        release = asyncio.ensure_future(storing.call(claims.release, claim))
        release.add_done_callback(lambda done: done.cancelled() or done.exception())
        if isinstance(error, ProblemError) and error.name != "store-away":
            # Whoever mends the request sends it again at once.
            await asyncio.wait([release])
        raise
    return Response(effect.body, effect.status, media_type=JSON)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        fault = Fault("bad-idempotency-key", "Idempotency-Key", {"most": LONGEST_KEY})
        raise ProblemError("bad-request", faults=[fault])
    return key


def _hash(request: Request, raw: bytes) -> str:
    """What the request asks, so that the same key with something else is told."""
    line = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(line.encode() + raw).hexdigest()
