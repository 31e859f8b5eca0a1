"""What other systems call our keys: which header is a title, a body, a form field, and which system wrote the file."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.datafile import read_toml_folder, suggest
from triage.errors import InputError

# Jira in either language, with and without a space and with full-width brackets.
# yes: 自定义字段 (SDK版本)   no: 自定义
_CUSTOM = re.compile(r"^(?:自定义字段|custom field)\s*[(（](.+)[)）]$", re.IGNORECASE)
# yes: Labels (2)   no: 自定义字段 (X)
_AGAIN = re.compile(r"^(.+) \(\d{1,4}\)$")
_SEPARATORS = " \t\r\n()/,:_-.\ufeff"


def key_of(header: str, asked: Mapping[str, str]) -> str:
    """Our key for a header: as asked for with ``--map``, by its known names, or the header itself where it has none."""
    return _ranked_key(header, asked)[1]


@lru_cache(maxsize=4096)
def keys_of(headers: tuple[str, ...], asked: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Header and our key of each column; of several for one key the best known name first (Issue key, then Issue id)."""
    ranked = [(*_ranked_key(header, dict(asked)), header) for header in headers]
    return tuple((header, key) for _, key, header in sorted(ranked, key=lambda found: found[0]))


def check_columns(headers: Sequence[str], asked: Mapping[str, str], *, name: str) -> None:
    """Raises InputError when no header holds a title or a body, or ``--map`` names a key or a header that is none."""
    check_keys(asked)
    for key, header in asked.items():
        if header not in [given.strip() for given in headers]:
            raise InputError(
                f'{name}: --map {key}={header}: there is no column "{header}"; {_seen(headers)}{_near(header, headers)}'
            )
    if not {"title", "body"} & {key_of(header, asked) for header in headers}:
        raise InputError(
            f"{name}: no column holds a title or a body; {_seen(headers)}; say which with --map title=HEADER"
            f"{_near('title', headers)}"
        )


def check_keys(asked: Mapping[str, str]) -> None:
    """Raises InputError when ``--map`` names a key that is none of ours."""
    for header in asked.values():
        keys = [key for key, wanted in asked.items() if wanted == header]
        if len(keys) > 1:
            raise InputError(f'--map names "{header}" as {" and as ".join(keys)}; a column can be one of them')
    for key in asked:
        if key not in _table()["keys"] and not key.startswith("fields."):
            raise InputError(
                f'--map {key}={asked[key]}: "{key}" is none of our keys; use {", ".join(_table()["keys"])} or fields.NAME'
            )


def system_of(headers: Iterable[str]) -> str:
    """The system whose export has such headers, as people call it; "" where none is known by them."""
    bare = {_bare(header) for header in headers}
    for system in _table()["systems"]:
        if any(all(_bare(header) in bare for header in some) for some in system["headers"]):
            return str(system["name"])
    return ""


def _ranked_key(header: str, asked: Mapping[str, str]) -> tuple[int, str]:
    for key, wanted in asked.items():
        if header.strip() == wanted:
            return -1, key
    known = _aliases()
    found = known.get(_bare(header))
    if found is None and (custom := _CUSTOM.match(unicodedata.normalize("NFKC", header).strip())):
        return known.get(_bare(custom[1]), (len(known), f"fields.{custom[1].strip()}"))
    if found is None and (again := _AGAIN.match(header)):
        # Behind the first of its name, for where that is empty.
        place, key = known.get(_bare(again[1]), (0, ""))
        found = (len(known) - 1, key) if key and place < len(known) else None
    return found or (len(known), header)


def _seen(headers: Sequence[str]) -> str:
    return f"the headers are {', '.join(header for header in headers if header) or 'none'}"


def _near(wanted: str, headers: Sequence[str]) -> str:
    near = suggest(wanted, [header for header in headers if header])
    return f" ({near})" if near.startswith("did you mean") else ""


def _bare(header: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", header).casefold() if char not in _SEPARATORS)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml_folder(Path(__file__).parent.parent)["headers.toml"]


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[int, str]]:
    """Each known name, bare, with its place in its list and our key."""
    known: dict[str, tuple[int, str]] = {}
    for prefix, table in (("", _table()["keys"]), ("fields.", _table()["fields"])):
        for key, names in table.items():
            for place, name in enumerate(names):
                known.setdefault(_bare(name), (place, f"{prefix}{key}"))
    return known
