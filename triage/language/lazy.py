"""Regular expressions that are compiled when first used: a cold ``triage lint`` uses a third of those it defines."""

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class _Lazy:
    def __init__(self, expression: str, flags: int) -> None:
        self.pattern, self.flags = expression, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(expression: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` gives, for searching and matching, at the cost of compiling it only when it is used."""
    return cast("re.Pattern[str]", _Lazy(expression, flags))
