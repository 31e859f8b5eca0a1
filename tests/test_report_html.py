"""The report as a file: whole, alone, harmless, in both languages."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.report.html import Digest, html_report
from triage.report.html.words import EN, ZH
from triage.report.ranked import RankedRow
from triage.settings import load_settings
from triage.ticket import Ticket

ASSESSOR = Assessor(load_settings(), rules_alone=True)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}<!--\u2028\0\u202e\"'`"


def row(number: int, title: str, body: str) -> RankedRow:
    ticket = Ticket(title, body, f"T-{number}", requested_priority="P4")
    return RankedRow(number, "in.csv", number, {}, ticket, assessment_json(ASSESSOR.assess(ticket)), None, NOW)


def page(rows: list[RankedRow], lang: str = "zh") -> str:
    digest = Digest(lang=lang, now=NOW)
    for one in rows:
        digest.add(one)
    return html_report(digest, sources=[("in.csv", "Jira")], made_at=NOW, versions={"triage": "0.1", "model": None})


class Elements(HTMLParser):
    """The elements of a page, and the text in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.raw.append((self.cdata_elem, data))


def test_both_languages_have_all_words() -> None:
    assert ZH.keys() == EN.keys()
    for name in ZH:
        assert sorted(re.findall(r"\{\w+\}", ZH[name])) == sorted(re.findall(r"\{\w+\}", EN[name])), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_is_whole_and_asks_nothing_of_any_server(lang: str) -> None:
    text = page([row(1, "登录故障", "线上所有用户登录不了"), row(2, "", "有时候语音会卡顿")], lang)
    assert text.startswith("<!doctype html>")
    assert (ZH if lang == "zh" else EN)["start"] in text
    found = Elements(text)
    assert not {"link", "iframe", "img", "object", "base"} & {tag for tag, _ in found.tags}
    assert not [attributes for _, attributes in found.tags if "src" in attributes or "href" in attributes]
    # The licence of the chart library names its home.
    addresses = set(re.findall(r"https?://[\w./-]+", text))
    assert addresses <= {"https://www.chartjs.org", "https://github.com/kurkle/color", "http://www.w3.org/2000/svg"} | {
        address for address in addresses if "kurkle" in address
    }
    assert "sourceMappingURL" not in text


def test_only_the_page_s_own_scripts_and_styles_may_run() -> None:
    found = Elements(page([row(1, HOSTILE, HOSTILE)]))
    policy = next(a["content"] for tag, a in found.tags if tag == "meta" and a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    kinds = [attributes.get("type") for tag, attributes in found.tags if tag == "script"]
    assert kinds == ["application/json", None, None]
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
        for tag, data in found.raw
        if not data.startswith('{"rows"')
    }
    assert hashes == allowed
    assert not [attributes for _, attributes in found.tags if any(name.startswith("on") for name in attributes)]
    assert not [attributes for _, attributes in found.tags if "style" in attributes]


def test_hostile_text_is_shown_and_nothing_more() -> None:
    text = page([row(1, HOSTILE, f"线上所有用户登录不了 {HOSTILE}")])
    assert "<img src=x" not in text
    assert "49" not in re.sub(r"[\s\S]*<ol class=\"cards\">|</ol>[\s\S]*", "", text).replace("-49", "")
    data = json.loads(next(data for tag, data in Elements(text).raw if data.startswith('{"rows"')))
    assert "<script>alert(1)</script>" in data["rows"][0][9]
    assert "\u202e" not in text


def test_private_data_is_masked_everywhere() -> None:
    assert "13812345678" not in page([row(1, "电话 13812345678", "语音卡顿 电话 13812345678")])


def test_an_empty_backlog_is_a_page() -> None:
    assert ZH["no_start"] in page([])


def test_many_tickets_stay_under_three_megabytes() -> None:
    one = row(1, "题" * 300, f"线上所有用户登录不了{'话' * 5000}")
    text = page([one] * 20_000)
    assert len(text.encode()) < 3_000_000
    assert "20,000" in text
