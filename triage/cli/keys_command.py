"""``triage keys``: access keys made, listed and revoked. ``triage db``: the tables brought up to date."""

import argparse
import secrets
import sys
from datetime import UTC, datetime, timedelta

from triage.errors import InputError
from triage.settings import Settings
from triage.store.database import is_current, open_database, upgrade
from triage.store.keys import Key, KeyStore, judge

# A person waits longer for a busy database than a request may.
_PATIENCE = timedelta(seconds=10)


def run_keys(options: argparse.Namespace, settings: Settings) -> int:
    """Makes, lists or revokes keys."""
    engine = open_database(settings.store.database_url, connections=1, patience=_PATIENCE)
    if engine.dialect.name == "sqlite":
        upgrade(engine)
    store, now = KeyStore(engine, randomness=secrets.token_bytes), datetime.now(UTC)
    if options.action == "new":
        _make(store, options, now)
    elif options.action == "revoke":
        if not options.id:
            raise InputError("say which key: triage keys revoke ID (the ids are told by triage keys list)")
        key = store.revoke(options.id, now)
        if key is None:
            raise InputError(f'there is no key "{options.id}"; see triage keys list')
        print(f"{key.id} ({key.name}) is revoked; workers that know it refuse it within 5 seconds")
    else:
        _list(store, now)
    return 0


def upgrade_tables(settings: Settings) -> int:
    """Brings the tables of the site's database up to date."""
    engine = open_database(settings.store.database_url, connections=1, patience=_PATIENCE)
    was_current = is_current(engine)
    upgrade(engine)
    print("the tables were up to date" if was_current else "the tables are up to date now")
    return 0


def _make(store: KeyStore, options: argparse.Namespace, now: datetime) -> None:
    if not options.scope or not options.name:
        raise InputError("say what the key is for: triage keys new --scope form|assess|admin --name WHO")
    expires_at = now + timedelta(days=options.days) if options.days else None
    made = store.new(options.scope, options.name, now=now, origins=tuple(options.origin), expires_at=expires_at)
    print(made.secret)
    print(f"triage: this is shown once; keep it where secrets are kept. Its id is {made.key.id}", file=sys.stderr)


def _list(store: KeyStore, now: datetime) -> None:
    found = store.list()
    if not found:
        print("there are no keys; make one with: triage keys new --scope assess --name helpdesk")
    for key in found:
        print("  ".join(_cells(key, now)).rstrip())


def _cells(key: Key, now: datetime) -> list[str]:
    judged = judge(key, now)
    state = "good" if judged is key else getattr(judged, "reason", "")
    used = f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
    expires = f"expires {key.expires_at:%Y-%m-%d}" if key.expires_at else "does not expire"
    return [key.id, f"{key.scope:<6}", f"{state:<7}", f"{used:<15}", f"{expires:<18}", key.name, " ".join(key.origins)]
