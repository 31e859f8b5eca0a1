"""Times of exports: what each form means, and that nonsense is no time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from triage.ticket import Ticket
from triage.times import first_response, read_time, reads_day_first

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-03T14:05:00Z", "2026-11-03T14:05:00+00:00"),
        ("2026-11-03T14:05:00.123Z", "2026-11-03T14:05:00.123+00:00"),
        ("2026-11-03 14:05", "2026-11-03T14:05:00+08:00"),
        ("2026-11-03", "2026-11-03T00:00:00+08:00"),
        ("2026-11-03T14:05:00+0100", "2026-11-03T14:05:00+01:00"),
        ("2017-09-15 16:50:55 UTC", "2017-09-15T16:50:55+00:00"),
        ("14/Jul/25 3:42 PM", "2025-07-14T15:42:00+08:00"),
        ("14/Jul/25 12:42 AM", "2025-07-14T00:42:00+08:00"),
        ("14/七月/25 3:42 下午", "2025-07-14T15:42:00+08:00"),
        ("14/十一月/25 9:02 上午", "2025-11-14T09:02:00+08:00"),
        ("6/21/2025 16:14", "2025-06-21T16:14:00+08:00"),
        ("21/6/2025 16:14", "2025-06-21T16:14:00+08:00"),
        ("3/4/2025", "2025-03-04T00:00:00+08:00"),
        ("2026年11月3日 14:05", "2026-11-03T14:05:00+08:00"),
        ("2026年11月3日 下午2点05分", "2026-11-03T14:05:00+08:00"),
        ("2026/11/3 下午2:05", "2026-11-03T14:05:00+08:00"),
        ("2026/11/3 凌晨12:30", "2026-11-03T00:30:00+08:00"),
        ("2026/11/3 中午12:30", "2026-11-03T12:30:00+08:00"),
        ("1762149900", "2025-11-03T06:05:00+00:00"),
        ("1762149900123", "2025-11-03T06:05:00.123+00:00"),
        ("45963.5", "2025-11-02T12:00:00+08:00"),
    ],
)
def test_form_is_read(text: str, moment: str) -> None:
    assert read_time(text, zone=ZONE) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "昨天",
        "2026-13-01",
        "2026-02-30",
        "31/31/2025",
        "99:99",
        "0000-01-01",
        "9999-01-01",
        "1",
        "2026",
        "1e9",
    ],
)
def test_nonsense_is_no_time(text: str) -> None:
    assert read_time(text, zone=ZONE) is None


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    moment = read_time(text, zone=ZONE)
    assert moment is None or moment.tzinfo is not None


def test_the_day_comes_first_where_a_column_says_so() -> None:
    assert reads_day_first(["3/4/2025", "13/4/2025"])
    assert not reads_day_first(["3/4/2025", "4/13/2025"])
    assert not reads_day_first(["nothing", "3/4/2025"])
    assert read_time("3/4/2025", zone=ZONE, day_first=True) == datetime(2025, 4, 3, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("header", "value", "minutes"),
    [
        ("First reply time in minutes", "12", 12),
        ("First response time (in hrs)", "01:30:00", 90),
        ("首响时长(分钟)", 7.5, 7.5),
        ("First reply time in minutes", "soon", None),
        ("First reply time in minutes", "", None),
    ],
)
def test_minutes_until_the_first_response_are_counted(header: str, value: object, minutes: float | None) -> None:
    ticket = Ticket(title="x", created_at="2026-11-03 14:00", extra={header: value})
    moment = first_response(ticket, zone=ZONE)
    waited = (moment - datetime(2026, 11, 3, 14, 0, tzinfo=ZONE)).total_seconds() / 60 if moment else None
    assert waited == minutes
