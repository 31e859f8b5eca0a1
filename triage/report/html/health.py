"""The health report of one customer: what came, how well it was told, what was promised and kept, and what comes back."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from triage.assessment import ELEMENTS, PRIORITIES
from triage.report.characters import printable
from triage.report.columns import missing_of
from triage.report.html.templates import report_page
from triage.report.html.words import HEALTH_EN, HEALTH_ZH
from triage.report.sla import STATES, Promise, State, What
from triage.report.wording import EN, ZH, Wording

# The page is read from its top to its end: so much of each list, then a line that tells of the rest.
_MOST_FAULTS, _MOST_OPEN, _MOST_EXAMPLES, _MOST_TITLE, _MOST_NAME = 20, 100, 4, 80, 40
# A percentage of fewer says more than is known.
_FEWEST_FOR_SHARE = 5
# The symptoms by which a fault is known again. The pack's ``fault`` (wrong, failed, no effect) and what stands in a form's
# slot or was found as a sentence may be anything.
SYMPTOMS = ("stutter", "silence", "echo_noise", "delay", "picture", "connection", "message", "crash")
# matches 50301 in '"code":50301', 0x3003, -22 in "status: -22", C0318, RECORD_FAILURE; does not match "publish timeout"
_CODE = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:0x[0-9A-Fa-f]{2,8}|[A-Z]{1,3}\d{3,6}|[A-Z]{2,}(?:_[A-Z]+)+|-\d{1,6}|\d{2,6})(?![A-Za-z0-9_]|\.\d)"
)
# How the pages call the states of promises.
_STATE_WORDS: Mapping[State, str] = {
    "kept": "kept",
    "waiting": "waiting",
    "broken": "broken",
    "overdue": "waiting late",
}


class HealthTicket(NamedTuple):
    """What the page reads of one ticket; whoever gives it has masked its texts.

    ``priority`` and ``product`` ("" where not sure) are the labels in force, ``assessment`` is the JSON of the contract,
    ``promises`` are those that can be judged. Times are aware; ``created_at`` is None where it cannot be read.
    """

    name: str
    title: str
    priority: str
    product: str
    created_at: datetime | None
    is_open: bool
    assessment: Mapping[str, Any]
    promises: tuple[Promise, ...] = ()


class Fault(NamedTuple):
    """A fault that came back: a symptom of SYMPTOMS or an error's code, on a product line; tickets by their times."""

    product: str
    what: str
    is_code: bool
    tickets: tuple[str, ...]
    first: date
    last: date


def health_report(
    given: Sequence[HealthTicket],
    *,
    customer: str,
    since: date | None = None,
    until: date | None = None,
    lang: str,
    now: datetime,
) -> str:
    """The page of the tickets that were created from one day until another, both included and each by the zone of ``now``.

    Without days, all are taken, also those whose creation nobody can tell.
    """
    page, words = (HEALTH_ZH, ZH) if lang == "zh" else (HEALTH_EN, EN)
    is_bounded = since is not None or until is not None
    zoned = [_in_zone(ticket, now) for ticket in given]
    undated = sum(ticket.created_at is None for ticket in zoned)
    tickets = [ticket for ticket in zoned if _is_within(ticket, since, until)]
    counted = Counter(ticket.priority for ticket in tickets)
    promises = [promise for ticket in tickets for promise in ticket.promises]
    faults = recurring(tickets)
    waiting = sorted((ticket for ticket in tickets if ticket.is_open), key=_next_due)
    starts, weeks = _weeks(tickets, since, until, now)
    lacking = _lacking(tickets, words)
    ready = sum(ticket.assessment["lint"]["ready"] for ticket in tickets)
    made_at = now.strftime("%Y-%m-%d %H:%M")
    return report_page(
        "health.html.jinja",
        script="health.js",
        data={
            "priorities": PRIORITIES,
            "words": {name: page[name] for name in _STATE_WORDS.values()},
            "time": {"starts": starts, "counts": weeks},
            "missing": [(f"{name} {lacks}/{needed}", lacks, needed) for name, lacks, needed in lacking],
            "promises": {what: _states(promises, what, now) for what in ("first_response", "resolution")},
        },
        title=page["title"].format(customer=printable(customer)),
        page=page,
        words=words,
        period=_period(tickets, since, until, now, page),
        made_at=made_at,
        zone=page["zone"].format(offset=now.isoformat()[-6:]),
        total=len(tickets),
        has_weeks=bool(starts),
        undated=page["left_out" if is_bounded else "undated"].format(count=undated) if undated else "",
        priorities=[(label, words.priorities[label], counted[label]) for label in PRIORITIES],
        kept={what: _kept(promises, what, now, page) for what in ("first_response", "resolution")},
        mean_score=_mean([ticket.assessment["lint"]["score"] for ticket in tickets]),
        ready=page["of_count"].format(part=ready, whole=len(tickets)),
        ready_share=_share(ready, len(tickets), page),
        has_missing=any(lacks for _, lacks, _ in lacking),
        faults=[_fault_row(fault, page, words) for fault in faults[:_MOST_FAULTS]],
        more_faults=max(len(faults) - _MOST_FAULTS, 0),
        open_count=len(waiting),
        open_tickets=[_open_row(ticket, now, page, words) for ticket in waiting[:_MOST_OPEN]],
        more_open=max(len(waiting) - _MOST_OPEN, 0),
    )


def recurring(tickets: Sequence[HealthTicket]) -> list[Fault]:
    """The faults that stand in at least two incidents of different days; the most frequent first, then the latest."""
    found: defaultdict[tuple[str, str, bool], list[tuple[datetime, str]]] = defaultdict(list)
    for ticket in tickets:
        if ticket.created_at is None or ticket.assessment["kind"]["label"] != "incident":
            continue
        for what, is_code in _faults_of(ticket.assessment):
            found[ticket.product, what, is_code].append((ticket.created_at, ticket.name))
    faults = []
    for (product, what, is_code), seen in found.items():
        seen.sort()
        first, last = seen[0][0].date(), seen[-1][0].date()
        if first != last:
            faults.append(Fault(product, what, is_code, tuple(name for _, name in seen), first, last))
    return sorted(faults, key=lambda fault: (-len(fault.tickets), -fault.last.toordinal(), fault.product, fault.what))


def _faults_of(assessment: Mapping[str, Any]) -> set[tuple[str, bool]]:
    elements = assessment["lint"]["elements"]
    found = {(one["slot"], False) for one in elements["symptom"]["evidence"] if one["slot"] in SYMPTOMS}
    for one in elements["logs"]["evidence"]:
        if one["slot"] == "constant":
            found.add((one["text"], True))
        elif one["slot"] == "error_code" and (code := _CODE.search(one["text"])):
            found.add((code[0], True))
    return found


def _in_zone(ticket: HealthTicket, now: datetime) -> HealthTicket:
    return ticket._replace(created_at=ticket.created_at and ticket.created_at.astimezone(now.tzinfo))


def _is_within(ticket: HealthTicket, since: date | None, until: date | None) -> bool:
    if ticket.created_at is None:
        return since is None and until is None
    day = ticket.created_at.date()
    return (since is None or day >= since) and (until is None or day <= until)


def _bounds(
    tickets: Sequence[HealthTicket], since: date | None, until: date | None, now: datetime
) -> tuple[date, date] | None:
    """The first and the last day of the period: as asked for, else of the first ticket and of the page; None without either."""
    days = [ticket.created_at.date() for ticket in tickets if ticket.created_at]
    first = since or min(days, default=None)
    if first is None:
        return None
    return first, until or max(now.date(), *days, first)


def _period(
    tickets: Sequence[HealthTicket], since: date | None, until: date | None, now: datetime, page: Mapping[str, str]
) -> str:
    bounds = _bounds(tickets, since, until, now)
    if bounds is None:
        return page["period"].format(first="…", last=until) if until else page["no_period"]
    return page["period"].format(first=bounds[0], last=bounds[1])


def _weeks(
    tickets: Sequence[HealthTicket], since: date | None, until: date | None, now: datetime
) -> tuple[list[str], dict[str, list[int]]]:
    """The Mondays of the period's weeks, without those to come, and their counts by priority; none without tickets."""
    counts = Counter((_monday(ticket.created_at.date()), ticket.priority) for ticket in tickets if ticket.created_at)
    bounds = _bounds(tickets, since, until, now)
    if not counts or bounds is None:
        return [], {}
    first, last = _monday(bounds[0]), max(min(bounds[1], now.date()), *(day for day, _ in counts))
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return (
        [day.isoformat() for day in mondays],
        {label: [counts[day, label] for day in mondays] for label in PRIORITIES},
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _states(promises: Sequence[Promise], what: What, now: datetime) -> dict[str, list[int]] | None:
    """How many promises are in each state, by priority; None where there are none."""
    counts = Counter((one.state(now), one.priority) for one in promises if one.what == what)
    if not counts:
        return None
    return {word: [counts[state, label] for label in PRIORITIES] for state, word in _STATE_WORDS.items()}


def _kept(promises: Sequence[Promise], what: What, now: datetime, page: Mapping[str, str]) -> tuple[str, str]:
    """``5 of 7``, of those that can no longer change, for a glance, and the sentence that says it; a dash without any."""
    counts = Counter(one.state(now) for one in promises if one.what == what)
    whole = sum(counts[state] for state in STATES if state != "waiting")
    if not counts:
        return "–", ""
    said = page["promise_kept"].format(
        part=counts["kept"], whole=whole, share=_share(counts["kept"], whole, page), waiting=counts["waiting"]
    )
    return (page["of_count"].format(part=counts["kept"], whole=whole) if whole else "–"), said


def _share(part: int, whole: int, page: Mapping[str, str]) -> str:
    return page["share"].format(percent=round(100 * part / whole)) if whole >= _FEWEST_FOR_SHARE else ""


def _mean(scores: Sequence[int]) -> str:
    return f"{sum(scores) / len(scores):.0f}" if scores else "–"


def _lacking(tickets: Sequence[HealthTicket], words: Wording) -> list[tuple[str, int, int]]:
    """Each element that was needed: its name, how many tickets lack it, how many need it."""
    needed: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for ticket in tickets:
        needed.update(name for name, one in ticket.assessment["lint"]["elements"].items() if one["required"])
        missing.update(missing_of(ticket.assessment))
    return [(words.elements[name], missing[name], needed[name]) for name in ELEMENTS if needed[name]]


def _fault_row(fault: Fault, page: Mapping[str, str], words: Wording) -> dict[str, Any]:
    return {
        "what": page["error_code"].format(code=printable(fault.what)) if fault.is_code else page[fault.what],
        "product": _product(fault.product, page, words),
        "count": len(fault.tickets),
        "first": fault.first.isoformat(),
        "last": fault.last.isoformat(),
        "examples": [_cut(name, _MOST_NAME) for name in fault.tickets if name][-_MOST_EXAMPLES:],
    }


def _open_row(ticket: HealthTicket, now: datetime, page: Mapping[str, str], words: Wording) -> dict[str, Any]:
    by_what: dict[str, Promise] = {promise.what: promise for promise in ticket.promises}
    return {
        "label": ticket.priority,
        "name": _cut(ticket.name, _MOST_NAME),
        "title": _cut(ticket.title, _MOST_TITLE),
        "product": _product(ticket.product, page, words),
        "created": ticket.created_at.strftime("%Y-%m-%d %H:%M") if ticket.created_at else "",
        "due": [
            (page[word], *_due(by_what.get(what), now, page))
            for what, word in (("first_response", "response_due"), ("resolution", "resolution_due"))
        ],
    }


def _due(promise: Promise | None, now: datetime, page: Mapping[str, str]) -> tuple[str, str]:
    """Until when, or that it is done or not promised, and the mark of what is overdue."""
    if promise is None:
        return page["not_promised"], ""
    if promise.done_at is not None:
        return page["done"], ""
    at = promise.due_at.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
    return at, page["overdue"] if promise.state(now) == "overdue" else ""


def _next_due(ticket: HealthTicket) -> tuple[bool, float, str]:
    """What is due first stands first; where nothing is, by the priority."""
    due = min((one.due_at.timestamp() for one in ticket.promises if one.done_at is None), default=None)
    return due is None, due or 0.0, ticket.priority


def _product(product: str, page: Mapping[str, str], words: Wording) -> str:
    return words.products.get(product, _cut(product, _MOST_NAME)) or page["unsure"]


def _cut(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
