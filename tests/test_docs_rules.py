"""docs/rules.md: every block on it is run as written, every table holds what the program knows."""

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.assessment import ELEMENTS, KINDS
from triage.evidence.finder import Finder
from triage.language import pack as packs
from triage.language.pack import check_expression, load_pack
from triage.language.text import normalise
from triage.lint.checks import CHECKS, LONG_LOG_LINES
from triage.lint.questions import MOST_QUESTIONS
from triage.lint.rulebook import LEVELS, Example, Rule, read_rules, shipped_rules
from triage.lint.token_patterns import FIELDS, KEYS, MOST_OPTIONAL
from triage.ticket import Ticket

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
# matches a fenced block with its language and, after file=, the file it stands for
BLOCK = re.compile(r"^```(?P<lang>\w+)(?: file=(?P<file>\S+))?\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def blocks(heading: str) -> list[tuple[str, str, str]]:
    return [(found["lang"], found["file"] or "", found["content"]) for found in BLOCK.finditer(section(heading))]


def table(first: str) -> dict[str, list[str]]:
    """The rows of the table whose first column is headed so, by the name in that column."""
    lines = PAGE.split(f"\n| {first} | ")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in rows}


def named(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


# ---- facts -----------------------------------------------------------------------------------------------------------


def test_elements_and_their_kinds_of_evidence_are_those_of_the_packs() -> None:
    kinds: dict[str, set[str]] = {element: set() for element in ELEMENTS}
    for _, key, _ in load_pack().tables:
        if key[0] == "evidence":
            kinds[key[1]].add(key[2])
    assert {element: set(named(cells[0])) for element, cells in table("element").items()} == kinds
    assert len(kinds) == 10


def test_cues_are_those_of_the_packs() -> None:
    assert set(table("cue")) == {key[1] for _, key, _ in load_pack().tables if key[0] == "cue"}
    assert list(table("cue")) == sorted(table("cue"))


def test_kinds_of_tables_are_those_of_the_packs() -> None:
    said = re.search(r"Tables that begin with (.*?) are read likewise", section("Add a pattern for evidence"))
    assert said
    assert {"evidence", *named(said[1])} == {key[0] for _, key, _ in load_pack().tables}


def test_keys_are_those_of_a_rule() -> None:
    needed = {
        item.name: item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        for item in dataclasses.fields(Rule)
    }
    assert {key: cells[0] == "yes" for key, cells in table("key").items()} == needed


def test_keys_of_an_example_are_told() -> None:
    said = re.search(r"A ticket under `fires` or `silent` has (.*)", PAGE)
    assert said
    assert set(named(said[1])) == {item.name for item in dataclasses.fields(Example)}


def test_checks_are_those_of_the_program() -> None:
    assert set(table("check")) == set(CHECKS)


def test_levels_kinds_and_numbers_are_true() -> None:
    assert set(named(table("key")["level"][1])) == set(LEVELS)
    assert set(named(table("key")["kinds"][1])) == set(KINDS)
    assert f"more than {LONG_LOG_LINES} lines" in table("check")["long-log"][0]
    assert MOST_QUESTIONS == 3
    assert "At most three" in section("How a ticket is read")


def test_secrets_are_those_that_rules_ask_for() -> None:
    said = re.search(r"Kinds of `secret`: (.*)", PAGE)
    assert said
    assert set(named(said[1])) == {rule.secret for rule in shipped_rules().values() if rule.secret}


def test_keys_of_a_token_are_those_of_the_matcher() -> None:
    text = section("A rule over tokens")
    said = re.search(r"A token may be described by (.*?)\.", text, re.DOTALL)
    assert said
    assert [*named(said[1]), "OP"] == list(KEYS)
    assert f"At most {MOST_OPTIONAL} tokens" in text
    assert all(f"`{field}`" in text for field in FIELDS)


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-") for line in PAGE.splitlines() if line[:3] == "## "
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings


def test_files_that_are_named_exist() -> None:
    root = Path(__file__).parents[1]
    for path in re.findall(r"`(triage/[\w/]+\.\w+|tests/\w+\.py)`", PAGE):
        assert (root / path).is_file(), path


# ---- the plug-in -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the page, installed the way pip leaves it: on the path, with its entry points."""
    pytest.importorskip("spacy")
    folder = tmp_path_factory.mktemp("site")
    for heading in ("A rule file", "Your own rules, as a plug-in", "A rule over tokens", "Try a rule's examples"):
        for _, name, content in blocks(heading):
            if name:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(content, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]
    (installed / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points[group].items()) for group in points
        )
    )
    return folder


def run(site: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    environ |= {"PYTHONPATH": str(site), "PYTHONUTF8": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=site, env=environ, capture_output=True, encoding="utf-8", check=False
    )


def answers(console: str) -> Iterator[tuple[list[str], str]]:
    """Each command of a console block, and the output that is shown of it."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield shlex.split(command), shown


def shown_in(shown: str, output: str) -> bool:
    """Whether the lines shown stand in the output, in their order; "…" is any lines."""
    pattern = "".join("(?:.*\n)*" if line == "…" else re.escape(line) + "\n" for line in shown.splitlines())
    return re.fullmatch(pattern, output) is not None


def check_console(site: Path, heading: str) -> int:
    """Goes through a section: files are written, commands run and compared; gives the number of commands."""
    count = 0
    for lang, name, content in blocks(heading):
        if name == "triage.toml":
            (site / name).write_text(content, encoding="utf-8")
        if lang != "console":
            continue
        for command, shown in answers(content):
            done = run(site, *command)
            assert shown_in(shown, done.stdout + done.stderr), f"{command} gave\n{done.stdout}{done.stderr}"
            count += 1
    return count


@pytest.mark.parametrize(
    ("heading", "commands"),
    [("Your own rules, as a plug-in", 2), ("A rule over tokens", 1), ("Silence and re-level", 3)],
)
def test_commands_answer_as_shown(site: Path, heading: str, commands: int) -> None:
    assert check_console(site, heading) == commands


def test_unknown_rule_stops_the_run(site: Path) -> None:
    *_, (_, name, content) = [block for block in blocks("Silence and re-level") if block[0] == "toml"]
    (site / name).write_text(content, encoding="utf-8")
    assert run(site, "triage", "rules").returncode == 2


def test_examples_run_by_code(site: Path) -> None:
    plugins = next(content for _, name, content in blocks("Your own rules, as a plug-in") if name == "triage.toml")
    (site / "triage.toml").write_text(plugins, encoding="utf-8")
    commands = [
        shlex.split(line)
        for lang, _, content in blocks("Try a rule's examples")
        if lang == "sh"
        for line in content.splitlines()
    ]
    assert commands[1] == ["pytest", "test_rules.py", "-k", "ACME01"]
    for more in ([], ["-k", "ACME01"]):
        done = run(site, "pytest", "-q", "-p", "no:cacheprovider", "test_rules.py", *more)
        assert done.returncode == 0, done.stdout
        assert f"{4 if more else 9} passed" in done.stdout


def test_rules_of_the_page_are_whole(site: Path) -> None:
    rules = read_rules(site / "acme_triage" / "rules")
    assert list(rules) == ["ACME01", "ACME02"]
    for rule in rules.values():
        for examples in (rule.fires, rule.silent):
            assert {example.lang for example in examples} == {"zh", "en"}


# ---- patterns --------------------------------------------------------------------------------------------------------


def test_evidence_tables_of_the_page_do_what_they_say(tmp_path: Path) -> None:
    for path in packs.FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    added = [(name, content) for _, name, content in blocks("Add a pattern for evidence") if name]
    assert [name for name, _ in added] == ["zh.toml", "en.toml"]
    for name, content in added:
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\n" + content)
    # Not the kept pack: other tests go on with the shipped one.
    pack = load_pack.__wrapped__(tmp_path)
    tables = [found for _, key, found in pack.tables if key == ("evidence", "symptom", "whiteboard")]
    assert len(tables) == 2
    finder = Finder(pack)
    for found in tables:
        for expression in found.patterns:
            check_expression(expression, path=tmp_path)
        for text in found.yes:
            assert "whiteboard" in {evidence.slot for evidence in finder.find(Ticket(body=text)).stated["symptom"]}, (
                text
            )
        for text in found.no:
            assert not any(re.search(expression, normalise(text).text, re.ASCII) for expression in found.patterns), text


@pytest.mark.parametrize("expression", ["(?=a)", r"(a)\1", "a*", "a+", "a{2,}"])
def test_what_a_pattern_must_not_hold_is_refused(expression: str) -> None:
    with pytest.raises(packs.DataFileError):
        check_expression(expression, path=Path("zh.toml"))
