"""The rows of the input, in numbered chunks: what one worker is given at a time and what a resumed run has to redo."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from triage.errors import InputError
from triage.ticketfile import RawRow, Sheet

# At 1 ms a ticket a chunk takes half a second: little is lost by a crash, and sending and keeping it costs 2 % of that.
CHUNK = 512


class NamedRow(NamedTuple):
    """A row and the name of its file."""

    file: str
    row: RawRow


class Chunk(NamedTuple):
    """Some rows in the order of the input; ``number`` counts from 0."""

    number: int
    rows: tuple[NamedRow, ...]


def chunks_of(sheets: Iterable[Sheet], *, size: int = CHUNK) -> Iterator[Chunk]:
    """The rows of all sheets, one after the other; the same input always gives the same chunks."""
    rows = (NamedRow(sheet.name, row) for sheet in sheets for row in sheet.rows)
    number = 0
    while some := tuple(islice(rows, size)):
        yield Chunk(number, some)
        number += 1


def digest_of(paths: Sequence[Path]) -> str:
    """The sha256 of the files' contents and of their names, in order: what tells that the input is another one."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as cause:
            raise InputError(f"{path}: cannot be read ({cause.strerror}); check the path") from cause
        digest.update(f"{path.name}\t{content}\n".encode())
    return digest.hexdigest()
