"""The report in a real browser (Debian's chromium): it opens, filters, sorts, pages, copies and turns dark."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.promises import Of, Promises
from triage.report.html import Digest, html_report
from triage.report.ranked import RankedRow
from triage.settings import load_settings
from triage.ticketfile import open_sheet, ticket_of
from triage.times import first_response, read_time

pytestmark = pytest.mark.slow
SAMPLES = Path(__file__).parent.parent / "data" / "sample"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def sample() -> list[RankedRow]:
    assessor, promises = Assessor(load_settings()), Promises(load_settings())
    rows = []
    for path in sorted(SAMPLES.iterdir()):
        for row in open_sheet(path, columns={}).rows:
            ticket = ticket_of(row.columns, {}, place="sample")
            told = assessment_json(assessor.assess(ticket))
            created = read_time(ticket.created_at or "", zone=ZONE)
            answered = first_response(ticket, zone=ZONE)
            due = promises.due(Of(ticket.plan), told["priority"]["label"], created, lang="en") if created else None
            due_at = due.first_response.at if due and due.first_response else None
            rows.append(
                RankedRow(0, path.name, row.line, row.columns, ticket, told, None, created, answered, None, due_at)
            )
    rows.sort(key=lambda row: (row.assessment or {})["priority"]["label"])
    return rows


def page(sample: list[RankedRow], folder: Path, *, lang: str, count: int) -> str:
    digest = Digest(lang=lang, now=NOW)
    for number in range(count):
        row = sample[number % len(sample)]
        created = row.created_at - timedelta(days=number // len(sample)) if row.created_at else None
        digest.add(row._replace(rank=number + 1, created_at=created))
    text = html_report(digest, sources=[("in.csv", "")], made_at=NOW, versions={"triage": "0"})
    path = folder / f"report-{lang}-{count}.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for switch in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def opened(browser: Any, address: str) -> int:
    """Opens the page and gives the milliseconds until all of it was drawn."""
    browser.get(address)
    ready = browser.find_element("css selector", "html").get_attribute("data-ready")
    assert ready, browser.get_log("browser")
    errors = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert not errors, errors
    return int(ready)


def texts(browser: Any, selector: str) -> list[str]:
    return [element.text for element in browser.find_elements("css selector", selector)]


@pytest.mark.parametrize("count", [312, 20_000])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_opens_without_an_error_and_is_worked_with(
    browser: Any, sample: list[RankedRow], tmp_path: Path, record_property: Any, lang: str, count: int
) -> None:
    took = opened(browser, page(sample, tmp_path, lang=lang, count=count))
    # A second is the goal on an idle machine, and measured here (docs/backlog.md); the table is paged whatever it takes.
    record_property("milliseconds until drawn", took)
    assert len(texts(browser, "#tickets tbody tr")) == 50
    assert len(browser.find_elements("css selector", "canvas")) == 4

    click = lambda selector: browser.execute_script("document.querySelector(arguments[0]).click()", selector)  # noqa: E731
    before = texts(browser, "#tickets tbody tr td:first-child")
    click("#next")
    assert texts(browser, "#tickets tbody tr td:first-child") != before
    click("#previous")
    assert texts(browser, "#tickets tbody tr td:first-child") == before

    click("th[data-sort=score] button")
    scores = [int(text) for text in texts(browser, "#tickets tbody td:nth-child(7)")]
    assert scores == sorted(scores)
    click("th[data-sort=score] button")
    assert int(texts(browser, "#tickets tbody td:nth-child(7)")[0]) == 100
    click("th[data-sort=rank] button")

    browser.find_element("id", "f-text").send_keys("RTC-3107")
    assert set(texts(browser, "#tickets tbody code")) == {"RTC-3107"}
    click("#tickets .subject button")
    assert texts(browser, "#tickets .subject p")
    click("#f-reset")
    click(".heat button[data-priority=P1]")
    assert set(texts(browser, "#tickets tbody b")) == {"P1"}
    click("#f-reset")

    shown = len(browser.find_elements("css selector", ".cards > li:not([hidden])"))
    click(".cards + .more")
    assert len(browser.find_elements("css selector", ".cards > li:not([hidden])")) > shown

    click(".asks summary")
    click(".copy")
    browser.execute_async_script("setTimeout(arguments[0], 300)")
    assert texts(browser, ".copy")[0] in ("已复制", "Copied")

    light = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    click("#theme")
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") != light
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.mark.parametrize("width", [390, 1280])
def test_page_does_not_scroll_sideways(browser: Any, sample: list[RankedRow], tmp_path: Path, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    try:
        opened(browser, page(sample, tmp_path, lang="zh", count=312))
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
