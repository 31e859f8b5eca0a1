"""The application: its routes behind the gate, and its errors as problem details."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from triage import __version__
from triage.api.gate import Gate
from triage.api.problems import Fault, ProblemError, language_of, problem_response
from triage.api.routes import assessing, form, jobs, rules, tickets, watching
from triage.api.service import Service
from triage.store.errors import StoreError

_ABOUT = """Checks and ranks support tickets: what is missing, what to ask, what to start first.

Send `Authorization: Bearer triage_…`; keys are made by `triage keys new`. Errors are problem details (RFC 9457) in the
language of `Accept-Language` (zh or en), and never repeat what was sent. Offsets are code points, end excluded."""
_ROUTERS = [routes.router for routes in (assessing, tickets, jobs, rules, form, watching)]
# The origins of form keys made or revoked elsewhere are known here after so many seconds.
_LOOK_EVERY_SECONDS = 10
# Routes that anybody may ask.
_PUBLIC = ("/livez", "/readyz", "/widget.js", "/widget.mjs", "/v1/log-places")


def build_app(service: Service) -> FastAPI:
    """The application around the parts of a worker."""
    app = FastAPI(
        title="triage",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service = service
    for router in _ROUTERS:
        app.include_router(router)
    app.add_middleware(_Cors, service=service)
    app.add_middleware(Gate, settings=service.settings.serve, metrics=service.metrics)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.openapi_version = "3.1.0"
    _describe_access(app)
    return app


class _Cors(CORSMiddleware):
    """CORS for the site's list and for the origins of its form keys, which come and go."""

    def __init__(self, app: Callable[..., Awaitable[None]], *, service: Service) -> None:
        super().__init__(
            app,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Accept-Language"],
            expose_headers=["Retry-After", "Triage-Lint-Token", "X-Request-Id"],
            max_age=600,
        )
        self._service = service

    def is_allowed_origin(self, origin: str) -> bool:
        return origin in self._service.origins


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    reading = asyncio.create_task(_read_shared(service))
    yield
    reading.cancel()
    service.answering.stop()
    service.storing.stop()


async def _read_shared(service: Service) -> None:
    while True:
        with suppress(ProblemError, StoreError):
            await service.storing.call(service.read_shared)
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return _told(request, error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        methods = ", ".join(_methods(request))
        return _told(request, ProblemError("not-allowed-method", methods=methods), {"Allow": methods})
    return _told(request, ProblemError("not-found", what="address"))


def _methods(request: Request) -> list[str]:
    """The methods that the address takes; starlette tells those of the first of its routes."""
    routes = [route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted(
        {method for route in routes if route.path_regex.match(request.url.path) for method in route.methods or ()}
    )


async def _bad_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # pydantic's own words repeat what was sent.
    names = {str(fault["loc"][1]) if len(fault["loc"]) > 1 else "" for fault in error.errors()}
    faults = [Fault("bad-parameter", f"?{name}") for name in sorted(names)]
    return _told(request, ProblemError("bad-request", faults=faults))


async def _gone(request: Request, error: Exception) -> Response:
    # Nobody reads it; the log has a line of it.
    return Response(status_code=499)


def _told(request: Request, problem: ProblemError, headers: dict[str, str] | None = None) -> Response:
    lang = language_of(request.headers.get("accept-language", ""), request.query_params.get("lang"))
    return problem_response(problem, lang, request_id=request.state.request_id, headers=headers)


def _describe_access(app: FastAPI) -> None:
    """Adds the key to the OpenAPI description of all routes but those that anybody may ask."""
    describe = app.openapi

    def described() -> dict[str, object]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = describe()
        schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, methods in schema["paths"].items():
            for operation in methods.values():
                operation["security"] = [] if path in _PUBLIC else [{"key": []}]
        return schema

    app.openapi = described  # type: ignore[method-assign]
