"""One run over a backlog: what is asked for, the steps in their order, and what came of it."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from triage.assessor import Assessor
from triage.backlog.baseline import Baseline, read_baseline
from triage.backlog.chunks import CHUNK, Chunk, chunks_of, digest_of
from triage.backlog.work import Work
from triage.backlog.workers import Order, answered
from triage.customers import customer_of
from triage.errors import InputError
from triage.promises import Of, Promises
from triage.report.html import Digest, html_report
from triage.report.ranked import RankedRow
from triage.report.table import writer_for
from triage.settings import zone_of
from triage.ticketfile import Sheet, open_sheet, ticket_of
from triage.times import first_response, read_time, reads_day_first

PARTIAL = ".partial"
# One date over the twelfth tells a column; among so many there is one.
_TOLD_BY = 500


class Asked(NamedTuple):
    """What a run is to read and to make.

    ``outputs`` are tables by their ending, ``report`` the HTML page, ``baseline`` the accepted findings (made when it is
    not there), ``shown`` how many ranked rows are given back for the terminal; ``lang`` is auto, zh or en.
    """

    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    report: Path | None
    baseline: Path | None
    update_baseline: bool
    order: Order
    jobs: int
    shown: int
    resume: bool
    restart: bool
    work: Path


class Result(NamedTuple):
    """What came of a run.

    ``priorities`` counts all rows by priority (``error`` for those that have none), ``escalated`` the vague risks among
    them, ``hidden`` those in which the baseline left nothing new; ``shown`` are the first ranked rows, ``stale`` what
    the baseline accepts and is no longer there, ``lang`` the language of the reports.
    """

    priorities: Mapping[str, int]
    escalated: int
    hidden: int
    shown: list[RankedRow]
    stale: list[str]
    lang: str


Progress = Callable[[int], None]


def run(
    asked: Asked,
    sheets: Sequence[Sheet],
    *,
    assessor: Assessor,
    made_at: datetime,
    progress: Progress,
) -> Result:
    """Assesses the sheets' rows and writes what was asked for; ``progress`` is told how many rows are done since.

    ``assessor`` is one of the order's settings: work that another version of it did is not gone on with.
    Stopped at any moment, by an exception or the end of the process, it leaves the work folder, and no output that is
    not whole. Raises InputError where an input, the baseline or the work folder cannot be used.
    """
    baseline, versions = _baseline(asked), assessor.versions
    work = Work(asked.work, _made_from(asked, versions), resume=asked.resume, restart=asked.restart)
    try:
        _assess(asked, sheets, work, assessor, progress)
        about = _About([(sheet.name, sheet.system) for sheet in sheets], made_at, versions)
        result = _write(asked, work, baseline, about)
    except BaseException:
        work.close()
        raise
    work.remove()
    return result


def _assess(asked: Asked, sheets: Sequence[Sheet], work: Work, assessor: Assessor, progress: Progress) -> None:
    done = work.done()
    headers = tuple(header for sheet in sheets for header in sheet.headers)
    left = _left(chunks_of(sheets), done, progress)
    for chunk, answers in answered(left, asked.order, assessor, jobs=asked.jobs):
        work.keep(chunk.number, answers, headers or _headers(chunk))
        progress(len(answers))


def _left(chunks: Iterable[Chunk], done: frozenset[int], progress: Progress) -> Iterator[Chunk]:
    for chunk in chunks:
        if chunk.number not in done:
            yield chunk
        else:
            progress(len(chunk.rows))


def _headers(chunk: Chunk) -> tuple[str, ...]:
    """The keys that most JSON records of a chunk share; what few have is kept in one column for the rest."""
    counts = Counter(key for _, row in chunk.rows for key in row.columns)
    return tuple(key for key, count in counts.items() if count * 2 >= len(chunk.rows))


class _About(NamedTuple):
    """What a report says of itself: files and which exports they are, when it was made, by which versions."""

    sources: list[tuple[str, str]]
    made_at: datetime
    versions: Mapping[str, str | None]


def _write(asked: Asked, work: Work, baseline: Baseline | None, about: _About) -> Result:
    lang = _lang_of(asked.order, work.languages())
    headers = work.headers()
    day_first = _day_first(work, asked.order)

    def rows() -> Iterator[RankedRow]:
        # Each output reads the answers anew: a backlog is gone through again rather than held.
        ranked = _ranked(work, asked.order, day_first)
        return ranked if baseline is None else (new for row in ranked if (new := baseline.new(row)))

    digest = Digest(lang=lang, now=about.made_at)
    shown: list[RankedRow] = []
    fresh = 0
    for row in rows():
        fresh += 1
        if len(shown) < asked.shown:
            shown.append(row)
        elif asked.report is None and baseline is None:
            break
        if asked.report:
            digest.add(row)
    for output in asked.outputs:
        with _whole(output) as partial:
            if baseline is None and output.suffix.lower() == ".jsonl":
                # As they were kept: to read and write them again would take a third of the time of assessing them.
                _write_lines(work.ranked(), partial)
            else:
                writer_for(output)(rows(), partial, headers=headers, lang=lang)
    if asked.report:
        page = html_report(digest, sources=about.sources, made_at=about.made_at, versions=about.versions)
        with _whole(asked.report) as partial:
            partial.write_text(page, encoding="utf-8")
    if baseline and asked.baseline and (asked.update_baseline or not asked.baseline.exists()):
        with _whole(asked.baseline) as partial:
            partial.write_text(baseline.accepted_today() + "\n", encoding="utf-8")
    counts = work.counts()
    priorities: Counter[str] = Counter()
    for (priority, _), count in counts.items():
        priorities[priority] += count
    return Result(
        priorities,
        sum(count for (_, is_vague), count in counts.items() if is_vague),
        priorities.total() - fresh if baseline else 0,
        shown,
        baseline.stale() if baseline else [],
        lang,
    )


def _ranked(work: Work, order: Order, day_first: frozenset[str]) -> Iterator[RankedRow]:
    zone, promises = zone_of(order.settings), Promises(order.settings)
    for rank, line in enumerate(work.ranked(), start=1):
        row = row_of(rank, line, order.columns, zone, day_first)
        yield row._replace(due_at=_due_at(row, promises))


def _due_at(row: RankedRow, promises: Promises) -> datetime | None:
    if row.assessment is None or row.ticket is None or row.created_at is None:
        return None
    priority, route = row.assessment["priority"], row.assessment["route"]
    of = Of(row.ticket.plan, route["queue"] if route else None, customer_of(row.ticket))
    due = promises.due(of, priority["requested"] or priority["label"], row.created_at, lang="en")
    return due.first_response.at if due and due.first_response else None


def _day_first(work: Work, order: Order) -> frozenset[str]:
    """The files whose numeric dates begin with the day, by the times of creation of their first ranked rows."""
    times: dict[str, list[str]] = {}
    for line in islice(work.ranked(), _TOLD_BY):
        answer = json.loads(line)
        if "error" not in answer:
            ticket = ticket_of(answer["input"]["columns"], order.columns, place="row")
            times.setdefault(answer["input"]["file"], []).append(ticket.created_at or "")
    return frozenset(file for file, texts in times.items() if reads_day_first(texts))


def row_of(
    rank: int, line: str, columns: Mapping[str, str], zone: tzinfo, day_first: frozenset[str] = frozenset()
) -> RankedRow:
    """A kept line of the output as the reports are given it; ``day_first`` are the files that write 3/4 for April 3."""
    assessment = json.loads(line)
    place = assessment.pop("input")
    error = assessment.get("error")
    row = RankedRow(rank, place["file"], place["line"], place["columns"], None, None if error else assessment, error)
    if error:
        return row
    ticket = ticket_of(place["columns"], columns, place=place["file"])
    is_day_first = place["file"] in day_first

    def moment(text: str | None) -> datetime | None:
        return read_time(text, zone=zone, day_first=is_day_first)

    return row._replace(
        ticket=ticket,
        created_at=moment(ticket.created_at),
        first_response_at=first_response(ticket, zone=zone, day_first=is_day_first),
        resolved_at=moment(ticket.resolved_at),
    )


def _write_lines(lines: Iterable[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, which takes its name once all is written and on the disk."""
    partial = path.with_name(f".{path.stem}{PARTIAL}{path.suffix}")
    try:
        yield partial
        _sync(partial)
        partial.replace(path)
        _sync(path.absolute().parent)
    except OSError as cause:
        raise InputError(
            f"{path}: cannot be written ({cause.strerror or cause}); check the folder and its space"
        ) from cause
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    # A folder cannot be opened for this everywhere; then the file alone must do.
    with contextlib.suppress(PermissionError, IsADirectoryError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _baseline(asked: Asked) -> Baseline | None:
    if asked.baseline is None:
        return None
    return read_baseline(asked.baseline) if asked.baseline.exists() and not asked.update_baseline else Baseline({})


def _made_from(asked: Asked, versions: Mapping[str, str | None]) -> dict[str, str]:
    return {
        "the input": digest_of(asked.inputs),
        "the version of triage": str(versions["triage"]),
        "the rules": str(versions["rulebook"]),
        "the model": f"{versions.get('detector')} {versions['model']}",
        "the settings": repr(asked.order.settings),
        "--map": repr(sorted(asked.order.columns.items())),
        "--lang": asked.order.lang,
        "--mask": str(asked.order.is_masked),
        "the size of a chunk": str(CHUNK),
    }


def _lang_of(order: Order, languages: Counter[str]) -> str:
    """The reports' language: as asked for, as the site says, or that of most tickets (mixed ones are read in Chinese)."""
    for choice in (order.lang, order.settings.lint.language):
        if choice != "auto":
            return choice
    chinese = languages["zh"] + languages["mixed"]
    return "zh" if chinese * 2 >= sum(languages.values()) - languages[""] else "en"


def open_sheets(paths: Sequence[Path], columns: Mapping[str, str]) -> list[Sheet]:
    """The files, opened in order; raises InputError for the first that cannot be read as tickets."""
    return [open_sheet(path, columns=columns) for path in paths]
