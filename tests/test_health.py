"""``triage health``: one customer's tickets, their figures, the page, and the command that writes it."""

import argparse
import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from test_report_html import HOSTILE, Elements

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.cli.health_command import report_health
from triage.customers import customer_of, same_name
from triage.errors import InputError
from triage.report.html.health import SYMPTOMS, Fault, HealthTicket, health_report, recurring
from triage.report.html.words import HEALTH_EN, HEALTH_ZH
from triage.report.sla import Promise, What
from triage.settings import load_settings
from triage.store.database import open_database, upgrade
from triage.store.ids import new_id
from triage.store.kept_ticket import NewTicket
from triage.store.ticket_store import TicketStore
from triage.ticket import Ticket
from triage.ticketfile import Record, read_tickets

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=ZONE)
NEEDED = ("symptom", "environment", "logs")


@pytest.mark.parametrize(
    ("ticket", "name"),
    [
        (Ticket(fields={"customer": " Acme "}), "Acme"),
        (Ticket(extra={"客户名称": "启明在线"}), "启明在线"),
        (Ticket(extra={"Organization": {"id": 7, "name": "Acme Ltd"}}), "Acme Ltd"),
        (Ticket(extra={"company": 4711}), "4711"),
        (Ticket(fields={"公司": "B"}, extra={"Customer": "A"}), "A"),
        (Ticket(fields={"customer": "A"}, extra={"customer": "B"}), "A"),
        (Ticket(fields={"customer": "  "}, extra={"单位": "C"}), "C"),
        (Ticket(extra={"customer": None, "company": True, "organisation": ["A"]}), None),
        (Ticket(body="customer: Acme"), None),
    ],
    ids=["field", "column", "object", "number", "best name first", "form first", "empty", "no text", "in the body"],
)
def test_customer_of_a_ticket(ticket: Ticket, name: str | None) -> None:
    assert customer_of(ticket) == name


def test_names_are_one_whatever_their_case_and_spaces() -> None:
    assert same_name(" ACME straße", "acme STRASSE ")
    assert not same_name("Acme", "Acme Ltd")


def told(
    *, score: int = 50, ready: bool = False, missing: tuple[str, ...] = (), faults: str = "", kind: str = "incident"
) -> dict[str, Any]:
    """An assessment with what the page reads; ``faults`` as ``symptom.stutter``, ``error_code=code 701``."""
    evidence: dict[str, list[dict[str, str]]] = {"symptom": [], "logs": []}
    for fault in filter(None, faults.split(";")):
        slot, _, text = fault.partition("=")
        evidence["logs" if text else "symptom"].append({"slot": slot, "text": text})
    elements = {
        name: {
            "required": True,
            "status": "missing" if name in missing else "present",
            "evidence": evidence.get(name, []),
        }
        for name in NEEDED
    }
    return {"kind": {"label": kind}, "lint": {"score": score, "ready": ready, "elements": elements}}


def ticket(name: str, day: str | None, *, priority: str = "P2", **changes: Any) -> HealthTicket:
    created_at = None if day is None else datetime.fromisoformat(f"2026-{day}T10:00").replace(tzinfo=ZONE)
    given = {"title": f"title of {name}", "product": "voice-call", "is_open": False, "assessment": told()}
    return HealthTicket(name, priority=priority, created_at=created_at, **{**given, **changes})


def promise(name: str, what: What, due_hours: float, done_hours: float | None, priority: str = "P2") -> Promise:
    """A promise that is due, and was done, so many hours from now."""
    due_at = NOW + timedelta(hours=due_hours)
    done_at = None if done_hours is None else NOW + timedelta(hours=done_hours)
    return Promise(name, what, "standard", priority, "voice-call", "2026-W48", due_at, done_at)


TICKETS = [
    ticket("T-1", "11-02", priority="P1", assessment=told(score=80, ready=True, faults="stutter;error_code=code=701"),
           promises=(promise("T-1", "first_response", -90, -91, "P1"), promise("T-1", "resolution", -80, -70, "P1"))),
    ticket("T-2", "11-09", assessment=told(score=40, missing=("logs",), faults="stutter"),
           promises=(promise("T-2", "first_response", -50, -49),)),
    ticket("T-3", "11-23", is_open=True, assessment=told(score=30, missing=("logs", "environment"), faults="fault"),
           promises=(promise("T-3", "first_response", -2, None), promise("T-3", "resolution", 20, None))),
    ticket("T-4", "11-24", is_open=True, assessment=told(score=50, kind="question", faults="stutter")),
    ticket("T-5", None, priority="P4", assessment=told(score=60, ready=True)),
]  # fmt: skip


def page(tickets: list[HealthTicket] = TICKETS, *, lang: str = "en", customer: str = "Acme", **days: date) -> str:
    return health_report(tickets, customer=customer, lang=lang, now=NOW, **days)


def data_of(text: str) -> Any:
    return json.loads(next(data for _, data in Elements(text).raw if data.startswith('{"priorities"')))


def words_of(text: str) -> str:
    """What a reader sees between header and footer, on one line."""
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", text[text.index("<body>") :])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


def test_figures_that_are_drawn() -> None:
    assert data_of(page()) == {
        "priorities": ["P1", "P2", "P3", "P4"],
        "words": {"kept": "kept", "waiting": "waiting", "broken": "broken", "waiting late": "waiting, too late"},
        "time": {
            "starts": ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"],
            "counts": {"P1": [1, 0, 0, 0], "P2": [0, 1, 0, 2], "P3": [0, 0, 0, 0], "P4": [0, 0, 0, 0]},
        },
        "missing": [["symptom 0/5", 0, 5], ["environment 1/5", 1, 5], ["logs 2/5", 2, 5]],
        "promises": {
            "first_response": {
                "kept": [1, 0, 0, 0],
                "waiting": [0, 0, 0, 0],
                "broken": [0, 1, 0, 0],
                "waiting late": [0, 1, 0, 0],
            },
            "resolution": {
                "kept": [0, 0, 0, 0],
                "waiting": [0, 1, 0, 0],
                "broken": [1, 0, 0, 0],
                "waiting late": [0, 0, 0, 0],
            },
        },
    }


READ = {
    "en": "Health report: Acme 2026-11-02 to 2026-11-25 · 5 tickets · made 2026-11-25 18:00 · all times UTC+08:00 ◐ 5 tickets "
    "2 open 1 of 3 first responses in time 0 of 1 resolutions in time 52 mean completeness 2 of 5 complete Tickets whose time "
    "of creation cannot be read: 1. They are counted, but stand in no week, promise or recurring fault. Tickets by week Tickets "
    "over time, by priority by week (from Monday) P1 urgent: 1 · P2 high: 3 · P3 normal: 0 · P4 low: 1 Promises kept As of "
    "2026-11-25 18:00, by plan and priority of each ticket, on the working calendar. Left out is what nobody can tell: tickets "
    "without a time of creation, and those closed without a time of the answer. First response 1 of 3 kept; 0 not due yet. "
    "Resolution 0 of 1 kept; 1 not due yet. Quality of the tickets A ticket that is complete from the start saves a round of "
    "questions. Completeness goes from 0 to 100, here the mean of 5; complete: 2 of 5 (40%). What is missing most Of the "
    "tickets that need it, how many lack it, and their share. Faults that come back The same symptom or error code on the same "
    "product line, in at least two incidents of different days. The same symptom need not have the same cause. Fault Product "
    "Tickets First Last Such as stutter or freezes voice call 2 2026-11-02 2026-11-09 T-1 T-2 Open tickets Priority Ticket "
    "Title Product created First response due Resolution due P2 T-3 title of T-3 voice call 2026-11-23 10:00 2026-11-25 16:00 "
    "overdue 2026-11-26 14:00 P2 T-4 title of T-4 voice call 2026-11-24 10:00 – – triage · made 2026-11-25 18:00",
    "zh": "Acme 服务健康报告 2026-11-02 至 2026-11-25 · 5 张工单 · 生成于 2026-11-25 18:00 · 时间均为 UTC+08:00 ◐ 5 张工单 2 未关闭 "
    "1 / 3 首次响应按时 0 / 1 解决按时 52 平均完整度 2 / 5 信息齐全 有 1 张工单读不出创建时间：已计入总数，但不在按周的图、承诺与反复出现"
    "的故障里。 每周工单量 各优先级的工单量 按周（周一起） P1 紧急: 1 · P2 高: 3 · P3 普通: 0 · P4 低: 1 承诺兑现 到 2026-11-25 18:00 为止，"
    "按工单的服务计划与优先级、以工作日历计算。读不出创建时间的、已关闭却没有完成时间的，无法判断，未计入。 首次响应 应兑现 3 次，按时 1 "
    "次；未到期 0 次。 解决 应兑现 1 次，按时 0 次；未到期 1 次。 工单信息质量 工单一次写全，就少一轮追问。完整度为 0–100 分，取 5 张工单的"
    "平均值；信息齐全的有 2 / 5 张（40%）。 最常缺少的信息 在需要这一项的工单里，缺少它的张数与占比。 反复出现的故障 同一产品线上，同一种"
    "现象或同一个错误码，在不同日期的至少两张故障工单里出现。现象相同，原因未必相同。 故障 产品线 工单数 首次 最近 例如 卡顿 语音通话 2 "
    "2026-11-02 2026-11-09 T-1 T-2 未关闭的工单 优先级 工单 标题 产品线 创建 首次响应截止 解决截止 P2 T-3 title of T-3 语音通话 "
    "2026-11-23 10:00 2026-11-25 16:00 已超时 2026-11-26 14:00 P2 T-4 title of T-4 语音通话 2026-11-24 10:00 — — triage · 生成于 "
    "2026-11-25 18:00",
}


@pytest.mark.parametrize("lang", READ)
def test_page_as_it_is_read(lang: str) -> None:
    assert words_of(page(lang=lang)) == READ[lang]


def test_a_period_takes_both_of_its_days_and_tells_what_it_left_out() -> None:
    text = page(since=date(2026, 11, 9), until=date(2026, 11, 23))
    assert "2026-11-09 to 2026-11-23 · 2 tickets" in text
    assert data_of(text)["time"]["starts"] == ["2026-11-09", "2026-11-16", "2026-11-23"]
    assert HEALTH_EN["left_out"].format(count=1) in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_period_is_a_page(lang: str) -> None:
    text = page(lang=lang, until=date(2025, 12, 31))
    words = HEALTH_ZH if lang == "zh" else HEALTH_EN
    assert words["none"] in text
    assert "%" not in words_of(text)
    assert data_of(text)["time"] == {"starts": [], "counts": {}}


def test_days_are_those_of_the_desk() -> None:
    late = ticket("T", None)._replace(created_at=datetime(2026, 11, 1, 17, tzinfo=UTC))
    assert data_of(page([late]))["time"]["starts"][0] == "2026-11-02"


RECURRING = [
    ticket("A", "11-01", assessment=told(faults="stutter;error_code=错误码 6017")),
    ticket("B", "11-03", assessment=told(faults="stutter;stutter;error_code=code=6017")),
    ticket("C", "11-02", assessment=told(faults="stutter")),
    ticket("D", "11-05", product="video-call", assessment=told(faults="stutter;picture")),
    ticket("E", "11-06", product="", assessment=told(faults="picture;constant=RECORD_FAILURE")),
    ticket("F", "11-08", product="", assessment=told(faults="error_code=reason=RECORD_FAILURE")),
    ticket("G", "11-09", assessment=told(faults="delay;error_code=提示 publish timeout")),
    ticket("H", "11-09", assessment=told(faults="delay;error_code=提示 publish timeout")),
    ticket("I", "11-10", assessment=told(faults="fault;sentence;section")),
    ticket("J", "11-11", assessment=told(faults="fault;sentence;section")),
    ticket("K", "11-12", assessment=told(kind="question", faults="stutter")),
    ticket("L", None, assessment=told(faults="crash")),
    ticket("M", "11-13", assessment=told(faults="crash")),
]


def test_what_comes_back_on_another_day_recurs() -> None:
    assert recurring(RECURRING) == [
        Fault("voice-call", "stutter", False, ("A", "C", "B"), date(2026, 11, 1), date(2026, 11, 3)),
        Fault("", "RECORD_FAILURE", True, ("E", "F"), date(2026, 11, 6), date(2026, 11, 8)),
        Fault("voice-call", "6017", True, ("A", "B"), date(2026, 11, 1), date(2026, 11, 3)),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"code":50301,"msg":"upstream overloaded"', "50301"),
        ("failed 0x3003", "0x3003"),
        ("status: -22", "-22"),
        ("C0318", "C0318"),
        ("错误码6017", "6017"),
        ('提示 "publish timeout"', None),
        ("版本 5.3.1", None),
        ("status=0", None),
    ],
)
def test_code_of_an_error(text: str, code: str | None) -> None:
    found = recurring([ticket(str(day), f"11-{day}", assessment=told(faults=f"error_code={text}")) for day in (10, 11)])
    assert [fault.what for fault in found] == ([code] if code else [])


def test_both_languages_have_all_words() -> None:
    assert HEALTH_ZH.keys() == HEALTH_EN.keys()
    assert set(SYMPTOMS) <= HEALTH_EN.keys()
    for name in HEALTH_ZH:
        assert sorted(re.findall(r"\{\w+\}", HEALTH_ZH[name])) == sorted(re.findall(r"\{\w+\}", HEALTH_EN[name])), name


def test_symptoms_are_slots_of_evidence() -> None:
    assessor = Assessor(load_settings(), rules_alone=True)
    text = "语音卡顿。没声音。有回声。延迟特别大。对方黑屏。进房失败。消息收不到。App 闪退。"
    found = assessment_json(assessor.assess(Ticket(body=text)))["lint"]["elements"]["symptom"]["evidence"]
    assert set(SYMPTOMS) <= {one["slot"] for one in found}


HOSTILE_PAGE = page(
    [
        ticket(
            HOSTILE,
            f"11-{day}",
            title=HOSTILE,
            product=HOSTILE,
            is_open=True,
            assessment=told(faults=f"constant={HOSTILE.replace(';', '')}"),
        )
        for day in (10, 11)
    ],
    customer=HOSTILE,
)


def test_only_the_page_s_own_scripts_and_styles_may_run() -> None:
    found = Elements(HOSTILE_PAGE)
    policy = next(a["content"] for tag, a in found.tags if tag == "meta" and a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert [attributes.get("type") for tag, attributes in found.tags if tag == "script"] == [
        "application/json",
        None,
        None,
    ]
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
        for _, data in found.raw
        if not data.startswith('{"priorities"')
    }
    assert hashes == set(re.findall(r"'(sha256-[^']+)'", policy))
    assert not [a for _, a in found.tags if "style" in a or any(name.startswith("on") for name in a)]


def test_hostile_text_is_shown_and_nothing_more() -> None:
    assert "<img" not in HOSTILE_PAGE
    assert HOSTILE_PAGE.count("<script") == 3
    assert "\u202e" not in HOSTILE_PAGE
    assert "&lt;img src=x" in HOSTILE_PAGE
    assert "{{7*7}}" in HOSTILE_PAGE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_asks_nothing_of_any_server(lang: str) -> None:
    text = page(lang=lang)
    assert text.startswith("<!doctype html>")
    found = Elements(text)
    assert not {"link", "iframe", "img", "object", "base"} & {tag for tag, _ in found.tags}
    assert not [attributes for _, attributes in found.tags if "src" in attributes or "href" in attributes]
    # What stands in the chart library: its licence's home and a name space.
    addresses = {address for _, data in found.raw for address in re.findall(r"https?://[\w./-]+", data)}
    assert {re.sub(r"^https?://([^/]+).*", r"\1", one) for one in addresses} <= {
        "www.chartjs.org",
        "github.com",
        "www.w3.org",
    }
    assert "http" not in re.sub(r"<(script|style)[\s\S]*?</\1>", "", text).replace("http-equiv", "")


def test_many_tickets_stay_under_a_megabyte() -> None:
    many = [
        ticket(
            f"T-{number}-{'9' * 200}",
            f"{1 + number % 11:02}-{1 + number % 28:02}",
            title="题" * 200,
            is_open=True,
            assessment=told(faults=f"error_code=code {number % 900}"),
        )
        for number in range(20_000)
    ]
    text = page(many)
    assert len(text.encode()) < 1_000_000
    assert HEALTH_EN["more_open"].format(count=19_900) in text


ROWS = """id,title,body,created_at,plan,requested_priority,first_response_at,resolved_at,status,客户
A-1,语音卡顿 电话 13812345678,语音一直卡顿,2026-11-02 09:00,标准,P2,2026-11-02 10:00,2026-11-02 12:00,closed,启明在线
A-2,语音卡顿,今天语音又卡顿,2026-11-09 09:00,标准,P2,2026-11-10 10:00,,closed,启明在线
A-3,语音通话没声音,对方听不到我说话 电话 13812345678,2026-11-24 09:00,标准,P3,,, open,启明在线
B-1,voice stutters,voice stutters,2026-11-24 09:00,标准,P3,,,open,Acme
B-2,voice stutters,voice stutters,2026-11-24 09:00,标准,P3,,,open,Acme
C-1,voice stutters,voice stutters,2026-11-24 09:00,标准,P3,,,open,
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(rows: str = ROWS, **options: Any) -> int:
    """What the command gives for rows of a file, or for the store."""
    given = {
        "files": ["a.csv"],
        "store": False,
        "customer": "启明在线",
        "since": None,
        "until": None,
        "lang": "auto",
        "output": "health.html",
    }
    return report_health(argparse.Namespace(**{**given, **options}), load_settings(), records(rows), now=NOW)


def records(rows: str) -> Iterator[tuple[str, Record]]:
    for record in read_tickets(rows.encode(), name="a.csv"):
        yield "a.csv", record


def test_report_of_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked() == 0
    assert capsys.readouterr() == ("", "triage: written: health.html\n")
    assert [path.name for path in folder.iterdir()] == ["health.html"]
    text = (folder / "health.html").read_text(encoding="utf-8")
    assert "启明在线 服务健康报告" in text
    assert "2026-11-02 至 2026-11-25 · 3 张工单" in text
    assert "应兑现 3 次，按时 1 次；未到期 0 次。" in text
    assert "卡顿 语音通话 2 2026-11-02 2026-11-09 A-1 A-2" in words_of(text)
    assert "voice stutters" not in text


def test_secrets_are_masked(folder: Path) -> None:
    rows = ROWS.replace("A-3,语音通话没声音", "A-3,没声音 电话 13812345678").replace("A-1,", ",")
    asked(rows)
    text = (folder / "health.html").read_text(encoding="utf-8")
    assert "没声音 电话 •••••••••••" in text
    assert "1381234" not in text


def test_what_was_closed_without_a_time_is_no_broken_promise(folder: Path) -> None:
    settings = folder / "triage.toml"
    settings.write_text('[promises.standard]\nresolution = { P2 = "8 h" }\n', encoding="utf-8")
    given = argparse.Namespace(
        files=["a.csv"],
        store=False,
        customer="启明在线",
        since=None,
        until=None,
        lang="en",
        output="health.html",
    )
    assert report_health(given, load_settings(settings), records(ROWS), now=NOW) == 0
    text = (folder / "health.html").read_text(encoding="utf-8")
    assert "1 of 1 kept; 0 not due yet." in text


def test_report_of_the_store(folder: Path) -> None:
    engine = open_database("sqlite:///triage.db", connections=1)
    upgrade(engine)
    store = TicketStore(engine, randomness=bytes)
    kept = Ticket("语音卡顿", "语音一直卡顿", "K-1", fields={"company": "ACME "})
    assessor = Assessor(load_settings(), rules_alone=True)
    store.add(NewTicket(new_id(NOW, bytes), NOW, kept, assessment_json(assessor.assess(kept))))
    engine.dispose()
    assert asked(files=[], store=True, customer="acme") == 0
    text = (folder / "health.html").read_text(encoding="utf-8")
    assert "ACME 服务健康报告" in text
    assert "K-1" in text


def test_a_row_that_cannot_be_read_is_told_and_the_report_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(f"{ROWS}D-1,,,,,,,,,启明在线\n") == 2
    assert "triage: a.csv:8: title and body are both empty" in capsys.readouterr().err
    assert "3 张工单" in (folder / "health.html").read_text(encoding="utf-8")


def test_a_period_without_tickets_is_reported(folder: Path) -> None:
    assert asked(since="2027-01-01", until="2027-03-31") == 0
    text = (folder / "health.html").read_text(encoding="utf-8")
    assert "2027-01-01 至 2027-03-31" in text
    assert HEALTH_ZH["none"] in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"customer": "启明"}, '--customer "启明" has no ticket here; did you mean "启明在线"?'),
        ({"customer": "Zenith"}, '--customer "Zenith" has no ticket here; use 启明在线, Acme'),
        (
            {"rows": ROWS.replace("客户", "x")},
            '--customer "启明在线" has no ticket here; no ticket names its customer, which is read from a field customer, '
            "company, organization, organisation, 客户, 客户名称, 公司, 单位",
        ),
        ({"files": []}, "name the files of tickets, or --store for those that the service keeps"),
        ({"store": True}, "name the files of tickets, or --store for those that the service keeps"),
        ({"since": "October"}, '--from is "October"; write a day as 2026-10-01'),
        ({"until": "2026-13-01"}, '--until is "2026-13-01"; write a day as 2026-10-01'),
        (
            {"since": "2026-11-02", "until": "2026-11-01"},
            "--until 2026-11-01 is before --from 2026-11-02; both days belong to the period",
        ),
        ({"output": "health.pdf"}, "health.pdf: a report is a page; end its name in .html"),
        ({"output": "a.html", "files": ["a.html"]}, "a.html: is an input too; write to another file"),
        (
            {"output": "none/a.html"},
            "none/a.html: cannot be written (No such file or directory); check the folder",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)
def test_mistakes_are_told(folder: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as raised:
        asked(**options)
    assert str(raised.value) == told
    assert not list(folder.iterdir())


def test_of_many_customers_some_are_named(folder: Path) -> None:
    header = ROWS.partition("\n")[0]
    rows = "".join(f"{number},没声音,没声音,,,,,,,客户{number:04}\n" for number in range(500))
    with pytest.raises(InputError) as raised:
        asked(f"{header}\n{rows}", customer="Zenith")
    assert len(str(raised.value)) < 400
    assert str(raised.value).endswith(", …")
