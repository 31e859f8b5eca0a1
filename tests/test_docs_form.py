"""docs/form.md: the workflow for GitHub issues runs as written, and names that it gives exist."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "form.md").read_text(encoding="utf-8")
SOURCE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "triage/api/widget/src").glob("*.ts"))
WHOLE = (
    "昨晚 20:15 起，房间号 room-8812 里约 200 人听到卡顿，10 次里有 3 次，onError 返回 -3301。\n"
    "RTC SDK 4.3.2，Android 14，小米 13。\n1. 进房\n2. 连麦\n3. 卡顿"
)


def commented(tmp_path: Path, body: str) -> tuple[int, str]:
    """The exit code of the workflow's last step for an issue, and what gh was called with and given."""
    step = re.search(r"        run: \|\n((?:          .*\n)+)", PAGE)
    assert step
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, line in (
        ("gh", f'echo "$@" > {tmp_path}/called; cp reply.md {tmp_path}/given'),
        ("triage", f'exec {sys.executable} -m triage "$@"'),
    ):
        (tools / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    event = {"issue": {"number": 12, "title": "语音卡顿 $(touch hacked)", "body": body, "html_url": "x"}}
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "ISSUE": "x/12",
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", re.sub(r"^ {10}", "", step[1], flags=re.MULTILINE)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert not (tmp_path / "hacked").exists()
    called = tmp_path / "called"
    told = (
        called.read_text(encoding="utf-8") + (tmp_path / "given").read_text(encoding="utf-8") if called.exists() else ""
    )
    return done.returncode, told


def test_a_thin_issue_gets_one_comment(tmp_path: Path) -> None:
    code, told = commented(tmp_path, "### 现象\n\n有时候语音会卡顿\n\n### 日志或报错\n\n_No response_")
    assert code == 0
    assert told.startswith("issue comment x/12 --body-file reply.md\n")
    assert "请补充" in told
    assert "日志" in told


def test_a_complete_issue_gets_none(tmp_path: Path) -> None:
    assert commented(tmp_path, WHOLE) == (0, "")


@pytest.mark.parametrize("name", re.findall(r"`(--triage-\w+|-[a-z][a-z-]+)`", PAGE))
def test_properties_exist(name: str) -> None:
    assert f"--triage{name.removeprefix('--triage')}" in SOURCE


@pytest.mark.parametrize("name", ["for", "form-key", "endpoint", "lang", "mode"])
def test_attributes_exist(name: str) -> None:
    assert f"| `{name}` |" in PAGE
    assert f'"{name}"' in SOURCE
