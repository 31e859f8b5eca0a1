"""Due times: a million in one process, and what one costs beside an assessment."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.clock import seconds
from bench.corpus import read_corpus
from bench.report import Goal, Report, print_table
from triage.assessor import Assessor
from triage.promises import Of, Promises
from triage.settings import load_settings
from triage.ticket import Ticket

MANY, TICKETS = 1_000_000, 1_000
MOST_SHARE = 0.05
_PLANS, _PRIORITIES = ("standard", "urgent", "dedicated"), ("P1", "P2", "P3", "P4")


def run() -> Report:
    """Prints the table and gives the figures."""
    chance = random.Random(20261125)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    asked = [
        (chance.choice(_PLANS), chance.choice(_PRIORITIES), start + timedelta(minutes=chance.randrange(1_576_800)))
        for _ in range(MANY)
    ]
    promises = Promises(load_settings())
    many = _seconds_of(promises, asked)
    assessor = Assessor(load_settings())
    tickets = read_corpus()[:TICKETS]
    assessor.assess(Ticket(body="语音卡顿"))
    assessment = seconds(lambda: assessor.assess_many(tickets)) / len(tickets)
    share = many / MANY / assessment
    print_table(
        f"due: {MANY:,} due times with their ledgers in one process, 2024 to 2026",
        ("", "a second", "microseconds each"),
        [("due time", f"{MANY / many:,.0f}", many), ("assessment", f"{1 / assessment:,.0f}", assessment * 1e6)],
    )
    print(f"  a due time costs {share:.3f} of an assessment")
    return Report(
        "due",
        {"due times a second": MANY / many, "share of an assessment": share},
        (Goal("due: a due time's cost, share of an assessment", share, MOST_SHARE, at_most=True),),
    )


def _seconds_of(promises: Promises, asked: Sequence[tuple[str, str, datetime]]) -> float:
    def all_of_them() -> None:
        for plan, priority, created_at in asked:
            promises.due(Of(plan), priority, created_at, lang="zh")

    return seconds(all_of_them)
