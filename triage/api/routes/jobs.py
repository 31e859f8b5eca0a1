"""Backlogs as jobs: a file is uploaded, worked on apart, asked after, and its result fetched."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from triage.api import schemas
from triage.api.access import AssessCaller, Caller
from triage.api.bodies import JSON, read_body
from triage.api.problems import Fault, ProblemError
from triage.api.routes.assessing import AnswerLang, note
from triage.api.service import Service
from triage.api.storing import Effect, once
from triage.errors import InputError
from triage.store.idempotency import Answer
from triage.store.ids import new_id
from triage.store.jobs import Job
from triage.ticketfile import open_sheet

router = APIRouter(tags=["jobs"])
# What whole exports are; plain text is one ticket.
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xlsx", ".parquet")
Format = Literal["jsonl", "csv", "xlsx", "html"]
_LONGEST_NAME = 255
_MOST_PAIRS = 20


@router.post("/v1/jobs", **schemas.UPLOAD)
async def upload_backlog(
    request: Request,
    caller: AssessCaller,
    name: Annotated[str, Query(min_length=1, max_length=_LONGEST_NAME, description="The file's name: backlog.csv.")],
    result: Annotated[Format, Query(alias="format", description="What the result is to be.")] = "jsonl",
    lang: AnswerLang = "auto",
    columns: Annotated[
        list[str] | None, Query(alias="map", max_length=_MOST_PAIRS, description="A column by its header: title=标题.")
    ] = None,
) -> Response:
    """Takes a backlog to be triaged apart; the answer says where to ask how far it is."""
    service: Service = request.app.state.service
    settings = service.settings.serve
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise ProblemError("bad-request", faults=[Fault("not-a-name", "?name", {"endings": ", ".join(ENDINGS)})])
    pairs = _pairs(columns or [])
    raw = await read_body(request, most=settings.bytes.upload, seconds=settings.body_seconds)
    now = service.now()
    job = Job(new_id(now, service.randomness), caller.owner, f"backlog{ending}", pairs, lang, result, "queued", now)
    folder = service.jobs_folder / job.id

    async def make() -> Effect:
        await asyncio.to_thread(_put, folder, job, raw)
        note(request, job=job.id, bytes_in=len(raw))
        return Effect(202, orjson.dumps(_job_json(job)), lambda answer: _queue(service, job, answer))

    try:
        response = await once(request, caller, raw, make)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise
    response.headers["Location"] = f"/v1/jobs/{orjson.loads(bytes(response.body))['id']}"
    return response


@router.get("/v1/jobs", **schemas.JOBS)
async def list_jobs(request: Request, caller: AssessCaller) -> Response:
    """The latest jobs of this key; of all keys for an admin."""
    service: Service = request.app.state.service
    owner = None if caller.sees("") else caller.owner
    jobs = await service.storing.call(service.jobs.list, owner=owner)
    return Response(orjson.dumps({"jobs": [_job_json(job) for job in jobs]}), media_type=JSON)


@router.get("/v1/jobs/{job_id}", **schemas.JOB)
async def get_job(request: Request, caller: AssessCaller, job_id: str) -> Response:
    """How far a job is."""
    return Response(orjson.dumps(_job_json(await _job(request, caller, job_id))), media_type=JSON)


@router.get("/v1/jobs/{job_id}/result", **schemas.RESULT)
async def get_result(request: Request, caller: AssessCaller, job_id: str) -> Response:
    """The result of a job that is done, as a file."""
    service: Service = request.app.state.service
    job = await _job(request, caller, job_id)
    path = result_path(service.jobs_folder, job)
    if job.status != "done" or not await asyncio.to_thread(path.is_file):
        raise ProblemError("not-ready", status=job.status)
    return FileResponse(path, media_type=schemas.RESULT_TYPES[job.format], filename=f"triage.{job.format}")


def input_path(folder: Path, job: Job) -> Path:
    """Where the uploaded file of a job lies."""
    return folder / job.id / job.name


def result_path(folder: Path, job: Job) -> Path:
    """Where the result of a job lies."""
    return folder / job.id / f"result.{job.format}"


async def _job(request: Request, caller: Caller, job_id: str) -> Job:
    service: Service = request.app.state.service
    job = await service.storing.call(service.jobs.get, job_id)
    # Another key's job is not even said to exist.
    if job is None or not caller.sees(job.owner):
        raise ProblemError("not-found", what="job")
    return job


def _put(folder: Path, job: Job, raw: bytes) -> None:
    """Writes the upload, and sees that it can be read: who sent the wrong file is told at once."""
    folder.mkdir(parents=True, mode=0o700)
    path = folder / job.name
    path.write_bytes(raw)
    try:
        open_sheet(path, columns=job.columns)
    except (InputError, ModuleNotFoundError):
        raise ProblemError("bad-request", faults=[Fault("unreadable", "")]) from None


def _queue(service: Service, job: Job, answer: Answer | None) -> None:
    service.jobs.add(job, answer=answer)


def _pairs(columns: list[str]) -> dict[str, str]:
    pairs = {}
    for number, pair in enumerate(columns):
        key, sign, header = pair.partition("=")
        if not sign or not key.strip() or not header.strip() or len(pair) > _LONGEST_NAME:
            raise ProblemError("bad-request", faults=[Fault("not-a-pair", f"?map[{number}]")])
        pairs[key.strip()] = header.strip()
    return pairs


def _job_json(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "format": job.format,
        "status": job.status,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "done": job.done,
        "total": job.total,
        "counts": dict(job.counts) if job.counts else None,
        "error": job.error,
    }
