"""Settings: ``defaults.toml`` < the site's ``triage.toml`` < ``TRIAGE_*`` in the environment.

Read by ``datafile`` into dataclasses and not by pydantic-settings: its import alone costs 260 ms where a bare
interpreter costs 20 ms (measured 2026-11-22), and ``triage lint`` starts cold on every call. ``eq=False``: nobody compares
settings, and the methods for it would take 4 of the 15 ms of making these classes (2026-11-26).
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


@dataclass(frozen=True, slots=True, eq=False)
class LintSettings:
    """Which rules, at which level, in which language, and how the score is weighed."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    plugins: tuple[str, ...]
    language: Literal["auto", "zh", "en"]
    levels: Mapping[str, str]
    scoring: Scoring
    log_places: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class PrioritySettings:
    """What a wrong priority costs, when a call is close, and what reporters and helpdesks call the priorities."""

    costs: tuple[tuple[float, ...], ...]
    close: float
    requested: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class BacklogSettings:
    """How a backlog's tables are read: ``time_zone`` (an IANA name) of times that do not say theirs."""

    time_zone: str


@dataclass(frozen=True, slots=True, eq=False)
class CalendarSettings:
    """When a site works: its country, time zone and hours, and a file of own days ("" for none)."""

    country: str
    time_zone: str
    hours: tuple[str, ...]
    own_days: str


@dataclass(frozen=True, slots=True, eq=False)
class PlanSettings:
    """What customers of a plan are promised, by priority, and the words that name the plan in a ticket."""

    names: tuple[str, ...]
    first_response: Mapping[str, str]
    resolution: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class QueueSettings:
    """What a queue's team takes, and when it works; empty lists take all, no hours are all hours."""

    products: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    time_zone: str = "Asia/Shanghai"
    country: str = "CN"


@dataclass(frozen=True, slots=True, eq=False)
class CustomerSettings:
    """A customer by name: the words that name it in a ticket, its plan, and when it works; "" and () are the site's own."""

    names: tuple[str, ...]
    plan: str = ""
    country: str = ""
    time_zone: str = ""
    hours: tuple[str, ...] = ()
    own_days: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RungSettings:
    """Who hears (``to``) at which share of a target; empty lists are all, ``every`` is "30 min" or "2 h"."""

    share: float
    to: str
    priorities: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    every: str = ""
    times: int = 1
    until_acknowledged: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class EscalationSettings:
    """The hours in which only the ``loud`` priorities ring, and the rungs of the ladder."""

    quiet: tuple[str, ...]
    loud: tuple[str, ...]
    rungs: Mapping[str, RungSettings]


ChannelType = Literal["feishu", "dingtalk", "wecom", "slack", "pagerduty", "webhook", "mail"]
Topic = Literal["p1", "escalated", "rung", "breach", "changed", "burst"]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelSettings:
    """Where notices go, and which; empty lists are all. A ``url`` or ``secret`` of "$NAME" stands in the environment."""

    type: ChannelType
    url: str
    secret: str = ""
    lang: Literal["zh", "en"] = "zh"
    topics: tuple[Topic, ...] = ()
    to: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    sender: str = ""
    receivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class NotifySettings:
    """What a notice links to, the receivers within one's own network that may be called, and the channels."""

    link: str
    private_hosts: tuple[str, ...]
    channels: Mapping[str, ChannelSettings]


@dataclass(frozen=True, slots=True, eq=False)
class RoutingSettings:
    """The queues, the one for all that nobody takes, and how sure a product line has to be (0-1)."""

    fallback: str
    sure: float
    queues: Mapping[str, QueueSettings]


@dataclass(frozen=True, slots=True, eq=False)
class StoreSettings:
    """Where the service keeps what it stores, for how long, and whether secrets are masked in it; 0 days keep forever."""

    database_url: str
    redact: bool
    retention_days: int
    jobs_folder: str
    jobs_days: int
    connections: int


@dataclass(frozen=True, slots=True, eq=False)
class BodyBytes:
    """The largest body of a request by what it holds, in bytes."""

    form: int
    ticket: int
    batch: int
    upload: int


@dataclass(frozen=True, slots=True, eq=False)
class PerMinute:
    """How many requests a minute one worker answers.

    Those of a form key from one address, of a form key, of another key, and without a good key from one address.
    """

    form_address: int
    form_key: int
    key: int
    refused_address: int


@dataclass(frozen=True, slots=True, eq=False)
class ServeSettings:
    """Who may ask the service, how much at a time, and how long it waits."""

    origins: tuple[str, ...]
    form_key: str
    trusted_proxies: tuple[str, ...]
    in_flight: int
    waiting: int
    wait_seconds: float
    drain_seconds: float
    stop_seconds: float
    body_seconds: float
    bytes: BodyBytes
    per_minute: PerMinute


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """All settings of a site."""

    lint: LintSettings
    priority: PrioritySettings
    backlog: BacklogSettings
    calendar: CalendarSettings
    promises: Mapping[str, PlanSettings]
    customers: Mapping[str, CustomerSettings]
    routing: RoutingSettings
    escalation: EscalationSettings
    notify: NotifySettings
    store: StoreSettings
    serve: ServeSettings


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
        # The one setting whose usual name has no table in it.
        full = "TRIAGE_STORE__DATABASE_URL" if name == "TRIAGE_DATABASE_URL" else name
        if full.startswith("TRIAGE_") and "__" in full:
            table = _merged(table, _from_variable(full, value, table))
    settings: Settings = into(Settings, table, path=site or DEFAULTS)
    _check_costs(settings.priority.costs)
    _check_service(settings)
    return settings


def zone_of(settings: Settings) -> "ZoneInfo":
    """The time zone of ``backlog.time_zone``; raises SettingsError for a name that is none."""
    return named_zone("backlog.time_zone", settings.backlog.time_zone)


def named_zone(setting: str, name: str) -> "ZoneInfo":
    """The time zone of that name; raises SettingsError, naming the setting, for a name that is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as cause:
        raise SettingsError(f'{setting} is "{name}"; it must be a name as Asia/Shanghai or UTC') from cause


def plan_of(text: str | None, plans: Mapping[str, PlanSettings]) -> str:
    """The plan that a ticket's text names; the standard one where it names none."""
    words = (text or "").casefold()
    named = (plan for plan, table in plans.items() if any(name.casefold() in words for name in table.names))
    return next(named, "standard") if words else "standard"


def customer_named(name: str | None, customers: Mapping[str, CustomerSettings]) -> tuple[str, CustomerSettings | None]:
    """The customer that a ticket names and its name in the settings; ("", None) for one that has no table there."""
    word = (name or "").strip().casefold()
    named = (
        (key, customer)
        for key, customer in customers.items()
        if any(one.strip().casefold() == word for one in (key, *customer.names))
    )
    return next(named, ("", None)) if word else ("", None)


def plan_for(plan: str | None, customer: str | None, settings: "Settings") -> str:
    """The plan of a ticket: its customer's where the settings name one, else the one that the ticket's text names."""
    _, known = customer_named(customer, settings.customers)
    return known.plan if known and known.plan else plan_of(plan, settings.promises)


def _check_costs(costs: Sequence[Sequence[float]]) -> None:
    if [len(row) for row in costs] != [4, 4, 4, 4] or any(cost < 0 for row in costs for cost in row):
        raise SettingsError(
            "priority.costs is no table of 4 rows (true P1 to P4) and 4 columns (chosen), all 0 or more"
        )


def _check_service(settings: Settings) -> None:
    serve, store = settings.serve, settings.store
    least_one = {
        "serve.in_flight": serve.in_flight,
        "store.connections": store.connections,
        "store.jobs_days": store.jobs_days,
        **{f"serve.bytes.{name}": getattr(serve.bytes, name) for name in BodyBytes.__dataclass_fields__},
        **{f"serve.per_minute.{name}": getattr(serve.per_minute, name) for name in PerMinute.__dataclass_fields__},
    }
    least_zero = {
        "serve.waiting": serve.waiting,
        "serve.wait_seconds": serve.wait_seconds,
        "serve.drain_seconds": serve.drain_seconds,
        "serve.stop_seconds": serve.stop_seconds,
        "serve.body_seconds": serve.body_seconds,
        "store.retention_days": store.retention_days,
    }
    for least, values in ((1, least_one), (0, least_zero)):
        for name, value in values.items():
            if value < least:
                raise SettingsError(f"{name} is {value}; it must be {least} or more")


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
    if isinstance(default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if value.strip().lower() not in words:
            raise SettingsError(f'{name} is "{value}"; it must be true or false')
        parsed = words[value.strip().lower()]
    elif isinstance(default, list):
        parsed = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(default, int | float):
        try:
            parsed = type(default)(value)
        except ValueError as cause:
            raise SettingsError(f'{name} is "{value}"; it must be a number') from cause
    for key in reversed(keys):
        parsed = {key: parsed}
    return dict(parsed)
