"""What becomes of a chunk of rows: an assessment or an error each; this is the work of a worker process."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from triage.assessment import PRIORITIES, Assessment, assessment_json
from triage.assessor import BATCH, Assessor
from triage.backlog.chunks import NamedRow
from triage.errors import InputError
from triage.masking import mask_all, masked
from triage.report.table import jsonl_row
from triage.ticket import Ticket
from triage.ticketfile import ticket_of

ERROR = "error"


class Answer(NamedTuple):
    """One row's line of the output, and what it is ranked by, in this order.

    ``priority`` is P1 to P4, or ``error`` for a row that has none; ``queue`` is 0 for a vague risk, which goes before
    the others of its priority, else 1; ``expected`` is the mean of the priorities by the model's probabilities (1 to 4;
    4 where there is no model).
    """

    priority: str
    queue: int
    expected: float
    language: str
    line: str


def answers_of(
    rows: Sequence[NamedRow], assessor: Assessor, *, columns: Mapping[str, str], lang: str, is_masked: bool = False
) -> list[Answer]:
    """One answer a row, in order; ``is_masked`` masks personal data and secrets in the lines."""
    results = assessed(rows, assessor, columns=columns, lang=lang)
    kept = columns if is_masked else None
    return [_answer(row, result, masked_by=kept) for row, result in zip(rows, results, strict=True)]


def assessed(
    rows: Sequence[NamedRow], assessor: Assessor, *, columns: Mapping[str, str], lang: str
) -> Iterator[Assessment | InputError]:
    """The assessment of each row, in order; or the error of a row that is no ticket, or that breaks the assessment."""
    for start in range(0, len(rows), BATCH):
        read = [_ticket(row, columns) for row in rows[start : start + BATCH]]
        answers = iter(_assessed([ticket for ticket in read if isinstance(ticket, Ticket)], assessor, lang))
        for ticket in read:
            yield next(answers) if isinstance(ticket, Ticket) else ticket


def _ticket(named: NamedRow, columns: Mapping[str, str]) -> Ticket | InputError:
    if named.row.error is not None:
        return named.row.error
    try:
        return ticket_of(named.row.columns, columns, place=f"{named.file}:{named.row.line}")
    except InputError as cause:
        return cause


def _assessed(tickets: Sequence[Ticket], assessor: Assessor, lang: str) -> Sequence[Assessment | InputError]:
    try:
        return assessor.assess_many(tickets, lang=lang)
    except Exception:
        # Whatever one ticket breaks must not take the others with it.
        return [_alone(ticket, assessor, lang) for ticket in tickets]


def _alone(ticket: Ticket, assessor: Assessor, lang: str) -> Assessment | InputError:
    try:
        return assessor.assess(ticket, lang=lang)
    except Exception as cause:
        # The kind of error is told; its text, which may hold the ticket's, is not.
        return InputError(f"could not be assessed ({type(cause).__name__}); please report it to the makers of triage")


def _answer(named: NamedRow, result: Assessment | InputError, *, masked_by: Mapping[str, str] | None) -> Answer:
    """The answer to a row; ``masked_by`` is the map of columns by which a row that is to be masked is read."""
    file, row = named
    columns = row.columns if masked_by is None else mask_all(row.columns)
    if isinstance(result, InputError):
        return Answer(ERROR, 1, len(PRIORITIES), "", jsonl_row(file, row.line, columns, None, str(result)))
    record = assessment_json(result)
    if masked_by is not None:
        _, record = masked(ticket_of(row.columns, masked_by, place=file), record)
    line = jsonl_row(file, row.line, columns, record, None)
    priority = result.priority
    assert priority is not None
    return Answer(priority.label, 0 if priority.escalate else 1, expected_of(result), result.language, line)


def expected_of(assessment: Assessment) -> float:
    """The mean of the priorities (1 to 4) by the model's probabilities; 4 where there is no model."""
    shares = assessment.priority.probabilities if assessment.priority else {}
    if not shares:
        return len(PRIORITIES)
    return sum(number * shares[label] for number, label in enumerate(PRIORITIES, start=1) if label in shares)
