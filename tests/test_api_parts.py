"""The gate, the micro-batches and the store's calls, each alone."""

import asyncio
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from triage.api.answering import LONG, MOST_LONG, TURN, Answering
from triage.api.gate import Gate
from triage.api.metrics import Metrics
from triage.api.problems import Fault, ProblemError, problem_json
from triage.api.storing import Storing
from triage.datafile import read_toml
from triage.settings import load_settings
from triage.store.errors import ClaimLostError, CursorError, StoreUnavailableError
from triage.ticket import Ticket


class Room:
    """An application behind the gate whose requests end when they are told to."""

    def __init__(self, **serve: Any) -> None:
        settings = load_settings().serve
        values = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
        self.inside, self.most = 0, 0
        self.end = asyncio.Event()
        given: Any = SimpleNamespace(**{**values, **serve})
        self.gate = Gate(self._app, settings=given, metrics=Metrics({}))

    async def ask(self, path: str = "/v1/lint") -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of the answer."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        scope: Any = {"type": "http", "path": path, "method": "GET", "headers": [(b"accept-language", b"zh")]}
        await self.gate(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            if scope["path"] == "/break":
                raise RuntimeError("a ticket's text")
            if scope["path"] != "/livez":
                await self.end.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})
        finally:
            self.inside -= 1


def test_the_gate_lets_in_so_many_lets_wait_so_many_and_refuses_the_rest() -> None:
    async def scene() -> None:
        room = Room(in_flight=3, waiting=2, wait_seconds=5.0)
        asked = [asyncio.create_task(room.ask()) for _ in range(9)]
        await asyncio.sleep(0.05)
        refused = [task.result() for task in asked if task.done()]
        assert len(refused) == 4
        status, headers, body = refused[0]
        assert status == 503
        assert int(headers[b"retry-after"]) >= 1
        assert "服务繁忙" in body.decode()
        # Whoever watches is answered all the same.
        assert (await room.ask("/livez"))[0] == 200
        room.end.set()
        assert [(await task)[0] for task in asked].count(200) == 5
        assert room.most <= 4
        assert (await room.ask())[0] == 200

    asyncio.run(scene())


def test_whoever_waits_too_long_is_told() -> None:
    async def scene() -> None:
        room = Room(in_flight=1, waiting=5, wait_seconds=0.05)
        first, second = (asyncio.create_task(room.ask()) for _ in range(2))
        assert (await second)[0] == 503
        room.end.set()
        assert (await first)[0] == 200
        # The place is free again.
        assert [(await room.ask())[0] for _ in range(3)] == [200] * 3

    asyncio.run(scene())


def test_whoever_goes_away_leaves_the_place() -> None:
    async def scene() -> None:
        room = Room(in_flight=1, waiting=5, wait_seconds=5.0)
        tasks = [asyncio.create_task(room.ask()) for _ in range(4)]
        await asyncio.sleep(0.02)
        tasks[2].cancel()
        tasks[0].cancel()
        await asyncio.gather(*tasks[::2], return_exceptions=True)
        room.end.set()
        assert [(await task)[0] for task in (tasks[1], tasks[3])] == [200, 200]
        assert (await room.ask())[0] == 200

    asyncio.run(scene())


def test_a_fault_of_ours_is_a_problem_without_its_text() -> None:
    async def scene() -> None:
        room = Room()
        status, headers, body = await room.ask("/break")
        assert status == 500
        assert b"a ticket's text" not in body
        assert headers[b"x-content-type-options"] == b"nosniff"

    asyncio.run(scene())


class Counting:
    """An assessor that notes how many tickets came at a time, and fails over some."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    def assess_many(self, tickets: Sequence[Ticket], *, lang: str) -> list[str]:
        self.groups.append(len(tickets))
        if any(ticket.body == "break" for ticket in tickets):
            raise ValueError
        return [f"{ticket.body} in {lang}" for ticket in tickets]


def answering() -> tuple[Answering, Counting]:
    counting: Any = Counting()
    return Answering(counting, another=lambda: counting), counting


def test_what_arrives_together_is_answered_together() -> None:
    async def scene() -> None:
        service, counting = answering()
        tickets = [Ticket(body=str(number)) for number in range(2 * TURN + 3)]
        answers = await asyncio.gather(*(service.answer(ticket, "assess", "zh") for ticket in tickets))
        assert answers == [f"{number} in zh" for number in range(2 * TURN + 3)]  # type: ignore[comparison-overlap]
        assert counting.groups == [TURN, TURN, 3]
        service.stop()

    asyncio.run(scene())


def test_one_that_breaks_does_not_take_the_others_with_it() -> None:
    async def scene() -> None:
        service, _ = answering()
        asked = [service.answer(Ticket(body=body), "assess", "zh") for body in ("a", "break", "b")]
        answers: list[Any] = await asyncio.gather(*asked, return_exceptions=True)
        assert answers[0] == "a in zh"
        assert isinstance(answers[1], ValueError)
        assert answers[2] == "b in zh"
        service.stop()

    asyncio.run(scene())


def test_long_tickets_do_not_hold_the_loop_and_only_so_many_wait() -> None:
    class Slow(Counting):
        def assess_many(self, tickets: Sequence[Ticket], *, lang: str) -> list[str]:
            time.sleep(0.05)
            return super().assess_many(tickets, lang=lang)

    async def scene() -> None:
        quick, slow = Counting(), Slow()
        service = Answering(quick, another=lambda: slow)  # type: ignore[arg-type, return-value]
        long = [
            asyncio.create_task(service.answer(Ticket(body="x" * LONG), "assess", "zh")) for _ in range(MOST_LONG + 2)
        ]
        await asyncio.sleep(0)
        assert await service.answer(Ticket(body="short"), "assess", "en") == "short in en"  # type: ignore[comparison-overlap]
        assert not any(task.done() and not task.exception() for task in long)
        done: list[Any] = await asyncio.gather(*long, return_exceptions=True)
        assert [isinstance(one, ProblemError) for one in done] == [False] * MOST_LONG + [True] * 2
        assert done[-1].status == 503
        assert quick.groups == [1]
        service.stop()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("error", "name"),
    [(StoreUnavailableError("x"), "store-away"), (ClaimLostError("x"), "in-flight"), (CursorError("x"), "bad-request")],
)
def test_what_the_store_says_becomes_a_problem(error: Exception, name: str) -> None:
    def broken() -> None:
        raise error

    async def scene() -> None:
        storing = Storing(1)
        with pytest.raises(ProblemError) as told:
            await storing.call(broken)
        assert told.value.name == name
        storing.stop()

    asyncio.run(scene())


def test_a_slow_store_is_an_absent_one() -> None:
    async def scene() -> None:
        storing = Storing(1)
        with pytest.raises(ProblemError) as told:
            await storing.call(time.sleep, 1.2)
        assert told.value.name == "store-away"
        assert told.value.retry_after
        storing.stop()

    asyncio.run(scene())


def test_every_problem_speaks_both_languages() -> None:
    from triage.api import problems

    texts = read_toml(problems._FILE)
    filling = {"place": 1, "most": 2, "seconds": 3, "scopes": "form", "what": "rule", "methods": "GET", "wanted": "x"}
    for name in texts.keys() - {"errors", "kinds", "things"}:
        zh, en = (problem_json(ProblemError(name, **{**filling, "status": "queued"}), lang) for lang in ("zh", "en"))
        assert zh["title"] != en["title"], name
        assert zh["status"] == en["status"]
        assert "{" not in (zh["detail"] + en["detail"]).replace("{id}", ""), name
    values = {"found": "a list", "most": 1, "length": 2, "allowed": "P1", "endings": ".csv"}
    for name in texts["errors"]:
        problem = ProblemError("bad-request", faults=[Fault(name, "/x", values)])
        zh, en = (problem_json(problem, lang)["errors"][0]["detail"] for lang in ("zh", "en"))
        assert zh != en
