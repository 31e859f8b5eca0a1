"""Hand-written data (TOML), tables (CSV) and records (JSONL), read into given types with errors that say file and line.

Parsed TOML folders are kept as JSON in ``__pycache__``, as Python keeps its modules: parsing the rules and packs costs
about 120 ms with tomllib and 2 ms from the copy, and ``triage lint`` starts cold each time.
"""

import contextlib
import dataclasses
import json
import os
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path

from triage.errors import DataFileError

Table = dict[str, typing.Any]
_HINTS: dict[type, dict[str, typing.Any]] = {}


def read_toml(path: Path) -> Table:
    """The content of one TOML file.

    Raises DataFileError with path and line when the file is not TOML or not UTF-8.
    """
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise DataFileError(f"{path}: cannot be read ({cause.strerror}); check the path and its permissions") from cause
    except UnicodeDecodeError as cause:
        raise DataFileError(f"{path}: is not UTF-8 (byte {cause.start}); save it as UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        raise DataFileError(f"{path}: is not valid TOML: {cause}") from cause


def read_toml_folder(folder: Path) -> dict[str, Table]:
    """The TOML files of a folder by file name, in the order of their names; an empty folder gives an empty dict."""
    paths = sorted(folder.glob("*.toml"))
    state = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in paths]
    copy = folder / "__pycache__" / "toml.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(copy.read_bytes())
        if kept["state"] == state:
            return typing.cast(dict[str, Table], kept["tables"])
    tables = {path.name: read_toml(path) for path in paths}
    if not sys.dont_write_bytecode:
        _keep_copy(copy, {"state": state, "tables": tables})
    return tables


def _keep_copy(copy: Path, content: Table) -> None:
    draft = copy.with_suffix(f".{os.getpid()}")
    # A read-only installation, or a TOML date that JSON cannot hold, only costs the speed of the next start.
    with contextlib.suppress(OSError, TypeError):
        copy.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(copy)


def into(kind: type[typing.Any], table: Mapping[str, typing.Any], *, path: Path, within: str = "") -> typing.Any:
    """The dataclass ``kind`` filled from a table; lists become tuples, nested tables nested dataclasses.

    Raises DataFileError naming path, line, the value found and the values allowed, for a key that is not known,
    a key that is missing, or a value of another type.
    """
    hints = _hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in table:
        if key not in fields:
            raise DataFileError(f"{_place(path, key)}: {within}{key} is not known; {suggest(key, fields)}")
    values = {}
    for name, field in fields.items():
        if name in table:
            values[name] = _convert(hints[name], table[name], path=path, key=name, within=within)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise DataFileError(f"{path}:1: {within}{name} is missing; add it")
    return kind(**values)


def suggest(word: str, known: typing.Iterable[str]) -> str:
    """Advice for a word that is not known: the nearest known one, or the list of all."""
    import difflib

    names = list(known)
    near = difflib.get_close_matches(word.lower(), [name.lower() for name in names], n=1, cutoff=0.5)
    if near:
        return f'did you mean "{next(name for name in names if name.lower() == near[0])}"?'
    return "use " + (", ".join(names) if names else "nothing here")


def _hints(kind: type) -> dict[str, typing.Any]:
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]


def _convert(hint: typing.Any, value: typing.Any, *, path: Path, key: str, within: str) -> typing.Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        if value in arguments:
            return value
        allowed = ", ".join(map(str, arguments))
        raise DataFileError(f'{_place(path, key)}: {within}{key} "{value}" is not known; use {allowed}')
    if origin in (typing.Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _convert(inner, value, path=path, key=key, within=within)
    if origin is tuple and isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_convert(arguments[0], item, path=path, key=key, within=within) for item in value)
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        deeper = f"{within}{key}."
        return {name: _convert(arguments[1], item, path=path, key=name, within=deeper) for name, item in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return into(typing.cast(type, hint), value, path=path, within=f"{within}{key}.")
    if hint is typing.Any or (isinstance(hint, type) and isinstance(value, hint) and not _bool_for_number(hint, value)):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false"}.get(
        getattr(hint, "__name__", ""), "a list" if origin is tuple else "a table"
    )
    raise DataFileError(f"{_place(path, key)}: {within}{key} is {value!r}; it must be {wanted}")


def _bool_for_number(hint: type, value: object) -> bool:
    return hint is int and isinstance(value, bool)


def _place(path: Path, key: str) -> str:
    """``path:line`` of the first line that sets or opens ``key``; tomllib keeps no positions."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            bare = line.strip().strip("[]").replace('"', "")
            if bare.split("=")[0].strip().split(".")[-1] == key:
                return f"{path}:{number}"
    return f"{path}:1"
