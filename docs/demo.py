"""What ``make demo`` prints before the ranked table: a few tickets of the sample backlog in full.

usage: python docs/demo.py out/assess.txt out/lint.txt out/assess.jsonl
"""

import json
import sys
from pathlib import Path


def main(assessed: Path, linted: Path, answers: Path) -> None:
    """Prints some blocks of the two text reports: an outage in each language, a question, a vague risk."""
    assessments = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    blocks = assessed.read_text(encoding="utf-8").split("\n\n")
    for number in _chosen(assessments):
        print(blocks[number], end="\n\n")
    print("The same ticket linted alone, every finding told:\n")
    print(linted.read_text(encoding="utf-8").split("\n\n")[_vague(assessments)], end="\n\n")


def _chosen(assessments: list[dict]) -> list[int]:
    """An outage in Chinese and one in English, a vague risk, a question."""
    urgent = [number for number, answer in enumerate(assessments) if answer["priority"]["label"] == "P1"]
    chosen = [next(number for number in urgent if assessments[number]["language"] == name) for name in ("zh", "en")]
    question = next(number for number, answer in enumerate(assessments) if answer["kind"]["label"] == "question")
    return [*chosen, question, _vague(assessments)]


def _vague(assessments: list[dict]) -> int:
    """The escalated Chinese ticket that says least."""
    escalated = [
        number
        for number, answer in enumerate(assessments)
        if answer["priority"]["escalate"] and answer["language"] == "zh"
    ]
    return min(escalated, key=lambda number: (assessments[number]["lint"]["score"], number))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
