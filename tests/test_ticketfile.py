"""Files of tickets: which system wrote them, what is read, what is refused, and that nothing is lost or breaks."""

import csv
import io
import json
import tomllib
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from triage.errors import InputError
from triage.ticketfile import ENDINGS, open_sheet, read_tickets, ticket_of
from triage.times import first_response, read_time

CASES = tomllib.loads((Path(__file__).parent / "exports" / "cases.toml").read_text(encoding="utf-8"))["case"]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_an_export_is_known_and_read(tmp_path: Path, case: dict[str, Any]) -> None:
    path = written(tmp_path, case["file"], case["content"].encode(case.get("encoding", "utf-8")))
    sheet = open_sheet(path, columns={})
    assert sheet.system.partition(" (it")[0] == case["system"]
    (row,) = sheet.rows
    ticket = ticket_of(row.columns, {}, place="row")
    assert ticket.title == case["title"]
    if "body" in case:
        assert ticket.body == case["body"]
    assert ticket.id == case.get("id")
    assert ticket.requested_priority == case.get("priority")
    if "channel" in case:
        assert ticket.channel == case["channel"]
    assert {**ticket.fields, **case.get("fields", {})} == dict(ticket.fields)
    if "created" in case:
        assert read_time(ticket.created_at or "", zone=SHANGHAI) == datetime.fromisoformat(case["created"])
    if "answered" in case:
        assert first_response(ticket, zone=SHANGHAI) == datetime.fromisoformat(case["answered"])


class TestTables:
    def test_repeated_and_missing_headers_keep_their_cells(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", "title,Labels,Labels,\n黑屏,a,b,c,d\n短\n")
        rows = list(open_sheet(path, columns={}).rows)
        assert rows[0].columns == {"title": "黑屏", "Labels": "a", "Labels (2)": "b", "column 4": "c", "column 5": "d"}
        assert rows[1].columns == {"title": "短"}

    def test_line_numbers_count_lines_of_cells(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", 'title,body\r\na,"one\r\ntwo"\r\n\r\nb,c\r\n')
        assert [(row.line, row.columns["title"]) for row in open_sheet(path, columns={}).rows] == [(3, "a"), (5, "b")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings_are_told_apart(self, tmp_path: Path, encoding: str) -> None:
        path = written(tmp_path, "a.csv", f"标题,内容\n黑屏,{'卡顿' * 700_000}\n".encode(encoding))
        (row,) = open_sheet(path, columns={}).rows
        assert row.columns["标题"] == "黑屏"

    def test_the_bad_byte_of_no_encoding_is_named(self, tmp_path: Path) -> None:
        content = b"title\n" + b"a" * (1 << 20) + b"\xff\xff\n"
        with pytest.raises(InputError, match=rf"bad byte {6 + (1 << 20)}\) nor GB18030 \(bad byte"):
            open_sheet(written(tmp_path, "a.csv", content), columns={})

    def test_a_huge_cell_and_nul_are_cells(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", f"title,body\n黑屏,{'x' * 2_000_000}\0\n")
        (row,) = open_sheet(path, columns={}).rows
        assert len(row.columns["body"]) == 2_000_001

    def test_a_quote_that_never_closes_is_told_with_its_row(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", 'title,body\nfirst,a\nsecond,"open\nthird,b\n')
        first, second = open_sheet(path, columns={}).rows
        assert first.error is None
        assert "never closed" in str(second.error)
        assert second.columns["title"] == "second"

    @pytest.mark.parametrize(
        ("text", "errors"),
        [('title,body\nx,"open\ny,z\n', 1), ('title,body\nx,"one\ntwo" \ny,z\n', 0), ('title,body\nx,5" wide', 0)],
        ids=["swallows rows", "closed with a space", "a stray quote"],
    )
    def test_only_an_open_quote_is_told(self, tmp_path: Path, text: str, errors: int) -> None:
        rows = list(open_sheet(written(tmp_path, "a.csv", text), columns={}).rows)
        assert sum(row.error is not None for row in rows) == errors

    def test_the_second_of_two_columns_stands_in_for_an_empty_first(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", "概要,描述,描述\n黑屏,,进房后\n黑屏,一,二\n")
        bodies = [ticket_of(row.columns, {}, place="row").body for row in open_sheet(path, columns={}).rows]
        assert bodies == ["进房后", "一"]

    def test_no_known_column_is_told_with_the_headers_seen(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", "Nummer,Titel\n1,x\n")
        with pytest.raises(InputError, match=r'headers are Nummer, Titel; .*--map title=HEADER \(did you mean "Titel"'):
            open_sheet(path, columns={})

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({"title": "Betref"}, 'did you mean "Betreff"'),
            ({"titel": "Betreff"}, '"titel" is none of our keys'),
            ({"title": "Betreff", "body": "Betreff"}, "as title and as body"),
        ],
    )
    def test_a_map_that_cannot_be_followed_is_told(self, tmp_path: Path, columns: dict[str, str], said: str) -> None:
        path = written(tmp_path, "a.csv", "Betreff,Status\nx,offen\n")
        with pytest.raises(InputError, match=said):
            open_sheet(path, columns=columns)

    def test_a_map_wins_over_known_names(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", "title,Betreff,OS\nx,Black screen,iOS\n")
        asked = {"title": "Betreff", "fields.platform": "OS"}
        (row,) = open_sheet(path, columns=asked).rows
        ticket = ticket_of(row.columns, asked, place="row")
        assert (ticket.title, ticket.fields["platform"]) == ("Black screen", "iOS")

    def test_memory_does_not_grow_with_the_rows(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", "title,body\n" + "黑屏,房间里看不到画面\n" * 200_000)
        tracemalloc.start()
        try:
            count = sum(1 for _ in open_sheet(path, columns={}).rows)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert count == 200_000
        assert peak < 8 << 20


class TestWorkbooks:
    def test_a_table_below_a_title_is_found(self, tmp_path: Path) -> None:
        when = datetime(2026, 11, 3, 14, 5)
        path = workbook(tmp_path / "a.xlsx", ["十一月工单"], [], ["工单号", "标题", "创建时间"], [12.0, "黑屏", when])
        sheet = open_sheet(path, columns={})
        assert sheet.system == "in-house (Chinese headers)"
        (row,) = sheet.rows
        assert row == (4, {"工单号": 12, "标题": "黑屏", "创建时间": "2026-11-03 14:05:00"}, None)

    def test_hidden_sheets_are_passed_over(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["title"])
        book.active.sheet_state = "hidden"
        book.create_sheet("notes").append(["nothing"])
        last = book.create_sheet("tickets")
        last.append(["title"])
        last.append(["黑屏"])
        book.save(tmp_path / "a.xlsx")
        assert [row.columns for row in open_sheet(tmp_path / "a.xlsx", columns={}).rows] == [{"title": "黑屏"}]

    def test_a_zip_bomb_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", "a" * (60 << 20))
        assert (tmp_path / "bomb.xlsx").stat().st_size < 100_000
        with pytest.raises(InputError, match="zip bomb"):
            open_sheet(tmp_path / "bomb.xlsx", columns={})

    @pytest.mark.parametrize(
        "part",
        ["xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/theme/theme1.xml", "[Content_Types].xml"],
    )
    def test_entities_are_refused(self, tmp_path: Path, part: str) -> None:
        book = openpyxl.Workbook()
        book.active.append(["title"])
        book.active.append(["黑屏"])
        plain = io.BytesIO()
        book.save(plain)
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as target:
            for name in source.namelist():
                text = source.read(name)
                if name == part:
                    start = text.index(b"?>") + 2 if text.startswith(b"<?xml") else 0
                    text = text[:start] + bomb.encode() + text[start:]
                target.writestr(name, text)
        with pytest.raises(InputError, match="declares XML entities"):
            open_sheet(tmp_path / "a.xlsx", columns={})

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls file or protected by a password"),
            (b"title\nx\n", "is no workbook"),
            (b"PK\x03\x04" + b"\0" * 50, "is no workbook"),
            (b"", "is no workbook"),
        ],
        ids=["xls", "text", "cut", "empty"],
    )
    def test_what_is_no_workbook_is_told(self, tmp_path: Path, content: bytes, said: str) -> None:
        with pytest.raises(InputError, match=said):
            open_sheet(written(tmp_path, "a.xlsx", content), columns={})

    def test_parquet_is_read_in_pieces(self, tmp_path: Path) -> None:
        times = pa.array([datetime(2026, 11, 3, 14, 5)] * 3000)
        table = pa.table({"标题": ["黑屏"] * 3000, "工单号": range(3000), "创建时间": times})
        pq.write_table(table, tmp_path / "a.parquet")
        rows = list(open_sheet(tmp_path / "a.parquet", columns={}).rows)
        assert [row.line for row in rows] == list(range(1, 3001))
        assert rows[-1].columns == {"标题": "黑屏", "工单号": 2999, "创建时间": "2026-11-03 14:05:00"}

    def test_repeated_columns_of_parquet_keep_their_cells(self, tmp_path: Path) -> None:
        table = pa.Table.from_arrays([pa.array(["黑屏"]), pa.array(["a"]), pa.array(["b"])], ["title", "L", "L"])
        pq.write_table(table, tmp_path / "a.parquet")
        (row,) = open_sheet(tmp_path / "a.parquet", columns={}).rows
        assert row.columns == {"title": "黑屏", "L": "a", "L (2)": "b"}

    def test_what_is_no_parquet_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is no Parquet file"):
            open_sheet(written(tmp_path, "a.parquet", b"PAR1 nothing"), columns={})


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending])
@settings(max_examples=40, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
def test_no_content_breaks_a_reader(ending: str, content: bytes) -> None:
    try:
        records = list(read_tickets(content, name=f"a{ending}"))
    except InputError as error:
        assert f"a{ending}" in str(error)
    else:
        assert all((record.ticket is None) != (record.error is None) for record in records)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=3, max_size=3), max_size=8
    )
)
def test_every_row_of_a_csv_comes_back(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["title", "body", "x"])
    writer.writerows(rows)
    said = [row for row in rows if any(cell.strip() for cell in row)]
    content = text.getvalue().encode("utf-8")
    records = list(read_tickets(content, name="a.csv"))
    assert len(records) == len(said)
    for record, row in zip(records, said, strict=True):
        if record.ticket and row[0].strip():
            assert record.ticket.title == row[0]


@pytest.mark.parametrize(
    "record",
    [{"title": "x", "fields": {"summary": None}}, {"summary": {"name": 3}}, {"title": "x", "via": {"a": []}}],
)
def test_strange_shapes_are_answered_or_told(record: object) -> None:
    (answer,) = read_tickets(json.dumps(record).encode(), name="a.jsonl")
    assert answer.ticket or answer.error
