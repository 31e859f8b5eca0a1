"""The Spark job on a local Spark with two workers; needs the extra ``spark`` and Java: ``make test-spark``."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.errors import InputError
from triage.settings import load_settings
from triage.ticketfile import open_sheet, ticket_of

pytestmark = pytest.mark.spark
SAMPLES = [Path(__file__).parent.parent / "data" / "sample" / name for name in ("jira.csv", "inhouse.csv")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .appName("triage")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def rows_of(path: Path) -> list[dict[str, str]]:
    return [{**row.columns} for row in open_sheet(path, columns={}).rows]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_answers_equal_those_of_a_single_process(session: Any, tmp_path: Path, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from triage.backlog.spark import triage_folder

    rows = [*rows_of(path), {}, {"描述": " "}]
    names = list(dict.fromkeys(name for row in rows for name in row))
    source = tmp_path / "in"
    source.mkdir()
    half = len(rows) // 2
    for number, part in enumerate((rows[:half], rows[half:])):
        table = pa.table({name: pa.array([row.get(name) for row in part], pa.string()) for name in names})
        pq.write_table(table, source / f"part-{number}.parquet")
    triage_folder(session, str(source), str(tmp_path / "out"))

    assessor = Assessor(load_settings())
    expected = {}
    errors = 0
    for row in rows:
        try:
            ticket = ticket_of(row, {}, place="row")
        except InputError:
            errors += 1
            continue
        expected[_key(row, names)] = assessment_json(assessor.assess(ticket))
    answered = session.read.parquet(str(tmp_path / "out")).collect()
    assert len(answered) == len(rows)
    assert sum(row["triage_error"] is not None for row in answered) == errors >= 2
    told = {_key(row.asDict(), names): row for row in answered if row["triage_error"] is None}
    assert {key: json.loads(row["triage_assessment"]) for key, row in told.items()} == expected
    for key, row in told.items():
        assert row["triage_priority"] == expected[key]["priority"]["label"]
        assert row["triage_escalate"] == expected[key]["priority"]["escalate"]
        assert row["triage_ready"] == expected[key]["lint"]["ready"]
        assert row["triage_score"] == expected[key]["lint"]["score"]


def _key(row: dict[str, Any], names: list[str]) -> str:
    return json.dumps([row.get(name) for name in names], ensure_ascii=False)


def test_two_workers_share_the_partitions(session: Any) -> None:
    from triage.backlog.spark import assess_dataframe

    frame = session.createDataFrame([("T-1", "有时候语音会卡顿"), ("T-2", "login fails")] * 8, "id string, body string")
    answered = assess_dataframe(frame.repartition(2)).collect()
    assert {row["triage_kind"] for row in answered} == {"incident"}
    assert session.sparkContext.defaultParallelism == 2


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("id string, betreff string", "no column holds a title or a body"),
        ("title string, triage_kind string", "rename"),
    ],
    ids=["no text", "a name of ours"],
)
def test_columns_that_do_not_fit_are_told(session: Any, schema: str, said: str) -> None:
    from triage.backlog.spark import assess_dataframe

    with pytest.raises(InputError, match=said):
        assess_dataframe(session.createDataFrame([], schema))


def test_a_column_is_named_by_the_caller(session: Any) -> None:
    from triage.backlog.spark import assess_dataframe

    frame = session.createDataFrame([("登录不了,所有用户",)], "betreff string")
    (row,) = assess_dataframe(frame, columns={"title": "betreff"}).collect()
    assert row["triage_kind"] == "incident"
