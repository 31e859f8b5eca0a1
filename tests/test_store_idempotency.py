"""One effect a key, whatever is repeated, runs side by side, or crashes."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from test_store_fixtures import NOW, new_ticket

from triage.store.database import reading
from triage.store.errors import ClaimLostError, StoreError
from triage.store.idempotency import Answer, Claim, Fresh, Idempotency, InFlight, Mismatch, Replay
from triage.store.ids import Randomness
from triage.store.tables import idempotency, tickets
from triage.store.ticket_store import TicketStore

pytest_plugins = ["test_store_fixtures"]
HOLD, KEEP = timedelta(seconds=15), timedelta(hours=76)


@pytest.fixture
def claims(engine: Engine, randomness: Randomness) -> Idempotency:
    return Idempotency(engine, randomness=randomness)


@pytest.fixture
def store(engine: Engine, randomness: Randomness) -> TicketStore:
    return TicketStore(engine, randomness=randomness)


def ask(claims: Idempotency, *, owner: str = "k1", body: str = "same", after: timedelta = timedelta()) -> Claim:
    return claims.claim("key", owner=owner, body_hash=body, now=NOW + after)


def fresh(claims: Idempotency, **how: object) -> Fresh:
    claim = ask(claims, **how)  # type: ignore[arg-type]
    assert isinstance(claim, Fresh)
    return claim


def test_a_repeat_in_flight_waits_a_repeat_after_is_answered(claims: Idempotency) -> None:
    claim = fresh(claims)
    assert ask(claims, after=timedelta(seconds=1)) == InFlight(timedelta(seconds=14))
    claims.finish(Answer(claim, 201, '{"ticket":"语音"}'.encode()))
    assert ask(claims, after=timedelta(hours=75)) == Replay(201, '{"ticket":"语音"}'.encode())


@pytest.mark.parametrize("finished", [False, True])
def test_another_body_is_a_mismatch(claims: Idempotency, finished: bool) -> None:
    claim = fresh(claims)
    if finished:
        claims.finish(Answer(claim, 201, b""))
    assert ask(claims, body="other") == Mismatch()


def test_two_owners_do_not_meet(claims: Idempotency) -> None:
    fresh(claims, owner="k1")
    fresh(claims, owner="k2")


def test_a_released_claim_may_be_tried_again(claims: Idempotency) -> None:
    claims.release(fresh(claims))
    fresh(claims, body="other")


def test_a_finished_claim_cannot_be_released(claims: Idempotency) -> None:
    claim = fresh(claims)
    claims.finish(Answer(claim, 200, b"a"))
    claims.release(claim)
    assert ask(claims) == Replay(200, b"a")


def test_a_crashed_holders_claim_expires(claims: Idempotency) -> None:
    fresh(claims)
    assert isinstance(ask(claims, after=HOLD - timedelta(microseconds=1)), InFlight)
    fresh(claims, after=HOLD)


def test_a_holder_that_comes_too_late_has_no_effect(
    claims: Idempotency, store: TicketStore, randomness: Randomness
) -> None:
    late, now = fresh(claims), fresh(claims, after=HOLD)
    with pytest.raises(ClaimLostError):
        store.add(new_ticket(randomness), answer=Answer(late, 201, b"late"))
    with pytest.raises(ClaimLostError):
        claims.finish(Answer(late, 201, b"late"))
    claims.release(late)
    assert store.search().tickets == ()
    store.add(new_ticket(randomness), answer=Answer(now, 201, b"now"))
    assert ask(claims, after=HOLD) == Replay(201, b"now")


def test_an_effect_that_fails_leaves_the_claim_open(
    claims: Idempotency, store: TicketStore, randomness: Randomness
) -> None:
    claim, ticket = fresh(claims), new_ticket(randomness)
    with pytest.raises(StoreError):
        store.add(ticket, ticket, answer=Answer(claim, 201, b""))
    assert isinstance(ask(claims), InFlight)
    store.add(ticket, answer=Answer(claim, 201, b"done"))
    assert ask(claims) == Replay(201, b"done")


def test_a_correction_is_made_once(claims: Idempotency, store: TicketStore, randomness: Randomness) -> None:
    ticket, claim = new_ticket(randomness), fresh(claims)
    store.add(ticket)
    for _ in range(2):
        try:
            store.correct(ticket.id, {"priority": "P1"}, who="lin", why="", at=NOW, answer=Answer(claim, 200, b"ok"))
        except ClaimLostError:
            break
    kept = store.get(ticket.id)
    assert kept is not None
    assert len(kept.corrections) == 1
    assert ask(claims) == Replay(200, b"ok")


def test_answers_are_kept_for_their_time_and_then_forgotten(claims: Idempotency) -> None:
    for number in range(501):
        claim = claims.claim(str(number), owner="k1", body_hash="same", now=NOW)
        assert isinstance(claim, Fresh)
    claims.finish(Answer(fresh(claims, after=timedelta(seconds=1)), 200, b""))
    assert claims.forget_expired(NOW + KEEP) == 501
    assert ask(claims, after=KEEP) == Replay(200, b"")
    fresh(claims, body="other", after=KEEP + timedelta(seconds=1))


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(claims: Idempotency, key: str) -> None:
    with pytest.raises(StoreError, match="use 1 to 255"):
        claims.claim(key, owner="k1", body_hash="", now=NOW)


def test_a_hundred_requests_at_once_have_one_effect_fifty_times(engine: Engine) -> None:
    claims = Idempotency(engine, randomness=random.SystemRandom().randbytes)
    store = TicketStore(engine, randomness=random.SystemRandom().randbytes)
    barrier = Barrier(100)

    def request(key: str) -> Claim:
        barrier.wait()
        claim = claims.claim(key, owner="k1", body_hash="same", now=NOW)
        if isinstance(claim, Fresh):
            answer = Answer(claim, 201, key.encode())
            store.add(new_ticket(random.SystemRandom().randbytes), answer=answer)
        return claim

    with ThreadPoolExecutor(100) as pool:
        for number in range(50):
            told = list(pool.map(request, [f"round {number}"] * 100))
            assert sum(isinstance(claim, Fresh) for claim in told) == 1
            others = {claim for claim in told if not isinstance(claim, Fresh)}
            assert others <= {InFlight(HOLD), Replay(201, f"round {number}".encode())}
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(tickets)).scalar() == 50
        assert connection.execute(select(func.count()).where(idempotency.c.status == 201)).scalar() == 50


def test_a_hundred_takeovers_of_a_crashed_claim_give_one(engine: Engine) -> None:
    claims = Idempotency(engine, randomness=random.SystemRandom().randbytes)
    fresh(claims)
    barrier = Barrier(100)

    def take_over(_: int) -> Claim:
        barrier.wait()
        return ask(claims, after=HOLD)

    with ThreadPoolExecutor(100) as pool:
        told = list(pool.map(take_over, range(100)))
    assert sum(isinstance(claim, Fresh) for claim in told) == 1
