"""Reports of linted tickets: for the terminal, for SARIF viewers, for GitHub workflows, as a reply to the reporter.

Here lives what all of them are given. Each report is one function in its own file and returns a value; nothing prints.
"""

from typing import NamedTuple

from triage.assessment import Assessment, Span
from triage.ticket import Ticket


class LintedTicket(NamedTuple):
    """A ticket, its assessment and where it was read: ``path`` (file name or label of stdin), ``line`` from 1.

    ``plain`` says that the file is the body itself, code point for code point, so that spans of the body hold in it.
    """

    ticket: Ticket
    assessment: Assessment
    path: str
    line: int = 1
    plain: bool = False

    @property
    def place(self) -> str:
        """``path:line``, as editors and terminals understand it."""
        return f"{self.path}:{self.line}"

    @property
    def name(self) -> str:
        """The ticket's id, or its place when it has none."""
        return self.ticket.id or self.place

    def file_line(self, span: Span | None) -> int:
        """The line of the file, from 1, where the span begins; the ticket's line when the file is no plain text."""
        if span is None or not self.within_file(span):
            return self.line
        return self.line + self.ticket.body.count("\n", 0, span.start)

    def within_file(self, span: Span) -> bool:
        """Whether the span's offsets are offsets of the file too."""
        return self.plain and span.field == "body"


def field_names(ticket: Ticket) -> list[str]:
    """The names by which spans call the ticket's texts, in reading order."""
    return [
        "title",
        "body",
        *(f"fields.{key}" for key in ticket.fields),
        *(f"attachments[{number}]" for number in range(len(ticket.attachments))),
    ]


def field_text(ticket: Ticket, name: str) -> str:
    """The raw text of a field as a span names it; empty when the ticket has no such field."""
    if name == "title":
        return ticket.title
    if name == "body":
        return ticket.body
    if name.startswith("fields."):
        return ticket.fields.get(name.removeprefix("fields."), "")
    number = name.removeprefix("attachments[").removesuffix("]")
    if number.isdecimal() and int(number) < len(ticket.attachments):
        return ticket.attachments[int(number)]
    return ""
