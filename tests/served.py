"""``triage serve`` as a process of its own, for tests that kill it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

START_SECONDS = 60


class Served:
    """A service in a folder; ``url`` says where it answers."""

    def __init__(self, folder: Path, *, workers: int = 2, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = 0
        self._workers = workers
        self._environment = {
            **os.environ,
            "TRIAGE_SERVE__PER_MINUTE__KEY": "1000000",
            "TRIAGE_SERVE__PER_MINUTE__FORM_ADDRESS": "1000000",
            "TRIAGE_SERVE__DRAIN_SECONDS": "0.3",
            **(environment or {}),
        }
        self._log = folder / "serve.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def triage(self, *arguments: str) -> str:
        """What a command prints, run where the service runs."""
        command = [sys.executable, "-m", "triage", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> None:
        """Starts it and waits until it is ready; the port stays the same."""
        already = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "triage", "serve", "--port", str(self.port), "--workers", str(self._workers)],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if found := re.search(r"serving on http://127\.0\.0\.1:(\d+)", self.log()[already:]):
                self.port = int(found[1])
                if self.is_ready():
                    return
            assert self.process.poll() is None, self.log()[already:]
            time.sleep(0.05)
        raise AssertionError(f"not ready after {START_SECONDS} s: {self.log()[already:][-2000:]}")

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def kill(self) -> None:
        """Ends all its processes at once, as a power cut does to a program."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Asks it to stop and waits; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)
