"""The models in force: which they are (``current.toml``), loaded and checked."""

from functools import lru_cache
from pathlib import Path

from triage.datafile import read_toml_folder
from triage.errors import DataFileError
from triage.evidence.detector import Detector, load_detector

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
    current = read_toml_folder(where).get("current.toml", {}).get("detector")
    if current is None:
        return None
    try:
        path, sha256 = where / current["name"] / current["file"], current["sha256"]
    except (KeyError, TypeError) as cause:
        raise DataFileError(f"{where / 'current.toml'}: [detector] needs name, file and sha256; train anew") from cause
    return load_detector(path, sha256=sha256)
