"""The corpus keeps the promises of ``data/README.md``: whole, labelled, split without leaks, and counted right."""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from functools import cache
from math import ceil
from pathlib import Path

import pytest

from triage.language.text import normalise
from triage.ticket import ticket_from

DATA = Path(__file__).parents[1] / "data"
DEV_TICKETS = DATA.parents[1] / "shared" / "data" / "dev-tickets.jsonl"

CORNERS = (
    "voice-call",
    "video-call",
    "live-streaming",
    "messaging",
    "conversational-ai",
    "platform",
    "pairs",
    "kinds",
    "trackers",
    "community",
    "desk",
    "field",
    "calls",
    "chat",
    "english",
)
PRODUCTS = CORNERS[:6]
ELEMENTS = ["symptom", "reproduction", "environment", "logs", "session", "impact", "business_loss", "timing", "contact"]
ALLOWED = {
    "kind": {"incident", "question", "request", "?"},
    "product": {*PRODUCTS, "?"},
    "priority": {"P1", "P2", "P3", "P4", "?"},
    "escalate": {"yes", "no", "?"},
    **{element: {"yes", "no", "?"} for element in ELEMENTS},
}
NEAR = 0.6  # Jaccard index of four-character runs from which two tickets count as near-duplicates


@cache
def tickets():
    """The tickets of all corners by id; ``corner`` is added to each."""
    found = {}
    for corner in CORNERS:
        for line in (DATA / "tickets" / f"{corner}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
            ticket = json.loads(line) | {"corner": corner}
            assert ticket["id"] not in found, f"{ticket['id']} stands twice"
            found[ticket["id"]] = ticket
    return found


def rows(path, *, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@cache
def labels():
    return {row["id"]: row for corner in CORNERS for row in rows(DATA / "labels" / f"{corner}.csv")}


@cache
def splits():
    return {row["id"]: row for row in rows(DATA / "splits.csv")}


def text(ticket):
    return f"{ticket['title']}\n{ticket['body']}"


def squeezed(ticket):
    """The letters and digits of a ticket's title and body, in uniform width, case and script."""
    return "".join(char for char in normalise(text(ticket)).text if char.isalnum())


def runs(squeezed_text):
    return {squeezed_text[start : start + 4] for start in range(len(squeezed_text) - 3)} or {squeezed_text}


def near_pairs(texts, threshold=NEAR):
    """The pairs of names whose texts reach the threshold, exactly.

    Of two sets so alike, the rarest runs of one must meet the rarest runs of the other (prefix filter): a hash table of
    those gives the few candidates worth comparing, and unlike min-wise hashes it misses none.
    """
    sets = {name: runs(squeezed_text) for name, squeezed_text in texts.items()}
    commonness = Counter(run for members in sets.values() for run in members)
    holders = defaultdict(list)
    pairs = set()
    for name, members in sets.items():
        rarest = sorted(members, key=lambda run: (commonness[run], run))
        prefix = rarest[: len(rarest) - ceil(threshold * len(rarest)) + 1]
        for other in {other for run in prefix for other in holders[run]}:
            shared = len(members & sets[other])
            if shared >= threshold * (len(members) + len(sets[other]) - shared):
                pairs.add((other, name))
        for run in prefix:
            holders[run].append(name)
    return pairs


@cache
def corpus_near_pairs():
    return near_pairs({name: squeezed(ticket) for name, ticket in tickets().items()})


def length_band(ticket):
    length = len(ticket["title"]) + len(ticket["body"])
    bands = ((75, "under 75"), (401, "75 to 400"), (1501, "401 to 1,500"))
    return next((name for limit, name in bands if length < limit), "over 1,500")


@cache
def group_sizes():
    return Counter(row["group"] for row in splits().values())


def group_size(name):
    return group_sizes()[splits()[name]["group"]]


def test_there_are_at_least_3000_tickets():
    assert len(tickets()) >= 3000


@pytest.mark.parametrize("corner", CORNERS)
def test_labels_stand_in_the_order_of_the_tickets(corner):
    expected = [name for name, ticket in tickets().items() if ticket["corner"] == corner]
    assert [row["id"] for row in rows(DATA / "labels" / f"{corner}.csv")] == expected


def test_every_ticket_has_one_split():
    assert [row["id"] for row in rows(DATA / "splits.csv")] == list(tickets())


def test_tickets_keep_the_contract_and_hold_no_label():
    for name, ticket in tickets().items():
        keys = set(ticket) - {"corner"}
        assert {"id", "lang", "title", "body"} <= keys <= {"id", "lang", "title", "body", "fields", "attachments"}, name
        assert all(ticket[key] for key in keys - {"title", "body"}), f"{name} has an empty part"
        assert ticket_from(ticket, place=name).id == name


def test_labels_come_from_the_allowed_sets():
    for name, row in labels().items():
        assert list(row) == ["id", *ALLOWED], name
        wrong = {column: row[column] for column, allowed in ALLOWED.items() if row[column] not in allowed}
        assert not wrong, f"{name}: {wrong}"


def test_only_an_incident_of_p2_escalates():
    escalated = [row for row in labels().values() if row["escalate"] == "yes"]
    assert {(row["kind"], row["priority"]) for row in escalated} == {("incident", "P2")}


def test_an_escalated_ticket_does_not_measure_its_impact():
    assert not [row["id"] for row in labels().values() if row["escalate"] == "yes" and row["impact"] == "yes"]


def test_no_group_straddles_the_splits():
    sides = defaultdict(set)
    for row in splits().values():
        sides[row["group"]].add(row["split"])
    assert not {group for group, split in sides.items() if len(split) > 1}


def test_splits_follow_from_the_hash_of_the_group():
    for row in splits().values():
        share = int(hashlib.sha256(row["group"].encode()).hexdigest()[:8], 16) % 100
        assert row["split"] == ("train" if share < 80 else "test"), row


def test_a_fifth_is_for_testing():
    share = sum(row["split"] == "test" for row in splits().values()) / len(splits())
    assert share == pytest.approx(0.20, abs=0.02)


def test_near_duplicates_are_found():
    texts = {"a": "今天早上起所有用户都登录不上", "b": "今天早上起所有用户都登录不上了", "c": "发票抬头填错了怎么改"}
    assert near_pairs(texts) == {("a", "b")}


def test_near_duplicates_share_a_group_and_so_a_split():
    apart = {pair for pair in corpus_near_pairs() if len({splits()[name]["group"] for name in pair}) > 1}
    assert not apart


def test_no_text_stands_twice():
    repeated = [name for name, count in Counter(map(text, tickets().values())).items() if count > 1]
    assert not repeated


@pytest.mark.parametrize(
    ("languages", "least"), [(("zh", "zh-Hant"), 0.62), (("zh-Hant",), 0.03), (("mixed",), 0.15), (("en",), 0.15)]
)
def test_each_language_has_its_share(languages, least):
    assert sum(ticket["lang"] in languages for ticket in tickets().values()) / len(tickets()) >= least


def test_at_least_500_tickets_are_in_groups_of_two_or_more():
    assert sum(size for size in group_sizes().values() if size > 1) >= 500


def test_half_are_short_and_some_are_long():
    bands = Counter(map(length_band, tickets().values()))
    assert bands["under 75"] / len(tickets()) == pytest.approx(0.50, abs=0.05)
    assert bands["over 1,500"] >= 30


def test_no_dev_ticket_stands_inside():
    """No ticket holds, or is near to, the text of a ticket of the development set.

    Where that set is not there (outside the project's own workshop) this test reads nothing, and passes only because
    the file is absent.
    """
    if not DEV_TICKETS.exists():
        return
    dev = {line["id"]: squeezed(line) for line in map(json.loads, DEV_TICKETS.open(encoding="utf-8"))}
    ours = {name: squeezed(ticket) for name, ticket in tickets().items()}
    assert not [(name, other) for name, ticket in ours.items() for other, held in dev.items() if held in ticket]
    assert not [pair for pair in near_pairs(dev | ours) if len(dev.keys() & set(pair)) == 1]


def readme_table(heading):
    """The whole numbers of the first table under a heading of the README, by the row's first cell."""
    section = (DATA / "README.md").read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.split("\n") if line[:1] == "|"]
    return {row[0].strip("`"): [int(c.replace(",", "")) for c in row[1:] if c[:1].isdigit()] for row in cells[2:]}


def counted(value_of):
    """For each value, how many tickets have it: in all, in train, in test."""
    found = defaultdict(lambda: [0, 0, 0])
    for name, ticket in tickets().items():
        numbers = found[value_of(name, ticket)]
        numbers[0] += 1
        numbers[1 if splits()[name]["split"] == "train" else 2] += 1
    return dict(found)


@pytest.mark.parametrize(
    ("heading", "value_of"),
    [
        ("Corners", lambda _, ticket: ticket["corner"]),
        ("Languages", lambda _, ticket: ticket["lang"]),
        ("Kinds", lambda name, _: labels()[name]["kind"]),
        ("Priorities", lambda name, _: labels()[name]["priority"]),
        ("Escalation", lambda name, _: labels()[name]["escalate"]),
        ("Products", lambda name, _: labels()[name]["product"]),
        ("Lengths", lambda _, ticket: length_band(ticket)),
        ("Groups and pairs", lambda name, _: ("1", "2")[size - 1] if (size := group_size(name)) < 3 else "3 or more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_readme_counts_are_true(heading, value_of):
    assert readme_table(heading) == counted(value_of)


def test_readme_counts_elements():
    columns = {element: Counter(row[element] for row in labels().values()) for element in ELEMENTS}
    expected = {element: [count[value] for value in ("yes", "no", "?")] for element, count in columns.items()}
    assert readme_table("Elements") == expected


def test_readme_totals_are_true():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    train, test = (sum(row["split"] == split for row in splits().values()) for split in ("train", "test"))
    assert f"\n{len(tickets()):,} labelled support tickets" in readme
    assert f"{train:,} tickets for training and {test:,} for testing" in readme
    assert f"There are {len(corpus_near_pairs())} such" in readme


def test_readme_counts_the_sample_backlog():
    sample = DATA / "sample"
    expected = {
        "sample/zendesk.jsonl": [len((sample / "zendesk.jsonl").read_text(encoding="utf-8").split("\n")[:-1])],
        "sample/jira.csv": [len(rows(sample / "jira.csv", encoding="utf-8-sig"))],
        "sample/inhouse.csv": [len(rows(sample / "inhouse.csv", encoding="gb18030"))],
    }
    assert readme_table("Sample backlog") == expected
    assert sum(count for (count,) in expected.values()) == 312
