"""``triage calendar check`` says what is in force and what is missing."""

from datetime import date
from pathlib import Path

import pytest

from triage.cli.calendar_command import GOOD, MISSING, check_calendar
from triage.settings import Settings, load_settings


def settings(folder: Path, toml: str) -> Settings:
    path = folder / "triage.toml"
    path.write_text(toml, encoding="utf-8")
    return load_settings(path)


def test_days_that_run_out_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_calendar(settings(tmp_path, ""), date(2026, 11, 25)) == MISSING
    said = capsys.readouterr().out
    assert said.startswith("CN, Asia/Shanghai, 09:00-18:00; own days: 0\n")
    assert "published up to 2026-12-31" in said
    assert "marked estimated" in said


def test_with_own_days_beyond_it_is_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text('2027-02-05 = "off Spring Festival"', encoding="utf-8")
    assert check_calendar(settings(tmp_path, f'[calendar]\nown_days = "{own}"'), date(2026, 11, 25)) == GOOD
    assert "own days reach 2027-02-05" in capsys.readouterr().out


def test_in_time_it_is_good_and_tells_the_days_to_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_calendar(settings(tmp_path, ""), date(2026, 2, 10)) == GOOD
    said = capsys.readouterr().out
    assert "2026-02-14 works: 调休上班, make-up workday\n2026-02-15 off: 春节, Spring Festival\n" in said


def test_other_countries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_calendar(settings(tmp_path, '[calendar]\ncountry = "SG"'), date(2026, 2, 10)) == GOOD
    assert "2026-02-17 off: Chinese New Year" in capsys.readouterr().out
