"""The answer as a whole: readiness, score, the right questions, a site's settings."""

from pathlib import Path

import pytest

from triage.assessment import ELEMENTS, Lint
from triage.assessor import Assessor
from triage.errors import DataFileError, SettingsError
from triage.lint.rulebook import build_rulebook, shipped_rules
from triage.settings import load_settings
from triage.ticket import ticket_from

ASSESSOR = Assessor(load_settings())


def lint(body: str, title: str = "", **parts: object) -> Lint:
    return ASSESSOR.lint(ticket_from({"title": title, "body": body, **parts})).assessment.lint


def test_the_model_case_is_asked_for_session_time_and_logs() -> None:
    answer = lint("有时候语音会卡顿")
    assert not answer.ready
    assert len(answer.questions) == 3
    assert "房间" in answer.questions[0]
    assert "什么时候" in answer.questions[1] or "时间" in answer.questions[1]
    assert "日志" in answer.questions[2]


def test_questions_speak_the_reporters_language() -> None:
    answer = lint("Sometimes the audio stutters")
    assert len(answer.questions) == 3
    assert all(question.isascii() or "…" in question for question in answer.questions)


def test_a_well_formed_fault_report_is_ready() -> None:
    answer = lint(
        "房间号 edu_88213，昨晚 20:05 起，uid 1001 听不到 uid 1002，持续 20 分钟。TRTC 11.7.0，iOS 17.4，iPhone 13。影响三成用户。",
        attachments=["liteav.xlog"],
    )
    assert answer.ready
    assert answer.score >= 85


@pytest.mark.parametrize(
    "body",
    [
        "请问怎么改头像",
        "Flutter SDK 什么时候支持鸿蒙？",
        "急!!!怎么开通国际短信",
        "How do I turn on echo cancellation?",
        "Please add screen sharing on Android",
        "申请把并发上限提到 5000，谢谢",
        "请问断线重连的超时时间在哪里设置？",
    ],
)
def test_questions_and_requests_are_ready_without_logs_or_steps(body: str) -> None:
    answer = lint(body)
    assert answer.ready
    assert answer.questions == ()
    assert not any(answer.elements[element].required for element in ("reproduction", "logs", "session", "impact"))


def test_the_score_grows_with_what_is_told() -> None:
    told = [
        "语音卡顿",
        "，昨晚 8 点开始",
        "，房间号 edu_88213",
        "，SDK 4.6.1，Android 14",
        "，错误码 -3301",
        "，影响三成用户",
    ]
    scores = [lint("".join(told[:number])).score for number in range(1, len(told) + 1)]
    assert scores == sorted(scores)
    assert scores[0] < 40
    assert scores[-1] >= 80


def test_every_element_is_told() -> None:
    assert tuple(lint("黑屏").elements) == ELEMENTS


def test_logs_are_asked_for_at_the_place_of_the_platform() -> None:
    answer = lint("语音卡顿，Android 14", title="卡顿")
    assert any("agorasdk.log" in question for question in answer.questions)


def site(folder: Path, text: str) -> Assessor:
    path = folder / "triage.toml"
    path.write_text(text, encoding="utf-8")
    return Assessor(load_settings(path))


def test_a_site_silences_and_relevels_rules(tmp_path: Path) -> None:
    ticket = ticket_from({"body": "有时候语音会卡顿"})
    quiet = site(tmp_path, '[lint]\nignore = ["LOG"]\n[lint.levels]\nENV01 = "error"\n')
    answer = quiet.lint(ticket)
    findings = {finding.code: finding.level for finding in answer.assessment.lint.findings}
    assert not any(code.startswith("LOG") for code in findings)
    assert findings["ENV01"] == "error"
    assert "LOG01" in answer.silenced


def test_an_unknown_rule_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match='"ENV10" is not known; did you mean "ENV0'):
        site(tmp_path, '[lint]\nignore = ["ENV10"]\n')
    with pytest.raises(SettingsError, match="environment-missing"):
        site(tmp_path, '[lint]\nignore = ["environment-mising"]\n')


def test_an_unknown_setting_names_file_line_and_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"triage\.toml:2: lint\.ignored is not known; did you mean \"ignore\""):
        site(tmp_path, '[lint]\nignored = ["TXT03"]\n')


def test_a_wrong_level_names_those_allowed() -> None:
    with pytest.raises(SettingsError, match="use error, warning, hint"):
        build_rulebook(shipped_rules(), levels={"ENV01": "fatal"})


def test_the_environment_overrides_the_file() -> None:
    settings = load_settings(environ={"TRIAGE_LINT__IGNORE": "TXT03, SEC", "TRIAGE_LINT__LANGUAGE": "en"})
    assert settings.lint.ignore == ("TXT03", "SEC")
    assert settings.lint.language == "en"
    with pytest.raises(SettingsError, match="TRIAGE_LINT__IGNORED"):
        load_settings(environ={"TRIAGE_LINT__IGNORED": "x"})


def test_the_same_rules_give_the_same_version() -> None:
    one, two = build_rulebook(shipped_rules()), build_rulebook(shipped_rules(), ignore=["TXT"])
    assert one.version == build_rulebook(shipped_rules()).version
    assert one.version != two.version
