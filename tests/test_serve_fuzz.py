"""schemathesis against a served API: no error of ours, and every answer as the OpenAPI description says.

``TRIAGE_FUZZ_CASES`` says how many cases at least (``make fuzz``: 20,000).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from served import Served

CASES = int(os.environ.get("TRIAGE_FUZZ_CASES", "3000"))
EXAMPLES = 80
# Not asked: whether everything that the schema allows is taken. A cursor of another search, an Idempotency-Key used
# before and a file that is no backlog are refused, and no schema can say which those are. Nor whether what was made is
# still there: a repeat with an Idempotency-Key gets the first answer again, also when the ticket was erased meanwhile.
LEFT_OUT = "positive_data_acceptance,ensure_resource_availability"


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    served = Served(tmp_path, workers=1, environment={"TRIAGE_SERVE__PER_MINUTE__REFUSED_ADDRESS": "1000000"})
    key = served.triage("keys", "new", "--scope", "admin", "--name", "fuzz")
    served.start()
    done, seed = 0, 0
    try:
        while done < CASES:
            seed += 1
            done += cases(served.url, key, seed=seed, folder=tmp_path)
    finally:
        served.kill()
    sys.stderr.write(f"\n{done} cases\n")
    assert '"level":"error"' not in served.log()


def cases(url: str, key: str, *, seed: int, folder: Path) -> int:
    """Runs schemathesis once; how many cases it tried. Fails with what it found."""
    program = Path(sys.executable).with_name("schemathesis")
    command = [str(program), "run", f"{url}/openapi.json", "--header", f"Authorization: Bearer {key}"]
    command += ["--max-examples", str(EXAMPLES), "--seed", str(seed), "--mode", "all", "--continue-on-failure"]
    command += ["--checks", "all", "--exclude-checks", LEFT_OUT, "--max-response-time", "10", "--no-color"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2000:]
    found = re.search(r"(\d[\d,]*) generated", ran.stdout)
    assert found, ran.stdout[-2000:]
    return int(found[1].replace(",", ""))
