"""``triage watch``: the ladder and its notices without the service. ``triage notify``: the channels tried and the outbox read."""

import argparse
import asyncio
import os
import sys
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from triage.api import logs
from triage.cli.watcher import Watcher, stop_on_signals, utc_now, watch_forever
from triage.datafile import suggest
from triage.delivery import Delivery
from triage.errors import InputError, SettingsError
from triage.notify.notice import Notice
from triage.notify.sender import deliver
from triage.settings import Settings
from triage.store.database import is_current, open_database, upgrade
from triage.store.outbox import Outbox
from triage.watch import Watch

READY, FAILED = 0, 2
# A person waits longer for a busy database than a request may.
_PATIENCE = timedelta(seconds=10)


def run_watch(options: argparse.Namespace, settings: Settings) -> int:
    """Watches until it is stopped, or looks once; 0."""
    Watch(settings)
    engine = open_database(settings.store.database_url, connections=2, patience=_PATIENCE)
    if engine.dialect.name == "sqlite":
        upgrade(engine)
    elif not is_current(engine):
        raise SettingsError("the database's tables are not those of this version; run: triage db upgrade")
    watcher = Watcher(settings, engine, now=utc_now)
    if options.once:
        if not watcher.leads():
            print("another watcher is at work, so nothing was done here")
            return READY
        rang = watcher.look()
        sent = asyncio.run(watcher.tell())
        watcher.give_up()
        print(f"{rang} rung(s) rang, {sent} notice(s) went out")
        return READY
    engine.dispose()
    print("triage: watching; stop with Ctrl-C", file=sys.stderr)
    logs.set_up()
    watch_forever(settings, stopped=stop_on_signals())
    return READY


def run_notify(options: argparse.Namespace, settings: Settings) -> int:
    """Tries channels with a test notice, or lists the outbox; 0, or 2 when a channel did not take it."""
    engine = open_database(settings.store.database_url, connections=1, patience=_PATIENCE)
    outbox = Outbox(engine)
    if options.action == "list":
        if engine.dialect.name == "sqlite":
            upgrade(engine)
        _list(outbox, options.status)
        return READY
    delivery = Delivery(settings.notify, outbox, environ=os.environ, now=utc_now)
    if not delivery.channels:
        raise SettingsError("notify.channels is empty; name one in triage.toml, see docs/promises.md")
    names = [options.channel] if options.channel else list(delivery.channels)
    if names[0] not in delivery.channels:
        raise InputError(f'there is no channel "{names[0]}"; {suggest(names[0], delivery.channels)}')
    return max(_tried(delivery, name, settings) for name in names)


def _tried(delivery: Delivery, name: str, settings: Settings) -> int:
    now = utc_now()
    notice = Notice(f"test:{now.isoformat()}", "test", now, "T-0", "triage notify test", "P4")
    verdict = asyncio.run(
        deliver([notice], delivery.channels[name], now=now, private_hosts=settings.notify.private_hosts)
    )
    print(f"{name}: {verdict.outcome}" + (f" ({verdict.why})" if verdict.why else ""))
    return READY if verdict.outcome == "sent" else FAILED


def _list(outbox: Outbox, status: str | None) -> None:
    table = Table(box=None, pad_edge=False)
    for header in ("made", "channel", "topic", "ticket", "status", "tries", "when", "why"):
        table.add_column(header, overflow="fold")
    for one in outbox.list(status=status):  # type: ignore[arg-type]
        when = one.sent_at or (one.next_at if one.status == "waiting" else None)
        table.add_row(
            f"{one.made_at:%Y-%m-%d %H:%M}",
            one.channel,
            str(one.content["topic"]),
            str(one.content["ticket_id"]),
            one.status,
            str(one.attempts),
            f"{when:%Y-%m-%d %H:%M}" if when else "",
            one.error or "",
        )
    Console().print(table if table.row_count else "the outbox is empty")
