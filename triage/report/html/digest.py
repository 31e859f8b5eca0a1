"""What the report shows of a backlog, gathered in one pass over its ranked rows and never more than it shows."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from triage.report.columns import missing_of
from triage.report.html.promise import answer_of
from triage.report.masking import masked
from triage.report.ranked import RankedRow
from triage.report.ranking import title_of, whys

# Cards are read one by one; the table is searched, and holds what fits into a page that opens at once.
_MOST_CARDS, _MOST_MOVED = 60, 12
_MOST_TITLE, _MOST_REASON = 60, 90
_TABLE_BYTES = 1_600_000
NO_PRODUCT = "—"


class Listed(NamedTuple):
    """One row of the table, as the page reads it: short texts, masked; ``missing`` are names of elements."""

    rank: int
    label: str
    requested: str
    escalate: bool
    needs_human: bool
    product: str
    kind: str
    score: int
    ticket_id: str
    title: str
    created: str
    missing: list[str]
    reason: str


class Digest:
    """Counts over all rows, and the rows that are shown; give the rows in ranked order.

    Memory is bounded by what a page shows: counts by label, by day and by element, 60 cards a section, and rows of the
    table up to 1.6 MB of their JSON.
    """

    def __init__(self, *, lang: str, now: datetime, most_bytes: int = _TABLE_BYTES) -> None:
        """``lang`` is the page's, zh or en; ``now`` is what open tickets have waited until."""
        self.lang = lang
        self.now = now
        self.rows = self.errors = self.escalated = self.needs_human = self.ready = 0
        self.priorities: Counter[str] = Counter()
        self.heat: Counter[tuple[str, str]] = Counter()
        self.days: Counter[tuple[date, str]] = Counter()
        self.scores: Counter[int] = Counter()
        # (element, kind) and (element, product): how many need it, and how many of those lack it.
        self.needed: Counter[tuple[str, str]] = Counter()
        self.missing: Counter[tuple[str, str]] = Counter()
        self.current: Counter[tuple[str, str]] = Counter()
        self.promises: Counter[tuple[str, str]] = Counter()
        self.start: list[RankedRow] = []
        self.ask: list[RankedRow] = []
        self.moved: list[RankedRow] = []
        self.listed: list[Listed] = []
        self.told_errors: list[RankedRow] = []
        self._left = most_bytes

    def add(self, row: RankedRow) -> None:
        """Takes a row in."""
        self.rows += 1
        if row.assessment is None:
            self.errors += 1
            if len(self.told_errors) < _MOST_CARDS:
                self.told_errors.append(row)
            return
        priority, lint = row.assessment["priority"], row.assessment["lint"]
        label, requested = priority["label"], priority["requested"]
        product = row.assessment["product"]["label"] if row.assessment["product"] else NO_PRODUCT
        self.priorities[label] += 1
        self.escalated += priority["escalate"]
        self.needs_human += priority["needs_human"]
        self.ready += lint["ready"]
        self.heat[product, label] += 1
        self.scores[min(lint["score"] // 10, 9)] += 1
        if row.created_at:
            self.days[row.created_at.date(), label] += 1
        self._note_missing(row.assessment, product)
        if requested:
            self.current[requested, label] += 1
        promise = answer_of(row, now=self.now)
        if promise:
            self.promises[requested or label, promise] += 1
        self._show(row, product)

    def _note_missing(self, assessment: Mapping[str, Any], product: str) -> None:
        for name, element in assessment["lint"]["elements"].items():
            if element["required"]:
                lacks = element["status"] != "present"
                for whom in (f"kind:{assessment['kind']['label']}", f"product:{product}", "all"):
                    self.needed[name, whom] += 1
                    self.missing[name, whom] += lacks

    def _show(self, row: RankedRow, product: str) -> None:
        assert row.assessment is not None
        priority = row.assessment["priority"]
        label, requested = priority["label"], priority["requested"]
        if (label == "P1" or priority["escalate"]) and len(self.start) < _MOST_CARDS:
            self.start.append(row)
        if priority["escalate"] and row.assessment["lint"]["questions"] and len(self.ask) < _MOST_CARDS:
            self.ask.append(row)
        if requested and abs(int(requested[1]) - int(label[1])) > 1 and len(self.moved) < _MOST_MOVED:
            self.moved.append(row)
        if self._left > 0:
            listed = self._listed(row, product)
            self._left -= len(json.dumps(listed, ensure_ascii=False).encode("utf-8", "replace"))
            self.listed.append(listed)

    def _listed(self, row: RankedRow, product: str) -> Listed:
        linted, assessment = row.linted, row.assessment
        assert linted is not None
        assert assessment is not None
        priority, lint = assessment["priority"], assessment["lint"]
        reasons = [masked(text, linted) for text in whys(assessment)[:3]]
        return Listed(
            row.rank,
            priority["label"],
            priority["requested"] or "",
            priority["escalate"],
            priority["needs_human"],
            product,
            assessment["kind"]["label"],
            lint["score"],
            masked(linted.name, linted)[:_MOST_TITLE],
            _cut(title_of(linted), _MOST_TITLE),
            row.created_at.strftime("%Y-%m-%d %H:%M") if row.created_at else "",
            missing_of(assessment),
            _cut("; ".join(reasons), _MOST_REASON),
        )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
