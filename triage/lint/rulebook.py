"""The rules as they stand in ``rules/<CODE>.toml``, and a site's choice among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from triage.assessment import ELEMENTS, KINDS, Kind, Level
from triage.datafile import into, read_toml_folder, suggest
from triage.errors import DataFileError, SettingsError

FOLDER = Path(__file__).parent / "rules"
# What checks.py can do; a test keeps the two alike.
CHECK_NAMES = (
    "missing", "denied", "partial", "cue-without", "pattern", "title-says-nothing", "title-in-body", "several-faults",
    "urgency-without-ground", "screenshot-instead", "placeholder", "long-log", "body-empty", "secret", "tokens",
)  # fmt: skip
LEVELS: tuple[Level, ...] = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket on which the rule fires or stays silent; it is documentation and test in one."""

    lang: str
    title: str = ""
    body: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``check`` names what it does (``checks.py``), ``kinds`` the tickets it looks at. It is silent when one of the
    ``silent_when`` elements or cues is there, and only a hint when one of ``eased_when`` is. ``weight`` orders its
    question among the others: the higher, the sooner asked.
    """

    code: str
    name: str
    level: Level
    check: str
    kinds: tuple[Kind, ...]
    message: Words
    reason: str
    source: str
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    ask: Words = Words("", "")
    element: str = ""
    cues: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tokens: tuple[Mapping[str, Any], ...] = ()
    secret: str = ""
    silent_when: tuple[str, ...] = ()
    eased_when: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True)
class Rulebook:
    """The rules in force, by code; ``silenced`` are those a site turned off, kept to tell when that is of no use."""

    rules: Mapping[str, Rule]
    silenced: frozenset[str] = frozenset()

    def of_kind(self, kind: str) -> Sequence[tuple[str, Rule]]:
        """The rules that look at tickets of a kind, with their codes."""
        return self._by_kind[kind]

    def needs(self, kind: str) -> Sequence[tuple[Rule, frozenset[str]]]:
        """The rules by whose elements a ticket of a kind is measured, each with what lifts its need."""
        return self._needs[kind]

    # Made once: a ticket asks for them on its way, and there may be a million.
    def in_force(self, code: str) -> Rule | None:
        """The rule of that code; None where a site has turned it off."""
        return None if code in self.silenced else self.rules.get(code)

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[tuple[str, Rule]]]:
        return {kind: [item for item in self.rules.items() if kind in item[1].kinds] for kind in KINDS}

    @cached_property
    def _needs(self) -> Mapping[str, Sequence[tuple[Rule, frozenset[str]]]]:
        # A cue that another rule of the element speaks on (用不了 instead of a symptom) lifts no need.
        told_of = {(rule.element, cue) for rule in self.rules.values() for cue in rule.cues}
        return {
            kind: [
                (rule, frozenset(name for name in rule.silent_when if (rule.element, name) not in told_of))
                for _, rule in rules
                if rule.check == "missing" and rule.level != "hint"
            ]
            for kind, rules in self._by_kind.items()
        }

    @property
    def version(self) -> str:
        """A short fingerprint of the rules in force: codes, levels and definitions."""
        import hashlib

        words = "\n".join(repr(replace(rule, fires=(), silent=())) for rule in self.rules.values())
        return hashlib.sha256((words + "|".join(sorted(self.silenced))).encode()).hexdigest()[:12]


def read_rules(folder: Path = FOLDER, *, examples: bool = True) -> dict[str, Rule]:
    """The rules of a folder by code, in the order of the codes; without their examples they are there twice as fast.

    Raises DataFileError with path and line for a rule that is not as Rule says, or whose code is not its file's name.
    """
    rules = {}
    for name, table in read_toml_folder(folder).items():
        path = folder / name
        said = table if examples else {**table, "fires": [], "silent": []}
        rule: Rule = into(Rule, said, path=path)
        if rule.code != path.stem:
            raise DataFileError(f'{path}:1: code "{rule.code}" is not the file\'s name; use "{path.stem}"')
        if rule.check not in CHECK_NAMES:
            raise DataFileError(f'{path}:1: check "{rule.check}" is not known; {suggest(rule.check, CHECK_NAMES)}')
        if rule.element and rule.element not in ELEMENTS:
            raise DataFileError(f'{path}:1: element "{rule.element}" is not known; {suggest(rule.element, ELEMENTS)}')
        rules[rule.code] = rule
    return rules


@lru_cache(maxsize=2)
def shipped_rules(*, examples: bool = True) -> Mapping[str, Rule]:
    """The rules that come with triage."""
    return read_rules(examples=examples)


def plugin_rules(names: Sequence[str]) -> dict[str, Rule]:
    """Rules from other packages: the entry points ``triage.rules`` that a site names, or all of them for ``ALL``.

    Each is a function that returns a folder of rule files, or Rules. A site names them because looking for them costs
    40 ms a start, and because code should run only where it was asked for. Raises SettingsError naming the entry point
    that does not exist, with the nearest, or that fails.
    """
    if not names:
        return {}
    from importlib.metadata import entry_points

    points = {point.name: point for point in entry_points(group="triage.rules")}
    for name in names:
        if name != "ALL" and name not in points:
            raise SettingsError(f'plug-in "{name}" is not installed; {suggest(name, points)}')
    rules: dict[str, Rule] = {}
    for point in [point for name, point in points.items() if name in names or "ALL" in names]:
        try:
            given = point.load()()
            found = read_rules(Path(given)) if isinstance(given, str | Path) else {rule.code: rule for rule in given}
        except DataFileError:
            raise
        except Exception as cause:
            raise SettingsError(
                f"plug-in {point.name} ({point.value}) failed: {cause!r}; mend or uninstall it"
            ) from cause
        rules |= found
    return rules


def build_rulebook(
    rules: Mapping[str, Rule],
    *,
    select: Sequence[str] = ("ALL",),
    ignore: Sequence[str] = (),
    levels: Mapping[str, str] | None = None,
) -> Rulebook:
    """A site's rulebook: ``select`` and ``ignore`` name rules by code, name, or group (``SEC``); ``levels`` re-levels.

    Raises SettingsError naming the nearest rule for one that does not exist, and the levels allowed for another level.
    """
    chosen = _named(rules, select)
    silenced = _named(rules, ignore) if ignore else set()
    changed: dict[str, Level] = {}
    for name, level in (levels or {}).items():
        if level not in LEVELS:
            raise SettingsError(f'level "{level}" of {name} is not known; use {", ".join(LEVELS)}')
        changed |= dict.fromkeys(_named(rules, [name]), level)
    kept = {
        code: replace(rule, level=changed[code]) if code in changed else rule
        for code, rule in rules.items()
        if code in chosen
    }
    return Rulebook(kept, frozenset(silenced & set(kept)))


def _named(rules: Mapping[str, Rule], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        wanted = name.strip()
        codes = {
            code
            for code, rule in rules.items()
            if wanted.upper() in ("ALL", code, code.rstrip("0123456789")) or wanted.lower() == rule.name
        }
        if not codes:
            known = [*rules, *(rule.name for rule in rules.values())]
            raise SettingsError(f'rule "{wanted}" is not known; {suggest(wanted, known)}')
        found |= codes
    return found
