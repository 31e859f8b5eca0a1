"""docs/spans.md: both programs run as written and draw what they say, without the network."""

import json
import re
import socket
from pathlib import Path

import pytest

pytest.importorskip("spacy")
pytest.importorskip("jieba")

PAGE = (Path(__file__).parents[1] / "docs" / "spans.md").read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"^## (\w+)\n\n```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def offline(*_: object) -> None:
    raise OSError("this test is offline")


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("Chinese", {"symptom", "impact", "timing", "environment"}),
        ("English", {"symptom", "impact", "timing", "logs"}),
    ],
)
def test_program_draws_the_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, labels: set[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", offline)
    said: list[object] = []
    exec(compile(PROGRAMS[language], f"docs/spans.md, {language}", "exec"), {"print": said.append})
    html = Path("evidence.html").read_text(encoding="utf-8")
    drawn = set(re.findall(r">\s+([a-z_]+)\s+</span>", html))
    assert labels <= drawn
    assert html.startswith("<!DOCTYPE html>")
    assert not re.search(r"(?:src|href)=", html)
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.html"]


def test_programs_have_about_ten_lines() -> None:
    assert set(PROGRAMS) == {"Chinese", "English"}
    assert all(len([line for line in program.splitlines() if line]) <= 10 for program in PROGRAMS.values())


def test_an_element_can_have_its_own_colour() -> None:
    from spacy import displacy

    from triage.evidence.spacy_component import blank_zh

    found = re.search(r'`"colors": (\{.*?\})`', PAGE)
    assert found
    nlp = blank_zh()
    nlp.add_pipe("triage_evidence")
    options = {"spans_key": "evidence", "colors": json.loads(found[1])}
    assert "#f6c" in displacy.render(nlp("对方黑屏"), style="span", options=options, jupyter=False)
