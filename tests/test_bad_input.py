"""What is broken, odd or huge: told in one line, never a traceback; exit 0 ready, 1 not ready, 2 failed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triage.assessor import Assessor
from triage.errors import InputError
from triage.settings import load_settings
from triage.ticket import Ticket, ticket_from

ROOT = Path(__file__).parent.parent
READY, NOT_READY, FAILED = 0, 1, 2
FORMATS = ("text", "json", "jsonl", "sarif", "github", "markdown")
# A hang is a failure too; the limit is far above what any case takes.
LIMIT_SECONDS = 120

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def triage(tmp_path: Path) -> Run:
    """Runs ``python -m triage`` in an empty folder."""

    def run(
        *arguments: str | bytes | Path, stdin: bytes = b"", environment: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "triage", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(environment or {})},
            timeout=LIMIT_SECONDS,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert "Traceback" not in err, err
        assert done.returncode in (READY, NOT_READY, FAILED), err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


def write(folder: Path, name: str, content: str | bytes) -> str:
    (folder / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return name


def answers(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """The assessments of ``--format jsonl``."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def stated(answer: dict[str, Any]) -> list[str]:
    """The texts of all evidence of an assessment."""
    return [found["text"] for element in answer["lint"]["elements"].values() for found in element["evidence"]]


# ---- files that cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"", ["a.txt", "empty"]),
        ("a.txt", "  \n\t\u3000\n", ["a.txt", "empty"]),
        ("a.json", b"", ["a.json", "is not JSON"]),
        ("a.json", b"   ", ["a.json", "is not JSON"]),
        ("a.json", b"42", ["a.json", "neither a ticket nor a list"]),
        ("a.json", b'"help"', ["a.json", "neither a ticket nor a list"]),
        ("a.json", b"null", ["a.json", "neither a ticket nor a list"]),
        ("a.json", b'{"tickets": 5}', ["a.json", "neither a ticket nor a list"]),
        ("a.json", b'{"title": "no end"', ["a.json", "is not JSON"]),
        ("a.json", b"[" * 100_000, ["a.json", "is not JSON"]),
        ("a.json", b"[" * 100_000 + b"]" * 100_000, ["a.json", "is not JSON"]),
        ("a.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, ["a.json", "is not JSON"]),
        ("a.json", b'{"title": "t", "id": ' + b"1" * 5000 + b"}", ["a.json"]),
        ("a.json", b'{"title": ["x"]}', ["a.json:1", "title is a list", "text"]),
        ("a.json", b'{"title": "t", "fields": [1]}', ["a.json:1", "fields is a list", "object"]),
        ("a.json", b'{"title": "t", "fields": {"sdk": {"a": 1}}}', ["a.json:1", "fields.sdk is an object"]),
        ("a.json", b'{"title": "t", "attachments": {"a": 1}}', ["a.json:1", "attachments is an object"]),
        ("a.json", b'{"title": "", "body": " "}', ["a.json:1", "empty"]),
        ("a.json", b"{}", ["a.json:1", "empty"]),
        ("a.jsonl", b"[" * 100_000, ["a.jsonl:1", "is not JSON"]),
        ("a.jsonl", b"42", ["a.jsonl:1", "a number", "object"]),
        ("a.csv", b"", ["a.csv", "no column", "--map"]),
        ("a.csv", "姓名,电话\n张三,1\n", ["a.csv", "no column", "姓名", "电话", "--map title="]),
        ("a.txt", b"caf\xe9 \xff\xff!", ["a.txt", "neither UTF-8 (bad byte 3)", "GB18030", "save it as UTF-8"]),
        ("a.txt", b"\xff\xfea\x00b", ["a.txt", "UTF-16", "save it as UTF-8"]),
        ("a.docx", b"PK", ["a.docx", '".docx"', ".csv"]),
        ("a.txt.gz", b"\x1f\x8b", ["a.txt.gz", '".gz"', ".txt"]),
    ],
    ids=[
        "empty-text",
        "only-spaces",
        "empty-json",
        "blank-json",
        "json-number",
        "json-text",
        "json-null",
        "tickets-number",
        "json-cut-off",
        "brackets-open",
        "brackets-nested",
        "objects-nested",
        "number-of-5000-digits",
        "title-list",
        "fields-list",
        "field-object",
        "attachments-object",
        "ticket-empty",
        "ticket-without-keys",
        "brackets-jsonl",
        "jsonl-number",
        "empty-csv",
        "csv-without-column",
        "no-encoding",
        "utf-16-cut-off",
        "unknown-ending",
        "unknown-ending-after-known",
    ],
)
def test_an_unreadable_file_is_told_with_place_and_advice(
    triage: Run, tmp_path: Path, name: str, content: str | bytes, told: list[str]
) -> None:
    done = triage("lint", write(tmp_path, name, content))
    assert done.returncode == FAILED
    assert done.stdout == ""
    assert done.stderr.startswith("triage: ")
    assert all(words in done.stderr for words in told), done.stderr
    # What was wrong, not the whole file again.
    assert len(done.stderr) < 500


def test_a_missing_file_is_told(triage: Run) -> None:
    done = triage("lint", "nowhere.jsonl")
    assert done.returncode == FAILED
    assert "nowhere.jsonl: cannot be read (No such file or directory); check the path" in done.stderr


def test_a_folder_is_no_file(triage: Run, tmp_path: Path) -> None:
    (tmp_path / "tickets").mkdir()
    done = triage("lint", "tickets")
    assert done.returncode == FAILED
    assert "tickets: cannot be read (Is a directory); check the path" in done.stderr


@pytest.mark.parametrize("output", FORMATS)
def test_a_file_that_fails_does_not_swallow_the_answers_of_others(triage: Run, tmp_path: Path, output: str) -> None:
    good = write(tmp_path, "good.txt", "视频通话黑屏")
    bad = write(tmp_path, "bad.json", "42")
    other = write(tmp_path, "other.txt", "语音通话卡顿")
    done = triage("lint", good, bad, "missing.txt", other, "--format", output)
    assert done.returncode == FAILED
    assert "bad.json" in done.stderr
    assert "missing.txt" in done.stderr
    if output == "jsonl":
        assert len(answers(done)) == 2
    elif output == "json":
        assert len(json.loads(done.stdout)) == 2
    elif output in ("text", "sarif", "github"):
        assert "good.txt" in done.stdout
        assert "other.txt" in done.stdout
    else:
        assert done.stdout


@pytest.mark.parametrize("output", FORMATS)
def test_a_file_without_tickets_is_answered_with_none(triage: Run, tmp_path: Path, output: str) -> None:
    done = triage("lint", write(tmp_path, "a.jsonl", b"\n \n"), "--format", output)
    assert done.returncode == READY
    if output == "json":
        assert json.loads(done.stdout) == []
    if output == "jsonl":
        assert done.stdout == ""


# ---- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lint", "--text", "卡", "--map", "title"], ['--map "title"', "--map title=HEADER"]),
        (["lint", "--text", "卡", "--map", "=标题"], ['--map "=标题"', "--map title=HEADER"]),
        (["lint", "--text", "卡", "--map", "title="], ['--map "title="', "--map title=HEADER"]),
        (["lint", "--text", "卡", "--format", "yaml"], ["yaml", "json", "sarif"]),
        (["lint", "--text", "卡", "--lang", "fr"], ["fr", "auto", "zh", "en"]),
        (["lint", "--text", ""], ["--text", "empty"]),
        (["lint", "--text", " \n "], ["--text", "empty"]),
        (["lint", "--text", "卡", "--config", "none.toml"], ["none.toml", "cannot be read"]),
        (["lint", "--wrong"], ["--wrong"]),
        (["rules", "ZZZ99"], ['"ZZZ99" is not known']),
        (["wrong"], ["wrong"]),
        ([], []),
    ],
    ids=[
        "map-without-sign",
        "map-without-key",
        "map-without-header",
        "format",
        "lang",
        "text-empty",
        "text-blank",
        "config-missing",
        "option",
        "rule",
        "command",
        "nothing",
    ],
)
def test_a_wrong_option_is_told_with_what_is_allowed(triage: Run, arguments: list[str], told: list[str]) -> None:
    done = triage(*arguments)
    assert done.returncode == FAILED
    assert done.stderr
    assert all(words in done.stderr for words in told), done.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[lint\nignore = []", ["triage.toml", "is not valid TOML", "line 1"]),
        (b"\xff", ["triage.toml", "is not UTF-8"]),
        (b"lint = 3", ["triage.toml", "lint", "table"]),
        (b'[lint]\nselect = "ALL"', ["triage.toml:2", "select", "list"]),
        (b"[lint]\nselekt = []", ["triage.toml:2", "selekt", 'did you mean "select"?']),
        (b'[lint]\nignore = ["ZZZ99"]', ['"ZZZ99" is not known']),
        (b'[lint.levels]\nENV01 = "eror"', ["eror", "error, warning, hint"]),
        (b"[lint.levels]\nENV01 = 3", ["ENV01", "3", "text"]),
        (b"[serve]\nin_flight = 0", ["serve.in_flight is 0", "1 or more"]),
        (b"[serve]\nwait_seconds = -1.0", ["serve.wait_seconds is -1.0", "0 or more"]),
        (b"[serve.bytes]\nform = 0", ["serve.bytes.form is 0", "1 or more"]),
        (b"[store]\nretention_days = -1", ["store.retention_days is -1", "0 or more"]),
    ],
    ids=["toml", "encoding", "table", "type", "key", "rule", "level", "level-type", "room", "wait", "bytes", "days"],
)
def test_a_wrong_setting_is_told(triage: Run, tmp_path: Path, content: bytes, told: list[str]) -> None:
    write(tmp_path, "triage.toml", content)
    done = triage("lint", "--text", "通话卡顿")
    assert done.returncode == FAILED
    assert all(words in done.stderr for words in told), done.stderr


@pytest.mark.parametrize("command", [("assess", "--text", "卡顿"), ("backlog", "a.csv", "-o", "b.jsonl"), ("serve",)])
@pytest.mark.parametrize("content", [b"[routing]\nsure = 2.0", b'[calendar]\nhours = ["9-18"]\n'])
def test_what_is_read_at_the_first_assessment_is_told_before(
    triage: Run, tmp_path: Path, command: tuple[str, ...], content: bytes
) -> None:
    write(tmp_path, "triage.toml", content)
    write(tmp_path, "a.csv", "title,body,created_at\n卡顿,语音卡顿,2026-11-25\n".encode())
    done = triage(*command)
    # Nothing is due of a text without a time, so its calendar is not asked.
    if command[0] == "assess" and b"calendar" in content:
        assert done.returncode == READY
    else:
        assert done.returncode == FAILED
        assert "triage: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "routing.sure" in done.stderr or "calendar.hours" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIAGE_LINT__SELECT", "ZZZ99"),
        ("TRIAGE_LINT__LANGUAGE", "fr"),
        ("TRIAGE_LINT__NOTHING", "1"),
        ("TRIAGE_LINT", "1"),
        ("TRIAGE_LINT__SCORING__EASED_SHARE", "much"),
        ("TRIAGE_LINT__SCORING", "1"),
    ],
)
def test_a_wrong_variable_is_told_or_ignored(triage: Run, name: str, value: str) -> None:
    done = triage("lint", "--text", "通话卡顿", environment={name: value})
    # One underscore alone names no setting.
    if name == "TRIAGE_LINT":
        assert done.returncode == NOT_READY
    else:
        assert done.returncode == FAILED
        assert name in done.stderr or value in done.stderr


# ---- text that is odd ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize(
    "body",
    [
        "😀🎉👍🏽",
        "卡\ud800顿 \udfff",
        "黑\x00屏\x00",
        "通话\u202e黑屏\u200b\ufeff了",
        "a\u0300" * 500,
        "\x1b[31m卡顿\x1b[0m\r\x07",
        "卡顿 ::error::x%0A ```\n<script>alert(1)</script> | a | b |",
    ],
    ids=["emoji", "surrogates", "nul", "bidi", "combining", "escapes", "markup"],
)
def test_odd_characters_are_answered_in_each_format(triage: Run, tmp_path: Path, body: str, output: str) -> None:
    name = write(tmp_path, "a.jsonl", json.dumps({"title": body, "body": body, "fields": {body: body}}))
    done = triage("lint", name, "--format", output)
    assert done.returncode in (READY, NOT_READY)
    assert done.stderr == ""
    assert "\x00" not in done.stdout
    if output in ("json", "jsonl", "sarif"):
        json.loads(done.stdout)
    else:
        assert "\x1b" not in done.stdout


def test_a_lone_surrogate_keeps_its_place(triage: Run, tmp_path: Path) -> None:
    name = write(tmp_path, "a.jsonl", rb'{"id": "\udc80", "title": "\ud800\ud800\u901a\u8bdd\u9ed1\u5c4f"}')
    (answer,) = answers(triage("lint", name, "--format", "jsonl"))
    evidence = answer["lint"]["elements"]["symptom"]["evidence"]
    assert any("黑屏" in found["text"] for found in evidence)
    assert all("\ufffd\ufffd通话黑屏"[found["start"] : found["end"]] == found["text"] for found in evidence)
    assert answer["ticket_id"] == "\ufffd"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("视频通话黑屏，偶尔卡顿".encode("gb18030"), "a.txt"),
        ("视频通话黑屏，偶尔卡顿".encode("utf-16"), "a.txt"),
        (b"\xfe\xff" + "视频通话黑屏，偶尔卡顿".encode("utf-16-be"), "a.txt"),
        ("视频通话黑屏，偶尔卡顿".encode("utf-8-sig"), "a.txt"),
        ("标题,描述\n视频通话黑屏,偶尔卡顿\n".encode("gb18030"), "a.csv"),
        ("标题,描述\n视频通话黑屏,偶尔卡顿\n".encode("utf-8-sig"), "a.csv"),
        ("标题,描述\r\n视频通话黑屏,偶尔卡顿\r\n".encode("utf-16"), "a.csv"),
        ('{"title": "视频通话黑屏，偶尔卡顿"}'.encode("utf-8-sig"), "a.jsonl"),
        ('{"title": "视频通话黑屏，偶尔卡顿"}'.encode("gb18030"), "a.json"),
    ],
    ids=[
        "gb18030",
        "utf-16-le",
        "utf-16-be",
        "bom",
        "csv-gb18030",
        "csv-bom",
        "csv-utf-16",
        "jsonl-bom",
        "json-gb18030",
    ],
)
def test_encodings_are_read_rightly(triage: Run, tmp_path: Path, content: bytes, name: str) -> None:
    done = triage("lint", write(tmp_path, name, content), "--format", "jsonl")
    (answer,) = answers(done)
    assert answer["language"] == "zh"
    assert any("黑屏" in text for text in stated(answer))
    assert any("卡顿" in text for text in stated(answer))
    if name == "a.txt":
        start = "视频通话黑屏，偶尔卡顿".index("黑屏")
        found = answer["lint"]["elements"]["symptom"]["evidence"]
        assert any(evidence["start"] <= start < evidence["end"] for evidence in found)


@pytest.mark.parametrize(
    "text",
    [
        "音声が途切れます。昨日から発生しています",
        "영상 통화 중에 소리가 안 들려요",
        "Звук пропадает каждые пять минут после обновления",
        "الصوت يتقطع أثناء المكالمة منذ أمس",
        "เสียงขาดหายระหว่างการโทร",
        "שיחת הווידאו נתקעת",
    ],
    ids=["japanese", "korean", "russian", "arabic", "thai", "hebrew"],
)
def test_a_language_we_do_not_read_is_other(triage: Run, text: str) -> None:
    (answer,) = answers(triage("lint", "--text", text, "--format", "jsonl"))
    assert answer["language"] == "other"
    # Answered in English, which is the likelier of our two.
    assert all(finding["message"].isascii() for finding in answer["lint"]["findings"])


def test_bytes_of_the_command_line_that_are_no_text_are_read(triage: Run, tmp_path: Path) -> None:
    done = triage("lint", "--text", "通话黑屏".encode() + b"\xff\xfe", "--format", "jsonl")
    (answer,) = answers(done)
    assert any("黑屏" in text for text in stated(answer))


@pytest.mark.parametrize("output", FORMATS)
def test_a_file_name_that_is_no_text_is_printed(triage: Run, tmp_path: Path, output: str) -> None:
    name = b"\xff\xfe.txt"
    (tmp_path / os.fsdecode(name)).write_text("通话黑屏", encoding="utf-8")
    done = triage("lint", name, "--format", output)
    assert done.returncode == NOT_READY
    assert done.stdout


def test_standard_input_is_read_by_the_ending_of_its_name(triage: Run) -> None:
    ticket = b'{"title": "\xe9\x80\x9a\xe8\xaf\x9d\xe9\xbb\x91\xe5\xb1\x8f"}\n'
    assert len(answers(triage("lint", "-", "--stdin-name", "a.jsonl", "--format", "jsonl", stdin=ticket * 3))) == 3
    done = triage("lint", "-", "--stdin-name", "a.pdf", stdin=ticket)
    assert done.returncode == FAILED
    assert '".pdf"' in done.stderr
    done = triage("lint")
    assert done.returncode == FAILED
    assert "stdin.txt:1" in done.stderr


# ---- tables and records ----------------------------------------------------------------------------------------------


def test_repeated_columns_and_wide_rows_are_read(triage: Run, tmp_path: Path) -> None:
    table = "Summary,Labels,Labels,Description\n通话黑屏,a,b,昨晚 8 点开始,多,出,来\n语音卡顿\n,,,\n\n"
    done = triage("lint", write(tmp_path, "a.csv", table), "--format", "jsonl")
    first, second = answers(done)
    assert done.stderr == ""
    assert any("黑屏" in text for text in stated(first))
    assert any("8 点" in text for text in stated(first))
    assert any("卡顿" in text for text in stated(second))


def test_a_cell_of_200000_characters_is_a_ticket(triage: Run, tmp_path: Path) -> None:
    log = "2021-11-22 09:16:17.845 E join failed, code=-7\n" * 4300
    assert len(log) > 200_000
    done = triage("lint", write(tmp_path, "a.csv", f'title,body\n通话黑屏,"{log}"\n'), "--format", "jsonl")
    (answer,) = answers(done)
    assert answer["lint"]["elements"]["logs"]["status"] == "present"


def test_a_column_is_mapped_by_its_header(triage: Run, tmp_path: Path) -> None:
    name = write(tmp_path, "a.csv", "编号,毛病\n1,通话黑屏\n")
    done = triage("lint", name, "--map", "title=毛病", "--format", "jsonl")
    (answer,) = answers(done)
    assert any("黑屏" in text for text in stated(answer))


@pytest.mark.parametrize(
    "table",
    [
        'title,body\n通话黑屏,"no end\n',
        'title,body\r通话黑屏,"a"b"c"\r',
        "title,body\n通话黑屏,a\x00b\n",
        "title;body\n通话黑屏;a\n",
        "title\tbody\n通话黑屏\ta\n",
        "\ufefftitle,body\n\u2028通话黑屏,\u2029\n",
    ],
    ids=["quote-open", "quotes-and-cr", "nul", "semicolons", "tabs", "line-separators"],
)
def test_a_malformed_table_is_answered_or_told(triage: Run, tmp_path: Path, table: str) -> None:
    done = triage("lint", write(tmp_path, "a.csv", table), "--format", "jsonl")
    if done.returncode == FAILED:
        assert "a.csv" in done.stderr
        assert "--map" in done.stderr or "is opened and never closed" in done.stderr
    else:
        (answer,) = answers(done)
        assert any("黑屏" in text for text in stated(answer))


@pytest.mark.parametrize(
    "bad",
    [b'{"title": ', b"\xe5\x9d\x8f", b"null", b"[1, 2]", b'{"title": true}', b"[" * 100_000, b'{"body": ""}', b"NaN"],
    ids=["cut-off", "words", "null", "list", "true", "brackets", "empty", "nan"],
)
def test_one_bad_line_does_not_stop_the_others(triage: Run, tmp_path: Path, bad: bytes) -> None:
    good = json.dumps({"id": "T", "title": "通话黑屏"}).encode()
    done = triage("lint", write(tmp_path, "a.jsonl", b"\n".join([good, bad, good, b""])), "--format", "jsonl")
    assert done.returncode == FAILED
    assert [answer["ticket_id"] for answer in answers(done)] == ["T", "T"]
    assert "a.jsonl:2" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_one_bad_ticket_of_a_json_list_does_not_stop_the_others(triage: Run, tmp_path: Path) -> None:
    name = write(tmp_path, "a.json", json.dumps([{"title": "通话黑屏"}, 7, {"title": "卡顿"}]))
    done = triage("lint", name, "--format", "json")
    assert done.returncode == FAILED
    assert len(json.loads(done.stdout)) == 2
    assert "a.json:2: is a number" in done.stderr


def test_numbers_stand_for_texts_and_unknown_keys_are_kept() -> None:
    ticket = ticket_from({"id": 7, "title": 3.5, "body": None, "whatever": [1], "fields": {"sdk": 4, "none": None}})
    assert (ticket.id, ticket.title, ticket.body) == ("7", "3.5", "")
    assert ticket.extra == {"whatever": [1]}
    assert ticket.fields == {"sdk": "4"}


# ---- text that is huge -----------------------------------------------------------------------------------------------


def long_log(megabytes: int) -> str:
    line = "2021-11-22 09:16:17.{0:03d} E/Rtc({0}): join failed code=-{0} peer 39.96.{1}.{2} user{0}@corp{0}.cn\n"
    lines, size, number = [], 0, 0
    while size < megabytes << 20:
        lines.append(line.format(number, number % 250, number // 250 % 250))
        size, number = size + len(lines[-1]), number + 1
    return "".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("output", FORMATS)
def test_a_log_full_of_addresses_is_answered_in_each_format(triage: Run, tmp_path: Path, output: str) -> None:
    done = triage("lint", write(tmp_path, "a.log", long_log(1)), "--format", output)
    assert done.returncode in (READY, NOT_READY)
    assert done.stderr == ""


@pytest.mark.slow
def test_five_megabytes_of_log_are_answered(triage: Run, tmp_path: Path) -> None:
    done = triage("lint", write(tmp_path, "a.log", long_log(5)), "--format", "jsonl")
    (answer,) = answers(done)
    elements = answer["lint"]["elements"]
    assert elements["logs"]["status"] == "present"
    # Nobody said whom it hits and how to get there.
    assert elements["impact"]["status"] == "missing"
    assert elements["reproduction"]["status"] == "missing"


@pytest.mark.slow
def test_five_megabytes_in_one_line_are_answered(triage: Run, tmp_path: Path) -> None:
    done = triage("lint", write(tmp_path, "a.log", long_log(5).replace("\n", " ")), "--format", "jsonl")
    (answer,) = answers(done)
    assert answer["lint"]["elements"]["impact"]["status"] == "missing"


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"title": f"call {n}"}).encode() + b"\n" for n in range(2000))
    (tmp_path / "a.jsonl").write_bytes(lines)
    command = f'"{sys.executable}" -m triage lint a.jsonl --format jsonl | head -n 1'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1
    assert done.returncode == READY


# ---- the assessor, without the command line --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(load_settings())


@pytest.mark.parametrize(
    "ticket",
    [
        Ticket(),
        Ticket(title="\ud800", body="\udfff" * 50),
        Ticket(title="\n\n", body="\r\r\r"),
        Ticket(title="\u200b", body="\u200b\u200b"),
        Ticket(fields={"": "", " ": " ", "\ud800": "x", "a" * 5000: "卡顿"}),
        Ticket(title="黑屏", attachments=("", ".", "../../etc/passwd", "a" * 5000, "\ud800.log", "\x00.png")),
        Ticket(title="(" * 100_000),
        Ticket(body="#" * 100_000),
        Ticket(body="```\n" * 10_000),
        Ticket(body="密码: " * 10_000),
        Ticket(body="٣٤٥٦ ౨౩ ½ ⅷ ² 𝟙𝟚𝟛 百分之½ 1٣%"),
        Ticket(body="\u0130\u0131\u1e9e\ufb01\u1f88"),
    ],
    ids=[
        "nothing",
        "surrogates",
        "line-ends",
        "invisible",
        "field-names",
        "attachment-names",
        "brackets",
        "hashes",
        "fences",
        "password-words",
        "digits-of-other-scripts",
        "letters-that-grow-in-lower-case",
    ],
)
def test_the_assessor_answers_any_ticket(assessor: Assessor, ticket: Ticket) -> None:
    lint = assessor.lint(ticket).assessment.lint
    assert 0 <= lint.score <= 100


@pytest.mark.parametrize("record", [None, 3, "a", [], ["title"], True], ids=repr)
def test_what_is_no_object_is_no_ticket(record: object) -> None:
    with pytest.raises(InputError, match=r"^here: is .*, not a ticket; give an object with a title or a body$"):
        ticket_from(record, place="here")
