"""The baselines learn what there is to learn, answer every head, and are the same each time."""

import importlib

import numpy as np
import pytest

from triage.errors import InputError
from triage.ticket import Ticket
from triage.training import baselines, metrics
from triage.training.baselines import BASELINES, Answer, rules, text_of, train_baseline, words_of
from triage.training.dataset import LabelledTicket
from triage.training.predictions import LABELS, evaluate_predictions

# Body, kind, product, priority, escalate: each word tells its label, so that whoever can read words is right.
SORTS = (
    ("线上全部用户无法登录 IM, 消息收不到", "incident", "messaging", "P1", False),
    ("语音通话有时候卡顿", "incident", "voice-call", "P2", True),
    ("demo 里视频画面偶尔花屏", "incident", "video-call", "P3", False),
    ("请问控制台怎么开发票", "question", "platform", "P4", False),
)


def labelled(body, kind, product, priority, escalate):
    return LabelledTicket(Ticket(body=body), "g", "train", "zh", kind, product, priority, escalate, {})


TRAIN = [labelled(f"{body} {number}", *labels) for number in range(8) for body, *labels in SORTS]
TEST = [labelled(f"{body} 谢谢", *labels) for body, *labels in SORTS]
ASKED = [one.ticket for one in TEST]
LEARNERS = [name for name in BASELINES if name != "majority"]


@pytest.fixture(scope="module")
def trained():
    """Each baseline trained once. fastText and spaCy are in the ``dev`` extra: where they are missing, this fails."""
    kept = {}

    def train(name):
        if name not in kept:
            kept[name] = train_baseline(name, TRAIN)
        return kept[name]

    return train


@pytest.fixture(autouse=True)
def small(monkeypatch):
    # 32 tickets of four sorts need no more room.
    monkeypatch.setattr(baselines, "FASTTEXT_SETTINGS", baselines.FASTTEXT_SETTINGS | {"bucket": 5000})
    monkeypatch.setattr(metrics, "RESAMPLES", 20)


@pytest.mark.parametrize("name", LEARNERS)
def test_baseline_learns_what_words_tell(trained, name):
    told = trained(name)(ASKED)
    assert told.kind.labels == tuple(one.kind for one in TEST)
    assert told.product.labels == tuple(one.product for one in TEST)
    assert told.priority.labels == tuple(one.priority for one in TEST)
    assert told.escalate == tuple(one.escalate for one in TEST)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_is_measured_like_any_system(trained, name):
    result = evaluate_predictions(TEST, trained(name)(ASKED))
    assert result["priority"]["ece"]["value"] is not None
    assert result["product"]["count"] == len(TEST)


@pytest.mark.parametrize("name", BASELINES)
def test_labels_that_training_never_saw_have_no_probability(trained, name):
    product = trained(name)(ASKED).product
    assert not product.probabilities[:, LABELS["product"].index("live-streaming")].any()


@pytest.mark.parametrize("name", ["tfidf", "fasttext", "spacy"])
def test_training_twice_gives_the_same_answers(name):
    train_head = getattr(baselines, f"_train_{name}")
    tickets, known = [one.ticket for one in TRAIN], [one.kind for one in TRAIN]
    one, two = (train_head(tickets, known, LABELS["kind"])(ASKED) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", BASELINES)
def test_nothing_asked_nothing_told(trained, name):
    assert trained(name)([]).escalate == ()


@pytest.mark.parametrize("name", BASELINES)
def test_texts_that_training_never_saw_are_answered_too(trained, name):
    told = trained(name)([Ticket(body="!"), Ticket(title="__label__0 \u200b привет")])
    assert len(told.priority.labels) == 2


def test_majority_tells_the_commonest_label_and_its_share():
    told = train_baseline("majority", [*TRAIN, labelled("x", "incident", "messaging", "P4", False)])(ASKED)
    assert told.priority.labels == ("P4",) * 4
    assert told.priority.probabilities[0, 3] == pytest.approx(9 / 33)
    assert told.escalate == (False,) * 4


@pytest.mark.parametrize("name", LEARNERS)
def test_one_label_in_training_is_told_always(name):
    tickets = [labelled(f"黑屏 {number}", "incident", "video-call", "P2", True) for number in range(3)]
    assert train_baseline(name, tickets)(ASKED).priority.labels == ("P2",) * 4


def test_label_that_does_not_count_is_not_learned():
    unknown = [labelled("发票", None, None, None, None)] * 5
    told = train_baseline("tfidf", [*TRAIN, *unknown])(ASKED)
    assert told.priority.labels == tuple(one.priority for one in TEST)


def test_text_of_a_ticket_is_all_that_was_written():
    ticket = Ticket(title="斷線", body="進房后黑屏", fields={"platform": "iOS"}, attachments=("crash.log",))
    assert text_of(ticket) == "断线\n进房后黑屏\nios\ncrash.log"
    assert words_of(Ticket(body="推流失败 -1"))[0] == "推流"


def test_rules_are_asked_ticket_by_ticket():
    told = rules(lambda ticket: Answer("incident", None, "P2", "卡顿" in ticket.body))(ASKED)
    assert told.priority.labels == ("P2",) * 4
    assert told.priority.probabilities is None and told.product is None
    assert told.escalate == (False, True, False, False)


def test_rules_that_answer_some_tickets_only_are_refused():
    with pytest.raises(InputError, match="product: rules answer 1 of 4 tickets"):
        rules(lambda ticket: Answer("incident", "messaging" if "IM" in ticket.body else None, "P2", False))(ASKED)


def test_unknown_baseline_is_refused():
    with pytest.raises(InputError, match='"bert" is not known; use one of majority, tfidf, fasttext, spacy-textcat'):
        train_baseline("bert", TRAIN)


@pytest.mark.parametrize("name", BASELINES)
def test_no_tickets_to_train_on_are_refused(name):
    with pytest.raises(InputError, match="needs at least one"):
        train_baseline(name, [])


@pytest.mark.parametrize(
    ("name", "package", "install"),
    [("fasttext", "fasttext", "fasttext-wheel"), ("spacy-textcat", "spacy", "spacy")],
)
def test_missing_package_is_named_with_what_to_install(monkeypatch, name, package, install):
    def missing(module, *rest):
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(InputError, match=f'needs the package "{package}"; install it: pip install {install}'):
        train_baseline(name, TRAIN)
