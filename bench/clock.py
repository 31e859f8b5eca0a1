"""Times a call, without the garbage collector's pauses, and the stages inside it."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

# Stages by name: the owner (a module or a class) and the name there of the function that does it.
Stages = Mapping[str, tuple[Any, str]]


def seconds(call: Callable[[], object]) -> float:
    """The wall time of one call in seconds."""
    return _timed(call, time.perf_counter)


def own_seconds(call: Callable[[], object]) -> float:
    """The processor time of one call in seconds: neighbours on the machine do not count."""
    return _timed(call, time.process_time)


def _timed(call: Callable[[], object], clock: Callable[[], float]) -> float:
    was_on = gc.isenabled()
    gc.disable()
    try:
        start = clock()
        call()
        return clock() - start
    finally:
        if was_on:
            gc.enable()


def stage_seconds(call: Callable[[], object], stages: Stages) -> dict[str, float]:
    """Seconds in each stage of one call, without the stages that it calls; ``rest`` is what is in none."""
    spent = dict.fromkeys([*stages, "rest"], 0.0)
    with ExitStack() as stack:
        clock = _Clock(spent)
        for stage, (owner, name) in stages.items():
            # A stage that is gone under its name is a bench to mend.
            stack.enter_context(patch.object(owner, name, _staged(getattr(owner, name), stage, clock)))
        with clock.within("rest"):
            call()
    return spent


class _Clock:
    """Books the running time on the innermost stage."""

    def __init__(self, spent: dict[str, float]) -> None:
        self._spent, self._open, self._since = spent, list[str](), 0.0

    @contextmanager
    def within(self, stage: str) -> Iterator[None]:
        self._book()
        self._open.append(stage)
        yield
        self._book()
        self._open.pop()

    def _book(self) -> None:
        now = time.perf_counter()
        if self._open:
            self._spent[self._open[-1]] += now - self._since
        self._since = now


def _staged(function: Callable[..., Any], stage: str, clock: _Clock) -> Callable[..., Any]:
    def staged(*arguments: Any, **options: Any) -> Any:
        # The matcher's hits inside the document (template lines) are booked on the matcher.
        with clock.within(stage):
            given = function(*arguments, **options)
            # Its hits are found as they are asked for, which is work of its own.
            return iter([iter(list(hits)) for hits in given]) if stage == "matcher" else given

    return staged
