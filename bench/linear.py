"""Linear time: t(2n) / t(n) for each pattern, each rule and the whole lint, on texts made to be slow.

The peer of each figure is the same work on half the text: 2 is linear, 4 quadratic.
"""

import math
import re
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from unittest.mock import patch

import triage.assessor
from bench.adversary import GENERIC, Maker, own_texts, repeated
from bench.clock import own_seconds
from bench.report import Goal, Report, print_table
from triage.assessor import Assessor
from triage.evidence.redaction import redact
from triage.language.pack import load_pack
from triage.lint.checks import CHECKS, Facts
from triage.lint.linter import lint_facts
from triage.lint.rulebook import shipped_rules
from triage.report import LintedTicket
from triage.report.text import text_report
from triage.settings import load_settings
from triage.ticket import Ticket

LENGTH = 20_000
MOST = 2.5
# Shorter than this is the timer's noise.
SHORTEST = 0.002
ROUNDS = 3
# Shares of the goal under which a ratio is plainly linear, and over which it is no noise.
PLAIN, FAR = 0.84, 1.3
# A ratio over the goal is measured again, this often, and the shortest times count: neighbours on the machine only add.
ROUNDS_AGAIN = 9
WORST = 10
# Where the linear part hides a quadratic one at 20,000 characters, four times the text shows it.
FOUR_TIMES = "lint, 4n"

Work = Callable[[], object]
# Name, what is done, on which text, and the works on the text and on twice the text.
Case = tuple[str, str, Work, Work]


def run() -> Report:
    """Prints the worst ratios and gives them."""
    groups = {
        "pattern": _patterns(),
        "rule": _rules(),
        "lint": _whole(),
        FOUR_TIMES: _long(),
        "redact": _redaction(),
        "report": _reports(),
    }
    figures: dict[str, object] = {}
    everything: list[tuple[float, str, str, str, float]] = []
    goals = []
    for group, cases in groups.items():
        measured: list[tuple[float, str, str, str, float]] = []
        skipped = 0
        most = MOST**2 if group == FOUR_TIMES else MOST
        for name, text, once, twice in cases:
            found = _ratio(once, twice, most)
            if found is None:
                skipped += 1
            else:
                # A ratio on four times the text is brought back to that on twice: its root.
                ratio = math.sqrt(found[0]) if group == FOUR_TIMES else found[0]
                measured.append((ratio, group, name, text, found[1]))
        worst = max(measured, default=(0.0, "", "", "", 0.0))
        figures[group] = {
            "measured": len(measured),
            "under 2 ms": skipped,
            "worst": round(worst[0], 2),
            "at": worst[1:4],
        }
        goals.append(
            Goal(
                f"linear: {group}, worst t(2n)/t(n) of {len(measured)} (others under 2 ms)",
                worst[0],
                MOST,
                at_most=True,
            )
        )
        everything += measured
    everything.sort(reverse=True)
    rows = [
        (f"{group} {name}", text, f"{time * 1e3:.1f}", f"{ratio:.2f}") for ratio, group, name, text, time in everything
    ]
    print_table(
        f"linear: the worst {WORST} of {len(everything)}, {LENGTH:,} against {2 * LENGTH:,} characters",
        ("", "text", "t(n) ms", "t(2n) / t(n)"),
        rows[:WORST],
    )
    slowest = sorted(everything, key=lambda row: -row[4])[:5]
    print_table(
        f"linear: the slowest on {LENGTH:,} characters",
        ("", "text", "ms"),
        [(f"{group} {name}", text, f"{time * 1e3:.0f}") for _, group, name, text, time in slowest],
    )
    figures["worst ten"] = [
        {"work": work, "text": text, "ms": float(ms), "ratio": float(ratio)} for work, text, ms, ratio in rows[:WORST]
    ]
    figures["over"] = sum(ratio >= MOST for ratio, *_ in everything)
    return Report("linear", figures, tuple(goals))


def _ratio(once: Work, twice: Work, most: float) -> tuple[float, float] | None:
    """t(twice) / t(once) and t(once); None when t(once) is too short to tell.

    A ratio that is plainly linear is taken at the first measurement; another is the median of three, and one over the
    goal, unless far over it, the least of many.
    """
    # The first call builds what is built once.
    if min(own_seconds(once), own_seconds(once)) < SHORTEST:
        return None
    twice()
    pairs = [(own_seconds(once), own_seconds(twice))]
    ratio, base = pairs[0][1] / pairs[0][0], pairs[0][0]
    if ratio > PLAIN * most:
        pairs += [(own_seconds(once), own_seconds(twice)) for _ in range(ROUNDS - 1)]
        base = statistics.median(pair[0] for pair in pairs)
        ratio = statistics.median(pair[1] for pair in pairs) / base
    if most <= ratio < FAR * most:
        pairs += [(own_seconds(once), own_seconds(twice)) for _ in range(ROUNDS_AGAIN)]
        base = min(pair[0] for pair in pairs)
        ratio = min(pair[1] for pair in pairs) / base
    return ratio, base


def _patterns() -> Iterator[Case]:
    """Every pattern by itself, over the whole text at once (the Matcher reads pieces), every match of it."""
    own = {key: repeated(" ".join(table.yes) + "\n") for _, key, table in load_pack().tables if table.yes}
    texts = {name: (make(LENGTH), make(2 * LENGTH)) for name, make in GENERIC.items()}
    numbers: dict[str, int] = {}
    for pattern in load_pack().patterns:
        key = ".".join(pattern.key)
        numbers[key] = numbers.get(key, 0) + 1
        regexp = re.compile(pattern.expression, re.ASCII)
        mine = {"its own": (own[pattern.key](LENGTH), own[pattern.key](2 * LENGTH))} if pattern.key in own else {}
        for name, (short, long) in {**texts, **mine}.items():
            yield f"{key}[{numbers[key]}]", name, _finds(regexp, short), _finds(regexp, long)


def _finds(regexp: re.Pattern[str], text: str) -> Work:
    def work() -> None:
        for _ in regexp.finditer(text):
            pass

    return work


def _texts() -> Iterator[tuple[str, Maker]]:
    yield from GENERIC.items()
    yield from own_texts()


def _rules() -> Iterator[Case]:
    """Every rule's check by itself, on facts found before: the generic texts, and its own firing texts."""
    assessor = Assessor(load_settings())
    texts = {name: make for name, make in _texts() if not name.startswith("pack ")}
    facts = {name: (_facts(assessor, make(LENGTH)), _facts(assessor, make(2 * LENGTH))) for name, make in texts.items()}
    for code, rule in shipped_rules().items():
        for name, (short, long) in facts.items():
            if not name.startswith("rule ") or name == f"rule {code}":
                yield code, name, partial(CHECKS[rule.check], short, rule), partial(CHECKS[rule.check], long, rule)


def _facts(assessor: Assessor, text: str) -> Facts:
    """The facts that the assessor hands to the rules."""
    kept: list[Facts] = []

    def keep(facts: Facts, *arguments: object, **options: object) -> object:
        kept.append(facts)
        return lint_facts(facts, *arguments, **options)  # type: ignore[arg-type]

    with patch.object(triage.assessor, "lint_facts", keep):
        assessor.lint(_ticket(text))
    return kept[0]


def _ticket(text: str) -> Ticket:
    return Ticket(title="通话黑屏 black screen", body=text)


def _whole() -> Iterator[Case]:
    """The whole lint, the text as body; the generic ones also as title and as a field."""
    assessor = Assessor(load_settings())

    def lint(ticket: Ticket) -> Work:
        return lambda: assessor.lint(ticket)

    for name, make in _texts():
        yield "body", name, lint(_ticket(make(LENGTH))), lint(_ticket(make(2 * LENGTH)))
    for name, make in GENERIC.items():
        yield "title", name, lint(Ticket(title=make(LENGTH))), lint(Ticket(title=make(2 * LENGTH)))
        short, long = ({"device": make(length)} for length in (LENGTH, 2 * LENGTH))
        yield "field", name, lint(Ticket(title="黑屏", fields=short)), lint(Ticket(title="黑屏", fields=long))
    many = [
        Ticket(title="黑屏", fields={f"key {n}": "a" for n in range(count)}) for count in (LENGTH // 10, LENGTH // 5)
    ]
    yield "fields", f"{LENGTH // 10:,} fields", lint(many[0]), lint(many[1])
    many = [Ticket(title="黑屏", attachments=("a.png",) * count) for count in (LENGTH // 10, LENGTH // 5)]
    yield "attachments", f"{LENGTH // 10:,} names", lint(many[0]), lint(many[1])


def _long() -> Iterator[Case]:
    """The whole lint on the generic texts, against four times the text."""
    assessor = Assessor(load_settings())
    for name, make in GENERIC.items():
        short, long = _ticket(make(LENGTH)), _ticket(make(4 * LENGTH))
        yield "body", name, partial(assessor.lint, short), partial(assessor.lint, long)


def _redaction() -> Iterator[Case]:
    for name, make in GENERIC.items():
        short, long = make(LENGTH), make(2 * LENGTH)
        yield "", name, partial(redact, short), partial(redact, long)


def _reports() -> Iterator[Case]:
    """The report in the terminal, of a ticket linted before."""
    assessor = Assessor(load_settings())

    def printed(text: str) -> Work:
        ticket = _ticket(text)
        linted = [LintedTicket(ticket, assessor.lint(ticket).assessment, "text", plain=True)]
        return lambda: text_report(linted, lang="auto", color=False, width=100)

    for name, make in _texts():
        if not name.startswith("pack "):
            yield "text", name, printed(make(LENGTH)), printed(make(2 * LENGTH))


if __name__ == "__main__":
    for goal in run().goals:
        print(goal.line())
