"""Times a call, without the garbage collector's pauses."""

import gc
import time
from collections.abc import Callable


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
