"""Whether the service lives, whether it is ready, and its figures."""

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from triage.api import schemas
from triage.api.access import AdminCaller
from triage.api.bodies import JSON
from triage.api.metrics import MEDIA_TYPE
from triage.api.problems import ProblemError
from triage.api.service import Service

router = APIRouter(tags=["watching"])


@router.get("/livez", **schemas.LIVE)
async def live(request: Request) -> Response:
    """Whether this worker answers at all; looks at nothing else."""
    return Response(b'{"live":true}', media_type=JSON)


@router.get("/readyz", **schemas.READY)
async def ready(request: Request) -> Response:
    """Whether requests should be sent here: the database answers and the worker is not stopping."""
    service: Service = request.app.state.service
    if service.is_stopping:
        raise ProblemError("stopping", retry_after=1)
    try:
        await service.storing.call(service.ping)
    except ProblemError:
        service.metrics.store_is(up=False)
        raise
    service.metrics.store_is(up=True)
    return Response(orjson.dumps({"ready": True, "versions": service.assessor.versions}), media_type=JSON)


@router.get("/metrics", **schemas.METRICS)
async def metrics(request: Request, caller: AdminCaller) -> Response:
    """The figures for Prometheus."""
    return Response(request.app.state.service.metrics.exposed(), media_type=MEDIA_TYPE)
