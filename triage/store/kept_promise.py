"""What was promised for a kept ticket, and the moments that its clocks hang on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Promised = Literal["first_response", "resolution"]
PROMISED: tuple[Promised, ...] = get_args(Promised)
# The customer was asked; the customer answered; somebody says that they are at work on it.
MomentKind = Literal["waiting", "back", "acknowledged"]


@dataclass(frozen=True, slots=True)
class KeptPromise:
    """A promise as it was made: changing the settings later changes no promise that was given.

    ``number`` counts the promises of one ticket and kind from 0; the last is in force. ``starts_at`` is when its clock
    starts, ``target`` as the settings say it, ``calendar`` whose working time it is counted in: ``site``,
    ``queue NAME`` or ``customer NAME``.
    """

    what: Promised
    number: int
    made_at: datetime
    plan: str
    priority: str
    starts_at: datetime
    target: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a ticket and that its clocks or its ladder hang on; ``who`` may be empty."""

    what: MomentKind
    at: datetime
    who: str = ""
