"""Times as exports write them, read into moments; nothing here raises, for a time that cannot be read is no fault."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from triage.ticket import Ticket

# Support systems are younger than 1990, and a due date is no century ahead.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE_MONTHS = ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月")
_BY_NAME = {name: number for names in (_MONTHS, _CHINESE_MONTHS) for number, name in enumerate(names, start=1)}

_CLOCK = (
    r"(?:[ T]*(?P<early>上午|下午|凌晨|晚上|中午)? *(?P<hour>\d{1,2})[:：时点](?P<minute>\d{1,2})"
    r"(?:[:：分](?P<second>\d{1,2})秒?(?:[.,]\d+)?)?分? *(?P<half>AM|PM|上午|下午)?)?"
    r" *(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
# yes: 2026-11-03T14:05:00Z   2026年11月3日 下午2:05   2026/11/3   no: 2026-11
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?{_CLOCK}", re.IGNORECASE
)
# yes: 14/Jul/25 3:42 PM   14/七月/25 3:42 下午   no: 14/July
_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})[-/ ](?P<name>[a-z]{{3}}|[一二三四五六七八九十]+月)[-/ ](?P<year>\d{{2,4}}),?{_CLOCK}",
    re.IGNORECASE,
)
# yes: 6/21/2025 16:14   21.06.2025   no: 6/21
_YEAR_LAST = re.compile(
    rf"(?P<one>\d{{1,2}})[-/.](?P<two>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}),?{_CLOCK}", re.IGNORECASE
)
# yes: 1764032700   1764032700123   45963.61   no: 2026
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?|\d{10}(?:\.\d+)?|\d{13}")
# Excel counts days on the wall from here (its year 1900 has a leap day that was none).
_EXCEL_EPOCH = datetime(1899, 12, 30)
# How exports call the time until the first response, with the minutes in one of their units.
_RESPONSE_TIMES = {
    "first reply time in minutes": 1,
    "first reply time (min)": 1,
    "first response in min": 1,
    "首响时长(分钟)": 1,
    "首次响应时长(分钟)": 1,
    "first response time (in hrs)": 60,
}


def read_time(text: str | None, *, zone: tzinfo, day_first: bool = False) -> datetime | None:
    """The moment that a text names, with its zone (``zone`` where it names none); None where it names none.

    ISO, ``14/Jul/25 3:42 PM`` and its Chinese form, ``2026年11月3日 14:05``, ``6/21/2025 16:14``, seconds or milliseconds
    since 1970, days since 1900 as Excel counts them. ``day_first`` reads 03/04/2025 as the third of April.
    """
    text = (text or "").strip()
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() and text[4:5] == "-" else None
    except ValueError:
        moment = None
    try:
        moment = moment or _written(text, day_first=day_first) or _counted(text)
        if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OverflowError, OSError):
        return None


def reads_day_first(texts: Iterable[str]) -> bool:
    """Whether the numeric dates of a column begin with the day, by those that can be read one way only."""
    for text in texts:
        match = _YEAR_LAST.fullmatch(text.strip())
        if match and int(match["one"]) > 12:
            return True
        if match and int(match["two"]) > 12:
            return False
    return False


def first_response(ticket: Ticket, *, zone: tzinfo, day_first: bool = False) -> datetime | None:
    """When a ticket was first answered: as it says, or by the minutes or hours that its export counts since it came."""
    if moment := read_time(ticket.first_response_at, zone=zone, day_first=day_first):
        return moment
    created = read_time(ticket.created_at, zone=zone, day_first=day_first)
    waited = _waited(ticket.extra) if created else None
    return created + waited if created and waited is not None else None


def _waited(columns: Mapping[str, object]) -> timedelta | None:
    metrics = columns.get("metric_set")
    reply = metrics.get("reply_time_in_minutes") if isinstance(metrics, Mapping) else None
    if isinstance(reply, Mapping) and isinstance(reply.get("calendar"), int | float):
        return timedelta(minutes=reply["calendar"])
    for header, value in columns.items():
        minutes = _RESPONSE_TIMES.get(header.strip().lower())
        if minutes is None or value in (None, ""):
            continue
        # Freshdesk writes hours as 12:30:00.
        parts = str(value).strip().split(":")
        if all(re.fullmatch(r"\d{1,6}(?:\.\d+)?", part) for part in parts) and len(parts) <= 3:
            return sum(
                (float(part) * timedelta(minutes=minutes) / 60**place for place, part in enumerate(parts)), timedelta()
            )
    return None


def _written(text: str, *, day_first: bool) -> datetime | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _moment(match, int(match["month"]), int(match["day"]))
    if match := _NAMED.fullmatch(text):
        month = _BY_NAME.get(match["name"].lower())
        return _moment(match, month, int(match["day"])) if month else None
    if match := _YEAR_LAST.fullmatch(text):
        one, two = int(match["one"]), int(match["two"])
        is_day_first = one > 12 or (day_first and two <= 12)
        return _moment(match, two if is_day_first else one, one if is_day_first else two)
    return None


def _moment(match: re.Match[str], month: int, day: int) -> datetime:
    year = int(match["year"])
    hour = int(match["hour"] or 0)
    half = (match["half"] or match["early"] or "").lower()
    if half in ("pm", "下午", "晚上", "中午") and hour < 12 and not (half == "中午" and hour > 10):
        hour += 12
    elif half in ("am", "上午", "凌晨") and hour == 12:
        hour = 0
    written = match["zone"]
    zone = None
    if written:
        zone = UTC if written[0] not in "+-" else datetime.strptime(written.replace(":", ""), "%z").tzinfo
    return datetime(
        year + 2000 if len(match["year"]) == 2 else year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0),
        tzinfo=zone,
    )  # fmt: skip


def _counted(text: str) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if number < 100_000:
        return _EXCEL_EPOCH + timedelta(days=number)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
