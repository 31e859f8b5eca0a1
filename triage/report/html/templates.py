"""How the pages' templates are filled in: everything is escaped, and a name that is not given is an error."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def templates_in(folder: Path) -> "Environment":
    """The templates of a folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        autoescape=True,
        loader=FileSystemLoader(folder),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
