"""The command line: one function a command. What is imported at the top is loaded on each start, so little is."""

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage import __version__
from triage.errors import InputError, TriageError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Checks and ranks support tickets: what is missing, what to ask, what to start first.",
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triage.lint.rulebook import Rule
    from triage.report import LintedTicket
    from triage.report.sarif import RuleText
    from triage.settings import Settings
    from triage.ticketfile import Record

READY, NOT_READY, FAILED = 0, 1, 2


class Format(StrEnum):
    """How ``triage lint`` answers."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    MARKDOWN = "markdown"


class Lang(StrEnum):
    """The language of the answer; auto is the ticket's own."""

    AUTO = "auto"
    ZH = "zh"
    EN = "en"


def main() -> None:
    """Runs the command line; what the user can mend is told in one line and exits with 2, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except TriageError as error:
        print(f"triage: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except BrokenPipeError:
        # The reader of our output went away (head); nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READY)
    except KeyboardInterrupt:
        sys.exit(130)


def _version(asked: bool) -> None:
    if asked:
        print(f"triage {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Checks and ranks support tickets: what is missing, what to ask, what to start first."""


@app.command()
def lint(
    files: Annotated[
        list[str] | None, typer.Argument(help="Tickets: .jsonl, .json, .csv, or plain text; - is standard input.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="Lint this text as a ticket's body.")] = None,
    output: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
    lang: Annotated[Lang, typer.Option(help="Language of the answer.")] = Lang.AUTO,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="KEY=HEADER", help="A column by its header: title=标题.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The site's triage.toml.")] = None,
    stdin_name: Annotated[str, typer.Option(help="What - is, by its ending: tickets.jsonl.")] = "stdin.txt",
) -> None:
    """Check tickets for what an engineer needs; exit 0 all ready, 1 findings of level error, 2 something failed."""
    from triage.assessor import Assessor
    from triage.report import LintedTicket

    assessor = Assessor(_settings(config))
    linted: list[LintedTicket] = []
    silenced: set[str] = set()
    failed = not_ready = False
    for name, record in _records(files or [], text, _pairs(columns or []), stdin_name):
        if record.ticket is None:
            print(f"triage: {record.error}", file=sys.stderr)
            failed = True
            continue
        answer = assessor.lint(record.ticket, lang=lang.value)
        silenced |= answer.silenced
        not_ready |= not answer.assessment.lint.ready
        one = LintedTicket(record.ticket, answer.assessment, name, record.line, plain=record.plain)
        if output is Format.JSONL:
            # One line a ticket as it comes, so that a backlog needs no memory.
            print(_json(one, indent=None))
        else:
            linted.append(one)
    _print_report(linted, output, lang, assessor.rulebook.rules)
    for code in sorted(assessor.rulebook.silenced - silenced):
        print(f"triage: rule {code} is silenced, but had nothing to say here; is it still needed in [lint] ignore?", file=sys.stderr)
    raise typer.Exit(FAILED if failed else NOT_READY if not_ready else READY)


def _print_report(linted: "Sequence[LintedTicket]", output: Format, lang: Lang, rules: "Mapping[str, Rule]") -> None:
    if output is Format.JSON:
        rows = [_json(one, indent=2) for one in linted]
        print(rows[0] if len(rows) == 1 else "[" + ",\n".join(rows) + "]")
    elif output is Format.SARIF:
        from triage.report.sarif import RuleText, sarif_report

        texts = [_rule_text(rule, RuleText) for rule in rules.values()]
        print(json.dumps(sarif_report(linted, rules=texts, version=__version__), ensure_ascii=False, indent=2))
    elif output is Format.GITHUB:
        from triage.report.github import github_report

        _print_if(github_report(linted))
    elif output is Format.MARKDOWN:
        from triage.report.markdown import markdown_report

        _print_if(markdown_report(linted, lang=lang.value))
    elif output is Format.TEXT:
        from triage.report.text import text_report

        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        _print_if(text_report(linted, lang=lang.value, color=color, width=_width()))


def _print_if(report: str) -> None:
    if report:
        print(report)


def _width() -> int:
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
    from triage.settings import SITE_FILE, load_settings

    here = Path(SITE_FILE)
    return load_settings(config or (here if here.is_file() else None), environ=os.environ)


def _pairs(columns: "Sequence[str]") -> dict[str, str]:
    pairs = {}
    for pair in columns:
        key, sign, header = pair.partition("=")
        if not sign or not key or not header:
            raise InputError(f'--map "{pair}" is no pair; write --map title=HEADER')
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
    for name in files or ["-"]:
        if name == "-":
            content, name = sys.stdin.buffer.read(), stdin_name
        else:
            try:
                content = Path(name).read_bytes()
            except OSError as cause:
                raise InputError(f"{name}: cannot be read ({cause.strerror}); check the path") from cause
        for record in read_tickets(content, name=name, columns=columns):
            yield name, record


@app.command()
def rules(
    code: Annotated[str | None, typer.Argument(help="A rule's code or name: ENV01, environment-missing.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the messages.")] = Lang.AUTO,
    config: Annotated[Path | None, typer.Option(help="The site's triage.toml.")] = None,
) -> None:
    """List the rules in force, or explain one from its file."""
    from triage.lint.rulebook import build_rulebook, plugin_rules, shipped_rules
    from triage.report.rules import explain_rule, list_rules

    known = {**shipped_rules(), **plugin_rules()}
    settings = _settings(config).lint
    book = build_rulebook(known, select=settings.select, ignore=settings.ignore, levels=settings.levels)
    if code is None:
        print(list_rules(book, lang=lang.value))
        return
    chosen = build_rulebook(known, select=[code]).rules
    print("\n\n".join(explain_rule(rule, lang=lang.value) for rule in chosen.values()))


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="The folder of labelled tickets.")] = Path("data"),
    models: Annotated[Path, typer.Option(help="Where models are kept.")] = Path("models"),
) -> None:
    """Train what triage learns (today: the detector of evidence) from labelled tickets."""
    from triage.training.train import train_models

    for line in train_models(data, models):
        print(line)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled tickets (.jsonl with labels), or the data folder.")],
    split: Annotated[str, typer.Option(help="Of a data folder: train, test, or all.")] = "test",
    rules_alone: Annotated[bool, typer.Option("--rules-alone", help="Without the trained detector.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure evidence and kind on labelled tickets: precision, recall and F1 with counts."""
    from triage.training.evaluate import evaluate_file, evaluation_text

    result = evaluate_file(file, split=split, rules_alone=rules_alone)
    print(json.dumps(result, ensure_ascii=False, indent=2) if as_json else evaluation_text(result))
