"""What is told, as plain values, and where to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, get_args

Lang = Literal["zh", "en"]
Topic = Literal["p1", "escalated", "rung", "breach", "changed", "burst", "resolved", "test"]
TOPICS: tuple[Topic, ...] = get_args(Topic)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that somebody should hear.

    ``id`` stays the same over retries and restarts. ``ticket_id`` is the helpdesk's where it is known, ``title`` already
    masked. ``due_at`` is aware, in the zone to be shown; ``share`` of the target of ``what`` is used up; ``to`` is who is
    told: ``queue``, ``duty-lead``, … ``missing`` are names of elements.
    """

    id: str
    topic: Topic
    at: datetime
    ticket_id: str
    title: str
    priority: str
    plan: str = ""
    product: str | None = None
    queue: str | None = None
    reason: str = ""
    what: Literal["first_response", "resolution"] | None = None
    due_at: datetime | None = None
    share: float | None = None
    to: str | None = None
    missing: tuple[str, ...] = ()
    reachable: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """Where notices go: ``type`` names the file beside this one that knows how; ``secret`` is the channel's own."""

    name: str
    type: str
    url: str
    secret: str = ""
    lang: Lang = "zh"
    sender: str = ""
    receivers: tuple[str, ...] = ()


class Request(NamedTuple):
    """An HTTP request that is to be POSTed; ``headers`` and ``body`` go out as they are."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What came back: the status, headers by lower-case name, and at most the first 64 KB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Verdict(NamedTuple):
    """What became of it; ``why`` is fit for logs: no secret, no address, no ticket text.

    ``retry`` may work later, not before ``after``; ``refused`` never will; ``gone`` asks not to be called again.
    """

    outcome: Literal["sent", "retry", "refused", "gone"]
    why: str = ""
    after: timedelta | None = None


def notice_json(notice: Notice) -> dict[str, Any]:
    """The notice as JSON has it."""
    row = asdict(notice)
    return row | {"at": notice.at.isoformat(), "due_at": notice.due_at.isoformat() if notice.due_at else None}


def notice_from(row: Mapping[str, Any]) -> Notice:
    """The notice that ``notice_json`` wrote."""
    due_at = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
    values = {**row, "at": datetime.fromisoformat(row["at"]), "due_at": due_at, "missing": tuple(row["missing"])}
    return Notice(**values)
