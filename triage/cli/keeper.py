"""The keeper, a process beside the workers: it works on uploaded backlogs and deletes what is old."""

import os
import shutil
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.api import logs
from triage.api.routes.jobs import input_path, result_path
from triage.api.service import housekeeping
from triage.assessor import Assessor
from triage.backlog.run import Asked, open_sheets, run
from triage.backlog.workers import Order
from triage.errors import TriageError
from triage.parent import end_with_parent
from triage.settings import Settings
from triage.store.database import open_database
from triage.store.errors import StoreError
from triage.store.jobs import Job, JobStore

_LOOK_EVERY_SECONDS = 0.5
_TIDY_EVERY_SECONDS = 3600
_TELL_EVERY = timedelta(seconds=1)
_UNREADABLE = "the file cannot be read as tickets, or the result cannot be written; triage backlog tells more"


class _StoppedError(Exception):
    """The service is stopping; the job goes on when it starts again."""


def run_keeper(settings: Settings) -> None:
    """Works until it is told to stop, or its parent is gone."""
    end_with_parent()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Forms and helpdesks wait for the workers; a backlog has time.
    os.nice(10)
    logs.set_up()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    keeper = Keeper(settings, stopped)
    while not stopped.wait(_LOOK_EVERY_SECONDS):
        try:
            keeper.look()
        except StoreError as error:
            # An outage: the jobs are there when it is over.
            logs.failure(error)


class Keeper:
    """Takes one job after the other."""

    def __init__(self, settings: Settings, stopped: threading.Event) -> None:
        self._settings = settings
        self._stopped = stopped
        self._folder = Path(settings.store.jobs_folder)
        self._jobs = JobStore(open_database(settings.store.database_url, connections=2))
        self._assessor: Assessor | None = None
        self._tidied = 0.0

    def look(self) -> None:
        """Tidies up when it is time, and works on the oldest job whose files are here."""
        if time.monotonic() - self._tidied > _TIDY_EVERY_SECONDS or not self._tidied:
            self._tidied = time.monotonic()
            for job_id in housekeeping(self._settings, _now()):
                shutil.rmtree(self._folder / job_id, ignore_errors=True)
        here = [path.name for path in self._folder.glob("*")] if self._folder.is_dir() else []
        job = self._jobs.lease(_now(), among=here) if here else None
        if job is not None:
            self._work_on(job)

    def _work_on(self, job: Job) -> None:
        logs.note("job", job=job.id, status="running")
        try:
            counts = self._triaged(job)
        except _StoppedError:
            self._jobs.release(job.id)
            logs.note("job", job=job.id, status="queued")
            return
        except StoreError:
            # The lease runs out, and the job goes on from its checkpoint.
            raise
        except Exception as error:
            logs.failure(error, job=job.id)
            told = _UNREADABLE if isinstance(error, TriageError) else f"a fault of ours ({type(error).__name__})"
            self._jobs.fail(job.id, _now(), error=told)
            input_path(self._folder, job).unlink(missing_ok=True)
            return
        self._jobs.finish(job.id, _now(), counts=counts)
        input_path(self._folder, job).unlink(missing_ok=True)
        logs.note("job", job=job.id, status="done", rows=sum(counts.values()))

    def _triaged(self, job: Job) -> dict[str, int]:
        source, result = input_path(self._folder, job), result_path(self._folder, job)
        order = Order(self._settings, job.columns, job.lang, is_masked=self._settings.store.redact)
        total = sum(1 for sheet in open_sheets([source], job.columns) for _ in sheet.rows)
        self._assessor = self._assessor or Assessor(self._settings)
        work = result.with_name("work")
        done, told = 0, datetime.min.replace(tzinfo=UTC)

        def progress(rows: int) -> None:
            nonlocal done, told
            done += rows
            if self._stopped.is_set():
                raise _StoppedError
            if _now() - told >= _TELL_EVERY:
                told = _now()
                self._jobs.renew(job.id, told, done=done, total=total)

        is_page = job.format == "html"
        asked = Asked(
            inputs=(source,),
            outputs=() if is_page else (result,),
            report=result if is_page else None,
            baseline=None,
            update_baseline=False,
            order=order,
            jobs=1,
            shown=0,
            resume=work.exists(),
            restart=False,
            work=work,
        )
        sheets = open_sheets([source], job.columns)
        made = run(asked, sheets, assessor=self._assessor, made_at=_now(), progress=progress)
        return dict(made.priorities)


def _now() -> datetime:
    return datetime.now(UTC)
