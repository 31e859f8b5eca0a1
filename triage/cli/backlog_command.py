"""``triage backlog`` on the terminal: its options, its progress, and what it says when it is done or stopped."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from triage.assessment import PRIORITIES
from triage.assessor import Assessor, check_settings
from triage.backlog.answers import ERROR
from triage.backlog.run import Asked, Progress, Result, open_sheets, run
from triage.backlog.workers import Order
from triage.cli import cores
from triage.errors import InputError
from triage.report.ranking import ranking
from triage.report.table import writer_for
from triage.settings import Settings
from triage.ticketfile import Sheet

READY, STOPPED = 0, 130
# Findings that the baseline accepts in vain and that are told one by one.
_MOST_STALE = 10


def triage_backlog(options: argparse.Namespace, settings: Settings, columns: Mapping[str, str]) -> int:
    """Triages the files and says where the answers are; 0, or 130 when it was stopped and can be resumed."""
    _check(options)
    check_settings(settings)
    first = next(iter(_written(options)), None)
    if first is None and (options.resume or options.restart):
        raise InputError("--resume and --restart go on with an output; name it with -o or --report")
    if first is None:
        with tempfile.TemporaryDirectory(prefix="triage-") as folder:
            return _run(options, settings, columns, Path(folder) / "work")
    return _run(options, settings, columns, first.with_name(f"{first.name}.work"))


def _check(options: argparse.Namespace) -> None:
    """What can be known to fail is told before hours of work."""
    for output in _written(options):
        if not output.absolute().parent.is_dir():
            raise InputError(f"{output}: there is no folder {output.parent}; make it first")
        if output.resolve() in {Path(file).resolve() for file in options.files}:
            raise InputError(f"{output}: is an input too; write to another file")
    for output in options.output:
        writer_for(Path(output))
    if options.report and options.report.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{options.report}: a report is a page; end its name in .html")
    if options.jobs is not None and options.jobs < 1:
        raise InputError(f"--jobs is {options.jobs}; it must be 1 or more")


def _written(options: argparse.Namespace) -> list[Path]:
    """The files that are to be made, the one that names the work folder first."""
    return [*map(Path, options.output), *([options.report] if options.report else [])]


def _run(options: argparse.Namespace, settings: Settings, columns: Mapping[str, str], work: Path) -> int:
    inputs = tuple(map(Path, options.files))
    sheets = open_sheets(inputs, columns)
    if not options.quiet:
        for sheet in sheets:
            print(_taken(sheet), file=sys.stderr)
    asked = Asked(
        inputs,
        tuple(map(Path, options.output)),
        options.report,
        options.baseline,
        options.update_baseline,
        Order(settings, columns, options.lang, is_masked=options.mask),
        options.jobs or cores(),
        options.top if options.format == "table" else 0,
        options.resume,
        options.restart,
        work,
    )
    assessor = Assessor(settings)
    # The model is looked for when it is first needed, and what is amiss with it should be told before the work.
    _ = assessor.scorer
    for notice in assessor.notices:
        print(f"triage: {notice}", file=sys.stderr)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with _progress(inputs, columns, quiet=options.quiet) as progress:
            result = run(asked, sheets, assessor=assessor, made_at=datetime.now(UTC).astimezone(), progress=progress)
    except KeyboardInterrupt:
        kept = f"; what is answered is kept in {work}: go on with --resume" if _written(options) else ""
        print(f"triage: stopped{kept}", file=sys.stderr)
        return STOPPED
    _tell(result, options, color=options.format == "table" and sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return READY


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _taken(sheet: Sheet) -> str:
    """``jira.csv: Jira (Chinese headers); 概要 as title, 描述 as body``."""
    took = ", ".join(f"{header} as {key}" for header, key in sheet.keys.items())
    return f"triage: {sheet.name}: {sheet.system or 'a table of tickets'}{f'; {took}' if took else ''}"


@contextmanager
def _progress(inputs: Sequence[Path], columns: Mapping[str, str], *, quiet: bool) -> Iterator[Progress]:
    """A bar with rate and remaining time on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeRemainingColumn

    # Counting the rows first is a hundredth of the work, and what remains cannot be told without.
    total = sum(1 for sheet in open_sheets(inputs, columns) for _ in sheet.rows)
    with Bar(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task("", total=total, rate="")

        def progress(rows: int) -> None:
            bar.advance(task, rows)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f} a second" if speed else "")

        yield progress


def _tell(result: Result, options: argparse.Namespace, *, color: bool) -> None:
    if result.shown:
        from triage.cli import _width

        total = sum(result.priorities.values()) - result.hidden
        print(ranking(result.shown, total=total, lang=result.lang, width=_width(), color=color))
    priorities = " · ".join(f"{name} {result.priorities[name]:,}" for name in PRIORITIES if name in result.priorities)
    errors = result.priorities.get(ERROR, 0)
    parts = [
        f"{sum(result.priorities.values()):,} rows: {priorities or 'no ticket'}",
        f"{result.escalated:,} vague ones escalated",
        f"{errors:,} with an error" if errors else "",
        f"{result.hidden:,} with nothing new since {options.baseline}" if result.hidden else "",
    ]
    print(f"triage: {'; '.join(part for part in parts if part)}", file=sys.stderr)
    for told in result.stale[:_MOST_STALE]:
        print(f"triage: {options.baseline}: no longer there: {told}", file=sys.stderr)
    if len(result.stale) > _MOST_STALE:
        left = len(result.stale) - _MOST_STALE
        print(f"triage: {options.baseline}: and {left:,} more; --update-baseline drops them", file=sys.stderr)
    if written := _written(options):
        print(f"triage: written: {', '.join(map(str, written))}", file=sys.stderr)
