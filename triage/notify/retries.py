"""When a notice that could not be sent is tried again.

Not tenacity: between two tries lie hours and restarts, so the schedule stands in the database and only its next step is
reckoned here.
"""

from datetime import timedelta

# The example of Standard Webhooks 1.0.0: after so many seconds, and then no more.
SCHEDULE = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Up to a fifth sooner or later, so that a thousand notices do not come back in one second.
_JITTER = 0.2


def wait_before(attempts: int, *, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many tries (1 or more); None when there were enough.

    ``chance`` from 0 to 1 is where in the jitter it lies; never sooner than the receiver ``asked``.
    """
    if attempts > len(SCHEDULE):
        return None
    wait = timedelta(seconds=SCHEDULE[attempts - 1] * (1 - _JITTER + 2 * _JITTER * chance))
    return max(wait, asked) if asked else wait
