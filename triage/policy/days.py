"""Which dates are working days, and why: China with its make-up workdays, other countries, a site's own days.

China's days are those of chinesecalendar, which takes them from the State Council's yearly notices. ``holidays`` has the
same for 2024 to 2026, every one of 1,096 days (tests/test_policy_days.py), and serves for other countries.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from triage.errors import SettingsError


class Day(NamedTuple):
    """Whether a date is a working day; ``why`` where that is not what its weekday says, in zh and en.

    ``is_estimated`` says that the country has not published the year yet.
    """

    is_working: bool
    why: tuple[str, str] | None = None
    is_estimated: bool = False


Days = Callable[[date], Day]

_WEEKEND = 5
_MAKE_UP = ("调休上班", "make-up workday")
# The days of the State Council's regulation (revised in November 2024) that fall on the same date each year; the others
# follow the moon, and the notice of each year shifts days around them.
_FIXED_IN_CHINA: Mapping[tuple[int, int], tuple[str, str]] = {
    (1, 1): ("元旦", "New Year's Day"),
    **dict.fromkeys([(5, 1), (5, 2)], ("劳动节", "Labour Day")),
    **dict.fromkeys([(10, 1), (10, 2), (10, 3)], ("国庆节", "National Day")),
}


def every_day(day: date) -> Day:
    """All days count."""
    return Day(True)


def days_in(country: str, *, setting: str = "calendar.country") -> Days:
    """The working days of a country, by its ISO code or that of a part of it (``US-CA``); ``setting`` is where it stands.

    Raises SettingsError for a code that is not known, ModuleNotFoundError where the extra ``calendar`` is missing.
    """
    if country == "CN":
        import chinese_calendar  # noqa: F401

        return _day_in_china
    import holidays

    name, _, part = country.partition("-")
    try:
        table = holidays.country_holidays(name, subdiv=part or None)
    except NotImplementedError:
        known = ", ".join(sorted(holidays.list_supported_countries()))
        raise SettingsError(f'{setting} is "{country}"; use CN or one of {known}') from None

    def day_there(day: date) -> Day:
        is_working = bool(table.is_working_day(day))
        if is_working:
            return Day(True, _MAKE_UP if day.weekday() >= _WEEKEND else None)
        said = table.get(day)
        return Day(False, (said, said) if said else None)

    return day_there


def with_own(days: Days, own: Mapping[date, Day]) -> Days:
    """A calendar with a site's own days over it."""
    return lambda day: own.get(day) or days(day)


def last_published_in_china() -> date:
    """The last day whose arrangement is known."""
    from chinese_calendar.constants import holidays as known

    return date(max(known).year, 12, 31)


def _day_in_china(day: date) -> Day:
    from chinese_calendar import get_holiday_detail

    try:
        is_off, name = get_holiday_detail(day)
    except NotImplementedError:
        why = _FIXED_IN_CHINA.get((day.month, day.day))
        return Day(day.weekday() < _WEEKEND and why is None, why, is_estimated=True)
    if not is_off:
        return Day(True, _MAKE_UP if day.weekday() >= _WEEKEND else None)
    return Day(False, _named(name) if name else None)


def _named(name: str) -> tuple[str, str]:
    from chinese_calendar import Holiday

    holiday = Holiday(name)
    return holiday.chinese, name
