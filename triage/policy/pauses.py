"""When the clocks of a ticket stand still: from the question to the customer until the answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from triage.policy.clock import Pause

What = Literal["waiting", "back"]


class Waits(NamedTuple):
    """The pauses in order; ``since`` is when the one that is still open began, None where nobody waits now."""

    pauses: tuple[Pause, ...]
    since: datetime | None

    def until(self, now: datetime) -> tuple[Pause, ...]:
        """The pauses as they stand at a moment: the open one ends there, for all that is known."""
        return (*self.pauses, Pause(self.since, now)) if self.since and self.since < now else self.pauses


def waits_of(moments: Iterable[tuple[What, datetime]]) -> Waits:
    """What a ticket's moments say, in the order of time; a second question, or a second answer, changes nothing."""
    pauses: list[Pause] = []
    since: datetime | None = None
    for what, at in sorted(moments, key=lambda moment: moment[1]):
        if what == "waiting":
            since = since or at
        elif since is not None:
            if at > since:
                pauses.append(Pause(since, at))
            since = None
    return Waits(tuple(pauses), since)
