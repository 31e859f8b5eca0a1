"""The same assessment as a Spark job, for backlogs that lie in many Parquet files; needs the extra ``spark``.

Each Python process of an executor loads triage with its model once (about 150 MB and half a second) and keeps it for all
its partitions; nothing is shuffled. The answers of a row are those of ``triage backlog``, whatever the partitions are.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.backlog.answers import assessed, expected_of
from triage.backlog.chunks import NamedRow
from triage.errors import InputError
from triage.settings import Settings, load_settings
from triage.ticketfile import RawRow, key_of

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

# What is added to a row; a column of the input with such a name is an error, for one of the two would be lost.
ANSWERED = {
    "triage_priority": "string",
    "triage_escalate": "boolean",
    "triage_needs_human": "boolean",
    "triage_kind": "string",
    "triage_product": "string",
    "triage_ready": "boolean",
    "triage_score": "integer",
    "triage_expected_priority": "double",
    "triage_error": "string",
    "triage_assessment": "string",
}


def assess_dataframe(
    frame: "DataFrame",
    *,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    lang: str = "auto",
) -> "DataFrame":
    """The frame's rows with the columns of ``ANSWERED``; ``triage_assessment`` is the JSON of the contract.

    ``columns`` maps our keys to the frame's columns as ``--map`` does (title -> 标题); a row that is no ticket has a
    ``triage_error``. Raises InputError when no column holds a title or a body, or one has a name of ours.
    """
    from pyspark.sql.types import StructType

    taken = [name for name in frame.columns if name in ANSWERED]
    if taken:
        raise InputError(f"the frame has a column {taken[0]} already; rename or drop it")
    asked = dict(columns or {})
    if not {"title", "body"} & {key_of(name, asked) for name in frame.columns}:
        raise InputError(
            f"no column holds a title or a body; the columns are {', '.join(frame.columns)}; say which with "
            'columns={"title": "…"} or --map title=…'
        )
    schema = StructType(list(frame.schema.fields))
    for name, kind in ANSWERED.items():
        schema.add(name, kind)
    answer = partial(_answered, settings=settings or load_settings(), columns=asked, lang=lang)
    return frame.mapInPandas(answer, schema)


def triage_folder(
    session: "SparkSession",
    source: str,
    target: str,
    *,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    lang: str = "auto",
) -> None:
    """Reads the Parquet files of ``source`` and writes the answered rows to ``target``, which must not exist yet."""
    frame = session.read.parquet(source)
    assess_dataframe(frame, settings=settings, columns=columns, lang=lang).write.mode("error").parquet(target)


def _answered(
    frames: "Iterator[pd.DataFrame]", *, settings: Settings, columns: Mapping[str, str], lang: str
) -> "Iterator[pd.DataFrame]":
    import pandas as pd
    import pyarrow as pa

    assessor = _assessor(_Kept(settings))
    for frame in frames:
        # Through Arrow, so that a missing cell is None and a number is Python's, as in ``triage backlog``.
        records = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
        rows = [NamedRow("row", RawRow(number, record, None)) for number, record in enumerate(records, start=1)]
        answers = []
        for result in assessed(rows, assessor, columns=columns, lang=lang):
            if isinstance(result, InputError):
                answers.append(dict.fromkeys(ANSWERED) | {"triage_error": str(result)})
                continue
            priority, product = result.priority, result.product
            assert priority
            values = (
                priority.label,
                priority.escalate,
                priority.needs_human,
                result.kind.label,
                product.label if product else None,
                result.lint.ready,
                result.lint.score,
                expected_of(result),
                None,
                json.dumps(assessment_json(result), ensure_ascii=False),
            )
            answers.append(dict(zip(ANSWERED, values, strict=True)))
        told = pd.DataFrame(answers, columns=list(ANSWERED), index=frame.index, dtype=object)
        yield pd.concat([frame, told], axis=1)


class _Kept:
    """Settings by what they say, so that a process finds again the assessor that it made for them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and repr(self.settings) == repr(other.settings)

    def __hash__(self) -> int:
        return hash(repr(self.settings))


@lru_cache(maxsize=1)
def _assessor(kept: _Kept) -> Assessor:
    return Assessor(kept.settings)
