"""Hand-written data (TOML), tables (CSV) and records (JSONL), read into given types with errors that say file and line.

Parsed TOML folders are kept in ``__pycache__`` in the form that Python keeps its modules in: parsing the rules and packs
costs about 120 ms with tomllib and 1 ms from the copy, and ``triage lint`` starts cold each time.
"""

import contextlib
import dataclasses
import functools
import marshal
import os
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path

from triage.errors import DataFileError

Table = dict[str, typing.Any]


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
    copy = folder / "__pycache__" / f"toml.{sys.implementation.cache_tag}.bin"
    kept_state, kept_tables = read_kept(copy) or (None, {})
    if kept_state == state:
        return typing.cast(dict[str, Table], kept_tables)
    tables = {path.name: read_toml(path) for path in paths}
    keep(copy, (state, tables))
    return tables


def read_kept(copy: Path) -> typing.Any:
    """What ``keep`` wrote there, or None where there is nothing that can be read."""
    # Written by us beside the .pyc files, and trusted as they are.
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        return marshal.loads(copy.read_bytes())  # noqa: S302
    return None


def keep(copy: Path, content: typing.Any) -> None:
    """Writes plain values to a file in ``__pycache__``, whole or not at all."""
    if sys.dont_write_bytecode:
        return
    draft = copy.with_suffix(f".{os.getpid()}")
    # A read-only installation, or a TOML date, which marshal cannot hold, only costs the speed of the next start.
    with contextlib.suppress(OSError, ValueError):
        copy.parent.mkdir(exist_ok=True)
        draft.write_bytes(marshal.dumps(content))
        draft.replace(copy)


def into(kind: type[typing.Any], table: Mapping[str, typing.Any], *, path: Path, within: str = "") -> typing.Any:
    """The dataclass ``kind`` filled from a table; lists become tuples, nested tables nested dataclasses.

    Raises DataFileError naming path, line, the value found and the values allowed, for a key that is not known,
    a key that is missing, or a value of another type.
    """
    hints = _hints(typing.cast(typing.Hashable, kind))
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in table:
        if key not in fields:
            raise DataFileError(f"{_place(path, within + key)}: {within}{key} is not known; {suggest(key, fields)}")
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


@functools.cache
def _hints(kind: typing.Hashable) -> dict[str, typing.Any]:
    return typing.get_type_hints(kind)


@functools.cache
def _shape(hint: typing.Any) -> tuple[typing.Any, tuple[typing.Any, ...]]:
    return typing.get_origin(hint), typing.get_args(hint)


def _convert(hint: typing.Any, value: typing.Any, *, path: Path, key: str, within: str) -> typing.Any:
    origin, arguments = _shape(hint)
    if origin is typing.Literal:
        if value in arguments:
            return value
        allowed = ", ".join(map(str, arguments))
        raise DataFileError(f'{_place(path, within + key)}: {within}{key} "{value}" is not known; use {allowed}')
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
    raise DataFileError(f"{_place(path, within + key)}: {within}{key} is {value!r}; it must be {wanted}")


def _bool_for_number(hint: type, value: object) -> bool:
    return hint is int and isinstance(value, bool)


def place_of(path: Path, setting: str) -> str | None:
    """``path:line`` of a setting by its full name (``promises.gold.resolution.P1``), or of the table that it stands in.

    None where the file has nothing of the name: then the value is not the file's.
    """
    table, best, place = "", 0, None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            bare = line.strip()
            if bare.startswith("["):
                table = name = bare.strip("[] ").replace('"', "")
            else:
                key = bare.split("=")[0].strip().replace('"', "")
                name = f"{table}.{key}" if table and key else key
            if name and f"{setting}.".startswith(f"{name}.") and len(name) > best:
                best, place = len(name), f"{path}:{number}"
    return place


def _place(path: Path, setting: str) -> str:
    """``path:line`` of a key by its full name, or of what it stands in; tomllib keeps no positions."""
    return place_of(path, setting) or f"{path}:1"
