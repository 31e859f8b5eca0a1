import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from test_report_samples import (
    SAMPLES,
    en_incident,
    en_question,
    finding,
    hostile_ticket,
    linted_ticket,
    plain_ticket,
    zh_incident,
)

from triage.assessment import Span
from triage.report import LintedTicket
from triage.report.sarif import RuleText, sarif_report
from triage.ticket import Ticket

OUTPUT = Path(__file__).parent / "output"
SCHEMA = json.loads((OUTPUT / "sarif-schema-2.1.0.json").read_text("utf-8"))
RULES = (
    RuleText(
        "IMP01",
        "impact-unmeasured",
        "error",
        "The ticket does not measure its impact.",
        "Priority hangs on how many users are hit, and reporters rarely say it.",
        "Give a ratio (30%), a count (200 users) or an exact scope (only my device).",
    ),
    RuleText("SEC01", "secret-shown", "warning", "A secret is shown.", "Tickets are read by many.", "Remove it."),
)


def log_of(linted_tickets: Sequence[LintedTicket]) -> dict[str, Any]:
    return sarif_report(linted_tickets, rules=RULES, version="0.1.0")


def results_of(linted_tickets: Sequence[LintedTicket]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = log_of(linted_tickets)["runs"][0]["results"]
    return results


def test_log_of_the_sample() -> None:
    log = log_of([zh_incident(), en_incident(), en_question(), plain_ticket()])
    assert log == json.loads((OUTPUT / "sample.sarif").read_text("utf-8"))


@pytest.mark.parametrize("linted_tickets", [(), *((sample,) for sample in SAMPLES.values())], ids=["none", *SAMPLES])
def test_log_is_valid_by_the_official_schema(linted_tickets: Sequence[LintedTicket]) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(log_of(linted_tickets))


def test_official_schema_is_a_schema_and_refuses_a_wrong_level() -> None:
    jsonschema.Draft4Validator.check_schema(SCHEMA)
    log = log_of([plain_ticket()])
    log["runs"][0]["results"][0]["level"] = "hint"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(log)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("tickets.jsonl", "tickets.jsonl"),
        ("data/工单 1.jsonl", "data/%E5%B7%A5%E5%8D%95%201.jsonl"),
        ("/srv/tickets.jsonl", "file:///srv/tickets.jsonl"),
        ("<stdin>", "%3Cstdin%3E"),
        ("a:b#c.txt", "a%3Ab%23c.txt"),
    ],
)
def test_path_becomes_a_uri(path: str, uri: str) -> None:
    ticket = Ticket(title="x", id="T-1")
    linted = linted_ticket(ticket, language="en", findings=[finding("IMP01", "error", "m")], path=path)
    assert results_of([linted])[0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


@pytest.mark.parametrize(
    ("start", "end", "region"),
    [
        pytest.param(0, 2, (1, 1, 1, 3), id="first-line"),
        pytest.param(4, 5, (2, 1, 2, 2), id="after-crlf"),
        pytest.param(5, 8, (2, 2, 3, 2), id="over-a-line-break"),
        pytest.param(8, 8, (3, 2, 3, 2), id="empty"),
    ],
)
def test_span_of_a_plain_text_is_a_region_of_the_file(start: int, end: int, region: tuple[int, ...]) -> None:
    ticket = Ticket(body="黑屏\r\n卡顿\n👩x")
    found = finding("IMP01", "error", "m", "", Span("body", start, end))
    linted = linted_ticket(ticket, language="zh", findings=[found], path="t.txt", plain=True)
    names = ("startLine", "startColumn", "endLine", "endColumn", "charOffset", "charLength")
    expected = dict(zip(names, (*region, start, end - start), strict=True))
    assert results_of([linted])[0]["locations"][0]["physicalLocation"]["region"] == expected


def test_fingerprint_follows_the_ticket_to_another_line() -> None:
    ticket = Ticket(title="x", id="T-1")
    found = [finding("IMP01", "error", "m"), finding("IMP01", "error", "n"), finding("LOG01", "error", "m")]
    before, after = (
        [r["partialFingerprints"]["primaryLocationLineHash"] for r in results_of([linted])]
        for linted in (linted_ticket(ticket, language="en", findings=found, line=line) for line in (1, 9))
    )
    assert before == after
    assert len(set(before)) == 3


def test_message_forms_no_link_and_holds_no_control() -> None:
    assert [result["message"] for result in results_of([hostile_ticket()])] == [
        {"text": "100% wrong:\n<U+001B>[2J<b>no</b> logs\nAsk @admin, see \\[here](https://x.example)"}
    ]


def test_secret_is_never_repeated() -> None:
    ticket = Ticket(body="密码 hunter2hunter2", id="T-1")
    found = finding("SEC01", "error", "hunter2hunter2 是密码", "删除 hunter2hunter2", Span("body", 3, 17))
    log = log_of([linted_ticket(ticket, language="zh", findings=[found], plain=True)])
    assert "hunter2" not in json.dumps(log)
    assert log["runs"][0]["results"][0]["message"] == {"text": "*** 是密码\n删除 ***"}
