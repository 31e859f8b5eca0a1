"""Why a priority was chosen: every word that can be told has its sentences, spans point at what they name, clashes are told."""

import string
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from triage.assessment import Evidence, Reason, Span
from triage.assessor import Assessor
from triage.datafile import read_toml_folder
from triage.evidence.signals import _PLAIN, RISK_SYMPTOMS
from triage.language.text import normalise
from triage.priority.decision import _FLOORS, Decision, Floor
from triage.priority.reasons import FOLDER, LEAST_AMOUNT, MOST_CONTRIBUTIONS, Weighed, reasons_of
from triage.priority.scorer import HEADS, Arrays, Scorer
from triage.report import field_text
from triage.settings import load_settings
from triage.ticket import Ticket

SENTENCES = read_toml_folder(FOLDER)["reasons.toml"]
LANGS = ("zh", "en")

# ---- the sentences ---------------------------------------------------------------------------------------------------

# What code can ask for; a sentence that nothing asks for is as wrong as one that is missing.
ASKED_FOR = {
    "floor": {rule for _, rule, _ in _FLOORS},
    "decision": {"escalate", "cost", "word", "mark", "requested"},
    "needs_human": {"close", "unknown", "no model"},
    "mark": {
        *_PLAIN, "risk", "measured", "unmeasured", "confined", "vague", "symptom", "stage.production", "stage.test",
        "stage.development", "scope.all", "scope.large", "scope.part", "scope.one", "scope.none",
    },
}  # fmt: skip
# What each group is given to fill in.
GIVEN = {
    "floor": {"label"},
    "decision": {"words", "label", "other", "amount", "share"},
    "needs_human": {"label", "other"},
    "mark": set(),
}
ENTRIES = [(group, name) for group, table in SENTENCES.items() for name in table]


def test_there_is_a_sentence_for_all_that_can_be_told_and_for_nothing_else() -> None:
    assert {group: set(table) for group, table in SENTENCES.items()} == ASKED_FOR


@pytest.mark.parametrize(("group", "name"), ENTRIES, ids=[f"{group} {name}" for group, name in ENTRIES])
def test_a_sentence_is_there_in_both_languages_with_the_same_blanks(group: str, name: str) -> None:
    sentence = SENTENCES[group][name]
    assert list(sentence) == list(LANGS)
    assert all(text.strip() for text in sentence.values())
    blanks = [{blank for _, blank, _, _ in string.Formatter().parse(text) if blank} for text in sentence.values()]
    assert blanks[0] == blanks[1] <= GIVEN[group]
    assert sentence["en"].isascii()
    assert not sentence["zh"].isascii()


# ---- their order and words -------------------------------------------------------------------------------------------

TICKET = Ticket(title="語音 卡頓", body="线上偶尔卡顿")
RISK = Evidence("title", 3, 5, "卡頓")
LIVE = Evidence("body", 0, 2, "线上")
VAGUE = Evidence("body", 2, 4, "偶尔")
MARKS = {
    "risk": (RISK, Evidence("body", 4, 6, "卡顿")),
    "symptom.stutter": (RISK,),
    "stage.production": (LIVE,),
    "vague": (VAGUE,),
}
PLACES = {
    "语音": Span("title", 0, 2),
    "卡顿": Span("title", 3, 5),
    "线上": Span("body", 0, 2),
    "偶尔": Span("body", 2, 4),
}
NO_FLOOR = Floor("P4", "", ())
LIVE_RISK = Floor("P2", "live_risk", (RISK, LIVE))
SURE = {"P1": 0.05, "P2": 0.9, "P3": 0.05, "P4": 0.0}


def decision(
    label: str = "P2",
    probabilities: Mapping[str, float] = SURE,
    floor: Floor = NO_FLOOR,
    *,
    escalate: bool = False,
    needs_human: str = "",
) -> Decision:
    return Decision(label, probabilities, floor, escalate, needs_human)


def weighed(*contributions: tuple[str, float], label: str = "P2", rival: str = "P3") -> Weighed:
    return Weighed(label, rival, dict(contributions), PLACES)


def told(
    made: Decision, model: Weighed | None = None, *, requested: str | None = None, lang: str = "en"
) -> tuple[Reason, ...]:
    return reasons_of(made, marks=MARKS, weighed=model, requested=requested, lang=lang)


def test_nothing_to_tell_gives_no_reasons() -> None:
    assert told(decision()) == ()


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        (
            "zh",
            [
                "线上用户的核心功能受影响：至少 P2",
                "描述含糊，但可能藏着网络或服务故障：按 P2 处理，并向对方追问缺少的信息",
                "「卡顿」更像 P2 而不是 P3（+1.2）",
                "线上环境：更像 P2 而不是 P3（+0.8）",
                "P2 和 P3 很接近，请人工确认",
                "对方要求 P4，正文支持 P2",
            ],
        ),
        (
            "en",
            [
                "a core function of production users is hit: at least P2",
                "vague, but a network or service fault may hide behind it: handled as P2 while the missing facts are asked for",
                '"卡顿" speaks for P2 rather than P3 (+1.2)',
                "in production: speaks for P2 rather than P3 (+0.8)",
                "P2 and P3 are close; a person should confirm",
                "the reporter asks for P4; the text supports P2",
            ],
        ),
    ],
)
def test_all_reasons_stand_in_the_order_of_their_weight(lang: str, texts: Sequence[str]) -> None:
    made = decision(floor=LIVE_RISK, escalate=True, needs_human="close")
    model = weighed(("w:卡顿", 1.2), ("m:stage.production", 0.8))
    sources = ["rule", "policy", "model", "model", "policy", "policy"]
    spans = [RISK.span, RISK.span, RISK.span, LIVE.span, None, None]
    assert told(made, model, requested="P4", lang=lang) == tuple(map(Reason, sources, texts, spans))


@pytest.mark.parametrize("rule", [rule for _, rule, _ in _FLOORS])
@pytest.mark.parametrize("lang", LANGS)
def test_a_floor_that_decided_is_told_with_its_words(rule: str, lang: str) -> None:
    label = next(label for label, name, _ in _FLOORS if name == rule)
    (reason,) = told(decision(label, floor=Floor(label, rule, (VAGUE, RISK))), lang=lang)
    assert (reason.source, reason.span) == ("rule", VAGUE.span)
    assert reason.text == SENTENCES["floor"][rule][lang].format(label=label)


def test_a_floor_below_the_choice_is_told_after_what_the_model_saw() -> None:
    made = decision("P1", {"P1": 0.9, "P2": 0.1, "P3": 0.0, "P4": 0.0}, LIVE_RISK)
    assert told(made, weighed(("w:卡顿", 1.0), label="P1", rival="P2")) == (
        Reason("model", '"卡顿" speaks for P1 rather than P2 (+1.0)', RISK.span),
        Reason("rule", "a core function of production users is hit: at least P2", RISK.span),
    )


@pytest.mark.parametrize("word", sorted(ASKED_FOR["needs_human"]))
@pytest.mark.parametrize("lang", LANGS)
def test_what_a_person_should_look_at_is_told(word: str, lang: str) -> None:
    (reason,) = told(decision(needs_human=word), weighed(), lang=lang)
    sentence = SENTENCES["needs_human"][word][lang].format(label="P2", other="P3")
    assert reason == Reason("policy", sentence, None)


@pytest.mark.parametrize(
    ("requested", "texts"),
    [
        ("P1", ["the reporter asks for P1; the text supports P2"]),
        ("P4", ["the reporter asks for P4; the text supports P2"]),
        ("P2", []),
        (None, []),
    ],
)
def test_only_a_clash_with_what_was_asked_for_is_told(requested: str | None, texts: Sequence[str]) -> None:
    assert [reason.text for reason in told(decision(), requested=requested)] == texts


@pytest.mark.parametrize(
    ("label", "probabilities", "floor", "texts"),
    [
        (
            "P2",
            {"P1": 0.0, "P2": 0.4, "P3": 0.6, "P4": 0.0},
            NO_FLOOR,
            ["P3 is likelier (60 %), but too low a priority costs more: P2"],
        ),
        (
            "P1",
            {"P1": 0.3, "P2": 0.0, "P3": 0.004, "P4": 0.696},
            NO_FLOOR,
            ["P4 is likelier (70 %), but too low a priority costs more: P1"],
        ),
        ("P2", SURE, NO_FLOOR, []),
        # The rule decided, not the cost: under these, P3 would have been the cheaper choice.
        (
            "P2",
            {"P1": 0.0, "P2": 0.05, "P3": 0.95, "P4": 0.0},
            LIVE_RISK,
            ["a core function of production users is hit: at least P2"],
        ),
    ],
    ids=["cost", "cost twice", "likeliest", "floor"],
)
def test_the_cost_is_told_where_it_decided(
    label: str, probabilities: Mapping[str, float], floor: Floor, texts: Sequence[str]
) -> None:
    made = decision(label, probabilities, floor)
    assert [reason.text for reason in told(made, weighed(label=label))] == texts


# ---- what the model weighed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contributions", "expected"),
    [
        ([("w:卡顿", 0.4)], [("卡顿", 0.4, RISK.span)]),
        # One word by three names is one reason; so are all symptoms.
        ([("w:卡顿", 0.4), ("t:卡顿", 0.3), ("卡顿", 0.2)], [("卡顿", 0.9, RISK.span)]),
        (
            [("m:symptom.stutter", 0.3), ("m:symptom.delay", 0.2)],
            [("the symptom", 0.5, RISK.span)],
        ),
        ([("m:vague", 0.5)], [("at times, or for some users only", 0.5, VAGUE.span)]),
        ([("i:unmeasured", 0.5)], [("the impact is not measured", 0.5, None)]),
        ([("m:measured", 0.5)], [("the impact is measured", 0.5, None)]),
        # Signals together are about none of them alone; pairs of words, and words that stand nowhere, cannot be shown.
        ([("y:production,risk", 3.0), ("w:线上 偶尔", 3.0), ("w:录制", 3.0), ("s:stutter", 3.0)], []),
        ([("m:never_told", 3.0)], []),
        ([("w:卡顿", LEAST_AMOUNT - 0.01)], []),
        ([("w:卡顿", -2.0)], []),
        ([("w:卡顿", 0.4), ("t:卡顿", -0.4)], []),
        (
            [("w:卡顿", 0.2), ("w:线上", 0.4), ("w:偶尔", 0.3), ("w:语音", 0.5)],
            [
                ("语音", 0.5, PLACES["语音"]),
                ("线上", 0.4, PLACES["线上"]),
                ("偶尔", 0.3, PLACES["偶尔"]),
            ],
        ),
    ],
    ids=[
        "word", "names of a word", "symptoms", "mark", "unmeasured", "measured", "not shown", "unknown mark", "little",
        "against", "cancelled", "most",
    ],
)  # fmt: skip
def test_the_largest_contributions_are_told_each_word_once(
    contributions: Sequence[tuple[str, float]], expected: Sequence[tuple[str, float, Span | None]]
) -> None:
    reasons = []
    for words, amount, span in expected:
        name = words if words.isascii() else f'"{words}"'
        colon = ":" if words.isascii() else ""
        reasons.append(Reason("model", f"{name}{colon} speaks for P2 rather than P3 ({amount:+.1f})", span))
    assert told(decision(), weighed(*contributions)) == tuple(reasons)


@pytest.mark.parametrize("word", ["with", "have", "this", "没有", "我们", "可以"])
def test_words_of_every_ticket_are_no_reason(word: str) -> None:
    model = Weighed("P2", "P3", {f"w:{word}": 3.0}, {word: Span("body", 0, len(word))})
    assert told(decision(), model) == ()


@pytest.mark.parametrize("words", ["{0}", "{label}", "}{", "%s"])
def test_braces_in_a_word_are_told_as_they_stand(words: str) -> None:
    model = Weighed("P2", "P3", {f"w:{words}xx": 3.0}, {f"{words}xx": Span("body", 0, 4)})
    (reason,) = told(decision(), model)
    assert reason.text == f'"{words}xx" speaks for P2 rather than P3 (+3.0)'


# ---- through the assessor, with a model made by hand -----------------------------------------------------------------

# Feature, label it speaks for, weight, rareness. What is not rare adds nothing to a ticket's length, so two rare
# features of weight 2 and 4 contribute 2 / length and 4 / length; the length of one rare feature is 1.
HAND_MADE = {
    "w:卡顿": ("P2e", 4.0, 1.0),
    "w:choppy": ("P2e", 4.0, 1.0),
    "m:vague": ("P2e", 2.0, 0.0),
    "m:confined": ("P3", 9.0, 0.0),
    "w:头像": ("P4", 3.0, 1.0),
    **{
        f"w:{word}": ("P3", 0.0, 0.0)
        for word in ["有时候", "语音", "会", "里", "sometimes", "the", "audio", "is", "怎么", "改", "demo"]
    },
}


def hand_made() -> Scorer:
    columns = [(head, label) for head, labels in HEADS.items() for label in labels]
    weights = np.zeros((len(HAND_MADE), len(columns)), dtype=np.float32)
    for row, (label, weight, _) in enumerate(HAND_MADE.values()):
        weights[row, columns.index(("priority", label))] = weight
    bias = np.array([0.5 if column[1] in ("incident", "P3") else 0.0 for column in columns], dtype=np.float32)
    rareness = np.array([rare for _, _, rare in HAND_MADE.values()], dtype=np.float32)
    return Scorer(tuple(HAND_MADE), Arrays(weights, bias, rareness), "hand-made")


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(load_settings(), scorer=hand_made(), rules_alone=True)


VAGUE_RISK = {lang: SENTENCES["floor"]["vague_risk"][lang].format(label="P2") for lang in LANGS}
ESCALATE = {lang: SENTENCES["decision"]["escalate"][lang].format(label="P2") for lang in LANGS}


@pytest.mark.parametrize(
    ("ticket", "reasons"),
    [
        (
            Ticket(title="求助", body="有時候語音會卡頓", requested_priority="低"),
            (
                Reason("rule", VAGUE_RISK["zh"], Span("body", 5, 8)),
                Reason("policy", ESCALATE["zh"], Span("body", 5, 8)),
                Reason("model", "「卡顿」更像 P2 而不是 P3（+4.0）", Span("body", 6, 8)),
                Reason("model", "时有时无，或只有部分用户：更像 P2 而不是 P3（+2.0）", Span("body", 0, 3)),
                Reason("policy", "对方要求 P4，正文支持 P2", None),
            ),
        ),
        (
            Ticket(body="Sometimes the audio is choppy", requested_priority="Critical"),
            (
                Reason("rule", VAGUE_RISK["en"], Span("body", 23, 29)),
                Reason("policy", ESCALATE["en"], Span("body", 23, 29)),
                Reason("model", '"choppy" speaks for P2 rather than P3 (+4.0)', Span("body", 23, 29)),
                Reason(
                    "model",
                    "at times, or for some users only: speaks for P2 rather than P3 (+2.0)",
                    Span("body", 0, 9),
                ),
                Reason("policy", "the reporter asks for P1; the text supports P2", None),
            ),
        ),
        (
            Ticket(title="卡\u200b顿", body="demo 里", requested_priority="P3"),
            (Reason("model", "限于测试、开发或单台设备：更像 P3 而不是 P2（+9.0）", Span("body", 0, 4)),),
        ),
        (
            Ticket(body="怎么改头像", requested_priority="who knows"),
            (Reason("model", "「头像」更像 P4 而不是 P3（+3.0）", Span("body", 3, 5)),),
        ),
    ],
    ids=["traditional", "english", "invisible", "question"],
)
def test_reasons_of_a_ticket(assessor: Assessor, ticket: Ticket, reasons: tuple[Reason, ...]) -> None:
    priority = assessor.assess(ticket).priority
    assert priority is not None
    assert priority.reasons == reasons


@pytest.mark.parametrize(
    ("lang", "body", "chinese"),
    [
        ("auto", "有时候语音会卡顿", True),
        ("auto", "有時候語音會卡頓", True),
        ("auto", "有时候 the audio is choppy and we need help", True),
        ("auto", "Sometimes the audio is choppy", False),
        ("auto", "音声が途切れます。どうすればいいですか", False),
        ("en", "有时候语音会卡顿", False),
        ("zh", "Sometimes the audio is choppy", True),
    ],
)
def test_reasons_speak_the_language_of_the_ticket_or_the_one_asked_for(
    assessor: Assessor, lang: str, body: str, chinese: bool
) -> None:
    priority = assessor.assess(Ticket(body=body), lang=lang).priority
    assert priority is not None
    assert priority.reasons
    # What stands between quotes is the ticket's own.
    texts = [reason.text.partition('"')[0] or reason.text.rpartition('"')[2] for reason in priority.reasons]
    assert [not text.isascii() for text in texts] == [chinese] * len(texts)


@pytest.mark.parametrize(
    "ticket",
    [
        TICKET,
        Ticket(title="ＡＰＰ 卡\u200b頓", body="\ufeff有时候語音會卡顿\r\n卡顿"),
        Ticket(title="Choppy", body="The audio is CHOPPY. Sometimes."),
        Ticket(body="👩‍👩‍👧 卡顿，有时候"),
    ],
    ids=["two fields", "invisible", "capitals", "emoji"],
)
def test_spans_point_at_the_words_they_name(assessor: Assessor, ticket: Ticket) -> None:
    priority = assessor.assess(ticket, lang="en").priority
    assert priority is not None
    quoted = [reason for reason in priority.reasons if reason.text.startswith('"')]
    assert quoted
    for reason in quoted:
        assert reason.span is not None
        raw = field_text(ticket, reason.span.field)[reason.span.start : reason.span.end]
        assert normalise(raw).text == reason.text[1:].partition('"')[0]


def test_no_more_of_the_model_is_told_than_anybody_reads() -> None:
    symptoms = sorted(RISK_SYMPTOMS)
    model = weighed(*((f"m:symptom.{name}", 1.0) for name in symptoms), *((f"m:{name}", 1.0) for name in _PLAIN))
    assert len(told(decision(), model)) == MOST_CONTRIBUTIONS
