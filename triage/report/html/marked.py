"""A ticket's text in pieces, for a page that underlines the evidence: what is plain, what is shown, what is left out."""

import itertools
from typing import NamedTuple

from triage.assessment import ELEMENTS
from triage.report import LintedTicket, field_text
from triage.report.characters import shown
from triage.report.masking import MASK, private_stretches

# How much of a text is shown from its start and around each evidence, in characters, and in all.
_START, _AROUND, _MOST = 200, 50, 800
GAP = "…"


class Piece(NamedTuple):
    """Some text and the elements that it is evidence for; none for plain text."""

    text: str
    elements: tuple[str, ...] = ()


def pieces(linted: LintedTicket, field: str) -> list[Piece]:
    """The text of a field, cut where it is long, with its evidence apart; private stretches are ``***``."""
    text = field_text(linted.ticket, field)
    evidence = [
        (one.start, min(one.end, len(text)), name)
        for name in ELEMENTS
        for one in linted.assessment.lint.elements[name].evidence
        if one.field == field
    ]
    private = private_stretches(linted, field)
    edges = {0, len(text), *(edge for start, end, _ in evidence for edge in (start, end))}
    kept = _kept(len(text), [(start, end) for start, end, _ in evidence])
    edges |= {edge for stretch in (*private, *kept) for edge in stretch}
    found: list[Piece] = []
    marks = sorted(edge for edge in edges if 0 <= edge <= len(text))
    for start, end in itertools.pairwise(marks):
        if not any(first <= start and end <= last for first, last in kept):
            if found and found[-1].text != GAP:
                found.append(Piece(GAP))
            continue
        if any(first <= start and end <= last for first, last in private):
            if not found or found[-1].text != MASK:
                found.append(Piece(MASK))
            continue
        names = tuple(dict.fromkeys(name for first, last, name in evidence if first <= start and end <= last))
        found.append(Piece("".join(map(_line, text[start:end])), names))
    return found


def _line(character: str) -> str:
    return "\n" if character == "\n" else shown(character)


def _kept(length: int, evidence: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches that are shown, in order and apart."""
    if length <= _MOST:
        return [(0, length)]
    wanted = [(0, _START), *((max(start - _AROUND, 0), min(end + _AROUND, length)) for start, end in sorted(evidence))]
    kept: list[tuple[int, int]] = []
    left = _MOST
    for start, end in wanted:
        if left <= 0:
            break
        last = min(end, start + left)
        if kept and start <= kept[-1][1]:
            last = max(last, kept[-1][1])
            left -= last - kept[-1][1]
            kept[-1] = (kept[-1][0], last)
        else:
            left -= last - start
            kept.append((start, last))
    return kept
