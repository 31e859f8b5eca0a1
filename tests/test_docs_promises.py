"""docs/promises.md: its settings load, its ladder is that of the defaults, its check of a webhook's signature works."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_notify_signing import channel, notice

from triage.delivery import channels_of
from triage.notify import webhook
from triage.notify.channels import PACES
from triage.promises import Promises
from triage.settings import load_settings
from triage.watch import Watch

PAGE = (Path(__file__).parents[1] / "docs" / "promises.md").read_text(encoding="utf-8")
TOML = [block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if not block.startswith("# holidays.toml")]
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", TOML, ids=[block.splitlines()[0] for block in TOML])
def test_settings_load_as_they_are_shown(tmp_path: Path, block: str) -> None:
    (tmp_path / "holidays.toml").write_text('2027-02-05 = "off Spring Festival"', encoding="utf-8")
    path = tmp_path / "triage.toml"
    path.write_text(block.replace('"holidays.toml"', f'"{tmp_path / "holidays.toml"}"'), encoding="utf-8")
    settings = load_settings(path)
    Promises(settings)
    Watch(settings)
    channels_of(settings.notify, {"FEISHU_HOOK": "https://open.example.com/hook", "FEISHU_SECRET": "s"})


def test_ladder_is_that_of_the_defaults() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) %", PAGE, re.MULTILINE)
    rungs = load_settings().escalation.rungs
    assert {name: int(share) / 100 for name, share in rows} == {name: rung.share for name, rung in rungs.items()}


def test_every_type_of_channel_is_told() -> None:
    table = PAGE[PAGE.index("| type | `url`") :].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(PACES)


def test_default_promises_are_those_shown() -> None:
    defaults = (Path(__file__).parents[1] / "triage" / "defaults.toml").read_text(encoding="utf-8")
    shown = tomllib.loads(next(block for block in TOML if "[promises.standard]" in block))
    assert shown["promises"] == tomllib.loads(defaults)["promises"]


def test_signature_is_checked_as_shown() -> None:
    space: dict[str, Any] = {}
    exec(PYTHON[0], space)
    ops = channel("webhook", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    request = webhook.request_of([notice()], ops, now=datetime(2026, 11, 26, tzinfo=UTC))
    assert space["is_ours"](request.headers, request.body, ops.secret)
    assert not space["is_ours"](request.headers, request.body + b" ", ops.secret)
    assert not space["is_ours"]({**request.headers, "webhook-id": "x"}, request.body, ops.secret)
    two = {**request.headers, "webhook-signature": f"v1,AAAA {request.headers['webhook-signature']}"}
    assert space["is_ours"](two, request.body, ops.secret)
