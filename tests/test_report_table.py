"""Tables of a triaged backlog: what stands in them, that it comes back whole, and that nothing in them runs."""

import csv
import io
import itertools
import json
import re
import tomllib
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.errors import InputError
from triage.report.columns import COLUMNS, headings
from triage.report.ranked import RankedRow
from triage.report.table import WRITERS, disarmed, writer_for
from triage.settings import load_settings
from triage.ticket import Ticket

FORMULAS = tomllib.loads((Path(__file__).parent / "payloads" / "formulas.toml").read_text(encoding="utf-8"))
LIVE = [before + start for start, before in itertools.product(FORMULAS["starts"], FORMULAS["before"])]
ASSESSOR = Assessor(load_settings(), rules_alone=True)


def row_of(rank: int, ticket: Ticket, columns: dict[str, object]) -> RankedRow:
    return RankedRow(rank, "in.csv", rank + 1, columns, ticket, assessment_json(ASSESSOR.assess(ticket)), None)


def rows() -> list[RankedRow]:
    body = "线上所有用户登录不了\n错误码 17 😀 \U0001f468\u200d\U0001f469 房间号 88"
    tickets = [Ticket("登录故障", body, "T-1", requested_priority="P3"), Ticket("", "x" * 100_000, None)]
    told = [row_of(n, t, {"标题": t.title, "内容": t.body, "标签": "a"}) for n, t in enumerate(tickets, 1)]
    return [*told, RankedRow(3, "in.csv", 9, {"标题": "", "nested": {"a": [1]}}, None, None, "in.csv:9: is empty")]


HEADERS = ("标题", "内容", "标签")


def written(path: Path, some: object, lang: str = "zh") -> Path:
    writer_for(path)(some, path, headers=HEADERS, lang=lang)
    return path


def csv_rows(path: Path) -> list[list[str]]:
    csv.field_size_limit(1 << 26)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_csv_holds_our_columns_then_theirs(tmp_path: Path, lang: str) -> None:
    path = written(tmp_path / "a.csv", rows(), lang)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header, first, second, third = csv_rows(path)
    assert header == headings(HEADERS, lang)
    told = dict(zip(header, first, strict=True))
    assert (told[headings((), lang)[0]], told["标题"], told["标签"]) == ("1", "登录故障", "a")
    assert told["内容"] == rows()[0].columns["内容"]
    assert len(second[header.index("内容")]) == 100_000
    assert third[header.index(headings((), lang)[17])] == "in.csv:9: is empty"
    assert json.loads(third[-1]) == {"nested": {"a": [1]}}


def test_xlsx_is_ready_to_work_with(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", rows()))
    sheet = book.active
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(headings(HEADERS, 'zh'))).column_letter}4"
    assert sheet.conditional_formatting
    assert [cell.value for cell in sheet[1]] == headings(HEADERS, "zh")
    assert sheet[1][0].font.bold
    told = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert told["内容"] == rows()[0].columns["内容"]
    assert told["名次"] == 1
    assert isinstance(told["升级处理"], bool)
    body = sheet.cell(3, headings(HEADERS, "zh").index("内容") + 1).value
    assert len(body) == 32_767
    assert body.endswith("… [cut]")


def test_parquet_has_types(tmp_path: Path) -> None:
    table = pq.read_table(written(tmp_path / "a.parquet", rows()))
    assert table.schema.names[: len(COLUMNS)] == [column.name for column in COLUMNS]
    first, _, last = table.to_pylist()
    assert (first["rank"], first["escalate"], first["标题"], first["requested"]) == (1, False, "登录故障", "P3")
    assert (last["error"], last["priority"]) == ("in.csv:9: is empty", None)


def test_jsonl_holds_the_contract_and_the_input(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in written(tmp_path / "a.jsonl", rows()).read_text("utf-8").splitlines()]
    assert list(lines[0])[-1] == "input"
    assert lines[0]["input"]["columns"] == rows()[0].columns
    assert lines[2]["error"] == "in.csv:9: is empty"


@pytest.mark.parametrize("ending", WRITERS)
def test_hostile_characters_break_no_format(tmp_path: Path, ending: str) -> None:
    text = "a\0b\x0b\x1b[31m\ud800\u202e\uffff\u2028</script>,\"'\r\n;"
    hostile = row_of(1, Ticket("x", "y", "T"), {"标题": text, "内容": "\ud800", "\ud800": 1})
    assert written(tmp_path / f"a{ending}", [hostile]).stat().st_size > 0


@pytest.mark.parametrize("ending", WRITERS)
def test_no_rows_are_a_table_too(tmp_path: Path, ending: str) -> None:
    assert written(tmp_path / f"a{ending}", []).exists()


def test_jsonl_holds_no_number_that_json_does_not_know(tmp_path: Path) -> None:
    strange = row_of(1, Ticket("x", "y"), {"标题": "x", "a": [float("nan"), {"b": float("inf")}]})
    (line,) = written(tmp_path / "a.jsonl", [strange]).read_text("utf-8").splitlines()
    assert json.loads(line, parse_constant=pytest.fail)["input"]["columns"]["a"] == [None, {"b": None}]


def test_another_ending_is_refused() -> None:
    with pytest.raises(InputError, match=r"use \.jsonl, \.csv, \.xlsx, \.parquet"):
        writer_for(Path("a.docx"))


def test_a_header_of_theirs_that_is_ours_too_is_marked() -> None:
    assert headings(["优先级", "类型", "more"], "zh")[-4:] == ["优先级", "类型 (input)", "more (input)", "more"]


class TestFormulas:
    """The goal of the issue: 200 injected cells, none of them live. There are more than 500 here."""

    def formula_rows(self) -> Iterator[RankedRow]:
        for number, text in enumerate(LIVE, start=1):
            yield row_of(
                number, Ticket("卡顿", "x", text[:30].strip() or "T"), {"标题": text, "内容": text, "标签": "a"}
            )

    def test_there_are_enough(self) -> None:
        assert len(LIVE) >= 500

    def test_none_is_live_in_csv(self, tmp_path: Path) -> None:
        for row in csv_rows(written(tmp_path / "a.csv", self.formula_rows()))[1:]:
            for cell in row:
                assert not would_run(cell), repr(cell)

    def test_none_is_live_in_a_header_of_csv(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        writer_for(path)([], path, headers=LIVE, lang="zh")
        assert not any(map(would_run, csv_rows(path)[0]))

    def test_none_is_live_in_xlsx(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.xlsx", self.formula_rows())
        sheet = openpyxl.load_workbook(path).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert len(cells) > len(LIVE)
        assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
        assert all(cell.hyperlink is None for cell in cells)
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/"):
                    assert not re.search(rb"<f[ >]|<hyperlink|ddeLink", archive.read(name))
            assert not [name for name in archive.namelist() if "external" in name]

    @pytest.mark.parametrize("text", FORMULAS["harmless"])
    def test_harmless_texts_stay_as_they_are(self, text: str) -> None:
        assert disarmed(text) == text


def would_run(cell: str) -> bool:
    """As the most careless of Excel, LibreOffice and Sheets would decide: what is not shown is skipped, width folded."""
    text = unicodedata.normalize("NFKC", cell)
    shown = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc", "Zs"))
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", cell):
        return False
    return cell[:1] in ("\t", "\r", "\n") or (
        not cell.startswith("'") and shown.lstrip("\"'")[:1] in "=+-@−" and shown != ""
    )


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, ending: str) -> None:
    one = row_of(1, Ticket("卡顿", "有时候语音会卡顿", "T-1"), {"标题": "卡顿", "内容": "有时候语音会卡顿", "标签": ""})

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            written(tmp_path / f"a{ending}", itertools.repeat(one, count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(12_000) < 2 * peak(6_000)
