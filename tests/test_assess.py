"""``triage assess``: its answers and their order, what happens without a sound model, and the shipped model's cases."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings as hypothesis_settings, strategies as st

from triage.assessment import PRIORITIES, Assessment
from triage.assessor import Assessor
from triage.cli import main
from triage.language.pack import load_pack
from triage.models import current_detector, current_scorer
from triage.priority.scorer import FORMAT, HEADS, Arrays, Scorer, write_scorer
from triage.report import field_text
from triage.settings import load_settings
from triage.ticket import Ticket, ticket_from

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "data" / "tickets"
VAGUE = "有时候语音会卡顿"
# A hang is a failure too; the limit is far above what any case takes.
LIMIT_SECONDS = 120


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def assessed(assessor: Assessor, *tickets: Ticket) -> Assessment:
    (answer,) = assessor.assess_many(tickets)
    assert answer.priority is not None
    return answer


# ---- models made by hand ---------------------------------------------------------------------------------------------

COLUMNS = [(head, label) for head, labels in HEADS.items() for label in labels]
# What the made model says of any ticket: an incident of video calls, a vague P2.
SAID = ("incident", "video-call", "P2e")
WORDS = ("w:卡顿", "w:语音", "w:有时候", "w:会")


def made_arrays() -> Arrays:
    bias = np.array([3.0 if label in SAID else 0.0 for _, label in COLUMNS], dtype=np.float32)
    return Arrays(np.zeros((len(WORDS), len(COLUMNS)), dtype=np.float32), bias, np.ones(len(WORDS), dtype=np.float32))


def write_model(folder: Path) -> Path:
    write_scorer(folder, WORDS, made_arrays())
    return folder


def damage_npz(folder: Path, **changed: object) -> None:
    np.savez(folder / "model.npz", **{"format": np.int64(FORMAT), **made_arrays()._asdict(), **changed})


def with_nan() -> np.ndarray:
    weights = made_arrays().weights.copy()
    weights[0, 0] = np.nan
    return weights


def remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


# What may be amiss with a model's folder, and what is told of it.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (remove, "cannot be read (No such file or directory)"),
    "no npz": (lambda folder: (folder / "model.npz").unlink(), "cannot be read (No such file or directory)"),
    "no vocabulary": (lambda folder: (folder / "vocabulary.txt").unlink(), "cannot be read (No such file"),
    "empty npz": (lambda folder: (folder / "model.npz").write_bytes(b""), "is no model of this version"),
    "cut npz": (
        lambda folder: (folder / "model.npz").write_bytes((folder / "model.npz").read_bytes()[:-40]),
        "is no model of this version",
    ),
    "npz is a text": (lambda folder: (folder / "model.npz").write_text("see wiki"), "is no model of this version"),
    "another format": (lambda folder: damage_npz(folder, format=np.int64(99)), "format 99 is not"),
    "NaN": (lambda folder: damage_npz(folder, weights=with_nan()), "is not finite"),
    "a word too few": (
        lambda folder: (folder / "vocabulary.txt").write_text("w:卡顿", encoding="utf-8"),
        "do not fit together",
    ),
    "vocabulary in GB 18030": (
        lambda folder: (folder / "vocabulary.txt").write_text("\n".join(WORDS), encoding="gb18030"),
        "is no model of this version",
    ),
}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models whose ``current.toml`` names a sound one, made by hand."""
    folder = tmp_path / "models"
    write_model(folder / "made-1")
    put_in_force(folder)
    return folder


def put_in_force(folder: Path) -> None:
    """Names the model in ``current.toml`` as it now is."""
    names = ("model.npz", "vocabulary.txt")
    content = b"".join((folder / "made-1" / name).read_bytes() for name in names if (folder / "made-1" / name).exists())
    (folder / "current.toml").write_text(
        f'[model]\nname = "made-1"\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n', encoding="utf-8"
    )


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch, models: Path) -> Iterator[Path]:
    """The made models in place of the shipped ones, for the command line."""
    monkeypatch.setattr("triage.models.models_folder", lambda: models)
    for read in (current_detector, current_scorer):
        read.cache_clear()
    yield models
    for read in (current_detector, current_scorer):
        read.cache_clear()


@pytest.fixture
def no_models(monkeypatch: pytest.MonkeyPatch, in_force: Path) -> Path:
    (in_force / "current.toml").unlink()
    return in_force


@cache
def rules_alone() -> Assessor:
    return Assessor(load_settings(), rules_alone=True)


# ---- formats ---------------------------------------------------------------------------------------------------------

PARTS = [
    "schema", "ticket_id", "language", "kind", "product", "lint", "priority",
    "route", "due", "duplicates", "burst", "articles", "versions",
]  # fmt: skip


def test_json_keeps_the_contract(capsys: pytest.CaptureFixture[str], in_force: Path) -> None:
    code, out, err = run(capsys, "assess", "--text", VAGUE, "--format", "json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert list(answer) == PARTS
    assert list(answer["kind"]) == list(answer["product"]) == ["label", "probability"]
    assert list(answer["lint"]) == ["ready", "score", "elements", "findings", "questions"]
    priority = answer["priority"]
    assert list(priority) == ["label", "probabilities", "floor", "escalate", "needs_human", "requested", "reasons"]
    assert list(priority["probabilities"]) == list(PRIORITIES)
    assert {tuple(reason) for reason in priority["reasons"]} == {("source", "text", "span")}
    assert {tuple(reason["span"]) for reason in priority["reasons"] if reason["span"]} == {("field", "start", "end")}
    assert {reason["source"] for reason in priority["reasons"]} <= {"rule", "model", "policy"}
    assert [name for name in answer["versions"] if name != "detector"] == ["triage", "rulebook", "model"]
    assert list(answer["route"]) == ["queue", "reason"]
    later = {name: answer[name] for name in ("due", "duplicates", "burst", "articles")}
    assert later == {"due": None, "duplicates": [], "burst": None, "articles": []}


def test_json_tells_what_was_decided_and_why(capsys: pytest.CaptureFixture[str], in_force: Path) -> None:
    code, out, err = run(capsys, "assess", "--text", VAGUE, "--format", "json", "--lang", "en")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    share = float(np.exp(3) / (np.exp(3) + 4))
    assert answer["kind"] == {"label": "incident", "probability": round(float(np.exp(3) / (np.exp(3) + 2)), 4)}
    assert answer["product"] == {"label": "video-call", "probability": round(float(np.exp(3) / (np.exp(3) + 5)), 4)}
    rest = (1 - share) / 4
    assert answer["priority"] == {
        "label": "P2",
        "probabilities": {
            "P1": round(rest, 4),
            "P2": round(share + rest, 4),
            "P3": round(rest, 4),
            "P4": round(rest, 4),
        },
        "floor": "P2",
        "escalate": True,
        "needs_human": False,
        "requested": None,
        "reasons": [
            {
                "source": "rule",
                "text": "a core function fails at times, and nothing confines it to a test or one device: at least P2",
                "span": {"field": "body", "start": 5, "end": 8},
            },
            {
                "source": "policy",
                "text": "vague, but a network or service fault may hide behind it: handled as P2 while the missing facts are asked for",
                "span": {"field": "body", "start": 5, "end": 8},
            },
        ],
    }
    assert answer["versions"]["model"].startswith("made-1-")


def test_several_tickets_are_a_json_list(capsys: pytest.CaptureFixture[str], tmp_path: Path, in_force: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"id": "T-1", "title": "黑屏"}\n{"id": "T-2", "body": "no sound"}\n', encoding="utf-8")
    code, out, err = run(capsys, "assess", str(path), "--format", "json")
    assert (code, err) == (0, "")
    assert [answer["ticket_id"] for answer in json.loads(out)] == ["T-1", "T-2"]


def test_jsonl_answers_each_ticket_on_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, in_force: Path
) -> None:
    path = tmp_path / "tickets.jsonl"
    rows = [{"id": f"T-{number}", "body": VAGUE, "requested_priority": "Blocker"} for number in range(70)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    code, out, err = run(capsys, "assess", str(path), "--format", "jsonl")
    assert (code, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["ticket_id"] for answer in answers] == [row["id"] for row in rows]
    assert {tuple(answer) for answer in answers} == {tuple(PARTS)}
    assert {answer["priority"]["requested"] for answer in answers} == {"P1"}
    # Tickets alike are answered alike, wherever in a batch they stand.
    assert len({json.dumps(answer["priority"]) for answer in answers}) == 1


TEXTS = {
    "zh": (
        "有时候语音会卡顿",
        """\
text:1  P2 高  升级处理  需人工确认  中文  故障  26/100  待补充
  原因:
    规则 核心功能时好时坏，没有任何内容说明它只限于测试或单台设备：至少 P2
    策略 描述含糊，但可能藏着网络或服务故障：按 P2 处理，并向对方追问缺少的信息
    策略 没有可用的模型，只按规则判断
""",
    ),
    "en": (
        "Sometimes the audio is choppy",
        """\
text:1  P2 high  escalate  needs a person  English  incident  26/100  not ready
  Reasons:
    rule a core function fails at times, and nothing confines it to a test or one device: at least P2
    policy vague, but a network or service fault may hide behind it: handled as P2 while the missing facts are asked for
    policy no model is at hand; judged by rules alone
""",
    ),
}


@pytest.mark.parametrize("lang", TEXTS)
def test_text_tells_the_priority_and_why(capsys: pytest.CaptureFixture[str], no_models: Path, lang: str) -> None:
    text, expected = TEXTS[lang]
    code, out, _ = run(capsys, "assess", "--text", text)
    assert code == 0
    # The ticket under its evidence and the questions are the lint's, which test_report_text.py compares.
    header, *lines = out.splitlines()
    shown = [header, *(line for line in lines if line in expected.splitlines())]
    assert "\n".join(shown) + "\n" == expected


def test_a_bad_line_is_told_and_the_others_are_answered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, in_force: Path
) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"id": "T-1", "title": "黑屏"}\n{"id": \n{"id": "T-2", "body": "no sound"}\n', encoding="utf-8")
    code, out, err = run(capsys, "assess", str(path), "--format", "jsonl")
    assert code == 2
    assert [json.loads(line)["ticket_id"] for line in out.splitlines()] == ["T-1", "T-2"]
    assert "tickets.jsonl:2: is not JSON" in err


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str], in_force: Path) -> None:
    code, out, err = run(capsys, "assess", "nowhere.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("triage: nowhere.jsonl: cannot be read")


def test_a_ticket_that_is_not_ready_is_no_failure(capsys: pytest.CaptureFixture[str], in_force: Path) -> None:
    assert run(capsys, "lint", "--text", VAGUE)[0] == 1
    assert run(capsys, "assess", "--text", VAGUE)[0] == 0


@pytest.mark.parametrize(
    ("asked", "requested"),
    [
        ("P1", "P1"), ("p0", "P1"), (" Blocker ", "P1"), ("紧急", "P1"), ("緊急", "P1"), ("High", "P2"), ("３", "P3"),
        ("LOW", "P4"), ("whatever", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_what_the_reporter_asks_for_is_understood(asked: str | None, requested: str | None) -> None:
    priority = assessed(rules_alone(), Ticket(body=VAGUE, requested_priority=asked)).priority
    assert priority is not None
    assert priority.requested == requested
    assert priority.label == "P2"


# ---- a model that was asked for --------------------------------------------------------------------------------------


def test_a_model_that_was_asked_for_is_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own-7")
    code, out, err = run(capsys, "assess", "--text", VAGUE, "--format", "json", "--model", str(folder))
    assert (code, err) == (0, "")
    assert json.loads(out)["versions"]["model"].startswith("own-7-")


@pytest.mark.parametrize(("damage", "told"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_model_that_was_asked_for_exits_with_two_and_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    folder = write_model(tmp_path / "own-7")
    damage(folder)
    code, out, err = run(capsys, "assess", "--text", VAGUE, "--model", str(folder))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith(f"triage: {folder}")
    assert told in err
    assert err.endswith("train anew\n")


def test_a_file_for_a_models_folder_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"")
    code, out, err = run(capsys, "assess", "--text", VAGUE, "--model", str(path))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"triage: {path / 'model.npz'}: cannot be read (Not a directory)")


# ---- a model in force that is not sound ------------------------------------------------------------------------------

TICKETS = [
    Ticket(body=VAGUE, id="T-1"),
    Ticket(title="Black screen", body="In production all users get a black screen", requested_priority="low"),
    Ticket(body="怎么改头像"),
]


def assert_rules_alone(assessor: Assessor, told: str) -> None:
    answers = assessor.assess_many(TICKETS)
    assert [notice for notice in assessor.notices if told in notice and notice.endswith("; going on by rules alone")]
    assert len(assessor.notices) == len(set(assessor.notices))
    assert answers == rules_alone().assess_many(TICKETS)
    assert {answer.versions["model"] for answer in answers} == {None}
    assert {answer.product for answer in answers} == {None}
    for answer in answers:
        assert answer.priority is not None
        assert answer.priority.probabilities == {}
        assert answer.priority.needs_human
    # Nobody reads a notice twice.
    before = assessor.notices
    assessor.assess(TICKETS[0])
    assert assessor.notices == before


def test_a_sound_model_gives_no_notice(models: Path) -> None:
    assessor = Assessor(load_settings(), models=models)
    answer = assessed(assessor, TICKETS[0])
    assert assessor.notices == ()
    assert str(answer.versions["model"]).startswith("made-1-")


@pytest.mark.parametrize(("damage", "told"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_model_in_force_gives_way_to_the_rules(
    models: Path, damage: Callable[[Path], object], told: str
) -> None:
    # The sha256 is that of the damaged files: the reader itself must see what is wrong.
    damage(models / "made-1")
    put_in_force(models)
    assert_rules_alone(Assessor(load_settings(), models=models), told)


@pytest.mark.parametrize(
    ("current", "told"),
    [
        (None, "there is no model; train one with triage train"),
        ("", "there is no model; train one with triage train"),
        ('[model]\nname = "made-1"\nsha256 = "00"\n', "sha256 is"),
        ('[model]\nname = "made-2"\nsha256 = "00"\n', "made-2"),
        ('[model]\nname = "made-1"\n', "[model] needs name, sha256; train anew"),
        ('[model]\nname = 1\nsha256 = "00"\n', "[model] needs name, sha256; train anew"),
        ('model = "made-1"\n', "[model] needs name, sha256; train anew"),
        ("[model\n", "is not valid TOML"),
        ("[[model]]\n", "[model] needs name, sha256; train anew"),
    ],
    ids=["no file", "empty", "sha256", "another name", "no sha256", "number", "text", "no TOML", "list"],
)
def test_a_wrong_current_toml_gives_way_to_the_rules(models: Path, current: str | None, told: str) -> None:
    path = models / "current.toml"
    if current is None:
        path.unlink()
    else:
        path.write_text(current, encoding="utf-8")
    assert_rules_alone(Assessor(load_settings(), models=models), told)


def test_no_models_folder_gives_way_to_the_rules(tmp_path: Path) -> None:
    assert_rules_alone(Assessor(load_settings(), models=tmp_path / "nowhere"), "there is no model")


def test_a_damaged_detector_is_told_and_the_model_is_used(models: Path) -> None:
    with (models / "current.toml").open("a", encoding="utf-8") as file:
        file.write('\n[detector]\nname = "detector-9"\nfile = "detector.txt"\nsha256 = "00"\n')
    assessor = Assessor(load_settings(), models=models)
    answer = assessed(assessor, TICKETS[0])
    assert len(assessor.notices) == 1
    assert "detector.txt: cannot be read" in assessor.notices[0]
    assert str(answer.versions["model"]).startswith("made-1-")
    assert "detector" not in answer.versions


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_the_command_line_answers_without_a_model_and_says_so_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, no_models: Path, form: str
) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"body": "黑屏"}\n' * 130, encoding="utf-8")
    code, out, err = run(capsys, "assess", str(path), "--format", form)
    assert (code, err) == (0, "triage: there is no model; train one with triage train; going on by rules alone\n")
    assert out


def test_lint_says_nothing_of_a_model_it_does_not_need(capsys: pytest.CaptureFixture[str], no_models: Path) -> None:
    code, _, err = run(capsys, "lint", "--text", VAGUE)
    assert (code, err) == (1, "")


# ---- what is loaded --------------------------------------------------------------------------------------------------


def loaded(*arguments: str, missing: str = "") -> "subprocess.CompletedProcess[str]":
    """Runs the command in a fresh interpreter and prints what it loaded; ``missing`` modules cannot be imported."""
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({missing.split()!r}))\n"
        "from triage.cli import main\n"
        f"try:\n    main({list(arguments)!r})\n"
        "except SystemExit as stopped:\n    code = stopped.code\n"
        "here = [name for name, module in sys.modules.items() if module]\n"
        "print('LOADED', *sorted(here))\nsys.exit(code)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        timeout=LIMIT_SECONDS,
        check=False,
    )


def modules(done: "subprocess.CompletedProcess[str]") -> set[str]:
    return set(done.stdout.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("arguments", [("lint", "--text", VAGUE), ("rules", "ENV01")], ids=["lint", "rules"])
def test_nothing_of_an_assessment_is_loaded_by_other_commands(arguments: tuple[str, ...]) -> None:
    done = loaded(*arguments)
    assert done.returncode in (0, 1), done.stderr
    found = modules(done)
    assert "triage.cli" in found
    assert not found & {"numpy", "jieba", "rjieba", "sklearn", "scipy", "spacy", "triage.sight", "triage.verdict"}
    assert [name for name in found if name.startswith("triage.priority")] == []


def test_an_assessment_loads_numpy_and_nothing_that_trains() -> None:
    done = loaded("assess", "--text", VAGUE)
    assert done.returncode == 0, done.stderr
    found = modules(done)
    assert {"numpy", "triage.priority.scorer"} <= found
    assert not found & {"sklearn", "scipy", "spacy", "pandas", "pydantic"}
    assert [name for name in found if name.startswith("triage.training")] == []


def test_lint_works_where_nothing_else_is_installed() -> None:
    done = loaded("lint", "--text", VAGUE, missing="numpy jieba rjieba sklearn re2")
    assert (done.returncode, done.stderr) == (1, "")


def test_without_numpy_rules_alone_decide() -> None:
    done = loaded("assess", "--text", VAGUE, "--format", "jsonl", missing="numpy")
    assert done.returncode == 0
    assert done.stderr == "triage: numpy is not installed; going on by rules alone\n"
    assert json.loads(done.stdout.splitlines()[0])["priority"]["label"] == "P2"


def test_without_numpy_a_model_that_was_asked_for_is_told_in_one_line(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own-7")
    done = loaded("assess", "--text", VAGUE, "--model", str(folder), missing="numpy")
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "numpy" in done.stderr


def test_without_a_tokeniser_it_is_told_in_one_line() -> None:
    done = loaded("assess", "--text", VAGUE, missing="jieba rjieba")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert "install" in done.stderr


# ---- any ticket ------------------------------------------------------------------------------------------------------

PATTERN_TEXTS = [text for _, _, table in load_pack().tables for text in (*table.yes, *table.no)]
ODD = [
    "",
    "\x00\x1b[0m\x07",
    "\u200b\ufeff\u202e黑屏\u202c",
    "卡\u200d顿",
    "ＳＤＫ　４．２．１",
    "👩‍👩‍👧‍👦",
    "音声が途切れます",
    "\u2028\u2029\x85\r\n",
    "{label} %s {0}",
    "9" * 400,
    "２０００％ 的用户",
    "0/0 的用户",
]
TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from([*PATTERN_TEXTS, *ODD]), max_size=8).map("，".join),
    st.lists(st.sampled_from([*PATTERN_TEXTS, *ODD]), max_size=8).map("\n".join),
)
TICKET = st.builds(
    Ticket,
    title=TEXT,
    body=TEXT,
    fields=st.dictionaries(st.sampled_from(["product", "platform", "plan", "contact", "x"]), TEXT, max_size=3),
    attachments=st.lists(st.sampled_from(["a.log", "x.PNG", ""]), max_size=2).map(tuple),
    requested_priority=st.one_of(st.none(), st.sampled_from(["P1", "低", "nonsense", " "]), TEXT),
)
PROPERTY = hypothesis_settings(deadline=None, max_examples=60, derandomize=True)


@cache
def shipped() -> Assessor:
    return Assessor(load_settings())


@cache
def made() -> Assessor:
    return Assessor(load_settings(), scorer=Scorer(WORDS, made_arrays(), "made"), rules_alone=True)


@pytest.mark.parametrize("assessor", [shipped, made, rules_alone], ids=lambda choice: choice.__name__)
@given(ticket=TICKET)
@example(ticket=Ticket())
@example(ticket=Ticket(body="\n", fields={"platform": "Android\niOS", "plan": ""}))
@PROPERTY
def test_any_ticket_is_assessed_and_its_parts_agree(assessor: Callable[[], Assessor], ticket: Ticket) -> None:
    answer = assessed(assessor(), ticket)
    priority = answer.priority
    assert priority is not None
    if assessor is rules_alone:
        assert priority.probabilities == {}
    else:
        assert list(priority.probabilities) == list(PRIORITIES)
        # Each is rounded to four digits.
        assert sum(priority.probabilities.values()) == pytest.approx(1, abs=4 * 5e-5)
        assert all(0 <= share <= 1 for share in priority.probabilities.values())
    assert priority.label <= priority.floor
    assert not priority.escalate or (priority.label, answer.kind.label) == ("P2", "incident")
    for reason in priority.reasons:
        assert reason.text.strip()
        if reason.span:
            assert 0 <= reason.span.start < reason.span.end <= len(field_text(ticket, reason.span.field))
    assert assessor().assess(ticket) == answer


@given(ticket=TICKET)
@example(ticket=Ticket(body="黑屏", fields={"platform": "Android\niOS"}))
@PROPERTY
def test_no_feature_of_a_ticket_holds_a_line_break(ticket: Ticket) -> None:
    (seen,) = rules_alone().see_many([ticket])
    assert [feature for feature in seen.features if "\n" in feature] == []


def sample() -> list[Ticket]:
    """60 tickets of the corpus, evenly spread over it."""
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [ticket_from(json.loads(line)) for line in lines[:: len(lines) // 60][:60]]


@pytest.mark.parametrize("assessor", [shipped, rules_alone], ids=lambda choice: choice.__name__)
def test_many_at_once_are_answered_as_one_by_one(assessor: Callable[[], Assessor]) -> None:
    tickets = sample()
    assert len(tickets) == 60
    one_by_one = [assessor().assess(ticket) for ticket in tickets]
    assert assessor().assess_many(tickets) == one_by_one
    assert assessor().assess_many(tickets[::-1]) == one_by_one[::-1]


def test_another_process_gives_the_same_answers(tmp_path: Path) -> None:
    # Sets of texts have another order in each process; no digit may hang on it.
    path = tmp_path / "tickets.jsonl"
    path.write_text("\n".join(json.dumps({"id": "1", "body": ticket.body or "-"}) for ticket in sample()))
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "triage", "assess", str(path), "--format", "jsonl"],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": seed},
            timeout=LIMIT_SECONDS,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(outputs[0].splitlines()) == 60
    assert outputs[0] == outputs[1]


def test_no_tickets_no_answers() -> None:
    assert shipped().assess_many([]) == []


# ---- the shipped model -----------------------------------------------------------------------------------------------


def facts(answer: Assessment) -> dict[str, Any]:
    assert answer.priority is not None
    return {
        "kind": answer.kind.label,
        "product": answer.product.label if answer.product else None,
        "priority": answer.priority.label,
        "escalate": answer.priority.escalate,
    }


# The model cases of the labelling guide; a product that the guide does not tell is not asked for.
GUIDE = [
    (VAGUE, {"kind": "incident", "product": "voice-call", "priority": "P2", "escalate": True}),
    ("demo 里语音偶尔卡一下", {"kind": "incident", "product": "voice-call", "priority": "P3", "escalate": False}),
    ("控制台的图表有时候显示不全", {"kind": "incident", "product": "platform", "priority": "P3", "escalate": False}),
    ("急!!!怎么改头像", {"kind": "question", "priority": "P4", "escalate": False}),
    ("顺便说一句, 今早起国内用户都登录不上", {"kind": "incident", "priority": "P1", "escalate": False}),
    ("对方黑屏", {"kind": "incident", "priority": "P2", "escalate": True}),
    ("有時候語音會卡頓", {"kind": "incident", "product": "voice-call", "priority": "P2", "escalate": True}),
    ("Sometimes the voice call stutters", {"kind": "incident", "product": "voice-call", "priority": "P2", "escalate": True}),
    ("ASAP!!! How do I change my avatar?", {"kind": "question", "priority": "P4", "escalate": False}),
]  # fmt: skip


@pytest.mark.model
@pytest.mark.parametrize(("text", "labels"), GUIDE, ids=[text for text, _ in GUIDE])
def test_shipped_model_knows_the_cases_of_the_guide(text: str, labels: dict[str, Any]) -> None:
    told = facts(assessed(shipped(), Ticket(body=text)))
    assert {name: told[name] for name in labels} == labels


@pytest.mark.model
@pytest.mark.parametrize(("text", "labels"), GUIDE, ids=[text for text, _ in GUIDE])
def test_shipped_model_says_why(text: str, labels: dict[str, Any]) -> None:
    priority = assessed(shipped(), Ticket(body=text)).priority
    assert priority is not None
    assert {reason.source for reason in priority.reasons} & {"rule", "model"}


@pytest.mark.model
def test_shipped_model_tells_a_clash_with_what_was_asked_for() -> None:
    priority = assessed(shipped(), Ticket(body="急!!!怎么改头像", requested_priority="P1")).priority
    assert priority is not None
    assert (priority.label, priority.requested) == ("P4", "P1")
    assert priority.reasons[-1].text == "对方要求 P1，正文支持 P4"


LOG = "\n".join(
    f"2026-03-01 10:{number // 60:02}:{number % 60:02}.123 E/Rtc({number}): join failed, code=-{number % 9}"
    for number in range(60)
)
OUT_OF_ITS_WORLD = {
    "japanese": "音声が途切れます。通話中に何度も切れて困っています",
    "korean": "통화 중에 소리가 끊깁니다",
    "russian": "Во время звонка пропадает звук",
    "arabic": "الصوت ينقطع أثناء المكالمة",
    "thai": "เสียงขาดหายระหว่างการโทร",
    "vietnamese": "Âm thanh bị ngắt quãng khi gọi",
    "french": "Le son se coupe pendant les appels, que faire ?",
    "german": "Seit heute Morgen bricht der Ton bei allen Anrufen ab",
    "spanish": "Desde esta mañana el sonido se corta en todas las llamadas",
    "log": LOG,
    "stack trace": "\n".join(f"\tat com.acme.Engine.call{number}(Engine.java:{number})" for number in range(40)),
    "hex dump": "\n".join(f"{number:08x} {number * 7:08x} {number * 777:08x}" for number in range(60)),
    "json": '{"code": 500, "msg": "internal error"}\n' * 20,
    "dots": "......",
    "emoji": "😡😡😡",
}


@pytest.mark.model
@pytest.mark.parametrize("body", OUT_OF_ITS_WORLD.values(), ids=OUT_OF_ITS_WORLD.keys())
def test_shipped_model_leaves_to_a_person_what_it_does_not_know(body: str) -> None:
    priority = assessed(shipped(), Ticket(body=body)).priority
    assert priority is not None
    assert priority.needs_human
    assert any("outside the model's world" in reason.text or "认知范围" in reason.text for reason in priority.reasons)


@pytest.mark.model
@pytest.mark.parametrize(
    "line",
    ["2026-03-01 10:00:00.{0:06} E/Rtc: join failed {0}", "x{0}", '{{"seq": {0}, "rtt": 20}}'],
    ids=["log", "ids", "json"],
)
def test_shipped_model_leaves_50000_lines_to_a_person(line: str) -> None:
    body = "\n".join(line.format(number) for number in range(50_000))
    priority = assessed(shipped(), Ticket(body=body)).priority
    assert priority is not None
    assert priority.needs_human


@pytest.mark.parametrize(
    "line", ["第 {0} 行 语音卡顿", "2026-03-01 10:00:00.{0:06} E/Rtc: join failed {0}"], ids=["zh", "log"]
)
def test_50000_lines_are_assessed(line: str) -> None:
    body = "\n".join(line.format(number) for number in range(50_000))
    for assessor in (made(), rules_alone()):
        assert assessed(assessor, Ticket(body=body)).priority is not None
