"""What is done so far, kept in a work folder beside the output, so that a crash costs a chunk and not the morning.

One SQLite file: a chunk's answers and the note that it is done go in together or not at all, and it sorts a million
answers by rank without holding them in memory.
"""

import contextlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from triage.backlog.answers import Answer
from triage.errors import InputError

_FILE = "answers.sqlite"
_TABLES = """
create table made_from (what text primary key, state text not null);
create table chunks (number integer primary key, headers text not null);
create table answers (
    chunk integer not null, number integer not null, priority text not null, queue integer not null,
    expected real not null, language text not null, line text not null
);
"""


class Work:
    """The answers kept so far; ``made_from`` says of what (input, rules, model, options), by name."""

    def __init__(self, folder: Path, made_from: Mapping[str, str], *, resume: bool, restart: bool) -> None:
        """Opens the folder's work, or begins it.

        Raises InputError when work is left there and neither ``resume`` nor ``restart`` is asked for, when it was made
        from another input, rules or model, when another run holds it, or when the folder cannot be written.
        """
        self.folder = folder
        if restart:
            _remove(folder)
        file = folder / _FILE
        if file.exists() and not resume:
            raise InputError(
                f"{folder}: an earlier run was stopped and its answers are kept; go on with --resume, or begin anew "
                "with --restart"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=0.5, isolation_level=None)
            self._open(made_from)
        except OSError as cause:
            raise InputError(f"{folder}: cannot be made ({cause.strerror}); check the output's folder") from cause
        except sqlite3.DatabaseError as cause:
            if "locked" in str(cause):
                raise InputError(f"{folder}: another run is at work here; wait for it, or stop it") from cause
            raise InputError(f"{folder}: cannot be read ({cause}); begin anew with --restart") from cause

    def _open(self, made_from: Mapping[str, str]) -> None:
        # One run at a time; without a sync a commit survives the end of the program, and of the machine all but the last.
        self._database.execute("pragma locking_mode = exclusive")
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.execute("begin immediate")
        if not self._database.execute("select 1 from sqlite_master where name = 'made_from'").fetchone():
            for statement in _TABLES.split(";\n"):
                self._database.execute(statement)
            self._database.executemany("insert into made_from values (?, ?)", made_from.items())
        self._database.execute("commit")
        kept = dict(self._database.execute("select what, state from made_from"))
        changed = [what for what in {**kept, **made_from} if kept.get(what) != made_from.get(what)]
        if changed:
            raise InputError(
                f"{self.folder}: cannot go on, for since the earlier run {_listed(changed)} changed; put it back, or "
                "begin anew with --restart"
            )

    def done(self) -> frozenset[int]:
        """The numbers of the chunks whose answers are kept."""
        return frozenset(number for (number,) in self._database.execute("select number from chunks"))

    def keep(self, number: int, answers: Sequence[Answer], headers: Sequence[str]) -> None:
        """Keeps the answers of a chunk, all or none; ``headers`` are the columns that its rows bring."""
        self._database.execute("begin")
        self._database.execute("insert into chunks values (?, ?)", (number, json.dumps(headers, ensure_ascii=False)))
        self._database.executemany(
            "insert into answers values (?, ?, ?, ?, ?, ?, ?)",
            ((number, place, *answer) for place, answer in enumerate(answers)),
        )
        self._database.execute("commit")

    def counts(self) -> Counter[tuple[str, bool]]:
        """How many answers there are by priority (``error`` for rows that have none) and by being a vague risk."""
        counted = self._database.execute("select priority, queue, count(*) from answers group by priority, queue")
        return Counter({(priority, queue == 0): count for priority, queue, count in counted})

    def languages(self) -> Counter[str]:
        """How many answers speak of a ticket in each language; "" are rows with an error."""
        return Counter(dict(self._database.execute("select language, count(*) from answers group by language")))

    def headers(self) -> list[str]:
        """The columns of the input, in the order in which they first came."""
        seen: dict[str, None] = {}
        for (headers,) in self._database.execute("select distinct headers from chunks order by number"):
            seen.update(dict.fromkeys(json.loads(headers)))
        return list(seen)

    def ranked(self) -> Iterator[str]:
        """The lines of all answers, the most urgent first; equals in the order of the input."""
        order = "priority, queue, expected, chunk, number"
        self._database.execute(f"create index if not exists ranked on answers ({order})")
        for (line,) in self._database.execute(f"select line from answers order by {order}"):  # noqa: S608 - our own text
            yield line

    def close(self) -> None:
        """Lets go of the file; what is kept stays."""
        self._database.close()

    def remove(self) -> None:
        """Throws the work away."""
        self.close()
        _remove(self.folder)


def _remove(folder: Path) -> None:
    # Under another name first: a run that ends amid this must not leave half of its work to go on with.
    gone = folder.with_name(f"{folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
