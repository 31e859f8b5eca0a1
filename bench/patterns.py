"""All patterns of the packs over all tickets: our Matcher against its peer, one ``re.search`` a pattern.

Fresh tickets are the first pass of a new Matcher: RE2 builds the states of its automata as texts come in. Known ones
are the second pass. A service that runs for days lies near the second, a backlog of a few hundred near the first.
Tickets go through in batches, as the command line and the service hand them on.
"""

import re
import statistics

from bench.clock import seconds
from bench.corpus import read_corpus
from bench.report import Goal, Report, print_table
from triage.language.matcher import Matcher
from triage.language.pack import load_pack, matcher_of
from triage.language.text import normalise

ROUNDS = 3
BATCH = 500
# The architecture's goal for the hot path.
LEAST_TIMES = 25.0


def run() -> Report:
    """Prints the table of engines and gives its figures."""
    patterns = load_pack().patterns
    texts = [normalise(f"{ticket.title}\n{ticket.body}").text for ticket in read_corpus()]
    compiled = [re.compile(pattern.expression, re.ASCII) for pattern in patterns]
    plain = matcher_of(patterns, engine="re")
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    taken: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        taken.setdefault(name, []).append(value)

    def measured() -> Matcher:
        fresh: list[Matcher] = []
        note("build the sets, once", seconds(lambda: fresh.append(matcher_of(patterns, engine="re2"))))
        matcher = fresh[0]
        note("peer", seconds(lambda: [[regexp.search(text) for regexp in compiled] for text in texts]))
        note("fired, fresh tickets", seconds(lambda: [matcher.fired_many(batch) for batch in batches]))
        note("fired, known tickets", seconds(lambda: [matcher.fired_many(batch) for batch in batches]))
        note("fired, known tickets, one by one", seconds(lambda: [matcher.fired_many([text]) for text in texts]))
        note(
            "hits with spans, known tickets",
            seconds(lambda: [list(hits) for batch in batches for hits in matcher.hits_many(batch)]),
        )
        note('engine="re", fired', seconds(lambda: plain.fired_many(texts)))
        note('engine="re", hits with spans', seconds(lambda: [list(plain.hits(text)) for text in texts]))
        return matcher

    for _ in range(ROUNDS):
        matcher = measured()
    medians = {name: statistics.median(values) for name, values in taken.items()}
    peer = medians["peer"]
    rows = []
    figures: dict[str, float] = {"tickets": len(texts), "patterns": len(patterns)}
    for name, value in medians.items():
        label = "peer: one re.search a pattern" if name == "peer" else name
        once = name.startswith("build")
        micros = value * 1e6 / (1 if once else len(texts))
        rows.append((label, f"{micros:,.0f}", "" if once else f"{peer / value:.1f}"))
        figures[f"{label}, µs"] = round(micros, 1)
    print_table(
        f"patterns: {len(patterns)} patterns over {len(texts)} tickets, median of {ROUNDS} rounds",
        ("", "µs a ticket", "times the peer"),
        rows,
    )
    figures |= _agreement(matcher, plain, texts)
    times = peer / medians["fired, known tickets"]
    figures["times, fresh"] = round(peer / medians["fired, fresh tickets"], 1)
    figures["times, known"] = round(times, 1)
    goal = Goal("patterns: fired on known tickets, times one re.search a pattern", times, LEAST_TIMES, at_most=False)
    return Report("patterns", figures, (goal,))


def _agreement(matcher: Matcher, plain: Matcher, texts: list[str]) -> dict[str, float]:
    """How often the sets fire for nothing, or miss what ``re`` finds, and on how many texts the hits differ."""
    fired = true = missed = different = 0
    for text in texts:
        ours, theirs = (set(one.fired_many([text])[0]) for one in (matcher, plain))
        fired, true, missed = fired + len(ours), true + len(theirs), missed + len(theirs - ours)
        spans = [[(number, *match.span()) for number, match in one.hits(text)] for one in (matcher, plain)]
        different += spans[0] != spans[1]
    vain = fired - true + missed
    print(f"  sets fired {fired:,} times, {vain:,} of them for nothing (relaxed repeats); ", end="")
    print(f"missed {missed}; texts whose hits differ from re: {different}")
    return {
        "fired": fired,
        "fired for nothing": vain,
        "missed": missed,
        "texts that differ": different,
    }


if __name__ == "__main__":
    print(run().goals[0].line())
