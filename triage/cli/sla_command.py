"""``triage sla``: promises kept and broken, of the tickets in files or in the service's store."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from triage.assessor import check_settings
from triage.cli.judged import judged_tickets, promises_of, spoken
from triage.errors import InputError
from triage.promises import Promises
from triage.report.sla import Promise, sla_json, sla_text
from triage.settings import Settings, zone_of
from triage.ticketfile import Record
from triage.times import read_time

READY, FAILED = 0, 2


def report_promises(options: argparse.Namespace, settings: Settings, records: Iterable[tuple[str, Record]]) -> int:
    """Prints the report of the files' records, or of the store; 0, or 2 when a row could not be read."""
    if options.store == bool(options.files):
        raise InputError("name the files of tickets, or --store for those that the service keeps")
    check_settings(settings)
    now = datetime.now(UTC)
    if options.at:
        asked = read_time(options.at, zone=zone_of(settings))
        if asked is None:
            raise InputError(f'--at is "{options.at}"; write a time as 2026-11-25 18:00')
        now = asked
    failed: list[str] = []
    promised = Promises(settings)
    promises: list[Promise] = []
    languages = []
    for judged in judged_tickets(None if options.store else records, settings, failed):
        promises += promises_of(judged, promised, now)
        languages.append(judged.language)
    for told in failed:
        print(f"triage: {told}", file=sys.stderr)
    if options.format == "json":
        print(json.dumps(sla_json(promises, now=now), ensure_ascii=False, indent=2))
    else:
        lang = options.lang if options.lang != "auto" else spoken(languages)
        width = int(os.environ.get("COLUMNS", "0")) or 100
        print(sla_text(promises, now=now, lang=lang, width=width))
    return FAILED if failed else READY
