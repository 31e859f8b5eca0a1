"""Where tickets go, and why; and how a site's mistakes are told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.assessment import Label
from triage.errors import TriageError
from triage.routes import Routes
from triage.settings import load_settings

SURE = Label("voice-call", 0.9)
# Wednesday 10:00 in Shanghai, and Wednesday 23:00 there, which is 15:00 in London.
MORNING, NIGHT = datetime(2026, 11, 25, 2, tzinfo=UTC), datetime(2026, 11, 25, 15, tzinfo=UTC)
TEAMS = """
[routing.queues.voice-call]
hours = ["09:00-18:00"]
[routing.queues.voice-en]
products = ["voice-call"]
languages = ["en"]
hours = ["09:00-18:00"]
time_zone = "Europe/London"
country = "GB"
[routing.queues.vip]
plans = ["dedicated"]
products = ["voice-call", "video-call"]
languages = ["zh", "mixed"]
"""


def routes(folder: Path, toml: str = "") -> Routes:
    path = folder / "triage.toml"
    path.write_text(toml, encoding="utf-8")
    return Routes(load_settings(path).routing)


@pytest.mark.parametrize(
    ("product", "language", "plan", "priority", "at", "queue", "reason"),
    [
        (SURE, "zh", "standard", "P3", MORNING, "voice-call", "product line voice call, Chinese, standard plan"),
        (SURE, "en", "standard", "P3", MORNING, "voice-en", "product line voice call, English, standard plan"),
        (SURE, "en", "standard", "P1", MORNING, "voice-call", "voice-en is not at work now"),
        (SURE, "zh", "standard", "P2", NIGHT, "voice-call", "standard plan"),
        (SURE, "en", "standard", "P1", NIGHT, "voice-en", "standard plan"),
        (SURE, "en", "standard", "P1", None, "voice-en", "standard plan"),
        (SURE, "mixed", "dedicated", "P1", NIGHT, "vip", "Chinese and English, dedicated plan"),
        (Label("voice-call", 0.4), "zh", "standard", "P1", MORNING, "front-desk", "not certain (voice call 40%)"),
        (Label("unheard", 0.9), "zh", "standard", "P1", MORNING, "front-desk", "no queue takes product line unheard"),
        (None, "zh", "standard", "P1", MORNING, "front-desk", "no model"),
    ],
)
def test_ticket_goes_to_the_narrowest_queue_that_takes_it(
    tmp_path: Path, product: Label, language: str, plan: str, priority: str, at: datetime, queue: str, reason: str
) -> None:
    route = routes(tmp_path, TEAMS).route(product, language, plan, priority=priority, at=at, lang="en")  # type: ignore[arg-type]
    assert route.queue == queue
    assert reason in route.reason


def test_each_product_line_has_its_queue_by_default(tmp_path: Path) -> None:
    default = routes(tmp_path)
    for product in ("conversational-ai", "voice-call", "video-call", "live-streaming", "messaging", "platform"):
        route = default.route(Label(product, 0.8), "zh", "standard", priority="P3", at=None, lang="zh")
        assert route.queue == product
        assert route.reason.startswith("产品线")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[routing.queues.a]\nlanguages = ["fr"]', 'routing.queues.a.languages has "fr"; use zh, en, mixed, other'),
        ('[routing.queues.a]\nhours = ["9-18"]', 'routing.queues.a.hours has "9-18"'),
        ('[routing.queues.a]\nhours = ["09:00-18:00"]\ntime_zone = "Mars"', 'routing.queues.a.time_zone is "Mars"'),
        ('[routing.queues.a]\nhours = ["09:00-18:00"]\ncountry = "ZZ"', 'country is "ZZ"'),
        ("[routing.queues.a]\nteam = 1", "team is not known"),
        ('[routing]\nsure = "very"', "it must be a number"),
        ("[routing]\nsure = 2.0", "routing.sure is 2.0"),
    ],
)
def test_mistakes_name_the_setting_the_value_and_what_is_allowed(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(TriageError) as error:
        routes(tmp_path, toml)
    assert told in str(error.value)
