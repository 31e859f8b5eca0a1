"""The packs of patterns (``*.toml`` here): what people write, by evidence, denial, heading and cue."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from triage.datafile import into, read_toml_folder
from triage.errors import DataFileError
from triage.language.matcher import Matcher
from triage.language.regexp import lazy

FOLDER = Path(__file__).parent


# Which patterns share an automaton. Fewer sets are faster on texts whose states they know, more on fresh texts, until the
# states of unlike patterns multiply past the memory: with the signals among the other cues one set took 461 µs a ticket,
# in five sets of their own they take 5 (513 patterns, 4,887 tickets, 2026-11-25; all 15 sets 29 µs known, 770 fresh).
_MATTERS = {
    "symptom": "symptom",
    "cue": "cue",
    "environment": "forms",
    "session": "forms",
    "logs": "forms",
    "impact": "toll",
    "business_loss": "toll",
    "timing": "when",
    "reproduction": "when",
}
_SIGNALS = {
    **dict.fromkeys(("live", "money", "development", "side_function", "build_stage", "cosmetic"), "words"),
    **dict.fromkeys(("login", "joining", "self_made", "growth"), "acts"),
    **dict.fromkeys(("security", "data_loss"), "stakes"),
    **dict.fromkeys(("whole_base", "one_only"), "scope"),
    **dict.fromkeys(("deadline", "workaround"), "plans"),
}


@dataclass(frozen=True, slots=True)
class PatternTable:
    """One table of a pack: patterns, and texts that one of them must match (``yes``) and that none may (``no``).

    ``within`` is ``prose`` (what a person said) or ``any`` (also logs, code, headings).
    """

    patterns: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    within: Literal["prose", "any"] = "prose"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern under its key, such as ``("evidence", "symptom", "stutter")``."""

    key: tuple[str, ...]
    expression: str
    within: str

    @property
    def group(self) -> str:
        """The patterns it shares an automaton with: those of its script on like matters."""
        matter = _MATTERS.get(self.key[1] if self.key[0] == "evidence" else self.key[0], "rest")
        if any(char > "\u2e7f" for char in self.expression):
            return f"han.{_SIGNALS.get(self.key[1], matter) if matter == 'cue' else matter}"
        return "latin.rest" if matter in ("symptom", "cue") else f"latin.{matter}"


@dataclass(frozen=True, eq=False)
class Pack:
    """All patterns of all packs in a fixed order, and the files they came from.

    Compared and hashed by identity (``eq=False``): compiled forms are cached by pack, and hashing hundreds of patterns
    on each look-up cost more than the rest of a lint.
    """

    patterns: tuple[Pattern, ...]
    sources: Mapping[Path, Mapping[str, Any]]

    @cached_property
    def tables(self) -> tuple[tuple[str, tuple[str, ...], PatternTable], ...]:
        """Each table as (file name, key, table).

        Raises DataFileError with file and line for one that is not as PatternTable says.
        """
        return tuple(
            (path.name, key, into(PatternTable, table, path=path, within=".".join(key) + "."))
            for path, content in self.sources.items()
            for key, table in _tables_of(content)
        )

    def within(self, *wheres: str) -> tuple[Pattern, ...]:
        """The patterns for one way of reading the text, headings apart (they are matched on headings alone)."""
        return tuple(
            pattern for pattern in self.patterns if pattern.within in wheres and pattern.key[0] not in ("heading",)
        )


# matches an open-ended repeat as in "a+" or "[ab]*"; does not match "a{1,9}" or "\+"
_UNBOUNDED = lazy(r"[*+]|\{\d*,\}")
_QUOTED = lazy(r"\\.|\[(?:\\.|[^\]])*\]")


@lru_cache(maxsize=1)
def load_pack(folder: Path = FOLDER) -> Pack:
    """The shipped packs; what each pattern must and must not match stays unread until ``tables`` is asked for."""
    patterns, sources = [], {}
    for name, content in read_toml_folder(folder).items():
        path, macros = folder / name, content.get("macros", {})
        sources[path] = content
        for key, table in _tables_of(content):
            within = "template" if key[0] == "template" else table.get("within", "prose")
            patterns += [Pattern(key, expand(text, macros, path=path), within) for text in table["patterns"]]
    return Pack(tuple(patterns), sources)


def matcher_of(patterns: Sequence[Pattern], *, engine: str = "auto") -> Matcher:
    """The matcher of some patterns of a pack, numbered as they stand; ``engine`` as in Matcher."""
    return Matcher(
        [pattern.expression for pattern in patterns], groups=[pattern.group for pattern in patterns], engine=engine
    )


def expand(text: str, macros: Mapping[str, str], *, path: Path) -> str:
    """The pattern with its ``{{macro}}`` filled in. Raises DataFileError for a macro that the file does not define."""
    for _ in range(2):
        if "{{" not in text:
            return text
        for name, value in macros.items():
            text = text.replace("{{" + name + "}}", value)
    if "{{" in text:
        raise DataFileError(f"{path}:1: pattern names a macro that the file does not define: {text[:60]}")
    return text


def check_expression(expression: str, *, path: Path) -> None:
    """Refuses an expression that re or RE2 cannot read alike, or that could take more than linear time.

    Raises DataFileError. Look-around and back references are not RE2's; open-ended repeats are quadratic in ``re``.
    """
    try:
        re.compile(expression, re.ASCII)
    except re.error as cause:
        raise DataFileError(f"{path}: pattern cannot be read ({cause}): {expression[:80]}") from cause
    if re.search(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\(\?P=", expression):
        raise DataFileError(
            f"{path}: pattern uses look-around or a back reference, which RE2 has not: {expression[:80]}"
        )
    if _UNBOUNDED.search(_QUOTED.sub("", expression)):
        raise DataFileError(f"{path}: pattern repeats without bound; write {{0,40}} for * or +: {expression[:80]}")


def _tables_of(content: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    return [leaf for group, tables in content.items() if group != "macros" for leaf in _leaves((group,), tables)]


def _leaves(key: tuple[str, ...], table: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if "patterns" in table:
        return [(key, table)]
    return [leaf for name, inner in table.items() for leaf in _leaves((*key, name), inner)]
