"""``triage calendar``: what the site's calendar says, and what is missing in it."""

from datetime import date, timedelta
from pathlib import Path

from triage.policy.days import last_published_in_china
from triage.policy.own_days import read_own_days
from triage.promises import Promises, own_days_of
from triage.settings import Settings

GOOD, MISSING = 0, 1
# The State Council's notice of a year comes in November; a promise of a month reaches this far.
_SOON = timedelta(days=60)


def check_calendar(settings: Settings, today: date) -> int:
    """Prints what is in force and what is missing; 1 where days that are soon to come are not published, else 0.

    Raises SettingsError or DataFileError for settings and files that cannot be used.
    """
    Promises(settings)
    calendar = settings.calendar
    own = read_own_days(Path(calendar.own_days)) if calendar.own_days else {}
    days = own_days_of(calendar)
    print(f"{calendar.country}, {calendar.time_zone}, {', '.join(calendar.hours)}; own days: {len(own)}")
    for number in range(14):
        day = today + number * timedelta(days=1)
        there = days(day)
        if there.why:
            print(f"{day} {'works' if there.is_working else 'off'}: {there.why[0]}, {there.why[1]}")
    if calendar.country != "CN":
        print("holidays of other countries are reckoned in advance; days that a government moves belong into own_days")
        return GOOD
    last = last_published_in_china()
    covered = max((day for day in own if day > last), default=None)
    print(f"China's days are published up to {last}" + (f", own days reach {covered}" if covered else ""))
    if covered or last - today > _SOON:
        return GOOD
    print(
        f"from {last + timedelta(days=1)} on Monday to Friday and the fixed statutory days are assumed, and due times are"
        " marked estimated; when the notice of the year is out, update chinesecalendar, or write its days into"
        " [calendar] own_days"
    )
    return MISSING
