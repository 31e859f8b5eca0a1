"""Access keys remembered for seconds, so that requests are checked without a look-up each, and in an outage at all."""

import hashlib
from datetime import datetime, timedelta

from triage.store.errors import StoreUnavailableError
from triage.store.keys import Key, KeyStore, Refused, is_well_formed, judge

# A revoked key is refused after this long at the latest.
FRESH = timedelta(seconds=5)
# While the database is away, lint goes on answering (issue 5) for keys that were good before the outage.
OUTAGE = timedelta(minutes=15)
# For so long after the database did not answer it is not asked again, so that not every request waits for it.
PAUSE = timedelta(seconds=2)
_MOST = 1024


class RememberedKeys:
    """The keys that were good lately, by a hash of their secret; only good ones, so that guesses fill no memory."""

    def __init__(self, store: KeyStore, *, fresh: timedelta = FRESH, outage: timedelta = OUTAGE) -> None:
        self._store = store
        self._fresh = fresh
        self._outage = outage
        self._seen: dict[bytes, tuple[Key, datetime]] = {}
        self._away_until: datetime | None = None

    def remembered(self, secret: str, now: datetime) -> Key | Refused | None:
        """What is known without the database; None when ``check`` must be asked. Never waits: for the event loop."""
        if not is_well_formed(secret):
            return Refused("malformed")
        is_away = self._away_until is not None and now < self._away_until
        return self._known(secret, now, within=self._outage if is_away else self._fresh)

    def check(self, secret: str, now: datetime) -> Key | Refused:
        """As ``KeyStore.check``, from memory where it is fresh, or the database is away and it is not too old.

        Raises StoreUnavailableError when the database is away and the key was not seen lately.
        """
        known = self.remembered(secret, now)
        if known is not None:
            return known
        digest = _digest(secret)
        try:
            checked = self._store.check(secret, now)
        except StoreUnavailableError:
            self._away_until = now + PAUSE
            known = self._known(secret, now, within=self._outage)
            if known is None:
                raise
            return known
        if isinstance(checked, Refused):
            self._seen.pop(digest, None)
            return checked
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[digest] = (checked, now)
        return checked

    def _known(self, secret: str, now: datetime, *, within: timedelta) -> Key | Refused | None:
        key, seen_at = self._seen.get(_digest(secret), (None, now))
        return None if key is None or now - seen_at >= within else judge(key, now)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
