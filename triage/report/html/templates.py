"""How the pages' templates are filled in: everything is escaped, and a name that is not given is an error."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
_CHARTS = "vendor/chart-4.6.1.umd.min.js"


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


def report_page(template: str, *, script: str, data: Mapping[str, Any], **values: object) -> str:
    """A page of this folder with all that it needs in it: style, charts, its script and the data that the script draws.

    The page lets its own style and scripts run, by their hashes, and refuses everything else.
    """
    style = _text("style.css")
    scripts = [_text(_CHARTS), f"{_text('charts.js')}{_text(script)}"]
    return (
        templates_in(_FOLDER)
        .get_template(template)
        .render(
            data=_embedded(data),
            style=style,
            scripts=scripts,
            style_hash=_hash(style),
            script_hashes=[_hash(one) for one in scripts],
            **values,
        )
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """The content as its own page lets it run: everything else on the page is refused."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that a page can hold: nothing in it ends the script element, begins a comment or breaks a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")
