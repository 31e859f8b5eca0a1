"""When a customer can be reached, read off the ticket; and what only looks like it."""

import time

import pytest

from triage.report.reachable import reachable_hours
from triage.ticket import Ticket

SAID = [
    ("工作日 9:00-18:00 可以电话联系", "工作日 9:00-18:00"),
    ("电话 138，随时可联系", "随时"),
    ("每天10点到19点方便接电话", "每天10点到19点"),
    ("周一到周五 9点半-18点 可联系", "周一到周五 9点半-18点"),
    ("電話 隨時可以聯繫", "隨時"),
    ("上午9:00到下午6:00方便联系", "上午9:00到下午6:00"),
    ("24小时都可以联系", "24小时"),
    ("We are reachable Mon-Fri 9:00-18:00 CST by phone", "Mon-Fri 9:00-18:00 CST"),
    ("please call me between 9 am and 6 pm", "between 9 am and 6 pm"),
    ("our lead is available 24/7 by phone", "24/7"),
]
NOT_SAID = [
    "会议 9:00-10:00 卡顿",
    "随时会断线",
    "服务 24小时 可用",
    "用户随时可以进房",
    "the relay is reachable on port 8080",
    "9:00-10:00 the call stutters",
    "",
]


@pytest.mark.parametrize(("body", "hours"), SAID)
def test_hours_are_read_in_the_tickets_own_words(body: str, hours: str) -> None:
    assert reachable_hours(Ticket(title="语音卡顿", body=body)) == hours


@pytest.mark.parametrize("body", NOT_SAID)
def test_other_hours_are_nobodys(body: str) -> None:
    assert reachable_hours(Ticket(title="语音卡顿", body=body)) is None


@pytest.mark.parametrize("key", ["可联系时间", "reachable_hours", "Reachable hours", "方便联系时间"])
def test_field_of_the_form_comes_first(key: str) -> None:
    ticket = Ticket(title="t", body="随时可联系", fields={key: "周末  白天"})
    assert reachable_hours(ticket) == "周末 白天"


def test_long_field_is_cut() -> None:
    assert reachable_hours(Ticket(title="t", body="", fields={"reachable": "x" * 500})) == "x" * 80


@pytest.mark.parametrize("piece", [" ", "9:00-", "工作日 ", "reachable ", "call me ", "周一到", "\n"])
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    start = time.process_time()
    assert reachable_hours(Ticket(title="t", body=piece * 20_000)) is None
    # Not a timing test but a guard against one that never ends: quadratic patterns take minutes here.
    assert time.process_time() - start < 5
