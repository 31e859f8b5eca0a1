"""A run that is killed 200 times at random moments loses no row, doubles none, and never shows half an output."""

import contextlib
import csv
import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROWS, KILLS, LONGEST_LIFE = 20_000, 200, 3.0
KINDS = (
    "语音卡顿",
    "视频黑屏,错误码 17",
    "login fails since 10:05",
    "消息收不到 群ID {}",
    "怎么升级 SDK",
    "进房失败 {}%",
)


@pytest.mark.slow
def test_no_row_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    source, output = tmp_path / "backlog.csv", tmp_path / "out.jsonl"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["工单编号", "标题", "内容"])
        writer.writerows([f"K-{n}", KINDS[n % 6].format(n % 97), f"{n} 号用户反馈"] for n in range(ROWS))
    draw = random.Random(4)
    kills = 0
    while kills < KILLS:
        before = _done(tmp_path)
        process = _start(source, output)
        try:
            code = process.wait(draw.uniform(0.2, LONGEST_LIFE))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            assert _done(tmp_path) >= before or output.exists(), "answers that were kept are gone"
        else:
            assert code == 0
        if output.exists():
            assert _is_whole(output), "an output is there that is not whole"
            output.unlink()
    process = _start(source, output)
    assert process.wait(600) == 0
    assert _is_whole(output)
    whole = output.read_bytes()
    output.unlink()
    assert _start(source, output).wait(600) == 0
    assert output.read_bytes() == whole


def _start(source: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "triage", "backlog", source, "-o", output, "--resume", "--jobs", "2", "--quiet"]
    return subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL)


def _is_whole(output: Path) -> bool:
    text = output.read_text(encoding="utf-8")
    ids = sorted(int(json.loads(line)["ticket_id"][2:]) for line in text.splitlines())
    return text.endswith("\n") and ids == list(range(ROWS))


def _done(folder: Path) -> int:
    """How many chunks are kept."""
    file = folder / "out.jsonl.work" / "answers.sqlite"
    if not file.exists():
        return 0
    with contextlib.closing(sqlite3.connect(file)) as database:
        (tables,) = database.execute("select count(*) from sqlite_master where name = 'chunks'").fetchone()
        return database.execute("select count(*) from chunks").fetchone()[0] if tables else 0
