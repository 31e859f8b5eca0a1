"""<triage-form-hints>: its built files are those of its source, small, and work in a browser. Needs Node and Chromium."""

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest
from served import Served

pytestmark = pytest.mark.slow
WIDGET = Path(__file__).parent.parent / "triage" / "api" / "widget"
MOST_BYTES = 12 * 1024


def ran(*command: str, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=WIDGET,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-10_000:]


def vitest(folder: str, report: Path, **environment: str) -> int:
    """Runs a folder's tests, none of them left out; how many passed."""
    ran(
        *("npx", "vitest", "run", "--dir", f"tests/{folder}", "--no-file-parallelism", "--testTimeout", "60000"),
        *("--reporter", "json", "--outputFile", str(report)),
        **environment,
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["numPassedTests"] == told["numTotalTests"]
    return int(told["numPassedTests"])


def test_built_files_are_those_of_the_source(tmp_path: Path) -> None:
    ran("npm", "run", "build", "--", "--outDir", str(tmp_path), "--emptyOutDir")
    for name in ("widget.js", "widget.mjs"):
        built = (WIDGET / "built" / name).read_bytes()
        assert (tmp_path / name).read_bytes() == built, "run: make widget"
        assert len(gzip.compress(built)) <= MOST_BYTES


def test_units_hold(tmp_path: Path) -> None:
    assert vitest("unit", tmp_path / "report.json") > 30


def test_the_form_works_in_a_browser(tmp_path: Path) -> None:
    """Against a service without keys, whose pages also embed one with keys on another port."""
    folders = [tmp_path / name for name in ("open", "keyed")]
    for folder in folders:
        folder.mkdir()
    served, keyed = (Served(folder, workers=1) for folder in folders)
    try:
        served.start()
        key = keyed.triage("keys", "new", "--scope", "form", "--name", "test", "--origin", served.url)
        keyed.start()
        environment = {"TRIAGE_URL": served.url, "TRIAGE_KEYED_URL": keyed.url, "TRIAGE_FORM_KEY": key}
        assert vitest("browser", tmp_path / "report.json", **environment) > 60
    finally:
        served.kill()
        keyed.kill()
