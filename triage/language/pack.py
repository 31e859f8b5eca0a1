"""The packs of patterns (``*.toml`` here): what people write, by evidence, denial, heading and cue."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from triage.datafile import into, read_toml_folder
from triage.errors import DataFileError
from triage.language.lazy import lazy
from triage.language.matcher import Matcher

FOLDER = Path(__file__).parent


# Which patterns share an automaton. Fewer sets are faster on texts whose states they know, more on fresh texts: 28 sets
# took 180 µs and 1,100 µs a ticket, 20 sets 110 and 960, 12 sets 80 and 1,140 (one re.search a pattern: 2,200).
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
        script = "han" if any(char > "\u2e7f" for char in self.expression) else "latin"
        matter = self.key[1] if self.key[0] == "evidence" else self.key[0]
        return f"{script}.{_MATTERS.get(matter, 'rest')}"


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """All patterns of all packs in a fixed order, and the tables they came from with the file each stands in.

    Compared and hashed by identity (``eq=False``): compiled forms are cached by pack, and hashing hundreds of patterns
    on each look-up cost more than the rest of a lint.
    """

    patterns: tuple[Pattern, ...]
    tables: tuple[tuple[str, tuple[str, ...], PatternTable], ...]

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
    """The shipped packs. Raises DataFileError with file and line for a table that is not as PatternTable says."""
    patterns, tables = [], []
    for name, content in read_toml_folder(folder).items():
        macros = content.get("macros", {})
        for group, groups in content.items():
            if group == "macros":
                continue
            for key, table in _leaves((group,), groups):
                path = folder / name
                read = into(PatternTable, table, path=path, within=".".join(key) + ".")
                tables.append((name, key, read))
                within = "template" if group == "template" else read.within
                patterns += [Pattern(key, expand(text, macros, path=path), within) for text in read.patterns]
    return Pack(tuple(patterns), tuple(tables))


def matcher_of(patterns: Sequence[Pattern], *, engine: str = "auto") -> Matcher:
    """The matcher of some patterns of a pack, numbered as they stand; ``engine`` as in Matcher."""
    return Matcher(
        [pattern.expression for pattern in patterns], groups=[pattern.group for pattern in patterns], engine=engine
    )


def expand(text: str, macros: Mapping[str, str], *, path: Path) -> str:
    """The pattern with its ``{{macro}}`` filled in. Raises DataFileError for a macro that the file does not define."""
    for _ in range(2):
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


def _leaves(key: tuple[str, ...], table: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if "patterns" in table:
        return [(key, table)]
    return [leaf for name, inner in table.items() for leaf in _leaves((*key, name), inner)]
