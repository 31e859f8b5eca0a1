"""What a site has accepted: the findings of a day, so that later runs show only what is new since.

A JSON file by ticket (its id, or the hash of its text where it has none) with the priority and the rule codes of that
day; no ticket text. A ticket shows again with a finding it had not, or a more urgent priority.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.errors import InputError
from triage.report.ranked import RankedRow

_SCHEMA = 1


class Baseline:
    """The accepted findings by ticket, compared with today's as the rows of a backlog go by."""

    def __init__(self, accepted: Mapping[str, Any]) -> None:
        self._accepted = dict(accepted)
        self._today: dict[str, dict[str, Any]] = {}

    def new(self, row: RankedRow) -> RankedRow | None:
        """The row with only its new findings; None when nothing in it is new. A row with an error is always shown."""
        if row.assessment is None:
            return row
        key = _key(row)
        priority = row.assessment["priority"]["label"]
        findings = row.assessment["lint"]["findings"]
        self._note(key, priority, {finding["code"] for finding in findings})
        accepted = self._accepted.get(key)
        if accepted is None:
            return row
        fresh = [finding for finding in findings if finding["code"] not in accepted["codes"]]
        if not fresh and priority >= accepted["priority"]:
            return None
        lint = {**row.assessment["lint"], "findings": fresh}
        return row._replace(assessment={**row.assessment, "lint": lint})

    def stale(self) -> list[str]:
        """What was accepted and is no longer there, once all rows have gone by: ``RTC-3107: LOG01, P2 (now P3)``."""
        told = []
        for key, accepted in sorted(self._accepted.items()):
            today = self._today.get(key)
            if today is None:
                told.append(f"{key}: the ticket is no longer in the backlog")
                continue
            gone = sorted(set(accepted["codes"]) - set(today["codes"]))
            if today["priority"] > accepted["priority"]:
                gone.append(f"{accepted['priority']} (now {today['priority']})")
            if gone:
                told.append(f"{key}: {', '.join(gone)}")
        return told

    def accepted_today(self) -> str:
        """Today's findings as the content of a baseline file."""
        return json.dumps(
            {"schema": _SCHEMA, "tickets": dict(sorted(self._today.items()))}, ensure_ascii=False, indent=1
        )

    def _note(self, key: str, priority: str, codes: set[str]) -> None:
        # Two rows of one ticket: all their findings, and the more urgent priority.
        other = self._today.get(key, {"priority": priority, "codes": []})
        self._today[key] = {
            "priority": min(priority, other["priority"]),
            "codes": sorted(codes | set(other["codes"])),
        }


def read_baseline(path: Path) -> Baseline:
    """The accepted findings of a file; raises InputError when it is none that ``accepted_today`` wrote."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise InputError(f"{path}: cannot be read ({cause.strerror}); check the path") from cause
    except (ValueError, RecursionError) as cause:
        raise InputError(f"{path}: is no baseline ({cause}); make it anew with --update-baseline") from cause
    tickets = content.get("tickets") if isinstance(content, dict) and content.get("schema") == _SCHEMA else None
    if not isinstance(tickets, dict) or not all(map(_is_entry, tickets.values())):
        raise InputError(f"{path}: is no baseline of schema {_SCHEMA}; make it anew with --update-baseline")
    return Baseline(tickets)


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("priority"), str)
        and isinstance(entry.get("codes"), list)
        and all(isinstance(code, str) for code in entry["codes"])
    )


def _key(row: RankedRow) -> str:
    assert row.assessment is not None
    if row.assessment["ticket_id"]:
        return str(row.assessment["ticket_id"])
    text = f"{row.ticket.title}\n{row.ticket.body}" if row.ticket else ""
    return "text:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
