"""Regular expressions that cost a cold start next to nothing: compiled when first used, and kept compiled on disk.

``re.compile`` takes 0.36 ms for a pattern of ours (148 ms for the 412 of the packs, 2026-11-25), and ``triage lint``
starts cold on each call. Python keeps its modules compiled beside their source; this keeps the patterns in the same
folder, as the numbers that ``re`` has compiled them to: 6 ms for all 412. A Python that is not the one that wrote
them, or a folder that cannot be written, only costs the speed of the next start.
"""

import atexit
import re
import sys
from array import array
from functools import cache
from pathlib import Path
from typing import Any, cast

from triage.datafile import keep, read_kept

KEPT = Path(__file__).parent / "__pycache__" / f"regexps.{sys.implementation.cache_tag}.bin"
# A site's own rules are kept too; a program that makes patterns without end must not fill the disk.
MOST_KEPT = 4000

_Key = tuple[int, str]
# What ``_sre.compile`` takes beside the expression: flags, code, number of groups, their names and numbers.
_Compiled = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


class _Store:
    """The compiled patterns of this Python, by flags and expression."""

    def __init__(self) -> None:
        self.known: dict[_Key, _Compiled] = {}
        self.fresh: dict[_Key, _Compiled] = {}
        version, known = read_kept(KEPT) or (None, {})
        if version == sys.version:
            self.known = known

    def compiled(self, key: "_Key") -> "_Compiled | None":
        """The compiled form, made where it is not known; None where this Python's ``re`` is not made as we know it."""
        if key in self.known:
            return self.known[key]
        try:
            from re import _compiler, _parser  # type: ignore[attr-defined]

            flags, expression = key
            parsed = _parser.parse(expression, flags)
            names = parsed.state.groupdict
            numbers: list[str | None] = [None] * parsed.state.groups
            for name, number in names.items():
                numbers[number] = name
            code = array("I", _compiler._code(parsed, flags)).tobytes()
            made = (flags | parsed.state.flags, code, parsed.state.groups - 1, dict(names), tuple(numbers))
        except (ImportError, AttributeError, TypeError):
            return None
        if not self.fresh:
            atexit.register(self.keep)
        self.known[key] = self.fresh[key] = made
        return made

    def keep(self) -> None:
        """Writes the file anew."""
        keep(KEPT, (sys.version, self.known if len(self.known) <= MOST_KEPT else self.fresh))


@cache
def _store() -> _Store:
    return _Store()


def regexp(expression: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` gives, from the file of compiled patterns where it is known there."""
    compiled = _store().compiled((int(flags), expression))
    if compiled is None:
        return re.compile(expression, flags)
    import _sre

    all_flags, code, groups, names, numbers = compiled
    # The interpreter checks the code before it takes it: a damaged file is an error here, and never a crash.
    try:
        made = _sre.compile(expression, all_flags, memoryview(code).cast("I").tolist(), groups, names, numbers)
    except (RuntimeError, TypeError, ValueError, OverflowError):
        return re.compile(expression, flags)
    return cast("re.Pattern[str]", made)


_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class _Lazy:
    def __init__(self, expression: str, flags: int) -> None:
        self.pattern, self.flags = expression, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = regexp(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(expression: str, flags: int = 0) -> re.Pattern[str]:
    """What ``regexp`` gives, for searching and matching, at the cost of making it only when it is used."""
    return cast("re.Pattern[str]", _Lazy(expression, flags))
