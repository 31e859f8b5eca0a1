"""The report of a triaged backlog: one page that opens offline, for people who would rather look than read.

The charts are drawn by Chart.js 4.6.1 (MIT, 210 kB, kept in ``vendor/`` as the npm package ships it but for the address of
its source map): bars with tooltips are all that is needed, and ECharts is five times as large.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from triage.assessment import ELEMENTS, KINDS, PRIORITIES
from triage.report.columns import missing_of
from triage.report.html.digest import NO_PRODUCT, Digest
from triage.report.html.marked import pieces
from triage.report.html.templates import report_page
from triage.report.html.words import EN as PAGE_EN, ZH as PAGE_ZH
from triage.report.markdown import markdown_report
from triage.report.masking import masked
from triage.report.ranked import RankedRow
from triage.report.ranking import title_of
from triage.report.wording import EN, ZH, Wording

__all__ = ["Digest", "html_report"]

# So many days, then weeks, then months: a bar should be wide enough to be pointed at.
_MOST_DAYS, _MOST_WEEKS = 62, 62
_SHADES = 6
# The cards that are open from the start; the others wait behind a button.
_OPEN_CARDS = 12


def html_report(
    digest: Digest, *, sources: Sequence[tuple[str, str]], made_at: datetime, versions: Mapping[str, str | None]
) -> str:
    """The page; ``sources`` are the input's files, each with the system whose export it is."""
    page, words = (PAGE_ZH, ZH) if digest.lang == "zh" else (PAGE_EN, EN)
    return report_page(
        "page.html.jinja",
        script="page.js",
        data=_data(digest, page, words),
        title=page["title"],
        page=page,
        words=words,
        digest=digest,
        sources=sources,
        made_at=made_at.strftime("%Y-%m-%d %H:%M"),
        versions={name: version for name, version in versions.items() if version},
        cards=[_card(row, words, digest.now) for row in digest.start],
        asks=[_ask(row) for row in digest.ask],
        open_cards=_OPEN_CARDS,
        heat=_heat(digest),
        moves=_moves(digest),
        moved=[_card(row, words, digest.now) for row in digest.moved],
        priorities=PRIORITIES,
    )


def _card(row: RankedRow, words: Wording, now: datetime) -> dict[str, Any]:
    linted = row.linted
    assert linted is not None
    assert row.assessment is not None
    priority = linted.assessment.priority
    assert priority is not None
    product = linted.assessment.product
    waits = row.first_response_at is None and row.resolved_at is None and row.created_at is not None
    return {
        "label": priority.label,
        "requested": priority.requested,
        "escalate": priority.escalate,
        "needs_human": priority.needs_human,
        "name": masked(linted.name, linted),
        "title": title_of(linted),
        "product": words.products.get(product.label, product.label) if product else "",
        "kind": words.kinds[linted.assessment.kind.label],
        "reasons": [(reason.source, masked(reason.text, linted)) for reason in priority.reasons],
        "share": priority.probabilities.get(priority.label),
        "text": [part for field in ("title", "body") for part in [*pieces(linted, field), *_BREAK[field]]],
        "missing": [words.elements[name] for name in missing_of(row.assessment)],
        "created": row.created_at.strftime("%Y-%m-%d %H:%M") if row.created_at else "",
        "waited": _waited(now - row.created_at) if waits and row.created_at else "",
        "place": f"{row.file}:{row.line}",
    }


_BREAK: Mapping[str, list[tuple[str, tuple[str, ...]]]] = {"title": [("\n", ())], "body": []}


def _waited(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 0:
        return ""
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


def _ask(row: RankedRow) -> dict[str, Any]:
    linted = row.linted
    assert linted is not None
    return {
        "name": masked(linted.name, linted),
        "title": title_of(linted),
        "label": row.assessment["priority"]["label"] if row.assessment else "",
        "reply": markdown_report([linted]),
    }


def _heat(digest: Digest) -> list[dict[str, Any]]:
    """A row a product with a count and a shade (0 to 5) a priority, the product with most tickets first."""
    most = max(digest.heat.values(), default=1)
    totals: Counter[str] = Counter()
    for (product, _), count in digest.heat.items():
        totals[product] += count
    return [
        {
            "product": product,
            "total": total,
            "cells": [
                (label, count, -(-count * (_SHADES - 1) // most))
                for label in PRIORITIES
                for count in (digest.heat[product, label],)
            ],
        }
        for product, total in totals.most_common()
    ]


def _moves(digest: Digest) -> dict[str, int]:
    moves = Counter[str]()
    for (current, suggested), count in digest.current.items():
        moves["same" if current == suggested else "up" if suggested < current else "down"] += count
    return {name: moves[name] for name in ("up", "down", "same")}


def _data(digest: Digest, page: Mapping[str, str], words: Wording) -> dict[str, Any]:
    """What the page's script draws and lists."""
    unit, starts, days = _times(digest)
    whom = ["all", *(f"kind:{kind}" for kind in KINDS), *(f"product:{row['product']}" for row in _heat(digest))]
    return {
        "rows": digest.listed,
        "total": digest.rows - digest.errors,
        "priorities": PRIORITIES,
        "words": page,
        "elements": words.elements,
        "products": {**words.products, NO_PRODUCT: NO_PRODUCT},
        "kinds": words.kinds,
        "time": {"unit": unit, "starts": starts, "counts": days},
        "missing": {
            name: [
                (element, digest.missing[element, name], digest.needed[element, name])
                for element in ELEMENTS
                if digest.needed[element, name]
            ]
            for name in whom
            if any(digest.needed[element, name] for element in ELEMENTS)
        },
        "scores": [digest.scores[bin_] for bin_ in range(10)],
        "promises": {
            state: [digest.promises[label, state] for label in PRIORITIES]
            for state in ("kept", "waiting", "broken", "waiting late")
        }
        if digest.promises
        else None,
    }


def _times(digest: Digest) -> tuple[str, list[str], dict[str, list[int]]]:
    """The unit of the bars (day, week, month), the day that each begins with, and its counts by priority."""
    if not digest.days:
        return "day", [], {}
    first, last = min(day for day, _ in digest.days), max(day for day, _ in digest.days)
    span = (last - first).days + 1
    unit = "day" if span <= _MOST_DAYS else "week" if span <= 7 * _MOST_WEEKS else "month"
    starts = sorted({_start_of(first + timedelta(days=number), unit) for number in range(span)})
    counts: Counter[tuple[date, str]] = Counter()
    for (day, label), count in digest.days.items():
        counts[_start_of(day, unit), label] += count
    return (
        unit,
        [day.isoformat() for day in starts],
        {label: [counts[day, label] for day in starts] for label in PRIORITIES},
    )


def _start_of(day: date, unit: str) -> date:
    if unit == "day":
        return day
    return day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)
