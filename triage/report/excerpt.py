"""The lines of a ticket that carry evidence or findings, safe to print, with marks under the words."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from triage.assessment import ELEMENTS
from triage.report import LintedTicket, field_names, field_text
from triage.report.characters import printable, shown, width as width_of
from triage.report.masking import MASK, private_stretches
from triage.report.wording import Wording

_CUT = "..."
_CONTEXT_COLUMNS = 16
_MOST_LINES_OF_A_STRETCH = 3
_NARROWEST_TEXT = 24
_WIDEST_KEY = 20


class Row(NamedTuple):
    """A line of the ticket, or a part of it: where it stands, its text, the marks under it column by column.

    ``^`` stands under evidence, ``~`` under what a finding is about; ``names`` says which, in reading order.
    """

    label: str
    text: str
    marks: str
    names: tuple[str, ...]


class _Stretch(NamedTuple):
    field: str
    start: int
    end: int
    mark: str
    name: str


def excerpt(linted: LintedTicket, words: Wording, *, width: int) -> list[Row]:
    """The rows of a ticket in reading order, label and text within ``width`` columns; long lines keep what is marked.

    A ticket in which nothing was found gives its first line, so that the reader knows which ticket it is.
    """
    labels = {name: _label(name, words) for name in field_names(linted.ticket)}
    # ":123" behind a body's label, " | " before the text, dots at both ends.
    limit = max(_NARROWEST_TEXT, width - max(map(width_of, labels.values())) - 4 - 3 - 2 * len(_CUT))
    stretches = _stretches(linted, words)
    rows = [row for name, label in labels.items() for row in _field_rows(linted, name, label, stretches, limit)]
    return rows or _first_row(linted, labels, limit)


def _label(name: str, words: Wording) -> str:
    if name.startswith("attachments["):
        return words.fields["attachment"]
    if not name.startswith("fields."):
        return words.fields[name]
    key = printable(name.removeprefix("fields."))
    columns = _columns(key)
    return key if columns[-1] <= _WIDEST_KEY else key[: _reach(columns, 0, _WIDEST_KEY)] + _CUT


def _stretches(linted: LintedTicket, words: Wording) -> list[_Stretch]:
    lint, stretches = linted.assessment.lint, []
    for name in ELEMENTS:
        element = lint.elements.get(name)
        if element is None:
            continue
        shown_name = words.elements[name]
        if element.status == "denied":
            shown_name = words.denied.format(element=shown_name)
        stretches += [_Stretch(found.field, found.start, found.end, "^", shown_name) for found in element.evidence]
    for finding in lint.findings:
        if finding.span:
            span = finding.span
            stretches.append(_Stretch(span.field, span.start, span.end, "~", printable(finding.code)))
    return sorted(stretches, key=lambda stretch: (stretch.start, stretch.end))


def _field_rows(
    linted: LintedTicket, name: str, label: str, stretches: Sequence[_Stretch], limit: int
) -> Iterator[Row]:
    text = field_text(linted.ticket, name)
    here = [_first_lines(stretch, text) for stretch in stretches if stretch.field == name]
    if not here:
        return
    cells, marks, several = _cells(linted, name), _marks(len(text), here), "\n" in text
    start, waiting, touching = 0, deque(here), list[_Stretch]()
    for number, line in enumerate(text.split("\n"), 1):
        end = start + len(line)
        numbered = f"{label}:{number}" if several else label
        line_cells, line_marks = cells[start:end], marks[start:end]
        for low, high in _windows(line_cells, line_marks, limit):
            # Rows and stretches both go forward: a pasted log of thousands of hits is walked through once.
            while waiting and waiting[0].start < start + high:
                touching.append(waiting.popleft())
            touching = [stretch for stretch in touching if stretch.end > start + low]
            row = _row(numbered, line_cells, line_marks, low, high)
            if row.marks:
                yield row._replace(names=tuple(dict.fromkeys(stretch.name for stretch in touching)))
        start = end + 1


def _first_row(linted: LintedTicket, labels: Mapping[str, str], limit: int) -> list[Row]:
    for name, label in labels.items():
        text = field_text(linted.ticket, name)
        start = len(text) - len(text.lstrip())
        line = text[start:].partition("\n")[0]
        if line:
            cells = _cells(linted, name)[start : start + len(line)]
            return [_row(label, cells, [" "] * len(cells), 0, _reach(_columns(cells), 0, limit))]
    return []


def _first_lines(stretch: _Stretch, text: str) -> _Stretch:
    """The stretch cut to its first lines: a pasted log need not be shown whole to be recognised."""
    lines = text[stretch.start : stretch.end].split("\n")
    return stretch._replace(end=stretch.start + len("\n".join(lines[:_MOST_LINES_OF_A_STRETCH])))


def _cells(linted: LintedTicket, name: str) -> list[str]:
    """What is printed for each code point of a field: a private stretch is one mask a line, CR before LF is nothing."""
    text = field_text(linted.ticket, name)
    cells = [shown(character) for character in text]
    for number, character in enumerate(text):
        if character == "\r" and text[number + 1 : number + 2] in ("", "\n"):
            cells[number] = ""
    for start, end in private_stretches(linted, name):
        for number in range(start, end):
            cells[number] = MASK if number == start or text[number - 1] == "\n" else ""
    return cells


def _marks(length: int, stretches: Sequence[_Stretch]) -> list[str]:
    marks = [" "] * length
    # Findings come last and write over evidence: they are what the reader must act on.
    for stretch in sorted(stretches, key=lambda stretch: stretch.mark == "~"):
        for number in range(stretch.start, min(stretch.end, length)):
            marks[number] = stretch.mark
    return marks


def _windows(cells: Sequence[str], marks: Sequence[str], limit: int) -> list[tuple[int, int]]:
    """The parts (start, end) of a line to show: all of it when it fits, else what lies around its marks."""
    columns = _columns(cells)
    if columns[-1] <= limit:
        return [(0, len(cells))]
    windows: list[tuple[int, int]] = []
    for start, end in _runs(marks):
        low = bisect_left(columns, columns[start] - _CONTEXT_COLUMNS)
        high = _reach(columns, end, _CONTEXT_COLUMNS)
        if windows and columns[high] - columns[windows[-1][0]] <= limit:
            windows[-1] = (windows[-1][0], high)
            continue
        if windows:
            windows[-1] = (windows[-1][0], min(windows[-1][1], start))
            low = max(low, windows[-1][1])
        windows.append((low, min(high, _reach(columns, low, limit))))
    return windows


def _runs(marks: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for marked, group in groupby(mark != " " for mark in marks):
        end = start + len(list(group))
        if marked:
            yield start, end
        start = end


def _columns(cells: Sequence[str]) -> list[int]:
    """The column at which each cell begins, and the one at which the line ends."""
    return list(accumulate(map(width_of, cells), initial=0))


def _reach(columns: Sequence[int], start: int, room: int) -> int:
    """The furthest cell that can be reached from ``start`` within ``room`` columns."""
    return bisect_right(columns, columns[start] + room) - 1


def _row(label: str, cells: Sequence[str], marks: Sequence[str], low: int, high: int) -> Row:
    before, after = (_CUT if low else ""), (_CUT if high < len(cells) else "")
    text = before + "".join(cells[low:high]) + after
    under = "".join(mark * width_of(cell) for mark, cell in zip(marks[low:high], cells[low:high], strict=True))
    return Row(label, text.rstrip(), (" " * len(before) + under).rstrip(), ())
