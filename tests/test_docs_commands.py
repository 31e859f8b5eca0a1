"""The commands in the documents are commands that triage knows, with options that it has."""

import re
import shlex
from pathlib import Path

import pytest

from triage.cli import _parser

ROOT = Path(__file__).parent.parent
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    found = []
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in FENCED.findall(path.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                command = re.search(r"(?:^|[|$/] ?)(?:\S*/)?(triage .*)", line)
                if command and not line.lstrip().startswith(("#", "triage:")):
                    found.append((path.name, command[1].partition("  #")[0].strip()))
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: str(value)[:60])
def test_command_is_understood(name: str, command: str) -> None:
    # [--optional] parts are meant to be given or left.
    arguments = shlex.split(re.sub(r"[\[\]]", "", command.partition(" > ")[0]))[1:]
    options = _parser(arguments).parse_args(arguments)
    assert callable(options.run), name


def test_documents_show_commands() -> None:
    assert len(commands()) > 20
