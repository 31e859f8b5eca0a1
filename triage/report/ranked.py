"""One row of a triaged backlog, as its reports are given it: in ranked order, one at a time, never the whole backlog."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from triage.assessment import assessment_from
from triage.report import LintedTicket
from triage.ticket import Ticket


class RankedRow(NamedTuple):
    """A row of the input and what became of it: an assessment, or the error that says why there is none.

    ``assessment`` is the JSON of the contract (``assessment_json``), ``columns`` are the input's own by their headers.
    ``rank`` counts from 1, the most urgent first; rows with an error come last. Times are None where the input has none
    or they cannot be read; they know their time zone. ``due_at`` is when the first response is due, by the priority that the
    desk set, else the suggested one; None where nothing is promised.
    """

    rank: int
    file: str
    line: int
    columns: Mapping[str, Any]
    ticket: Ticket | None
    assessment: Mapping[str, Any] | None
    error: str | None
    created_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def linted(self) -> LintedTicket | None:
        """The ticket and its assessment as the reports of single tickets know them; None for a row with an error."""
        if self.ticket is None or self.assessment is None:
            return None
        return LintedTicket(self.ticket, assessment_from(self.assessment), self.file, self.line)
