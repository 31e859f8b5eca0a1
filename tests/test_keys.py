"""Access keys: made, checked, refused with the reason, revoked, and what of them is kept."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from test_store_fixtures import NOW

from triage.store.database import open_database, reading, upgrade
from triage.store.errors import StoreError, StoreUnavailableError
from triage.store.ids import Randomness
from triage.store.keys import KEY_PATTERN, Key, KeyStore, Refused, is_well_formed
from triage.store.remembered_keys import RememberedKeys
from triage.store.tables import keys

pytest_plugins = ["test_store_fixtures"]
ORIGINS = ("https://help.example.com", "http://localhost:8000")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def store(engine: Engine, randomness: Randomness) -> KeyStore:
    return KeyStore(engine, randomness=randomness)


def checked(store: KeyStore | RememberedKeys, secret: str, after: timedelta = timedelta()) -> Key:
    key = store.check(secret, NOW + after)
    assert isinstance(key, Key)
    return key


@pytest.mark.parametrize("scope", ["form", "assess", "admin"])
def test_a_key_is_good_and_has_the_shape_that_scanners_know(store: KeyStore, scope: str) -> None:
    origins = ORIGINS if scope == "form" else ()
    new = store.new(scope, "帮助中心", now=NOW, origins=origins, expires_at=NOW + DAY)  # type: ignore[arg-type]
    assert re.fullmatch(KEY_PATTERN, new.secret)
    assert new.secret.startswith(f"triage_{scope}_{new.key.id}_")
    key = checked(store, new.secret)
    assert key == Key(new.key.id, "帮助中心", scope, origins, NOW, NOW + DAY, NOW, None)  # type: ignore[arg-type]


def test_the_secret_is_kept_nowhere_and_not_shown(engine: Engine, store: KeyStore) -> None:
    new = store.new("admin", "ops", now=NOW)
    secret = new.secret.split("_")[3]
    with reading(engine) as connection:
        row = connection.execute(select(keys)).one()
    assert secret not in repr(row)
    assert secret not in repr(new)
    assert secret not in repr(store.list())


def test_every_typo_is_malformed_without_a_look_up(store: KeyStore, randomness: Randomness) -> None:
    secret = store.new("assess", "desk", now=NOW).secret
    nowhere = KeyStore(open_database("postgresql://nobody@127.0.0.1:1/none"), randomness=randomness)
    for at, char in enumerate(secret):
        typo = secret[:at] + ("a" if char != "a" else "b") + secret[at + 1 :]
        assert nowhere.check(typo, NOW) == Refused("malformed")


@pytest.mark.parametrize("text", ["", "triage", "triage_admin_", "密钥", "\ud800", "a\0b", "x" * 100_000])
def test_what_is_no_key_is_malformed(store: KeyStore, text: str) -> None:
    assert store.check(text, NOW) == Refused("malformed")


@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n", "{}\0"])
def test_a_key_with_something_around_it_is_malformed(store: KeyStore, around: str) -> None:
    assert store.check(around.format(store.new("admin", "ops", now=NOW).secret), NOW) == Refused("malformed")


def test_a_key_of_another_database_is_unknown(store: KeyStore, tmp_path: Path, randomness: Randomness) -> None:
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    secret = KeyStore(other, randomness=randomness).new("admin", "ops", now=NOW).secret
    assert is_well_formed(secret)
    assert store.check(secret, NOW) == Refused("unknown")


def test_the_right_id_with_another_secret_or_scope_is_unknown(store: KeyStore) -> None:
    ids = iter([b"same1", b"1" * 32, b"same1", b"2" * 32, b"same1", b"1" * 32])
    forge = KeyStore(store._engine, randomness=lambda _count: next(ids))
    good = forge.new("assess", "desk", now=NOW)
    from triage.store.keys import _secret

    assert store.check(_secret("assess", lambda _count: next(ids)), NOW) == Refused("unknown")
    assert store.check(_secret("admin", lambda _count: next(ids)), NOW) == Refused("unknown")
    checked(store, good.secret)


def test_a_key_ends_at_its_expiry(store: KeyStore) -> None:
    secret = store.new("assess", "desk", now=NOW, expires_at=NOW + DAY).secret
    checked(store, secret, DAY - timedelta(microseconds=1))
    assert store.check(secret, NOW + DAY) == Refused("expired")


def test_a_revoked_key_is_refused_and_keeps_the_first_time(store: KeyStore) -> None:
    new = store.new("assess", "desk", now=NOW, expires_at=NOW + DAY)
    first = store.revoke(new.key.id, NOW + SECOND)
    assert first is not None
    assert first.revoked_at == NOW + SECOND
    assert store.revoke(new.key.id, NOW + DAY) == first
    assert store.check(new.secret, NOW + 2 * DAY) == Refused("revoked")
    assert store.list() == (first,)


def test_a_key_that_is_not_there_cannot_be_revoked(store: KeyStore) -> None:
    for odd in ("nothing", "", "a\0b", "\ud800"):
        assert store.revoke(odd, NOW) is None


def test_last_use_is_written_once_a_minute(store: KeyStore) -> None:
    secret = store.new("assess", "desk", now=NOW).secret
    for seconds, written in [(0, 0), (1, 0), (59, 0), (60, 60), (61, 60)]:
        key = checked(store, secret, timedelta(seconds=seconds))
        assert key.last_used_at == NOW + timedelta(seconds=written)
        assert store.list() == (key,)


def test_a_locked_database_does_not_lock_out(tmp_path: Path, randomness: Randomness) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'triage.db'}", patience=timedelta(milliseconds=50))
    upgrade(engine)
    store = KeyStore(engine, randomness=randomness)
    secret = store.new("assess", "desk", now=NOW).secret
    other = sqlite3.connect(tmp_path / "triage.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert checked(store, secret).last_used_at is None
    other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"scope": "root"}, 'scope "root" is not known; use form, assess, admin'),
        ({"name": " "}, "the key's name has 1 characters"),
        ({"name": "n" * 101}, "the key's name has 101 characters"),
        ({"expires_at": NOW}, "has passed"),
        ({"scope": "form"}, "bound to origins"),
        ({"origins": ORIGINS}, "origins are for form keys"),
        ({"scope": "form", "origins": ("*",)}, 'origin "*" is none'),
        ({"scope": "form", "origins": ("null",)}, 'origin "null" is none'),
        ({"scope": "form", "origins": ("https://help.example.com/",)}, "write it as browsers do"),
        ({"scope": "form", "origins": ("https://Help.example.com",)}, "write it as browsers do"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(store: KeyStore, how: dict[str, object], message: str) -> None:
    with pytest.raises(StoreError, match=re.escape(message)):
        store.new(**{"scope": "admin", "name": "ops", "now": NOW, **how})  # type: ignore[arg-type]
    assert store.list() == ()


@pytest.mark.parametrize(
    ("scope", "origin", "allowed"),
    [
        ("form", "https://help.example.com", True),
        ("form", "http://localhost:8000", True),
        ("form", "http://help.example.com", False),
        ("form", "https://help.example.com.evil.example", False),
        ("form", "null", False),
        ("form", None, False),
        ("assess", None, True),
    ],
)
def test_a_form_key_is_bound_to_its_origins(scope: str, origin: str | None, allowed: bool) -> None:
    key = Key("id", "n", scope, ORIGINS if scope == "form" else (), NOW, None, None, None)  # type: ignore[arg-type]
    assert key.allows(origin) is allowed


def test_a_remembered_key_needs_no_look_up_until_it_is_stale(store: KeyStore) -> None:
    remembered = RememberedKeys(store)
    new = store.new("assess", "desk", now=NOW)
    assert remembered.remembered(new.secret, NOW) is None
    checked(remembered, new.secret)
    store.revoke(new.key.id, NOW)
    assert isinstance(remembered.remembered(new.secret, NOW + 4 * SECOND), Key)
    assert remembered.remembered(new.secret, NOW + 5 * SECOND) is None
    assert remembered.check(new.secret, NOW + 5 * SECOND) == Refused("revoked")
    assert remembered.remembered(new.secret, NOW) is None


def test_a_remembered_key_still_expires(store: KeyStore) -> None:
    remembered = RememberedKeys(store)
    secret = store.new("assess", "desk", now=NOW, expires_at=NOW + SECOND).secret
    checked(remembered, secret)
    assert remembered.remembered(secret, NOW + SECOND) == Refused("expired")


def test_in_an_outage_keys_that_were_good_stay_good_for_a_while(store: KeyStore) -> None:
    remembered = RememberedKeys(store)
    known, unknown = (store.new("assess", name, now=NOW).secret for name in ("seen", "not seen"))
    checked(remembered, known)
    store._engine = open_database("postgresql://nobody@127.0.0.1:1/none")
    checked(remembered, known, timedelta(minutes=14))
    with pytest.raises(StoreUnavailableError):
        remembered.check(known, NOW + timedelta(minutes=15))
    with pytest.raises(StoreUnavailableError):
        remembered.check(unknown, NOW)
