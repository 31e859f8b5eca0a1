"""Settings: ``defaults.toml`` < the site's ``triage.toml`` < ``TRIAGE_*`` in the environment.

Read by ``datafile`` into dataclasses and not by pydantic-settings: its import alone costs 260 ms where a bare
interpreter costs 20 ms (measured 2026-11-22), and ``triage lint`` starts cold on every call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from triage.datafile import into, read_toml, read_toml_folder
from triage.errors import DataFileError, SettingsError
from triage.lint.linter import Scoring

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DEFAULTS = Path(__file__).parent / "defaults.toml"
SITE_FILE = "triage.toml"


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Which rules, at which level, in which language, and how the score is weighed."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    plugins: tuple[str, ...]
    language: Literal["auto", "zh", "en"]
    levels: Mapping[str, str]
    scoring: Scoring
    log_places: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PrioritySettings:
    """What a wrong priority costs, when a call is close, and what reporters and helpdesks call the priorities."""

    costs: tuple[tuple[float, ...], ...]
    close: float
    requested: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class BacklogSettings:
    """How a backlog's tables are read: ``time_zone`` (an IANA name) of times that do not say theirs."""

    time_zone: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a site."""

    lint: LintSettings
    priority: PrioritySettings
    backlog: BacklogSettings


def load_settings(site: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force; ``site`` is the site's file, or None for defaults and environment alone.

    Raises DataFileError or SettingsError that name the file and line, or the variable, the value and what is allowed.
    """
    table = read_toml_folder(DEFAULTS.parent)[DEFAULTS.name]
    if site is not None:
        own = read_toml(site)
        _check_against(own, table, path=site)
        table = _merged(table, own)
    for name, value in sorted((environ or {}).items()):
        if name.startswith("TRIAGE_") and "__" in name:
            table = _merged(table, _from_variable(name, value, table))
    settings: Settings = into(Settings, table, path=site or DEFAULTS)
    _check_costs(settings.priority.costs)
    return settings


def zone_of(settings: Settings) -> "ZoneInfo":
    """The time zone of ``backlog.time_zone``; raises SettingsError for a name that is none."""
    from zoneinfo import ZoneInfo

    name = settings.backlog.time_zone
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as cause:
        raise SettingsError(f'backlog.time_zone is "{name}"; it must be a name as Asia/Shanghai or UTC') from cause


def _check_costs(costs: Sequence[Sequence[float]]) -> None:
    if [len(row) for row in costs] != [4, 4, 4, 4] or any(cost < 0 for row in costs for cost in row):
        raise SettingsError(
            "priority.costs is no table of 4 rows (true P1 to P4) and 4 columns (chosen), all 0 or more"
        )


def _check_against(own: Mapping[str, Any], defaults: Mapping[str, Any], *, path: Path) -> None:
    # ``into`` names what is not known; here only a value where a table belongs would slip through the merge.
    for key, value in own.items():
        if isinstance(defaults.get(key), Mapping) and not isinstance(value, Mapping):
            raise DataFileError(f"{path}: {key} is {value!r}; it must be a table, as [{key}]")


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return merged


def _from_variable(name: str, value: str, table: Mapping[str, Any]) -> dict[str, Any]:
    keys = name.removeprefix("TRIAGE_").lower().split("__")
    default: Any = table
    for key in keys:
        if not isinstance(default, Mapping) or (
            key not in default and default is not table.get("lint", {}).get("levels")
        ):
            raise SettingsError(
                f"{name}: there is no setting {'.'.join(keys)}; see triage/defaults.toml for their names"
            )
        default = default.get(key, "")
    parsed: Any = value
    if isinstance(default, list):
        parsed = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(default, int | float):
        try:
            parsed = type(default)(value)
        except ValueError as cause:
            raise SettingsError(f'{name} is "{value}"; it must be a number') from cause
    for key in reversed(keys):
        parsed = {key: parsed}
    return dict(parsed)
