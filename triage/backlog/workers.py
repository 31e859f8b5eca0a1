"""Worker processes: each holds an assessor of its own and answers chunks as they come.

A spawn pool of the standard library: two processes take 20,000 rows in 31 s where one takes 51, 1.66 times as fast
(2 cores, 2026-11-25, ``bench/backlog.py``); joblib was not measured.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

from triage.assessor import Assessor
from triage.backlog.answers import Answer, answers_of
from triage.backlog.chunks import Chunk, NamedRow
from triage.errors import TriageError
from triage.parent import end_with_parent
from triage.settings import Settings

# Chunks that wait for a free worker, beyond those at work: enough that none stands idle, few enough to hold in memory.
_WAITING = 1


class Order(NamedTuple):
    """How tickets are to be assessed: the site's settings, the map of its columns, the language of the answers.

    ``is_masked`` asks that no personal data and secrets stand in what is written.
    """

    settings: Settings
    columns: Mapping[str, str]
    lang: str
    is_masked: bool = False


class Answered(NamedTuple):
    """A chunk and its answers."""

    chunk: Chunk
    answers: list[Answer]


def answered(chunks: Iterable[Chunk], order: Order, assessor: Assessor, *, jobs: int) -> Iterator[Answered]:
    """Each chunk with its answers, as they come to be ready, by ``jobs`` processes.

    A single job, or a single chunk, is worked on in this process by ``assessor``: starting another costs a second. Raises TriageError
    when a process ends by itself.
    """
    waiting = iter(chunks)
    first = list(islice(waiting, 2))
    waiting = chain(first, waiting)
    if jobs == 1 or len(first) < 2:
        yield from _here(waiting, order, assessor)
    else:
        yield from _apart(waiting, order, jobs)


def _here(chunks: Iterable[Chunk], order: Order, assessor: Assessor) -> Iterator[Answered]:
    for chunk in chunks:
        yield Answered(
            chunk, answers_of(chunk.rows, assessor, columns=order.columns, lang=order.lang, is_masked=order.is_masked)
        )


def _apart(chunks: Iterator[Chunk], order: Order, jobs: int) -> Iterator[Answered]:
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start, initargs=(order,)
    )
    at_work: dict[Future[list[Answer]], Chunk] = {}
    try:
        for chunk in islice(chunks, jobs + _WAITING):
            at_work[pool.submit(_work, chunk.rows)] = chunk
        while at_work:
            for future in wait(at_work, return_when=FIRST_COMPLETED).done:
                chunk = at_work.pop(future)
                answers = future.result()
                for following in islice(chunks, 1):
                    at_work[pool.submit(_work, following.rows)] = following
                yield Answered(chunk, answers)
    except BrokenProcessPool as cause:
        raise TriageError(
            "a worker process ended by itself (was there too little memory?); what is answered is kept: go on with "
            "--resume, and with fewer --jobs"
        ) from cause
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_answer: Callable[[Sequence[NamedRow]], list[Answer]]


def _start(order: Order) -> None:
    """Makes a process ready; what stops the run (Ctrl-C) is for the first process to hear, and its end ends this one."""
    global _answer  # noqa: PLW0603 - a process has one assessor, for all its chunks
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    _answer = partial(
        answers_of,
        assessor=Assessor(order.settings),
        columns=order.columns,
        lang=order.lang,
        is_masked=order.is_masked,
    )


def _work(rows: Sequence[NamedRow]) -> list[Answer]:
    return _answer(rows)
