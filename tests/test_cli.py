"""The command line as other programs use it: formats, exit codes, what is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from triage.cli import main

FULL = "房间号 edu_88213，昨晚 20:05 起黑屏，错误码 -3301。TRTC 11.7.0，iOS 17.4。影响三成用户。步骤：进房后切后台再切回，黑屏"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


@pytest.mark.parametrize(
    ("text", "code"), [(FULL, 0), ("请问怎么改头像", 0), ("有时候语音会卡顿", 1), ("Sometimes no sound", 1)]
)
def test_exit_code_tells_ready_or_not(capsys: pytest.CaptureFixture[str], text: str, code: int) -> None:
    assert run(capsys, "lint", "--text", text)[0] == code


def test_a_missing_file_exits_with_two_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "lint", "nowhere.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("triage: nowhere.jsonl: cannot be read")


def test_json_keeps_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "lint", "--text", "有时候语音会卡顿", "--format", "json")
    answer = json.loads(out)
    assert list(answer) == ["schema", "ticket_id", "language", "kind", "lint", "versions"]
    assert answer["schema"] == 1
    assert answer["language"] == "zh"
    assert answer["kind"]["label"] == "incident"
    assert list(answer["lint"]) == ["ready", "score", "elements", "findings", "questions"]
    symptom = answer["lint"]["elements"]["symptom"]
    assert list(symptom) == ["status", "required", "evidence"]
    assert {"field", "start", "end", "text", "value"} <= set(symptom["evidence"][0])
    assert list(answer["lint"]["findings"][0]) == ["code", "name", "level", "message", "ask", "span"]


def test_jsonl_answers_each_ticket_on_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"id": "T-1", "title": "黑屏"}\n\n{"id": "T-2", "body": "no sound"}\n', encoding="utf-8")
    code, out, _ = run(capsys, "lint", str(path), "--format", "jsonl")
    assert code == 1
    assert [json.loads(line)["ticket_id"] for line in out.splitlines()] == ["T-1", "T-2"]


def test_a_bad_line_is_told_and_the_others_are_answered(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"id": "T-1", "title": "黑屏"}\n{"id": \n{"id": "T-2", "body": "no sound"}\n', encoding="utf-8")
    code, out, err = run(capsys, "lint", str(path), "--format", "jsonl")
    assert code == 2
    assert len(out.splitlines()) == 2
    assert "tickets.jsonl:2: is not JSON" in err


def test_exports_of_other_systems_are_read_by_their_headers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "inhouse.csv"
    path.write_bytes("工单编号,工单标题,工单内容,平台\nGD-1,黑屏,对方画面黑屏,Android\n".encode("gb18030"))
    _, out, _ = run(capsys, "lint", str(path), "--format", "jsonl")
    answer = json.loads(out)
    assert answer["ticket_id"] == "GD-1"
    assert answer["language"] == "zh"


def test_a_column_can_be_mapped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("nr,betreff\n7,Kein Ton: no sound in call\n", encoding="utf-8")
    code, _, err = run(capsys, "lint", str(path))
    assert code == 2
    assert "the headers are nr, betreff" in err
    code, out, _ = run(capsys, "lint", str(path), "--map", "title=betreff", "--map", "id=nr", "--format", "jsonl")
    assert code == 1
    assert json.loads(out)["ticket_id"] == "7"


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif", "github", "markdown"])
@pytest.mark.parametrize("text", [FULL, "有时候语音会卡顿", "Sometimes there is no sound", "怎么改头像？"])
def test_every_format_answers(capsys: pytest.CaptureFixture[str], form: str, text: str) -> None:
    code, out, err = run(capsys, "lint", "--text", text, "--format", form)
    assert code in (0, 1)
    assert err == ""
    if form in ("json", "jsonl", "sarif"):
        json.loads(out)


def test_an_unused_suppression_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "triage.toml"
    path.write_text('[lint]\nignore = ["SEC02"]\n', encoding="utf-8")
    _, _, err = run(capsys, "lint", "--text", "黑屏", "--config", str(path))
    assert "rule SEC02 is silenced, but had nothing to say here" in err


def test_a_rule_is_explained_from_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rules", "ENV01")
    assert code == 0
    assert out.startswith("ENV01 environment-missing")
    code, out, _ = run(capsys, "rules")
    assert out.count("\n") >= 34
    code, _, err = run(capsys, "rules", "ENV1")
    assert code == 2
    assert "did you mean" in err


def test_a_cold_lint_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from triage.cli import main\n"
        "try:\n    main(['lint', '--text', '有时候语音会卡顿'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'jieba', 'rjieba', 'sklearn', 'spacy', 'scipy', 'pydantic', 'rich', 'typer', 'tomllib'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    subprocess.run(command, capture_output=True, check=True)  # the first start fills the caches
    answer = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert "LOADED []" in answer.stdout or "LOADED ['tomllib']" in answer.stdout
