"""The command line: one function a command. What is imported at the top is loaded on each start, so little is.

argparse, not typer: typer 0.29 imports pydantic for its parameters, 280 ms of a start that may cost 300 (ten times a bare
interpreter); argparse costs 5 (measured 2026-11-22, ``bench/cold.py`` prints today's figures).
"""

import argparse
import gc
import json
import os
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from triage import __version__
from triage.errors import InputError, SettingsError, TriageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triage.lint.rulebook import Rule
    from triage.report import LintedTicket
    from triage.report.sarif import RuleText
    from triage.report.wording import Lang
    from triage.settings import Settings
    from triage.ticketfile import Record

READY, NOT_READY, FAILED = 0, 1, 2
FORMATS = ("text", "json", "jsonl", "sarif", "github", "markdown")
LANGS = ("auto", "zh", "en")


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Runs the command line; what the user can mend is told in one line and exits with 2, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # What is read at the start stays for good; walking through it a dozen times costs 6 of 130 ms (2026-11-25).
    gc.set_threshold(100_000, 20, 20)
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    try:
        code = options.run(options)
        sys.stdout.flush()
    except TriageError as error:
        print(f"triage: {_placed(error, options)}", file=sys.stderr)
        code = FAILED
    except ModuleNotFoundError as error:
        print(f"triage: {error.name} is not installed, and this command needs it; install it", file=sys.stderr)
        code = FAILED
    except BrokenPipeError:
        # The reader of our output went away (head); nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = READY
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _parser(arguments: "Sequence[str]") -> argparse.ArgumentParser:
    """The command line; of the commands only those named in the arguments get their options, which a start waits for."""
    parser = argparse.ArgumentParser(
        prog="triage",
        description="Checks and ranks support tickets: what is missing, what to ask, what to start first.",
    )
    parser.add_argument("--version", action="version", version=f"triage {__version__}")
    commands = parser.add_subparsers(prog="triage", required=True, metavar="COMMAND")
    for run, add, said, description in (
        (lint, _lint_options, "check tickets for what an engineer needs", LINT_HELP),
        (assess, _assess_options, "suggest kind, product line and priority of tickets, with reasons", ASSESS_HELP),
        (backlog, _backlog_options, "triage a whole backlog: ranked tables, a report, resumable", BACKLOG_HELP),
        (spark, _spark_options, "triage a folder of Parquet files on a Spark cluster", SPARK_HELP),
        (rules, _rules_options, "list the rules in force, or explain one from its file", None),
        (train, _train_options, "train what triage learns, also on your own backlog", None),
        (evaluate, _evaluate_options, "measure evidence, kind, product and priority on labelled tickets", None),
        (calendar, _calendar_options, "what the working calendar says, and what is missing in it", None),
        (sla, _sla_options, "report promises kept and broken: first responses and resolutions", None),
        (health, _health_options, "write the health report of one customer, as a page", None),
        (watch, _watch_options, "ring the escalation ladder and send its notices", WATCH_HELP),
        (notify, _notify_options, "try the channels of notices, or see what went out", None),
        (serve, _serve_options, "answer over HTTP: REST for helpdesks and forms", SERVE_HELP),
        (keys, _keys_options, "make, list and revoke the service's access keys", None),
        (db, _db_options, "bring the tables of the service's database up to date", None),
    ):
        command = commands.add_parser(run.__name__, help=said, description=description or said)
        command.set_defaults(run=run)
        if run.__name__ in arguments:
            add(command)
    return parser


LINT_HELP = (
    "Check tickets for what an engineer needs. Exit 0: all ready; 1: findings of level error; 2: something failed."
)
ASSESS_HELP = (
    "Lint tickets and suggest kind, product line and priority, with reasons. Exit 0, or 2 when something failed."
)

BACKLOG_HELP = (
    "Assess whole exports (.csv, .tsv, .xlsx, .parquet, .jsonl, .json) on all cores and write them ranked. Exit 0; 2 when "
    "it failed; 130 when it was stopped, to go on with --resume."
)

SPARK_HELP = (
    "Assess the Parquet files of a folder as a Spark job; under spark-submit on its cluster, else on this machine. Needs "
    "the extra spark, and Java."
)


SERVE_HELP = (
    "Answer over HTTP. Without access keys it answers this machine alone; see docs/service.md. SIGTERM stops it without "
    "losing a request. Exit 0, or 2 when something failed."
)


WATCH_HELP = (
    "Ring the escalation ladder of the tickets that the service keeps, and send notices, until it is stopped. The service "
    "does so by itself; of several watchers one leads. Exit 0, or 2 when something failed."
)


def _lint_options(command: argparse.ArgumentParser) -> None:
    _reading_options(command)
    command.add_argument("--format", choices=FORMATS, default="text", help="how to answer (text)")
    _answering_options(command)


def _assess_options(command: argparse.ArgumentParser) -> None:
    _reading_options(command)
    command.add_argument("--format", choices=FORMATS[:3], default="text", help="how to answer (text)")
    command.add_argument(
        "--model", type=Path, metavar="FOLDER", help="the folder of a model, which must be sound (the model in force)"
    )
    _answering_options(command)


def _backlog_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE", help="exports of a helpdesk; their headers tell which")
    command.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="write all rows, ranked: .jsonl, .csv, .xlsx or .parquet (may be given again)",
    )
    command.add_argument("--report", type=Path, metavar="FILE", help="write a page to look at: report.html")
    command.add_argument("--format", choices=("table", "none"), default="none", help="print the first rows as a table")
    command.add_argument("--top", type=int, default=25, metavar="N", help="how many rows the table shows (25)")
    command.add_argument("--jobs", type=int, metavar="N", help="worker processes (one a core)")
    command.add_argument("--resume", action="store_true", help="go on where an earlier run was stopped")
    command.add_argument("--restart", action="store_true", help="throw away what an earlier run left, and begin anew")
    command.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="show only what is new since the findings accepted there; made from today's where there is none",
    )
    command.add_argument("--update-baseline", action="store_true", help="accept today's findings anew")
    command.add_argument("--mask", action="store_true", help="mask personal data and secrets in what is written")
    command.add_argument("--quiet", action="store_true", help="no progress")
    _map_option(command)
    _answering_options(command)


def _spark_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", metavar="IN_DIR", help="Parquet files of tickets, as Spark calls the place")
    command.add_argument("target", metavar="OUT_DIR", help="where the answered rows go; must not exist yet")
    _map_option(command)
    _answering_options(command)


def _rules_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "code", nargs="?", metavar="CODE", help="a code, name or group: ENV01, environment-missing, SEC"
    )
    _answering_options(command)


def _train_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=Path("data"), help="the folder of labelled tickets (data)")
    command.add_argument("--models", type=Path, default=Path("models"), help="where models are kept (models)")
    command.add_argument(
        "--tickets", action="append", default=[], metavar="FILE", help="a backlog of yours, whose priorities people set"
    )
    _map_option(command)
    command.add_argument(
        "--priority-map", default="", metavar="NAME=P1,…", help="what your priorities stand for: Blocker=P1,Major=P3"
    )
    _config_option(command)


def _evaluate_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, metavar="FILE", help="labelled tickets (.jsonl with labels), or a data folder"
    )
    command.add_argument("--split", choices=("train", "test", "all"), default="test", help="of a data folder (test)")
    command.add_argument("--rules-alone", action="store_true", help="without any trained model")
    command.add_argument(
        "--baselines", action="store_true", help="print simpler systems beside it, trained on --data (minutes)"
    )
    command.add_argument("--data", type=Path, default=Path("data"), help="the corpus of the baselines (data)")
    command.add_argument("--svg", type=Path, metavar="FOLDER", help="write reliability curves there")
    command.add_argument("--json", action="store_true", help="as JSON")


def _sla_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="*", metavar="FILE", help="exports of a helpdesk; their headers tell which")
    command.add_argument("--store", action="store_true", help="the tickets that the service keeps")
    command.add_argument("--at", metavar="TIME", help="what is open is judged as of then (now)")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to answer (text)")
    command.add_argument("--lang", choices=LANGS, default="auto", help="language of the report (that of most tickets)")
    _map_option(command)
    _database_options(command)


def _health_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="*", metavar="FILE", help="exports of a helpdesk; their headers tell which")
    command.add_argument("--store", action="store_true", help="the tickets that the service keeps")
    command.add_argument("--customer", required=True, metavar="NAME", help="whose tickets, as the tickets name them")
    command.add_argument("--from", dest="since", metavar="DAY", help="created on this day or later: 2026-10-01")
    command.add_argument("--until", metavar="DAY", help="created on this day or earlier: 2026-12-31")
    command.add_argument("--lang", choices=LANGS, default="auto", help="language of the page (that of most tickets)")
    command.add_argument(
        "-o", "--output", default="health.html", metavar="FILE", help="where the page goes (health.html)"
    )
    _map_option(command)
    _database_options(command)


def _watch_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--once", action="store_true", help="look once and end, as from cron")
    _database_options(command)


def _notify_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("test", "list"))
    command.add_argument("channel", nargs="?", metavar="CHANNEL", help="the one to try (all)")
    command.add_argument("--status", choices=("waiting", "sent", "failed"), help="list these alone")
    _database_options(command)


def _calendar_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("check",))
    _config_option(command)


def _serve_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    command.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    command.add_argument("--workers", type=int, metavar="N", help="worker processes (one a core)")
    _database_options(command)


def _keys_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("new", "list", "revoke"))
    command.add_argument("id", nargs="?", metavar="ID", help="of the key to revoke, as told by list")
    command.add_argument("--scope", choices=("form", "assess", "admin"), help="form lints alone; admin may all")
    command.add_argument("--name", help="who will use it: helpdesk, prometheus")
    command.add_argument(
        "--origin", action="append", default=[], metavar="URL", help="the page of a form key: https://help.example.com"
    )
    command.add_argument("--days", type=int, metavar="N", help="it expires after so many days (never)")
    _database_options(command)


def _db_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("upgrade",))
    _database_options(command)


def _database_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--database", metavar="URL", help="sqlite:///FILE or postgresql+psycopg://… (the setting)")
    _config_option(command)


def _reading_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "files", nargs="*", metavar="FILE", help=".jsonl, .json, .csv or plain text; - is standard input"
    )
    command.add_argument("--text", help="this text as a ticket's body")
    _map_option(command)
    command.add_argument(
        "--stdin-name", default="stdin.txt", metavar="NAME", help="what - is, by its ending: tickets.jsonl"
    )


def _answering_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=LANGS, default="auto", help="language of the answer (the ticket's own)")
    _config_option(command)


def _map_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--map", action="append", default=[], metavar="KEY=HEADER", help="a column by its header: title=标题"
    )


def _config_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="the site's settings (triage.toml, if there is one)"
    )


def lint(options: argparse.Namespace) -> int:
    """Answers tickets with their lint; 0 all ready, 1 findings of level error, 2 a ticket could not be read."""
    from triage.assessor import BATCH, Assessor
    from triage.report import LintedTicket

    assessor = Assessor(_settings(options.config))
    for notice in assessor.notices:
        print(f"triage: {notice}", file=sys.stderr)
    linted: list[LintedTicket] = []
    silenced: set[str] = set()
    failed = not_ready = False
    records = _records(options.files, options.text, _pairs(options.map), options.stdin_name)
    while batch := list(islice(records, BATCH)):
        answers = iter(assessor.lint_many([record.ticket for _, record in batch if record.ticket], lang=options.lang))
        for name, record in batch:
            if record.ticket is None:
                print(f"triage: {record.error}", file=sys.stderr)
                failed = True
                continue
            answer = next(answers)
            silenced |= answer.silenced
            not_ready |= not answer.assessment.lint.ready
            one = LintedTicket(record.ticket, answer.assessment, name, record.line, plain=record.plain)
            if options.format == "jsonl":
                # One line a ticket as it comes, so that a backlog needs no memory.
                print(_json(one, indent=None))
            else:
                linted.append(one)
    _print_report(linted, options.format, options.lang, assessor.rulebook.rules)
    for code in sorted(assessor.rulebook.silenced - silenced):
        print(
            f"triage: rule {code} is silenced, but had nothing to say here; is it still needed in [lint] ignore?",
            file=sys.stderr,
        )
    return FAILED if failed else NOT_READY if not_ready else READY


def assess(options: argparse.Namespace) -> int:
    """Answers tickets with their assessment; 0, or 2 when a ticket or the model asked for could not be read."""
    # Sums of rows need no threads, and making them costs a cold start 20 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from triage.assessor import BATCH, Assessor
    from triage.priority.scorer import load_scorer
    from triage.report import LintedTicket

    scorer = load_scorer(options.model) if options.model else None
    assessor = Assessor(_settings(options.config), scorer=scorer)
    assessed: list[LintedTicket] = []
    failed = False
    records = _records(options.files, options.text, _pairs(options.map), options.stdin_name)
    told = 0
    while batch := list(islice(records, BATCH)):
        answers = iter(assessor.assess_many([record.ticket for _, record in batch if record.ticket], lang=options.lang))
        for notice in assessor.notices[told:]:
            print(f"triage: {notice}", file=sys.stderr)
        told = len(assessor.notices)
        for name, record in batch:
            if record.ticket is None:
                print(f"triage: {record.error}", file=sys.stderr)
                failed = True
                continue
            one = LintedTicket(record.ticket, next(answers), name, record.line, plain=record.plain)
            if options.format == "jsonl":
                print(_json(one, indent=None))
            else:
                assessed.append(one)
    _print_report(assessed, options.format, options.lang, assessor.rulebook.rules)
    return FAILED if failed else READY


def backlog(options: argparse.Namespace) -> int:
    """Triages whole exports; 0, 130 when it was stopped and can be resumed, 2 when it failed."""
    # Each process has a core to itself, and starts quicker without threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from triage.cli.backlog_command import triage_backlog

    return triage_backlog(options, _settings(options.config), _pairs(options.map))


def spark(options: argparse.Namespace) -> int:
    """Triages a folder of Parquet files as a Spark job; 0, or 2 when it failed."""
    from pyspark import SparkConf
    from pyspark.errors import AnalysisException
    from pyspark.sql import SparkSession

    from triage.assessor import check_settings
    from triage.backlog.spark import triage_folder

    settings, columns = _settings(options.config), _pairs(options.map)
    check_settings(settings)
    if SparkConf().get("spark.master", "local").startswith("local"):
        # On this machine the workers are this Python; on a cluster its own settings say which.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = SparkSession.builder.appName("triage").getOrCreate()
    try:
        triage_folder(session, options.source, options.target, settings=settings, columns=columns, lang=options.lang)
    except AnalysisException as cause:
        # What Spark says of paths that are not there, or are there already, is one line; the rest is a plan.
        raise InputError(f"{options.source} to {options.target}: {str(cause).splitlines()[0]}") from cause
    finally:
        session.stop()
    return READY


def sla(options: argparse.Namespace) -> int:
    """Reports promises kept and broken; 0, or 2 when a row could not be read."""
    from triage.cli.sla_command import report_promises

    records = _records(options.files, None, _pairs(options.map), "stdin.jsonl")
    return report_promises(options, _service_settings(options), records)


def health(options: argparse.Namespace) -> int:
    """Writes the health report of one customer; 0, or 2 when a row could not be read or the customer has no ticket."""
    from triage.cli.health_command import report_health

    records = _records(options.files, None, _pairs(options.map), "stdin.jsonl")
    return report_health(options, _service_settings(options), records)


def watch(options: argparse.Namespace) -> int:
    """Rings rungs and sends notices until it is stopped; 0."""
    from triage.cli.watch_command import run_watch

    return run_watch(options, _service_settings(options))


def notify(options: argparse.Namespace) -> int:
    """Tries channels or lists notices; 0, or 2 when a channel did not take the test."""
    from triage.cli.watch_command import run_notify

    return run_notify(options, _service_settings(options))


def calendar(options: argparse.Namespace) -> int:
    """Tells what the calendar says; 0, 1 where days soon to come are missing, or 2 when it cannot be used."""
    from datetime import date

    from triage.cli.calendar_command import check_calendar

    return check_calendar(_settings(options.config), date.today())


def serve(options: argparse.Namespace) -> int:
    """Answers over HTTP until it is stopped; 0, or 2 when it cannot be kept alive."""
    from triage.cli.serve_command import serve_until_stopped

    return serve_until_stopped(options, _service_settings(options))


def keys(options: argparse.Namespace) -> int:
    """Makes, lists or revokes access keys."""
    from triage.cli.keys_command import run_keys

    return run_keys(options, _service_settings(options))


def db(options: argparse.Namespace) -> int:
    """Brings the tables of the service's database up to date."""
    from triage.cli.keys_command import upgrade_tables

    return upgrade_tables(_service_settings(options))


def _service_settings(options: argparse.Namespace) -> "Settings":
    """The settings, with the database that the command line names before all others."""
    from dataclasses import replace

    settings = _settings(options.config)
    if options.database is None:
        return settings
    return replace(settings, store=replace(settings.store, database_url=options.database))


def _print_report(linted: "Sequence[LintedTicket]", output: str, lang: "Lang", rules: "Mapping[str, Rule]") -> None:
    if output == "json":
        rows = [_json(one, indent=2) for one in linted]
        print(rows[0] if len(rows) == 1 else "[" + ",\n".join(rows) + "]")
    elif output == "sarif":
        from triage.report.sarif import RuleText, sarif_report

        texts = [_rule_text(rule, RuleText) for rule in rules.values()]
        print(json.dumps(sarif_report(linted, rules=texts, version=__version__), ensure_ascii=False, indent=2))
    elif output == "github":
        from triage.report.github import github_report

        _print_if(github_report(linted))
    elif output == "markdown":
        from triage.report.markdown import markdown_report

        _print_if(markdown_report(linted, lang=lang))
    elif output == "text":
        from triage.report.text import text_report

        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        _print_if(text_report(linted, lang=lang, color=color, width=_width()))


def _print_if(report: str) -> None:
    if report:
        print(report)


def _width() -> int:
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return 100
    from shutil import get_terminal_size

    return min(max(get_terminal_size((100, 24)).columns, 40), 140)


def _rule_text(rule: "Rule", kind: "type[RuleText]") -> "RuleText":
    return kind(
        code=rule.code,
        name=rule.name,
        level=rule.level,
        short=rule.message.en,
        full=f"{rule.message.en} {rule.message.zh}",
        help=f"{rule.reason} Source: {rule.source}",
    )


def _json(linted: "LintedTicket", *, indent: int | None) -> str:
    from triage.assessment import assessment_json

    return json.dumps(assessment_json(linted.assessment), ensure_ascii=False, indent=indent)


def _settings(config: Path | None) -> "Settings":
    from triage.settings import load_settings

    return load_settings(_site_file(config), environ=os.environ)


def _site_file(config: Path | None) -> Path | None:
    from triage.settings import SITE_FILE

    here = Path(SITE_FILE)
    return config or (here if here.is_file() else None)


def _placed(error: TriageError, options: argparse.Namespace) -> str:
    """What went wrong, led by file and line where a setting of the site's file is named."""
    site = _site_file(getattr(options, "config", None)) if isinstance(error, SettingsError) else None
    if site is None:
        return str(error)
    from triage.datafile import place_of

    place = place_of(site, str(error).split(" ")[0])
    return f"{place}: {error}" if place else str(error)


def cores() -> int:
    """The cores that this process may use: a container may be given fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pairs(columns: "Sequence[str]", *, option: str = "--map", example: str = "title=HEADER") -> dict[str, str]:
    pairs = {}
    for pair in columns:
        key, sign, header = pair.partition("=")
        if not sign or not key.strip() or not header.strip():
            raise InputError(f'{option} "{pair}" is no pair; write {option} {example}')
        pairs[key.strip()] = header.strip()
    return pairs


def _records(
    files: "Sequence[str]", text: str | None, columns: "Mapping[str, str]", stdin_name: str
) -> "Iterator[tuple[str, Record]]":
    from triage.ticket import ticket_from
    from triage.ticketfile import Record, read_tickets

    if text is not None:
        yield "text", Record(1, ticket_from({"body": text}, place="--text"), None, plain=True)
        return
    for file in files or ["-"]:
        name = stdin_name if file == "-" else file
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            for record in read_tickets(content, name=name, columns=columns):
                yield name, record
        except OSError as cause:
            yield name, Record(0, None, InputError(f"{name}: cannot be read ({cause.strerror}); check the path"))
        except InputError as error:
            # One file that cannot be read does not swallow the answers of the others.
            yield name, Record(0, None, error)


def rules(options: argparse.Namespace) -> int:
    """Lists the rules in force, or explains those that a code, name or group names."""
    from triage.lint.rulebook import build_rulebook, plugin_rules, shipped_rules
    from triage.report.rules import explain_rule, list_rules

    settings = _settings(options.config).lint
    known = {**shipped_rules(), **plugin_rules(settings.plugins)}
    book = build_rulebook(known, select=settings.select, ignore=settings.ignore, levels=settings.levels)
    if options.code is None:
        print(list_rules(book, lang=options.lang))
        return READY
    chosen = build_rulebook(known, select=[options.code]).rules
    print("\n\n".join(explain_rule(rule, lang=options.lang) for rule in chosen.values()))
    return READY


def train(options: argparse.Namespace) -> int:
    """Trains what triage learns, from the corpus or with a site's own backlog, and tells its figures."""
    from triage.training.train import train_models

    lines = _train_site(options) if options.tickets else train_models(options.data, options.models)
    for line in lines:
        print(line, flush=True)
    return READY


def _train_site(options: argparse.Namespace) -> "Iterator[str]":
    from triage.assessor import Assessor
    from triage.models import current_model, shipped_scorer
    from triage.priority.scorer import digest_of
    from triage.training.dataset import read_corpus
    from triage.training.site import NAME, site_tickets, train_site
    from triage.training.train import write_current

    settings = _settings(options.config)
    tickets = []
    for _, record in _records(options.tickets, None, _pairs(options.map), "stdin.txt"):
        if record.ticket is None:
            print(f"triage: {record.error}", file=sys.stderr)
        else:
            tickets.append(record.ticket)
    given = [pair for pair in options.priority_map.split(",") if pair.strip()]
    names = _pairs(given, option="--priority-map", example="Blocker=P1,Major=P3")
    labelled = site_tickets(tickets, names, settings)
    corpus = [one for one in read_corpus(options.data) if one.split == "train"]
    folder = options.models / NAME
    # Not the model in force, which may have learned from these very tickets.
    assessor = Assessor(settings, scorer=shipped_scorer())
    for line in train_site(labelled, corpus, assessor, folder):
        yield line
        if line.startswith("promoted"):
            tables = {"model": {"name": NAME, "sha256": digest_of(folder)}, "shipped": current_model() or {}}
            write_current(options.models, tables)
            yield f"{folder} is in force; to go back, name the former model in {options.models / 'current.toml'}"


def evaluate(options: argparse.Namespace) -> int:
    """Measures what the program says of labelled tickets, alone or beside simpler systems, with counts and intervals."""
    from triage.training.evaluate import compare_file, evaluate_file, evaluation_text, write_curves

    result = evaluate_file(options.file, split=options.split, rules_alone=options.rules_alone)
    if options.svg:
        write_curves(result, options.svg)
    print(json.dumps(result, ensure_ascii=False, indent=2) if options.json else evaluation_text(result))
    if options.baselines:
        print("\n" + compare_file(options.file, result, split=options.split, data=options.data))
    return READY
