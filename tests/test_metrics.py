"""The figures are those of scikit-learn where it has them, and those of hand-counted tables where it has not."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)

from triage.errors import InputError
from triage.ticket import Ticket
from triage.training import metrics
from triage.training.dataset import LabelledTicket
from triage.training.predictions import (
    HeadPredictions,
    Predictions,
    comparison_text,
    evaluate_predictions,
    predictions_text,
)
from triage.training.reliability import reliability_svg

PRIORITIES = ("P1", "P2", "P3", "P4")
COSTS = ((0, 3, 8, 12), (1, 0, 3, 6), (2, 1, 0, 1.5), (3, 2, 1, 0))


def drawn(count=300, *, seed=0):
    """Truth and a system that is right about two times in three, as codes of four labels."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, count)
    return truth, np.where(random.random(count) < 0.6, truth, random.integers(0, 4, count))


def labelled(priority, *, kind="incident", product="messaging", escalate=False):
    return LabelledTicket(Ticket(title="x"), "g", "test", "zh", kind, product, priority, escalate, {})


def priorities(labels, probabilities=None):
    return Predictions(None, None, HeadPredictions(tuple(labels), probabilities), (False,) * len(labels))


# Against scikit-learn


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed):
    truth, told = drawn(seed=seed)
    ours = metrics.quadratic_kappa(metrics.confusion(truth, told, 4))
    assert float(ours) == pytest.approx(cohen_kappa_score(truth, told, weights="quadratic"), abs=1e-12)


def test_figures_of_a_head_are_those_of_scikit_learn():
    truth, told = drawn()
    figures = metrics.head_figures(metrics.confusion(truth, told, 4), PRIORITIES)
    rows = np.array([(one.precision, one.recall, one.f1, one.present) for one in figures.labels]).T
    np.testing.assert_allclose(rows, precision_recall_fscore_support(truth, told))
    assert figures.macro_f1 == pytest.approx(f1_score(truth, told, average="macro"))
    assert figures.accuracy == pytest.approx(accuracy_score(truth, told))
    assert figures.confusion == tuple(map(tuple, confusion_matrix(truth, told)))


def test_macro_f1_leaves_out_labels_that_are_neither_there_nor_told():
    truth, told = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    table = metrics.confusion(truth, told, 4)
    assert float(metrics.macro_f1(table)) == pytest.approx(f1_score(truth, told, average="macro"))
    assert np.isnan(metrics.f1(table)[2:]).all()


# Counted by hand

# Ten tickets: of four P1 two are found; three are told less urgent than they are, one more urgent.
HAND = np.array([[2, 1, 0, 1], [0, 2, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], dtype=float)


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        pytest.param(metrics.top_recall, 2 / 4, id="P1 recall"),
        pytest.param(metrics.under_triage, 3 / 10, id="under-triage"),
        pytest.param(metrics.over_triage, 1 / 10, id="over-triage"),
        pytest.param(lambda table: metrics.mean_cost(table, COSTS), (3 + 12 + 3 + 1) / 10, id="cost"),
    ],
)
def test_measure_of_priority(measure, value):
    assert float(measure(HAND)) == pytest.approx(value)
    # A stack of tables gives a value each.
    np.testing.assert_allclose(measure(np.stack([HAND, HAND * 2])), [value, value])


def test_cost_table_of_another_shape_is_refused():
    with pytest.raises(InputError, match="4 rows of 4 numbers"):
        metrics.mean_cost(HAND, ((0, 1), (1, 0)))


def test_calibration_error_counts_each_bin_by_its_tickets():
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 1.0])
    correct = np.array([True, True, True, False, False, True])
    found = metrics.calibration(metrics.calibration_table(confidence, correct))
    assert [(one.low, one.high, one.count) for one in found.bins] == [(0.5, 0.6, 1), (0.9, 1.0, 5)]
    assert (found.bins[1].confidence, found.bins[1].accuracy) == (pytest.approx(0.96), pytest.approx(0.8))
    assert found.ece == pytest.approx((1 * 0.55 + 5 * 0.16) / 6)


def test_ticket_without_a_label_does_not_count():
    truth = metrics.codes(["P1", None, "P2"], PRIORITIES)
    assert metrics.confusion(truth, metrics.codes(["P1", "P1", "P2"], PRIORITIES), 4).sum() == 2


def test_label_that_is_not_known_is_refused():
    with pytest.raises(InputError, match='"P5" is not known; it is one of P1, P2, P3, P4'):
        metrics.codes(["P1", "P5"], PRIORITIES)


# Intervals


def test_interval_holds_its_value_and_is_the_same_each_time():
    truth, told = drawn()
    first, again = (metrics.macro_f1(metrics.confusion_resamples(truth, told, 4)) for _ in range(2))
    found = metrics.interval(metrics.macro_f1(metrics.confusion(truth, told, 4)), first)
    assert found.low < found.value < found.high
    assert len(first) == metrics.RESAMPLES
    np.testing.assert_array_equal(first, again)


def test_interval_is_as_wide_as_theory_says():
    # A share of 0.8 of 400: the standard error is 0.02.
    truth, told = np.zeros(400, dtype=int), np.repeat([0, 1], [320, 80])
    found = metrics.interval(0.8, metrics.accuracy(metrics.confusion_resamples(truth, told, 4)))
    assert (found.low, found.high) == (pytest.approx(0.8 - 0.0392, abs=0.006), pytest.approx(0.8 + 0.0392, abs=0.006))


def test_paired_difference_is_narrower_than_two_intervals():
    truth, told = drawn()
    # As good as the other but for the ten first tickets, which are always right.
    better = np.concatenate([truth[:10], told[10:]])
    one, other = (metrics.accuracy(metrics.confusion_resamples(truth, system, 4)) for system in (better, told))
    lead = metrics.interval(one.mean() - other.mean(), one - other)
    assert not lead.holds_zero
    assert lead.high - lead.low < (np.percentile(one, 97.5) - np.percentile(one, 2.5)) / 2


def test_nothing_to_measure_has_no_interval():
    nothing = np.zeros(0, dtype=int)
    found = metrics.interval(
        metrics.top_recall(metrics.confusion(nothing, nothing, 4)),
        metrics.top_recall(metrics.confusion_resamples(nothing, nothing, 4)),
    )
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.holds_zero


# A system's figures


def test_evaluation_is_json_and_tells_p1_recall_first():
    tickets = [labelled(label) for label in ("P1", "P1", "P2", "P3", "P4", None)]
    probabilities = np.full((6, 4), 0.1) + 0.6 * np.eye(4)[[0, 1, 1, 2, 3, 0]]
    result = evaluate_predictions(tickets, priorities(["P1", "P2", "P2", "P3", "P4", "P1"], probabilities), costs=COSTS)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert next(iter(result["priority"])) == "p1_recall"
    assert result["priority"]["p1_recall"]["value"] == 0.5
    assert result["priority"]["under_triage"]["value"] == 0.2
    assert result["priority"]["cost"]["value"] == 3 / 5
    assert result["priority"]["count"] == 5
    assert result["priority"]["reliability"]["count"] == 5
    assert (result["kind"], result["product"]) == (None, None)


def test_escalation_is_measured_by_its_yes():
    tickets = [labelled("P2", escalate=one) for one in (True, True, False, False, None)]
    result = evaluate_predictions(tickets, Predictions(None, None, None, (True, False, True, False, True)))
    assert {name: result["escalate"][name]["value"] for name in ("precision", "recall", "f1")} == {
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
    }
    assert result["escalate"]["confusion"] == [[1, 1], [1, 1]]


def test_calibration_asks_whether_the_most_probable_label_is_right_not_the_told_one():
    tickets = [labelled("P2")] * 2
    probabilities = np.array([[0.3, 0.7, 0, 0], [0.3, 0.7, 0, 0]])
    # By cost P1 is told; the probabilities themselves are right.
    result = evaluate_predictions(tickets, priorities(["P1", "P1"], probabilities))
    assert result["priority"]["reliability"]["bins"][0]["accuracy"] == 1
    assert result["priority"]["ece"]["value"] == 0.3


def test_no_tickets_give_a_result_without_numbers():
    result = evaluate_predictions([], priorities([], np.zeros((0, 4))))
    assert result["priority"]["p1_recall"] == {"value": None, "low": None, "high": None}
    assert predictions_text(result).startswith("0 tickets")


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        (lambda: Predictions(None, None, HeadPredictions(("P1",)), (True, False)), "1 labels and 2 of escalate"),
        (lambda: priorities(["P7"]), '"P7" is not known'),
        (lambda: priorities(["P1"], np.ones((1, 3)) / 3), r"shape \(1, 3\); it must be \(1, 4\)"),
        (lambda: priorities(["P1"], np.ones((1, 4))), "does not sum to 1"),
        (lambda: priorities(["P1"], np.full((1, 4), np.nan)), "NaN"),
        (lambda: evaluate_predictions([labelled("P1")] * 2, priorities(["P1"])), "1 predictions for 2 tickets"),
    ],
    ids=["lengths", "label", "shape", "sum", "NaN", "tickets"],
)
def test_predictions_that_cannot_be_measured_are_refused(predictions, message):
    with pytest.raises(InputError, match=message):
        predictions()


# Side by side


@pytest.fixture(scope="module")
def results():
    tickets = [labelled(label) for label in PRIORITIES * 25]
    truth = [one.priority for one in tickets]
    lower = [PRIORITIES[min(PRIORITIES.index(label) + 1, 3)] for label in truth]
    return {
        "shipped": evaluate_predictions(tickets, priorities(truth)),
        "as good": evaluate_predictions(tickets, priorities(truth)),
        "too low": evaluate_predictions(tickets, priorities(lower)),
    }


def test_comparison_names_who_is_ahead(results):
    lines = [re.split(r" {2,}", line) for line in comparison_text(results).splitlines()]
    assert lines[0] == ["100 tickets"]
    assert lines[1] == ["", "shipped", "as good", "too low"]
    assert lines[2] == ["P1 recall", "1.000 [1.000 1.000]", "1.000 [1.000 1.000]", "0.000 [0.000 0.000]"]
    leads = {row[0]: row[1:] for row in lines[lines.index([""]) + 1 :]}
    assert leads["P1 recall (+)"] == ["+0.000 [+0.000 +0.000] even", "+1.000 [+1.000 +1.000] ahead"]
    # Less is better here, and the first system has less.
    assert leads["under-triage (-)"][1].startswith("-0.750") and leads["under-triage (-)"][1].endswith("ahead")
    assert leads["kind macro-F1 (+)"] == ["-", "-"]


def test_system_that_is_worse_is_behind(results):
    text = comparison_text({"too low": results["too low"], "shipped": results["shipped"]})
    assert re.search(r"^kappa \(\+\) .* behind$", text, re.MULTILINE)


def test_results_of_other_tickets_are_not_compared(results):
    other = evaluate_predictions([labelled("P1")], priorities(["P1"]))
    with pytest.raises(InputError, match='"b" was measured on other tickets than "a"'):
        comparison_text({"a": results["shipped"], "b": other})


def test_results_of_other_costs_are_not_compared(results):
    tickets = [labelled(label) for label in PRIORITIES * 25]
    other = evaluate_predictions(tickets, priorities(PRIORITIES * 25), costs=np.ones((4, 4)).tolist())
    with pytest.raises(InputError, match='"b" was measured with another cost table than "a"'):
        comparison_text({"a": results["shipped"], "b": other})


def test_table_of_one_system_has_its_confusion(results):
    text = predictions_text(results["too low"])
    assert text.splitlines()[:2] == ["100 tickets", "P1 recall           0.000 [0.000 0.000]"]
    assert re.search(r"^P1 +- +0\.000 +0\.000 +25 +0 +25 +0 +0$", text, re.MULTILINE)


# The curve


def curve(*rows):
    bins = [
        {"low": low, "high": low + 0.1, "confidence": low + 0.05, "accuracy": right, "count": count}
        for low, right, count in rows
    ]
    return {"ece": 0.062, "count": sum(row[2] for row in rows), "bins": bins}


def test_svg_is_whole_and_asks_for_nothing_from_outside():
    svg = reliability_svg(curve((0.5, 0.4, 20), (0.9, 1.0, 1300)), title="Priority <test> & 优先级")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert re.findall(r"\w+://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in svg
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Priority <test> & 优先级", "ECE 0.062, 1,320 tickets", "20", "1.3k"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2


def test_points_lie_within_the_drawing_and_grow_with_their_tickets():
    svg = reliability_svg(curve((0.0, 0.0, 1), (0.9, 1.0, 100)), title="x")
    small, large = (
        [float(number) for number in found] for found in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)
    )
    assert small[2] < large[2]
    for x, y, radius in (small, large):
        assert radius <= x <= 480 - radius and radius <= y <= 506 - radius


def test_curve_without_tickets_is_empty_axes():
    assert "<circle" not in reliability_svg({"ece": None, "count": 0, "bins": []}, title="x")
