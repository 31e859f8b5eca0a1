"""Assessments for many requests at once: what arrives in one turn of the event loop is answered in one pass.

On the event loop's own thread, because the work is Python's: handed to a pool of threads it takes longer than called
straight (architecture.md). Only tickets that would hold up all others go to a thread apart.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

from triage.api.problems import ProblemError
from triage.assessment import Assessment
from triage.assessor import Assessor
from triage.ticket import Ticket

# Tickets answered before the loop looks at its connections again, so that who is to be refused hears it soon: 8 cost 0.9 of
# what one by one costs, 16 0.8 and twice the wait (2026-11-25, a busy machine).
TURN = 8
# Characters from which a ticket is long: it takes 50 ms and more.
LONG = 10_000
# Long tickets that may wait for their thread, a second each if they are as long as a body may be.
MOST_LONG = 8

What = Literal["lint", "assess"]


class _Asked(NamedTuple):
    ticket: Ticket
    what: What
    lang: str
    answer: asyncio.Future[Assessment]


class Answering:
    """Answers tickets on the event loop that it is first asked from."""

    def __init__(self, assessor: Assessor, *, another: Callable[[], Assessor]) -> None:
        """``another`` makes the assessor of the thread for long tickets, when the first one comes: they share nothing."""
        self._assessor = assessor
        self._another = another
        self._asked: list[_Asked] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="long-tickets")
        self._long = 0
        self._for_long: Assessor | None = None

    async def answer(self, ticket: Ticket, what: What, lang: str) -> Assessment:
        """The lint or the assessment of a ticket; raises ProblemError when too many long ones wait already."""
        if _length(ticket) >= LONG:
            return await self._answer_long(ticket, what, lang)
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._take_turn)
        answer: asyncio.Future[Assessment] = loop.create_future()
        self._asked.append(_Asked(ticket, what, lang, answer))
        return await answer

    def stop(self) -> None:
        """Lets the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _take_turn(self) -> None:
        turn, self._asked = self._asked[:TURN], self._asked[TURN:]
        if self._asked:
            asyncio.get_running_loop().call_soon(self._take_turn)
        for what, lang in dict.fromkeys((asked.what, asked.lang) for asked in turn):
            # Who went away meanwhile needs no answer.
            group = [one for one in turn if (one.what, one.lang) == (what, lang) and not one.answer.done()]
            self._answer_group(group, what, lang)

    def _answer_group(self, group: Sequence[_Asked], what: What, lang: str) -> None:
        if not group:
            return
        try:
            answers = _answers(self._assessor, [asked.ticket for asked in group], what, lang)
        except Exception as error:
            if len(group) == 1:
                group[0].answer.set_exception(error)
                return
            # Whatever one ticket breaks must not take the others with it.
            for asked in group:
                self._answer_group([asked], what, lang)
            return
        for asked, answer in zip(group, answers, strict=True):
            asked.answer.set_result(answer)

    async def _answer_long(self, ticket: Ticket, what: What, lang: str) -> Assessment:
        if self._long >= MOST_LONG:
            raise ProblemError("busy", retry_after=self._long)
        self._long += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, self._answered_apart, ticket, what, lang
            )
        finally:
            self._long -= 1

    def _answered_apart(self, ticket: Ticket, what: What, lang: str) -> Assessment:
        self._for_long = self._for_long or self._another()
        return _answers(self._for_long, [ticket], what, lang)[0]


def _answers(assessor: Assessor, tickets: Sequence[Ticket], what: What, lang: str) -> list[Assessment]:
    if what == "lint":
        return [answer.assessment for answer in assessor.lint_many(tickets, lang=lang)]
    return assessor.assess_many(tickets, lang=lang)


def _length(ticket: Ticket) -> int:
    return (
        len(ticket.title) + len(ticket.body) + sum(map(len, ticket.fields.values())) + sum(map(len, ticket.attachments))
    )
