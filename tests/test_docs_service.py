"""docs/service.md says what the service is today: settings, figures, and clients that run as written."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
sys.path.insert(0, str(ROOT / "docs"))


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found, language
    return found[1]


def test_settings_are_those_of_the_defaults() -> None:
    from settings import with_table

    assert with_table(PAGE) == PAGE, "run: make openapi"
    assert PAGE.count("`serve.in_flight`") == 1


def test_figures_are_those_that_are_exposed() -> None:
    from triage.api.metrics import Metrics

    told = set(re.findall(r"^\| `(triage_\w+)`", PAGE, re.MULTILINE))
    exposed = re.findall(r"^# TYPE (\w+)", Metrics({}).exposed().decode(), re.MULTILINE)
    assert told == {name for name in exposed if not name.endswith("_created")}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"), workers=1)
    served.start()
    yield served
    served.kill()


@pytest.fixture
def environment(served: Served) -> dict[str, str]:
    return {**os.environ, "TRIAGE_URL": served.url, "TRIAGE_KEY": "triage_none"}


@pytest.mark.slow
def test_curl_client_runs(environment: dict[str, str]) -> None:
    asked = block("bash").replace("export TRIAGE_URL=http://127.0.0.1:8000 TRIAGE_KEY=triage_…", "")
    assert '"priority":{"label":"P2"' in ran(["bash", "-ec", asked], environment)


@pytest.mark.slow
def test_python_client_runs(environment: dict[str, str]) -> None:
    said = ran([sys.executable, "-c", block("python")], environment)
    assert re.match(r"[\w-]+ P2 \[", said)


@pytest.mark.slow
def test_javascript_client_runs(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "client.mjs").write_text(block("javascript"), encoding="utf-8")
    said = ran(["node", "client.mjs", str(ROOT / "data/sample/jira.csv")], environment, folder=tmp_path)
    assert re.search(r"P1: \d+", said)
    assert len((tmp_path / "triaged.jsonl").read_text(encoding="utf-8").splitlines()) > 50


def ran(command: list[str], environment: dict[str, str], *, folder: Path | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
