"""What a bench reports: its figures, its goals, and the table that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and what it should be: at most, or at least, ``limit``."""

    name: str
    figure: float
    limit: float
    at_most: bool

    @property
    def reached(self) -> bool:
        """Whether the figure keeps the goal."""
        return self.figure <= self.limit if self.at_most else self.figure >= self.limit

    def line(self) -> str:
        """One line of the summary."""
        sign = "<=" if self.at_most else ">="
        verdict = "PASS         " if self.reached else "short of goal"
        return f"{verdict}  {self.name}: {self.figure:.2f} (goal {sign} {self.limit:g})"


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one bench by name, as JSON knows them, and the goals it was held against."""

    name: str
    figures: dict[str, Any]
    goals: tuple[Goal, ...] = field(default=())


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a table: the first column to the left, the others to the right."""
    texts = [[f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        first, *rest = [
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join([first, *rest]))
        if not number:
            print("  " + "  ".join("-" * width for width in widths))
