"""What is promised: a length of time, and which hours of the week count towards it."""

import re
from datetime import timedelta
from typing import Literal, NamedTuple

On = Literal["always", "hours", "days"]

# yes: 4 h   30 min   4 working hours   24 h on working days   no: 4   soon
_TARGET = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>h|min|working hours?|h on working days)", re.ASCII)
_ON: dict[str, On] = {"h": "always", "min": "always", "h on working days": "days"}
FORMS = '"30 min", "4 h", "8 working hours" or "24 h on working days"'


class Target(NamedTuple):
    """The longest wait; ``on`` says what counts: all hours, working hours, or all hours of working days."""

    time: timedelta
    on: On


def read_target(text: str) -> Target | None:
    """The target that a text names; None where it names none, or one of no length."""
    found = _TARGET.fullmatch(text.strip())
    if not found or not float(found["number"]):
        return None
    unit = timedelta(minutes=1) if found["unit"] == "min" else timedelta(hours=1)
    return Target(float(found["number"]) * unit, _ON.get(found["unit"], "hours"))
