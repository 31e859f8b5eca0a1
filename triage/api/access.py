"""Who asks, and whether they may: keys, their scopes and origins, and how often."""

from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from triage.api.problems import ProblemError
from triage.settings import PerMinute
from triage.store.keys import Key, Refused, Scope

# Names of this machine that a browser sends as Host; another name that leads here is a page's trick (DNS rebinding).
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})


class Caller(NamedTuple):
    """Who asks: their key, or None where the service has none and answers this machine alone, and their address."""

    key: Key | None
    address: str

    @property
    def owner(self) -> str:
        """Whose idempotency keys and jobs they see as theirs."""
        return self.key.id if self.key else "local"

    def sees(self, owner: str) -> bool:
        """Whether a thing of that owner is theirs to see."""
        return self.key is None or self.key.scope == "admin" or self.key.id == owner


class Limits:
    """How often each may ask; counted in this worker's memory."""

    def __init__(self, per_minute: PerMinute) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items = {
            name: RateLimitItemPerMinute(getattr(per_minute, name)) for name in PerMinute.__dataclass_fields__
        }

    def count(self, name: str, *who: str) -> None:
        """Counts a request; raises ProblemError when it is one too many."""
        if not self._limiter.hit(self._items[name], name, *who):
            self._refuse(name, *who)

    def check(self, name: str, *who: str) -> None:
        """Raises ProblemError when one more would be too many."""
        if not self._limiter.test(self._items[name], name, *who):
            self._refuse(name, *who)

    def _refuse(self, name: str, *who: str) -> None:
        import time

        reset = self._limiter.get_window_stats(self._items[name], name, *who).reset_time
        raise ProblemError("too-many", retry_after=max(1.0, reset - time.time()))


def admitted(*scopes: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """What lets in callers with a key of one of these scopes, and all of this machine where the service has no keys.

    Raises ProblemError for all others: 401 without a good key, 403 for another scope or origin, 429 for too many
    requests, 503 when the key cannot be looked up.
    """

    async def admit(request: Request) -> Caller:
        service = request.app.state.service
        address = _address(request)
        if service.is_open:
            _check_host(request)
            caller = Caller(None, address)
        else:
            caller = Caller(await _good_key(request, address), address)
            _check_use(caller, request, scopes, service.limits)
            request.scope["state"].setdefault("said", {})["key"] = caller.owner
        return caller

    return admit


async def visitor(request: Request) -> Caller:
    """Who opens the demonstration form, which needs no key; raises ProblemError where the site shows none.

    A page of another site may not send it for them.
    """
    service = request.app.state.service
    if not service.is_open and not service.settings.serve.form_key:
        raise ProblemError("not-found", what="address")
    if service.is_open:
        _check_host(request)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise ProblemError("other-page")
    return Caller(None, _address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _check_host(request: Request) -> None:
    host = request.headers.get("host", "").lower()
    if host not in _HERE and host.rpartition(":")[0] not in _HERE:
        raise ProblemError("other-host")


async def _good_key(request: Request, address: str) -> Key:
    service = request.app.state.service
    service.limits.check("refused_address", address)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        service.limits.count("refused_address", address)
        raise ProblemError("no-key")
    now, secret = service.now(), secret.strip()
    checked = service.keys.remembered(secret, now)
    if checked is None:
        checked = await service.storing.call(service.keys.check, secret, now)
    if isinstance(checked, Refused):
        service.limits.count("refused_address", address)
        raise ProblemError("bad-key")
    good: Key = checked
    return good


def _check_use(caller: Caller, request: Request, scopes: tuple[Scope, ...], limits: Limits) -> None:
    key = caller.key
    assert key is not None
    if key.scope not in scopes:
        raise ProblemError("not-allowed", scopes=", ".join(scopes))
    if not key.allows(request.headers.get("origin")):
        raise ProblemError("other-origin")
    if key.scope == "form":
        limits.count("form_address", key.id, caller.address)
    limits.count("form_key" if key.scope == "form" else "key", key.id)


# Form keys are public, so they lint and no more; what is stored is read and changed by a site's own servers.
FormCaller = Annotated[Caller, Depends(admitted("form", "assess", "admin"))]
AssessCaller = Annotated[Caller, Depends(admitted("assess", "admin"))]
AdminCaller = Annotated[Caller, Depends(admitted("admin"))]
Visitor = Annotated[Caller, Depends(visitor)]
