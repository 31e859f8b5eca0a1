"""Access keys: made once and shown once, kept as a hash, checked on every request.

A key reads ``triage_assess_4fzq3k2a_<52 characters>_<7 characters>``: prefix and scope, an id, the secret, a checksum.
The prefix lets scanners of leaked secrets know it (``KEY_PATTERN``), the id finds its row, the checksum tells a typo
without a look-up.
"""

import base64
import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Engine, insert, or_, select, update

from triage.store.database import reading, writing
from triage.store.errors import StoreError, StoreUnavailableError
from triage.store.ids import Randomness
from triage.store.tables import keys

Scope = Literal["form", "assess", "admin"]
RefusalReason = Literal["malformed", "unknown", "revoked", "expired"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
# Yes: triage_form_ + 8, 52 and 7 of a-z2-7, joined by "_". No: the same with a capital letter, or cut short.
KEY_PATTERN = r"triage_(?:form|assess|admin)_[a-z2-7]{8}_[a-z2-7]{52}_[a-z2-7]{7}"
# Yes: "https://help.example.com:8443". No: "https://help.example.com/", "*.example.com".
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?", re.ASCII)
_KEY = re.compile(KEY_PATTERN, re.ASCII)
_LAST_USED_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Key:
    """An access key as it is listed: everything but the secret. ``origins`` are those a form key may be used from."""

    id: str
    name: str
    scope: Scope
    origins: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def allows(self, origin: str | None) -> bool:
        """Whether it may be used from this ``Origin``; keys that are not for forms are not bound to any."""
        return self.scope != "form" or origin in self.origins


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; ``secret`` is the text to hand over, which is nowhere kept and never shown again."""

    secret: str = field(repr=False)
    key: Key


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a key is not good."""

    reason: RefusalReason


class KeyStore:
    """The access keys of one database."""

    def __init__(self, engine: Engine, *, randomness: Randomness) -> None:
        self._engine = engine
        self._randomness = randomness

    def new(
        self,
        scope: Scope,
        name: str,
        *,
        now: datetime,
        origins: tuple[str, ...] = (),
        expires_at: datetime | None = None,
    ) -> NewKey:
        """A new key with its secret, shown once.

        Raises StoreError for a scope that is not known, a name that is empty, an expiry that has passed, a form key
        without origins, another key with some, or an origin that browsers do not send.
        """
        _check_new(scope, name, origins=origins, expires_at=expires_at, now=now)
        secret = _secret(scope, self._randomness)
        key = Key(secret.split("_")[2], name, scope, origins, now, expires_at, None, None)
        with writing(self._engine) as connection:
            row = {column: getattr(key, column) for column in Key.__dataclass_fields__}
            connection.execute(insert(keys), {**row, "digest": _digest(secret)})
        return NewKey(secret, key)

    def list(self) -> tuple[Key, ...]:
        """All keys in the order they were made, the revoked and expired too."""
        with reading(self._engine) as connection:
            return tuple(map(_key, connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id))))

    def revoke(self, key_id: str, now: datetime) -> Key | None:
        """The key, revoked from now on, or from before if it was; None when there is no such key."""
        with writing(self._engine) as connection:
            unrevoked = (keys.c.id == key_id, keys.c.revoked_at.is_(None))
            connection.execute(update(keys).where(*unrevoked).values(revoked_at=now))
            row = connection.execute(select(keys).where(keys.c.id == key_id)).one_or_none()
        return None if row is None else _key(row)

    def check(self, secret: str, now: datetime) -> Key | Refused:
        """The key whose secret this is, or why it is not good; notes its use, at most once a minute."""
        if not is_well_formed(secret):
            return Refused("malformed")
        with reading(self._engine) as connection:
            row = connection.execute(select(keys).where(keys.c.id == secret.split("_")[2])).one_or_none()
        if row is None or not hmac.compare_digest(row.digest, _digest(secret)):
            return Refused("unknown")
        key = _key(row)
        judged = judge(key, now)
        return self._used(key, now) if judged is key else judged

    def _used(self, key: Key, now: datetime) -> Key:
        if key.last_used_at is not None and now - key.last_used_at < _LAST_USED_EVERY:
            return key
        stale = or_(keys.c.last_used_at.is_(None), keys.c.last_used_at <= now - _LAST_USED_EVERY)
        try:
            with writing(self._engine) as connection:
                connection.execute(update(keys).where(keys.c.id == key.id, stale).values(last_used_at=now))
        except StoreUnavailableError:
            # A good key is good though its use cannot be noted: a read-only or locked database must not lock out.
            return key
        return replace(key, last_used_at=now)


def is_well_formed(secret: str) -> bool:
    """Whether a text has the shape of a key and its checksum fits; needs no look-up."""
    if not _KEY.fullmatch(secret):
        return False
    start, _, check = secret.rpartition("_")
    return hmac.compare_digest(check.encode(), _checksum(start).encode())


def judge(key: Key, now: datetime) -> Key | Refused:
    """The key if it is good now; from ``expires_at`` on it is not."""
    if key.revoked_at is not None:
        return Refused("revoked")
    if key.expires_at is not None and key.expires_at <= now:
        return Refused("expired")
    return key


def _secret(scope: Scope, randomness: Randomness) -> str:
    start = f"triage_{scope}_{_letters(randomness(5))}_{_letters(randomness(32))}"
    return f"{start}_{_checksum(start)}"


def _checksum(start: str) -> str:
    return _letters(zlib.crc32(start.encode()).to_bytes(4, "big"))


def _letters(raw: bytes) -> str:
    """Base32 in small letters: no "_", and nothing that reads like something else."""
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _digest(secret: str) -> bytes:
    # One round is enough: the secret has 256 random bits, which nobody guesses. Slow hashes are for passwords, and
    # would cost every request what they cost an attacker (shared/integrations.md, C3).
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Any) -> Key:
    parts = {name: getattr(row, name) for name in Key.__dataclass_fields__}
    return Key(**{**parts, "origins": tuple(row.origins)})


def _check_new(scope: str, name: str, *, origins: tuple[str, ...], expires_at: datetime | None, now: datetime) -> None:
    if scope not in SCOPES:
        raise StoreError(f'scope "{scope}" is not known; use {", ".join(SCOPES)}')
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise StoreError(f"the key's name has {len(name)} characters; say in 1 to {_LONGEST_NAME} who will use it")
    if expires_at is not None and expires_at <= now:
        raise StoreError(f"the key would expire at {expires_at.isoformat()}, which has passed; give a later time")
    if scope == "form" and not origins:
        raise StoreError("a form key is public, so it is bound to origins; give one, as https://help.example.com")
    if scope != "form" and origins:
        raise StoreError(f"origins are for form keys; a key of scope {scope} stays on servers, which send none")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise StoreError(f'origin "{origin}" is none; write it as browsers do, as https://help.example.com')
