"""A site's own days, from a TOML or an iCalendar file."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from triage.datafile import read_toml
from triage.errors import DataFileError
from triage.policy.days import Day

# Summaries of days that are worked though the calendar says otherwise, as in calendars of China's holidays.
_WORK_WORDS = ("补班", "调休上班", "上班", "workday", "working day")
_LONGEST = timedelta(days=60)


def read_own_days(path: Path) -> dict[date, Day]:
    """The days of a file: TOML lines ``2027-02-05 = "off Spring Festival"`` or ``"work"``, or all-day events (.ics).

    Raises DataFileError naming file, value and what is allowed.
    """
    return dict(_from_calendar(path) if path.suffix.lower() == ".ics" else _from_toml(path))


def _from_toml(path: Path) -> Iterator[tuple[date, Day]]:
    for key, value in read_toml(path).items():
        word, _, name = value.partition(" ") if isinstance(value, str) else ("", "", "")
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise DataFileError(f'{path}: "{key}" is no day; write 2027-02-05 = "off Spring Festival"') from None
        if word not in ("off", "work"):
            raise DataFileError(f'{path}: {key} is {value!r}; it must be "off" or "work", and a name if it has one')
        yield day, Day(word == "work", (name, name) if name else None)


def _from_calendar(path: Path) -> Iterator[tuple[date, Day]]:
    from icalendar import Calendar

    try:
        events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    except OSError as cause:
        raise DataFileError(f"{path}: cannot be read ({cause.strerror})") from cause
    except ValueError as cause:
        raise DataFileError(f"{path}: is no iCalendar file; export one with all-day events") from cause
    for event in events:
        name = str(event.get("SUMMARY", "")).strip()
        if "RRULE" in event:
            raise DataFileError(f'{path}: "{name}" repeats by a rule; write its days one by one')
        start = event.decoded("DTSTART", None)
        if not isinstance(start, date) or isinstance(start, datetime):
            # A meeting, not a day.
            continue
        end = event.decoded("DTEND", start + timedelta(days=1))
        if not timedelta() < end - start <= _LONGEST:
            raise DataFileError(f'{path}: "{name}" of {start} lasts {(end - start).days} days; it must be 1 to 60')
        is_working = any(word in name.lower() for word in _WORK_WORDS)
        for number in range((end - start).days):
            yield start + timedelta(days=number), Day(is_working, (name, name) if name else None)
