"""Working days: two packages agree on China day by day, and estimates say that they are."""

from datetime import date, timedelta

import holidays
import pytest

from triage.errors import SettingsError
from triage.policy.days import Day, days_in, last_published_in_china

CHINA = days_in("CN")


def test_two_packages_agree_on_each_of_1096_days() -> None:
    other = holidays.country_holidays("CN")
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(1096)]
    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if CHINA(day).is_working != other.is_working_day(day)] == []
    assert sum(CHINA(day).is_working for day in days if day.year == 2025) == 248
    assert sum(CHINA(day).is_working for day in days if day.year == 2026) == 248


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 14), Day(True, ("调休上班", "make-up workday"))),
        (date(2026, 2, 16), Day(False, ("春节", "Spring Festival"))),
        (date(2026, 11, 28), Day(False)),
        (date(2026, 11, 25), Day(True)),
        (date(2028, 10, 3), Day(False, ("国庆节", "National Day"), is_estimated=True)),
        (date(2028, 10, 4), Day(True, is_estimated=True)),
        (date(2028, 10, 7), Day(False, is_estimated=True)),
    ],
)
def test_days_in_china(day: date, expected: Day) -> None:
    assert CHINA(day) == expected


def test_days_elsewhere() -> None:
    assert days_in("SG")(date(2026, 2, 17)) == Day(False, ("Chinese New Year", "Chinese New Year"))
    assert days_in("US-CA")(date(2026, 7, 3)).is_working is False
    assert days_in("US")(date(2026, 7, 6)) == Day(True)


@pytest.mark.parametrize("country", ["XX", "", "US-ZZ", "china"])
def test_an_unknown_country_is_told(country: str) -> None:
    with pytest.raises(SettingsError, match=r"calendar\.country"):
        days_in(country)


def test_published_days_do_not_end_within_days() -> None:
    assert last_published_in_china() >= date(2026, 12, 31)
