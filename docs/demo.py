"""What ``make demo`` prints: a few linted tickets of the sample backlog in full, and the backlog at a glance.

usage: python docs/demo.py out/demo.txt out/demo.jsonl
"""

import json
import sys
from collections import Counter
from pathlib import Path

# Tickets shown in full: a vague fault, an outage, a question, a ticket with a secret in it - in the three languages.
SHOWN_PER_LANGUAGE = 2


def main(report: Path, answers: Path) -> None:
    """Prints the blocks of some tickets from the text report, then the totals of all answers."""
    assessments = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    blocks = report.read_text(encoding="utf-8").split("\n\n")
    for number in _chosen(assessments):
        print(blocks[number], end="\n\n")
    print(_glance(assessments))
    print(f"\nAll {len(assessments)} tickets: {report} (to read), {answers} (for programs).")
    print('Try: .venv/bin/triage lint --text "有时候语音会卡顿"')


def _chosen(assessments: list[dict]) -> list[int]:
    chosen: list[int] = []
    for language in ("zh", "mixed", "en"):
        incidents = [
            number
            for number, answer in enumerate(assessments)
            if answer["language"] == language and answer["kind"]["label"] == "incident" and answer["lint"]["questions"]
        ]
        # The one with the most evidence, and one with nearly none.
        incidents.sort(key=lambda number: assessments[number]["lint"]["score"])
        chosen += [incidents[len(incidents) // 8], incidents[-len(incidents) // 8]][:SHOWN_PER_LANGUAGE]
    questions = [number for number, answer in enumerate(assessments) if answer["kind"]["label"] == "question"]
    return sorted({*chosen, *questions[:1]})


def _glance(assessments: list[dict]) -> str:
    kinds = Counter(answer["kind"]["label"] for answer in assessments)
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
    main(Path(sys.argv[1]), Path(sys.argv[2]))
