"""Which queue a ticket goes to: by product line, language and plan, and whether its team is at work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from triage.policy.clock import Clock

_MOMENT = timedelta(seconds=1)


class Queue(NamedTuple):
    """A queue and what its team takes; an empty tuple takes all. ``clock`` tells its hours, None is around the clock."""

    name: str
    products: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    clock: Clock | None = None

    def takes(self, product: str | None, language: str, plan: str) -> bool:
        """Whether its team can work on such a ticket."""
        wanted = ((product, self.products), (language, self.languages), (plan, self.plans))
        return all(not taken or one in taken for one, taken in wanted)

    def is_at_work(self, at: datetime) -> bool:
        """Whether the moment counts on its clock."""
        return self.clock is None or bool(self.clock.counted(at, at + _MOMENT))

    @property
    def narrowness(self) -> int:
        """How many conditions it makes; the narrower queue is the better one."""
        return sum(bool(taken) for taken in (self.products, self.languages, self.plans))


class Choice(NamedTuple):
    """The queue, and why: it ``takes`` the ticket, it is the one ``open`` now, the product is ``unsure``, or ``nobody`` takes it.

    ``instead_of`` is the queue that would take it, were its team at work.
    """

    queue: str
    why: Literal["takes", "open", "unsure", "nobody"]
    instead_of: str | None = None


def choose_queue(
    queues: Sequence[Queue],
    *,
    product: str | None,
    language: str,
    plan: str,
    at: datetime | None,
    is_urgent: bool,
    fallback: str,
) -> Choice:
    """The narrowest queue that takes the ticket, of equals the first.

    ``product`` is None where it is not sure. An urgent ticket goes to the narrowest queue whose team is at work at ``at``;
    where none is, and for all others, working hours make no difference: the clock of the promise knows them.
    """
    if product is None:
        return Choice(fallback, "unsure")
    taking = sorted(
        (queue for queue in queues if queue.takes(product, language, plan)), key=lambda one: -one.narrowness
    )
    if not taking:
        return Choice(fallback, "nobody")
    best = taking[0]
    if is_urgent and at is not None and not best.is_at_work(at):
        open_one = next((queue for queue in taking if queue.is_at_work(at)), None)
        if open_one:
            return Choice(open_one.name, "open", instead_of=best.name)
    return Choice(best.name, "takes")
