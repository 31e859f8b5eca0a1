"""What ``make demo`` prints: what to start first in the sample backlog, a few tickets in full, the backlog at a glance.

usage: python docs/demo.py out/assess.txt out/lint.txt out/assess.jsonl
"""

import json
import sys
from collections import Counter
from pathlib import Path

MOST_URGENT = 12


def main(assessed: Path, linted: Path, answers: Path) -> None:
    """Prints the most urgent tickets in a line each, some blocks of the two text reports, then the totals."""
    assessments = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    blocks = assessed.read_text(encoding="utf-8").split("\n\n")
    for number in _chosen(assessments):
        print(blocks[number], end="\n\n")
    print("The same ticket linted alone, every finding told:\n")
    print(linted.read_text(encoding="utf-8").split("\n\n")[_vague(assessments)], end="\n\n")
    print(_ranked(assessments, blocks))
    print(f"\n{_glance(assessments)}")
    print(f"\nAll {len(assessments)} tickets: {assessed} and {linted} (to read), {answers} (for programs).")
    print('Try: .venv/bin/triage assess --text "有时候语音会卡顿"')


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


def _ranked(assessments: list[dict], blocks: list[str]) -> str:
    """What to start first: P1 by how sure it is, then the vague risks."""
    order = sorted(
        range(len(assessments)),
        key=lambda number: (
            assessments[number]["priority"]["label"],
            not assessments[number]["priority"]["escalate"],
            -assessments[number]["priority"]["probabilities"]["P1"],
        ),
    )
    lines = [f"To start first ({MOST_URGENT} of {len(assessments)}):"]
    for number in order[:MOST_URGENT]:
        answer = assessments[number]
        priority = answer["priority"]
        name = blocks[number].partition(" ")[0]
        why = "; ".join(reason["text"] for reason in priority["reasons"][:2])
        sure = f"{priority['probabilities']['P1']:>4.0%}"
        lines.append(f"  {priority['label']}  {sure}  {answer['product']['label']:<18}{name:<18}{why}")
    return "\n".join(lines)


def _glance(assessments: list[dict]) -> str:
    kinds = Counter(answer["kind"]["label"] for answer in assessments)
    priorities = Counter(answer["priority"]["label"] for answer in assessments)
    languages = Counter(answer["language"] for answer in assessments)
    ready = sum(answer["lint"]["ready"] for answer in assessments)
    incidents = [answer["lint"] for answer in assessments if answer["kind"]["label"] == "incident"]
    missing = Counter(
        name
        for lint in incidents
        for name, element in lint["elements"].items()
        if element["required"] and element["status"] != "present"
    )
    codes = Counter(finding["code"] for answer in assessments for finding in answer["lint"]["findings"])
    secrets = sum(count for code, count in codes.items() if code.startswith("SEC"))
    rows = [
        (
            "tickets",
            f"{len(assessments)}   " + "   ".join(f"{name} {count}" for name, count in languages.most_common()),
        ),
        ("kinds", "   ".join(f"{name} {count}" for name, count in kinds.most_common())),
        ("priorities", "   ".join(f"{name} {priorities[name]}" for name in sorted(priorities))),
        ("escalated", f"{sum(answer['priority']['escalate'] for answer in assessments)} vague risks"),
        (
            "ready",
            f"{ready} of {len(assessments)}; of {len(incidents)} incidents {sum(lint['ready'] for lint in incidents)}",
        ),
        ("missing most", "   ".join(f"{name} {count}" for name, count in missing.most_common(6))),
        ("rules most", "   ".join(f"{code} {count}" for code, count in codes.most_common(8))),
        ("secrets found", f"{secrets} (numbers, tokens, certificates; shown masked)"),
    ]
    return "\n".join(f"{label:<14}{text}" for label, text in rows)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
