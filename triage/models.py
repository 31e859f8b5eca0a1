"""The models in force: which they are (``current.toml``), loaded and checked."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from triage.datafile import read_toml_folder
from triage.errors import DataFileError
from triage.evidence.detector import Detector, load_detector

if TYPE_CHECKING:
    from triage.priority.scorer import Scorer

_HERE = Path(__file__).parent


def models_folder() -> Path:
    """The folder of the models: inside the installed package, or beside it in a checkout."""
    inside = _HERE / "models"
    return inside if inside.is_dir() else _HERE.parent / "models"


@lru_cache(maxsize=2)
def current_detector(folder: Path | None = None) -> Detector | None:
    """The detector in force, or None where none was trained.

    Raises DataFileError when ``current.toml`` names a file that is missing, damaged, or of another sha256.
    """
    where = folder or models_folder()
    current = _current(where, "detector", ("name", "file", "sha256"))
    return load_detector(where / current["name"] / current["file"], sha256=current["sha256"]) if current else None


@lru_cache(maxsize=2)
def current_scorer(folder: Path | None = None) -> "Scorer | None":
    """The model of kind, product and priority in force, or None where none was trained.

    Raises DataFileError when ``current.toml`` names files that are missing, damaged, or of another sha256.
    """
    from triage.priority.scorer import load_scorer

    where = folder or models_folder()
    current = _current(where, "model", ("name", "sha256"))
    return load_scorer(where / current["name"], sha256=current["sha256"]) if current else None


def shipped_scorer(folder: Path | None = None) -> "Scorer | None":
    """The model that came with triage, also where a site's own is in force (``current.toml`` names it then)."""
    from triage.priority.scorer import load_scorer

    where = folder or models_folder()
    current = _current(where, "shipped", ("name", "sha256"))
    return load_scorer(where / current["name"], sha256=current["sha256"]) if current else current_scorer(folder)


def current_model(folder: Path | None = None) -> dict[str, str] | None:
    """Name and sha256 of the model in force, or of the shipped one where a site's own is in force."""
    where = folder or models_folder()
    keys = ("name", "sha256")
    return _current(where, "shipped", keys) or _current(where, "model", keys)


def _current(where: Path, model: str, keys: tuple[str, ...]) -> dict[str, str] | None:
    current = read_toml_folder(where).get("current.toml", {}).get(model)
    if current is None:
        return None
    if not isinstance(current, dict) or not all(isinstance(current.get(key), str) for key in keys):
        raise DataFileError(f"{where / 'current.toml'}: [{model}] needs {', '.join(keys)}; train anew")
    return current
