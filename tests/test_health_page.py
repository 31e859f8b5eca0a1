"""The health report in a real browser (Debian's chromium): it draws, turns dark, prints light, and fits a phone."""

from pathlib import Path
from typing import Any

import pytest
from test_health import RECURRING, TICKETS, page
from test_report_browser import browser, opened  # noqa: F401  (a fixture)

pytestmark = pytest.mark.slow
LONG = [one._replace(name=f"{one.name}-{'x' * 60}", title="长" * 300, is_open=True) for one in RECURRING]


def address(folder: Path, text: str) -> str:
    path = folder / "health.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_draws_turns_dark_and_prints_light(browser: Any, tmp_path: Path, lang: str) -> None:  # noqa: F811
    opened(browser, address(tmp_path, page(lang=lang)))
    assert len(browser.find_elements("css selector", "canvas")) == 4
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = browser.execute_script(ground)
    browser.execute_script("document.querySelector('#theme').click()")
    dark = browser.execute_script(ground)
    assert dark != light
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(ground) == light
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(ground) == dark
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_empty_page_opens_without_an_error(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    opened(browser, address(tmp_path, page([])))
    assert not browser.find_elements("css selector", "canvas")


@pytest.mark.parametrize("width", [390, 1280])
def test_page_does_not_scroll_sideways(browser: Any, tmp_path: Path, width: int) -> None:  # noqa: F811
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        opened(browser, address(tmp_path, page([*TICKETS, *LONG], lang="zh")))
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
