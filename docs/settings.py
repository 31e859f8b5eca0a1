"""Writes the table of settings in docs/service.md from triage/defaults.toml, where each stands with its reason."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "service.md"
TABLES = ("serve", "serve.bytes", "serve.per_minute", "store", "backlog", "calendar", "routing", "escalation", "notify")
_MARKS = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)
# Comment, a table's name, comment, settings: each part may be missing.
_BLOCK = re.compile(r"((?:#.*\n)*)(?:\[([\w.]+)\]\n)?((?:#.*\n)*)((?:\w+ = .+\n)*)")


class Group(NamedTuple):
    """Settings that stand under one comment: names and defaults as written, and what the comment says."""

    settings: list[tuple[str, str]]
    said: str


def groups(text: str) -> Iterator[Group]:
    """The settings of the service's tables; a comment holds for all lines below it up to the next one."""
    name = ""
    for above, header, below, lines in _BLOCK.findall(text):
        name = header or name
        settings = [(f"{name}.{key}", value) for key, value in re.findall(r"(\w+) = (.+)", lines)]
        if settings and name in TABLES:
            yield Group(settings, " ".join(line.lstrip("# ") for line in (above + below).splitlines()))


def table(text: str) -> str:
    """The groups as a Markdown table, a row a group."""
    rows = ["| setting | default | what it does |", "| --- | --- | --- |"]
    for group in groups(text):
        names = "<br>".join(f"`{name}`" for name, _ in group.settings)
        defaults = "<br>".join(f"`{default}`" for _, default in group.settings)
        rows.append(f"| {names} | {defaults} | {group.said} |")
    return "\n".join(rows) + "\n"


def with_table(page: str) -> str:
    """The page with the table of today's defaults between its marks."""
    written = table((ROOT / "triage" / "defaults.toml").read_text(encoding="utf-8"))
    return _MARKS.sub(lambda _: written, page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
