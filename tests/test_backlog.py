"""``triage backlog``: what is read, kept, resumed, ranked, accepted and written; on small backlogs, in this process."""

import csv
import json
import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.assessor import Assessor
from triage.backlog.answers import ERROR, Answer
from triage.backlog.baseline import read_baseline
from triage.backlog.chunks import CHUNK, chunks_of, digest_of
from triage.backlog.run import Asked, Result, open_sheets, run
from triage.backlog.work import Work
from triage.backlog.workers import Order
from triage.cli import main
from triage.errors import InputError
from triage.settings import load_settings

SETTINGS = load_settings()
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
OUTAGE = "线上所有用户从10:05开始都登录不了IM,错误码70013,客服电话被打爆了,房间号8812"
VAGUE = "有时候语音会卡顿"
ROWS = [
    ("T-1", "怎么改头像", "请问在哪里改头像,急!!!", "紧急"),
    ("T-2", "登录故障", OUTAGE, "低"),
    ("T-3", "语音卡顿", VAGUE, "低"),
    ("T-4", "发票", "请开一张发票", "普通"),
]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)


def write_csv(
    path: Path, rows: object = ROWS, headers: tuple[str, ...] = ("工单编号", "标题", "内容", "优先级")
) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headers, *rows])  # type: ignore[misc]
    return path


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def triage(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["backlog", *map(str, arguments)])
    return int(ended.value.code or 0)


def asked(tmp_path: Path, **changes: object) -> Asked:
    source = tmp_path / "in.csv"
    out = tmp_path / "out.jsonl"
    plain = Asked(
        (source,), (out,), None, None, False, Order(SETTINGS, {}, "auto"), 1, 0, False, False, tmp_path / "work"
    )
    return plain._replace(**changes)


def run_it(wanted: Asked, progress: object = lambda rows: None) -> Result:
    assessor = Assessor(wanted.order.settings)
    return run(wanted, open_sheets(wanted.inputs, {}), assessor=assessor, made_at=NOW, progress=progress)  # type: ignore[arg-type]


def many(count: int) -> Iterator[tuple[str, str, str, str]]:
    return ((f"N-{number}", "语音卡顿", f"第{number}次通话卡顿", "低") for number in range(count))


class TestOutput:
    def test_rows_come_ranked_with_their_columns(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv")
        assert triage("in.csv", "-o", "out.jsonl") == 0
        answers = lines_of(tmp_path / "out.jsonl")
        assert answers[0]["ticket_id"] == "T-2"
        assert {answer["ticket_id"] for answer in answers} == {"T-1", "T-2", "T-3", "T-4"}
        assert [answer["priority"]["label"] for answer in answers] == sorted(a["priority"]["label"] for a in answers)
        assert answers[0]["input"] == {
            "file": "in.csv",
            "line": answers[0]["input"]["line"],
            "columns": dict(zip(("工单编号", "标题", "内容", "优先级"), ROWS[1], strict=True)),
        }
        assert not (tmp_path / "out.jsonl.work").exists()
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    def test_two_processes_answer_as_one(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv", many(CHUNK + 40))
        assert triage("in.csv", "-o", "one.jsonl", "--jobs", 1) == 0
        assert triage("in.csv", "-o", "two.jsonl", "--jobs", 2) == 0
        assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()

    def test_a_bad_row_is_an_error_row_at_the_end(self, tmp_path: Path) -> None:
        records = [{"id": "A", "body": VAGUE}, {"id": "B"}, "no ticket", {"id": "C", "body": OUTAGE}]
        text = "\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n{broken\n"
        (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
        assert triage("in.jsonl", "-o", "out.jsonl") == 0
        answers = lines_of(tmp_path / "out.jsonl")
        assert [answer.get("ticket_id") for answer in answers[:2]] == ["C", "A"]
        errors = answers[2:]
        assert [error["input"]["line"] for error in errors] == [2, 3, 5]
        assert all(error["error"] for error in errors)

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
    def test_other_formats_hold_the_same_rows(self, tmp_path: Path, ending: str) -> None:
        write_csv(tmp_path / "in.csv")
        assert triage("in.csv", "-o", "out.jsonl", "-o", f"out.{ending}") == 0
        again = open_sheets([tmp_path / f"out.{ending}"], {"title": "标题", "body": "内容", "id": "工单编号"})[0]
        ids = [row.columns["工单编号"] for row in again.rows]
        assert ids == [answer["ticket_id"] for answer in lines_of(tmp_path / "out.jsonl")]

    def test_the_table_is_printed_and_nothing_else_to_stdout(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_csv(tmp_path / "in.csv")
        assert triage("in.csv", "--format", "table", "--top", 2) == 0
        printed, told = capsys.readouterr()
        assert "T-2" in printed
        assert "4 rows" in told
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]

    def test_the_report_is_a_page(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv")
        assert triage("in.csv", "--report", "report.html", "--quiet") == 0
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert "T-2" in page

    def test_an_empty_backlog_is_answered(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv", [])
        assert triage("in.csv", "-o", "out.jsonl", "-o", "out.csv", "--report", "r.html", "--format", "table") == 0
        assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == ""


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["in.csv", "-o", "nowhere/out.jsonl"], "there is no folder nowhere"),
            (["in.csv", "-o", "in.csv"], "is an input too"),
            (["in.csv", "-o", "out.docx"], ".jsonl"),
            (["in.csv", "--report", "report.pdf"], "end its name in .html"),
            (["in.csv", "-o", "out.jsonl", "--jobs", "0"], "--jobs is 0"),
            (["in.csv", "--resume"], "name it with -o"),
            (["missing.csv", "-o", "out.jsonl"], "missing.csv"),
            (["in.csv", "-o", "out.jsonl", "--map", "title=Betreff"], "Betreff"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_is_told_in_one_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
    ) -> None:
        write_csv(tmp_path / "in.csv")
        assert triage(*arguments, "--quiet") == 2
        told = capsys.readouterr().err
        assert said in told
        assert "Traceback" not in told
        assert len(told.splitlines()) == 1

    def test_a_failed_run_leaves_no_output(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv")
        (tmp_path / "base.json").write_text("[]", encoding="utf-8")
        assert triage("in.csv", "-o", "out.jsonl", "--baseline", "base.json") == 2
        assert not (tmp_path / "out.jsonl").exists()


class StoppedError(Exception):
    """As if the machine went away."""


class TestResume:
    def stop_after(self, chunks: int, wanted: Asked) -> None:
        seen = 0

        def progress(rows: int) -> None:
            nonlocal seen
            seen += 1
            if seen == chunks:
                raise StoppedError

        with pytest.raises(StoppedError):
            run_it(wanted, progress)

    def test_goes_on_where_it_was_stopped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_csv(tmp_path / "in.csv", many(3 * CHUNK + 5))
        wanted = asked(tmp_path)
        run_it(wanted._replace(outputs=(tmp_path / "whole.jsonl",), work=tmp_path / "other"))
        self.stop_after(2, wanted)
        assert not (tmp_path / "out.jsonl").exists()
        kept: list[int] = []
        keep = Work.keep
        monkeypatch.setattr(Work, "keep", lambda self, number, *rest: (kept.append(number), keep(self, number, *rest)))
        run_it(wanted._replace(resume=True))
        assert kept == [2, 3]
        assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()

    def test_ctrl_c_leaves_what_is_answered(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_csv(tmp_path / "in.csv", many(CHUNK + 5))
        keep = Work.keep

        def kept_then_stopped(self: Work, number: int, *rest: object) -> None:
            keep(self, number, *rest)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Work, "keep", kept_then_stopped)
            assert triage("in.csv", "-o", "out.jsonl", "--jobs", 1, "--quiet") == 130
        assert "go on with --resume" in capsys.readouterr().err
        assert not (tmp_path / "out.jsonl").exists()
        assert triage("in.csv", "-o", "out.jsonl", "--jobs", 1, "--quiet", "--resume") == 0
        assert len(lines_of(tmp_path / "out.jsonl")) == CHUNK + 5

    def test_is_asked_for(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv")
        self.stop_after(1, asked(tmp_path))
        with pytest.raises(InputError, match="--resume, or begin anew with --restart"):
            run_it(asked(tmp_path))
        assert run_it(asked(tmp_path, restart=True)).priorities

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda path, wanted: write_csv(path / "in.csv", ROWS[:3]) and wanted, "the input changed"),
            (lambda _, wanted: wanted._replace(order=wanted.order._replace(lang="en")), "--lang changed"),
            (
                lambda _, wanted: wanted._replace(order=wanted.order._replace(columns={"title": "内容"})),
                "--map changed",
            ),
            (
                lambda _, wanted: wanted._replace(
                    order=wanted.order._replace(settings=load_settings(environ={"TRIAGE_LINT__IGNORE": "LOG01"}))
                ),
                "the rules and the settings changed",
            ),
        ],
        ids=["input", "lang", "map", "rules"],
    )
    def test_refuses_when_something_changed(self, tmp_path: Path, change: object, said: str) -> None:
        write_csv(tmp_path / "in.csv")
        wanted = asked(tmp_path)
        self.stop_after(1, wanted)
        with pytest.raises(InputError, match=said):
            run_it(change(tmp_path, wanted._replace(resume=True)))  # type: ignore[operator]

    def test_one_run_at_a_time(self, tmp_path: Path) -> None:
        work = Work(tmp_path / "work", {"the input": "1"}, resume=False, restart=False)
        with pytest.raises(InputError, match="another run is at work here"):
            Work(tmp_path / "work", {"the input": "1"}, resume=True, restart=False)
        work.close()

    def test_a_damaged_work_folder_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "work").mkdir()
        (tmp_path / "work" / "answers.sqlite").write_bytes(b"no database" * 1000)
        with pytest.raises(InputError, match="begin anew with --restart"):
            Work(tmp_path / "work", {"the input": "1"}, resume=True, restart=False)


def test_a_worker_that_dies_is_told_and_costs_nothing_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "in.csv", many(3 * CHUNK))
    keep = Work.keep

    def kept_then_killed(self: Work, number: int, *rest: object) -> None:
        keep(self, number, *rest)  # type: ignore[arg-type]
        for child in multiprocessing.active_children():
            child.kill()

    with monkeypatch.context() as patched:
        patched.setattr(Work, "keep", kept_then_killed)
        assert triage("in.csv", "-o", "out.jsonl", "--jobs", 2, "--quiet") == 2
    assert "a worker process ended by itself" in capsys.readouterr().err
    assert triage("in.csv", "-o", "out.jsonl", "--jobs", 2, "--quiet", "--resume") == 0
    assert len(lines_of(tmp_path / "out.jsonl")) == 3 * CHUNK


class TestWork:
    def test_ranks_by_priority_then_vague_risk_then_expectation(self, tmp_path: Path) -> None:
        work = Work(tmp_path / "work", {}, resume=False, restart=False)
        work.keep(
            0,
            [
                Answer(ERROR, 1, 4, "", "error"),
                Answer("P2", 1, 1.9, "zh", "fourth"),
                Answer("P2", 1, 1.4, "zh", "third"),
                Answer("P2", 0, 2.0, "zh", "second"),
            ],
            ["标题"],
        )
        work.keep(1, [Answer("P1", 1, 1.1, "en", "first"), Answer("P2", 1, 1.9, "zh", "fifth")], ["标题", "内容"])
        assert list(work.ranked()) == ["first", "second", "third", "fourth", "fifth", "error"]
        assert work.headers() == ["标题", "内容"]
        assert work.counts() == {("P1", False): 1, ("P2", False): 3, ("P2", True): 1, (ERROR, False): 1}
        assert work.languages() == {"zh": 4, "en": 1, "": 1}

    def test_keeps_a_chunk_whole_or_not_at_all(self, tmp_path: Path) -> None:
        work = Work(tmp_path / "work", {}, resume=False, restart=False)
        with pytest.raises(sqlite3.Error):
            work.keep(0, [Answer("P1", 1, 1.0, "zh", "kept?"), Answer(None, 1, 1.0, "zh", "")], [])  # type: ignore[arg-type]
        work.close()
        assert Work(tmp_path / "work", {}, resume=True, restart=False).done() == frozenset()


class TestBaseline:
    def test_hides_what_was_accepted_and_shows_what_is_new(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_csv(tmp_path / "in.csv")
        options = ("in.csv", "-o", "out.jsonl", "--baseline", "base.json")
        assert triage(*options) == 0
        assert len(lines_of(tmp_path / "out.jsonl")) == 4
        assert VAGUE not in (tmp_path / "base.json").read_text(encoding="utf-8")
        assert triage(*options) == 0
        assert lines_of(tmp_path / "out.jsonl") == []
        # T-3 becomes an outage, T-4 is done, T-5 is new.
        write_csv(tmp_path / "in.csv", [*ROWS[:2], ("T-3", "语音", OUTAGE, "低"), ("T-5", "黑屏", "直播黑屏", "低")])
        capsys.readouterr()
        assert triage(*options) == 0
        assert {answer["ticket_id"] for answer in lines_of(tmp_path / "out.jsonl")} == {"T-3", "T-5"}
        told = capsys.readouterr().err
        assert "2 with nothing new since base.json" in told
        assert "T-4: the ticket is no longer in the backlog" in told
        assert triage(*options, "--update-baseline") == 0
        assert read_baseline(tmp_path / "base.json").stale() != []
        assert triage(*options) == 0
        assert lines_of(tmp_path / "out.jsonl") == []

    def test_only_new_findings_of_a_ticket_are_left(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv", [ROWS[2]])
        assert triage("in.csv", "-o", "out.jsonl", "--baseline", "base.json") == 0
        (answer,) = lines_of(tmp_path / "out.jsonl")
        codes = [finding["code"] for finding in answer["lint"]["findings"]]
        accepted = json.loads((tmp_path / "base.json").read_text(encoding="utf-8"))
        accepted["tickets"]["T-3"]["codes"].remove(codes[0])
        (tmp_path / "base.json").write_text(json.dumps(accepted), encoding="utf-8")
        assert triage("in.csv", "-o", "out.jsonl", "--baseline", "base.json") == 0
        (answer,) = lines_of(tmp_path / "out.jsonl")
        assert {finding["code"] for finding in answer["lint"]["findings"]} == {codes[0]}

    def test_a_ticket_without_id_is_known_by_its_text(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "in.csv", [("", "语音卡顿", VAGUE, "")])
        for shown in (1, 0):
            assert triage("in.csv", "-o", "out.jsonl", "--baseline", "base.json") == 0
            assert len(lines_of(tmp_path / "out.jsonl")) == shown

    @pytest.mark.parametrize(
        "content", ["", "[]", '{"schema": 2, "tickets": {}}', '{"schema": 1, "tickets": {"a": 1}}']
    )
    def test_what_is_no_baseline_is_told(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "base.json").write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="is no baseline"):
            read_baseline(tmp_path / "base.json")


def test_numeric_dates_are_read_as_their_column_is_written(tmp_path: Path) -> None:
    headers = ("title", "created")
    for name, second in (("in.csv", "13/4/2025 10:00"), ("us.csv", "4/13/2025 10:00")):
        write_csv(tmp_path / name, [("登录不了", "3/4/2025 10:00"), ("卡顿", second)], headers)
    wanted = asked(tmp_path, inputs=(tmp_path / "in.csv", tmp_path / "us.csv"), shown=4)
    months = {(row.file, row.created_at.month) for row in run_it(wanted).shown if row.created_at}
    assert months == {("in.csv", 4), ("us.csv", 3), ("us.csv", 4)}


def test_chunks_are_the_same_each_time(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", many(25))
    first, again = (list(chunks_of(open_sheets([path, path], {}), size=20)) for _ in range(2))
    assert first == again
    assert [(chunk.number, len(chunk.rows)) for chunk in first] == [(0, 20), (1, 20), (2, 10)]


def test_another_input_has_another_digest(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "in.csv")
    digest = digest_of([one])
    assert digest == digest_of([one])
    assert digest != digest_of([one, one])
    write_csv(one, ROWS[:2])
    assert digest != digest_of([one])
