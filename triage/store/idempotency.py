"""Idempotency keys: of any number of the same requests, one has an effect and all get its answer.

After the IETF draft ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header-07): another body with the same key
is an error (422), the same request while the first is in flight a conflict (409), afterwards the first answer again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from triage.store.database import reading, writing
from triage.store.errors import ClaimLostError, StoreError
from triage.store.ids import Randomness
from triage.store.tables import idempotency

# An unfinished claim this old is a crashed holder's. Longer than any request may take: the longest ticket takes 4 s.
HOLD = timedelta(seconds=15)
# Standard Webhooks' example schedule retries for 75.5 h, GitHub redelivers for 72 h (shared/integrations.md, 0.4).
KEEP = timedelta(hours=76)
LONGEST_KEY = 255
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Fresh:
    """The request is the first: do it, then finish or release this claim."""

    owner: str
    key: str
    holder: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The request was answered before, with this status and body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used for another request (422)."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """The first request is not answered yet (409); its claim runs out after ``retry_after`` at the latest."""

    retry_after: timedelta


Claim = Fresh | Replay | Mismatch | InFlight


@dataclass(frozen=True, slots=True)
class Answer:
    """What a claim's request is answered, now and to all that repeat it; the body is stored as it is, so redacted."""

    claim: Fresh
    status: int
    body: bytes


class Idempotency:
    """The claims of requests, one a key and owner (the access key's id, so that callers do not meet)."""

    def __init__(
        self, engine: Engine, *, randomness: Randomness, hold: timedelta = HOLD, keep: timedelta = KEEP
    ) -> None:
        self._engine = engine
        self._randomness = randomness
        self._hold = hold
        self._keep = keep

    def claim(self, key: str, *, owner: str, body_hash: str, now: datetime) -> Claim:
        """What to do with a request; ``body_hash`` says what it asks: a hash of method, path and body.

        Raises StoreError for a key that is empty or longer than 255 characters.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            raise StoreError(f"the idempotency key has {len(key)} characters; use 1 to {LONGEST_KEY}")
        fresh = Fresh(owner, key, self._randomness(16).hex())
        seen = self._seen(fresh)
        # Most repeats come after the answer; they need no write lock.
        if seen is not None and not self._is_over(seen, now):
            return self._judged(seen, body_hash, now)
        values = {"body_hash": body_hash, "holder": fresh.holder, "claimed_at": now, "status": None, "body": None}
        with writing(self._engine) as connection:
            if _insert(connection, {"owner": owner, "key": key, **values}):
                return fresh
            seen = connection.execute(select(idempotency).where(*_same(fresh)).with_for_update()).one_or_none()
            if seen is None:
                # Released between the two statements: whoever asks again gets it.
                return InFlight(timedelta(0))
            if not self._is_over(seen, now):
                return self._judged(seen, body_hash, now)
            connection.execute(update(idempotency).where(*_same(fresh)).values(**values))
            return fresh

    def finish(self, answer: Answer) -> None:
        """Keeps the answer for those who repeat the request.

        Raises ClaimLostError when the claim ran out and somebody else took it over.
        """
        with writing(self._engine) as connection:
            finish_within(connection, answer)

    def release(self, claim: Fresh) -> None:
        """Gives the claim up after a failure without an effect, so that the same request may be tried again."""
        with writing(self._engine) as connection:
            connection.execute(delete(idempotency).where(*_held(claim)))

    def forget_expired(self, now: datetime) -> int:
        """Deletes the answers that are no longer kept, in batches; the number of them."""
        old = select(idempotency.c.owner, idempotency.c.key).where(idempotency.c.claimed_at <= now - self._keep)
        forgotten = 0
        while True:
            with writing(self._engine) as connection:
                rows = connection.execute(old.limit(_BATCH)).all()
                for row in rows:
                    same = (idempotency.c.owner == row.owner, idempotency.c.key == row.key)
                    connection.execute(delete(idempotency).where(*same, idempotency.c.claimed_at <= now - self._keep))
            forgotten += len(rows)
            if len(rows) < _BATCH:
                return forgotten

    def _seen(self, claim: Fresh) -> Row[Any] | None:
        with reading(self._engine) as connection:
            return connection.execute(select(idempotency).where(*_same(claim))).one_or_none()

    def _is_over(self, row: Row[Any], now: datetime) -> bool:
        """Whether nothing is left of a claim: its holder crashed, without an effect, or its answer is too old."""
        age: timedelta = now - row.claimed_at
        return age >= (self._hold if row.status is None else self._keep)

    def _judged(self, row: Row[Any], body_hash: str, now: datetime) -> Replay | Mismatch | InFlight:
        if row.body_hash != body_hash:
            return Mismatch()
        if row.status is None:
            return InFlight(row.claimed_at + self._hold - now)
        return Replay(row.status, row.body)


def finish_within(connection: Connection, answer: Answer) -> None:
    """Keeps the answer in the transaction of its effect: both are there, or neither; raises ClaimLostError as above."""
    kept = update(idempotency).where(*_held(answer.claim)).values(status=answer.status, body=answer.body)
    if connection.execute(kept).rowcount != 1:
        raise ClaimLostError("the idempotency claim ran out and was taken over; nothing was written")


def _same(claim: Fresh) -> tuple[Any, ...]:
    return idempotency.c.owner == claim.owner, idempotency.c.key == claim.key


def _held(claim: Fresh) -> tuple[Any, ...]:
    return *_same(claim), idempotency.c.holder == claim.holder, idempotency.c.status.is_(None)


def _insert(connection: Connection, row: dict[str, Any]) -> bool:
    """Whether the row was new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(idempotency).values(row).on_conflict_do_nothing().returning(idempotency.c.holder)
    return connection.execute(new).one_or_none() is not None
