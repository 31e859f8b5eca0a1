"""Ids that sort by time."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

# A function that gives so many random bytes, as ``secrets.token_bytes``.
Randomness = Callable[[int], bytes]


def new_id(now: datetime, randomness: Randomness) -> str:
    """A UUID of version 7: ids sort by the millisecond they were made in, within it at random.

    Source: RFC 9562, 5.7: 48 bits of milliseconds since 1970, version, 12 random bits, variant, 62 random bits.
    """
    milliseconds = int(now.timestamp() * 1000)
    random_bits = int.from_bytes(randomness(10), "big")
    low = random_bits & (2**62 - 1)
    high = random_bits >> 68
    return str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))
