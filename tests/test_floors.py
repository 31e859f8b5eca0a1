"""A file imports downward only; workers of one floor do not know each other, and never settings or the store."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "triage"
# The house of architecture.md; `models` reads what was learned, `ticketfile` and `headers` what came in.
FLOORS = {
    "errors": 0, "__init__": 0, "assessment": 1, "ticket": 1, "parent": 1,
    "datafile": 2, "report": 2, "store": 2, "helpdesks": 2, "notify": 2, "times": 2, "customers": 2, "ticketfile": 3,
    "language": 3,
    "evidence": 4, "lint": 4, "priority": 4, "policy": 4, "similar": 4,
    "models": 5, "settings": 5, "sight": 5, "masking": 5,
    "verdict": 6, "promises": 6, "routes": 6, "watch": 7, "delivery": 7,
    "assessor": 7,
    "api": 8, "backlog": 8, "training": 8,
    "cli": 9, "__main__": 10,
}  # fmt: skip
WORKERS = {name for name, floor in FLOORS.items() if floor == 4}
NEIGHBOURS = {name for name, floor in FLOORS.items() if floor == 8}
# report/rules.py prints rules: it reads the rulebook's values, which stand a floor above it.
ALLOWED = {("report", "lint")}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "triage":
            rest = node.module.split(".")[1:]
            names |= {rest[0]} if rest else {"__init__"}
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("triage.")}
    return names


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(PACKAGE)) for path in FILES])
def test_file_imports_downward(path: Path) -> None:
    own = room(path)
    for other in imports(path) - {own}:
        if (own, other) in ALLOWED:
            continue
        assert FLOORS[other] < FLOORS[own], f"{own} (floor {FLOORS[own]}) imports {other} (floor {FLOORS[other]})"
        assert not (own in WORKERS and other in WORKERS)
        assert not (own in NEIGHBOURS and other in NEIGHBOURS)


def test_every_room_has_its_floor() -> None:
    assert {room(path) for path in FILES} <= set(FLOORS)
