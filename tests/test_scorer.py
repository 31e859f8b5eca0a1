"""The trained model: numpy tells what scikit-learn tells, its reasons add up, and no file of it can run or slip through."""

import io
import random
import zipfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from triage.errors import DataFileError
from triage.priority.features import View, features_of, letters_of
from triage.priority.scorer import FORMAT, HEADS, Arrays, Scorer, digest_of, load_scorer, write_scorer
from triage.ticket import Ticket
from triage.training.dataset import LabelledTicket
from triage.training.heads import TrainedHeads, label_of, train_heads

# Four tickets of five say their label in a word of it, the others any label of the head: nothing is certain.
WORDS = {label: f"w:{head} {label}" for head, labels in HEADS.items() for label in labels}


def made(number: int) -> tuple[frozenset[str], LabelledTicket]:
    """One of the made tickets and its features; each tenth has no label of a head."""
    draw = random.Random(number)
    labels = {head: names[number % len(names)] for head, names in HEADS.items()}
    told = {head: draw.choice(HEADS[head]) if draw.random() < 0.25 else label for head, label in labels.items()}
    features = {WORDS[label] for label in told.values()} | {
        f"w:{draw.randrange(25)}" for _ in range(draw.randrange(12))
    }
    labelled = LabelledTicket(
        Ticket(body=str(number)),
        f"g{number}",
        "train",
        None,
        None if number % 10 == 7 else labels["kind"],
        None if number % 10 == 8 else labels["product"],
        None if number % 10 == 9 else labels["priority"][:2],
        labels["priority"] == "P2e",
        {},
    )
    return frozenset(features), labelled


MADE = [made(number) for number in range(120)]
# Beside those of training: nothing, nothing known, one word, all words.
ASKED = [
    *(features for features, _ in MADE),
    frozenset(),
    frozenset({"w:never seen", "y:neither"}),
    frozenset({WORDS["P2e"]}),
    frozenset(WORDS.values()),
]


@pytest.fixture(scope="module")
def trained() -> TrainedHeads:
    return train_heads([features for features, _ in MADE], [labelled for _, labelled in MADE])


@pytest.fixture(scope="module")
def scorer(trained: TrainedHeads) -> Scorer:
    return trained.scorer()


# ---- what it tells ---------------------------------------------------------------------------------------------------


def test_made_tickets_have_every_label_and_some_have_none() -> None:
    for head, labels in HEADS.items():
        assert {label_of(labelled, head) for _, labelled in MADE} == {*labels, None}


@pytest.mark.parametrize("head", HEADS)
def test_numpy_tells_what_the_calibrated_scikit_learn_model_tells(
    trained: TrainedHeads, scorer: Scorer, head: str
) -> None:
    model = trained.models[head]
    order = [list(model.classes_).index(label) for label in HEADS[head]]
    expected = model.predict_proba(trained.matrix(ASKED))[:, order]
    told = scorer.probabilities(ASKED)[head]
    np.testing.assert_allclose(told, expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(told.sum(axis=1), 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("head", HEADS)
def test_calibration_is_folded_in(trained: TrainedHeads, scorer: Scorer, head: str) -> None:
    model = trained.models[head]
    order = [list(model.classes_).index(label) for label in HEADS[head]]
    uncalibrated = model.calibrated_classifiers_[0].estimator.predict_proba(trained.matrix(ASKED))[:, order]
    assert abs(trained.temperatures()[head] - 1) > 0.01
    assert np.abs(scorer.probabilities(ASKED)[head] - uncalibrated).max() > 1e-3


def test_a_ticket_tells_the_same_alone_as_among_others(scorer: Scorer) -> None:
    together = scorer.probabilities(ASKED)
    for number, features in enumerate(ASKED):
        for head, rows in scorer.probabilities([features]).items():
            np.testing.assert_array_equal(rows[0], together[head][number])


def test_order_of_the_features_changes_no_digit(scorer: Scorer) -> None:
    features = sorted(ASKED[-1] | ASKED[0])
    shuffled = random.Random(0).sample(features, len(features))
    for head, rows in scorer.probabilities([features]).items():
        np.testing.assert_array_equal(scorer.probabilities([shuffled])[head], rows)
    for label, against in permutations(HEADS["priority"], 2):
        ask = ("priority", label, against)
        one, other = scorer.contributions(shuffled, *ask), scorer.contributions(features, *ask)
        assert list(one.items()) == list(other.items())


def test_no_tickets_give_no_rows(scorer: Scorer) -> None:
    shapes = {head: rows.shape for head, rows in scorer.probabilities([]).items()}
    assert shapes == {head: (0, len(labels)) for head, labels in HEADS.items()}


def test_a_ticket_without_a_known_feature_gets_what_is_common(scorer: Scorer) -> None:
    told = scorer.probabilities([frozenset(), frozenset({"w:never seen"})])
    for head, labels in HEADS.items():
        np.testing.assert_array_equal(told[head][0], told[head][1])
        odds = np.log(told[head][0] / told[head][0][0])
        np.testing.assert_allclose(odds, [scorer.bias(head, label, labels[0]) for label in labels], atol=1e-6)


@pytest.mark.parametrize(
    ("features", "share"),
    [
        (set(), 1.0),
        ({"w:never seen"}, 0.0),
        ({WORDS["P1"]}, 1.0),
        ({WORDS["P1"], "w:never seen", "w:nor this", WORDS["P4"]}, 0.5),
    ],
    ids=["nothing", "unknown", "known", "half"],
)
def test_share_of_known_features(scorer: Scorer, features: set[str], share: float) -> None:
    assert scorer.known(features) == share


# ---- why it tells it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 7, 41, 119, -4, -3, -2, -1])
@pytest.mark.parametrize("head", HEADS)
def test_contributions_and_bias_add_up_to_the_log_odds(scorer: Scorer, head: str, number: int) -> None:
    features = ASKED[number]
    row = dict(zip(HEADS[head], scorer.probabilities([features])[head][0], strict=True))
    for label, against in permutations(HEADS[head], 2):
        amounts = scorer.contributions(features, head, label, against)
        total = sum(amounts.values()) + scorer.bias(head, label, against)
        assert total == pytest.approx(np.log(row[label] / row[against]), abs=1e-6)


def test_contributions_name_each_known_feature_once_the_largest_first(scorer: Scorer) -> None:
    features = ASKED[-1] | {"w:never seen"}
    found = scorer.contributions(features, "priority", "P1", "P4")
    names, amounts = list(found), list(found.values())
    assert sorted(names) == sorted(ASKED[-1])
    assert amounts == sorted(amounts, reverse=True)
    assert (names[0], names[-1]) == (WORDS["P1"], WORDS["P4"])


def test_speaking_for_one_label_is_speaking_against_the_other(scorer: Scorer) -> None:
    forth = scorer.contributions(ASKED[-1], "priority", "P1", "P3")
    back = scorer.contributions(ASKED[-1], "priority", "P3", "P1")
    assert forth == {feature: -amount for feature, amount in back.items()}


# ---- its files -------------------------------------------------------------------------------------------------------

VOCABULARY = ("w:卡顿", "w:掉线", "y:unknown")
COLUMNS = sum(map(len, HEADS.values()))


def arrays(features: int = len(VOCABULARY), columns: int = COLUMNS) -> Arrays:
    draw = np.random.default_rng(0)
    return Arrays(
        draw.normal(size=(features, columns)).astype(np.float32),
        draw.normal(size=columns).astype(np.float32),
        draw.uniform(1, 3, size=features).astype(np.float32),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_scorer(tmp_path / "made-1", VOCABULARY, arrays())
    return tmp_path / "made-1"


def test_what_was_written_is_read(trained: TrainedHeads, scorer: Scorer, tmp_path: Path) -> None:
    sha256 = trained.write(tmp_path / "made-1")
    read = load_scorer(tmp_path / "made-1", sha256=sha256)
    assert read.version == f"made-1-{sha256[:8]}"
    for head, rows in scorer.probabilities(ASKED).items():
        np.testing.assert_array_equal(read.probabilities(ASKED)[head], rows)


def test_writing_twice_gives_the_same_bytes(trained: TrainedHeads, tmp_path: Path) -> None:
    again = train_heads([features for features, _ in MADE], [labelled for _, labelled in MADE])
    one, two = trained.write(tmp_path / "one"), again.write(tmp_path / "two")
    assert one == two == digest_of(tmp_path / "one")
    for name in ("model.npz", "vocabulary.txt"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["model.npz", "vocabulary.txt"]


def test_a_model_of_another_sha256_is_refused(folder: Path) -> None:
    digest = digest_of(folder)
    with pytest.raises(DataFileError) as told:
        load_scorer(folder, sha256="0" * 64)
    assert str(told.value) == (
        f"{folder}: sha256 is {digest[:12]}…, not 000000000000…; restore the files or train anew"
    )


@pytest.mark.parametrize("name", ["model.npz", "vocabulary.txt"])
def test_the_sha256_is_of_both_files(folder: Path, name: str) -> None:
    expected = digest_of(folder)
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataFileError, match="sha256 is"):
        load_scorer(folder, sha256=expected)


@pytest.mark.parametrize("name", ["model.npz", "vocabulary.txt"])
@pytest.mark.parametrize("read", [load_scorer, digest_of], ids=["load_scorer", "digest_of"])
def test_a_missing_file_is_told(folder: Path, name: str, read: Callable[[Path], object]) -> None:
    (folder / name).unlink()
    with pytest.raises(DataFileError) as told:
        read(folder)
    assert str(told.value) == (
        f"{folder / name}: cannot be read (No such file or directory); restore the model or train anew"
    )


def npz(**changed: object) -> bytes:
    """The content of a ``model.npz`` whose arrays are sound but for those given."""
    content = io.BytesIO()
    kept = {"format": np.int64(FORMAT), **arrays()._asdict(), **changed}
    np.savez(content, **{name: value for name, value in kept.items() if value is not None})
    return content.getvalue()


def with_number(array: np.ndarray, number: float) -> np.ndarray:
    changed = array.copy()
    changed.flat[-1] = number
    return changed


def single_array() -> bytes:
    content = io.BytesIO()
    np.save(content, arrays().weights)
    return content.getvalue()


def squeezed_archive() -> bytes:
    """A zip archive that holds something else."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "no model")
    return content.getvalue()


SOUND = npz()
DAMAGED: dict[str, tuple[str, bytes, str]] = {
    "empty": ("model.npz", b"", "No data left in file"),
    "text": ("model.npz", b"no model\n" * 40, "pickled"),
    "first bytes": ("model.npz", SOUND[:10], "File is not a zip file"),
    "half": ("model.npz", SOUND[: len(SOUND) // 2], "File is not a zip file"),
    "last byte missing": ("model.npz", SOUND[:-1], "File is not a zip file"),
    "an array alone": ("model.npz", single_array(), ""),
    "another archive": ("model.npz", squeezed_archive(), "format"),
    "a byte of a weight flipped": ("model.npz", SOUND.replace(arrays().weights.tobytes()[:8], b"\0" * 8), "CRC"),
    "no format": ("model.npz", npz(format=None), "format"),
    "an older format": ("model.npz", npz(format=np.int64(FORMAT - 1)), f"format {FORMAT - 1} is not {FORMAT}"),
    "a newer format": ("model.npz", npz(format=np.int64(FORMAT + 1)), f"format {FORMAT + 1} is not {FORMAT}"),
    "a format that is no number": ("model.npz", npz(format=np.array(["two", "three"])), ""),
    "no weights": ("model.npz", npz(weights=None), "weights"),
    "no rareness": ("model.npz", npz(rareness=None), "rareness"),
    "NaN in weights": ("model.npz", npz(weights=with_number(arrays().weights, np.nan)), "not finite"),
    "infinity in bias": ("model.npz", npz(bias=with_number(arrays().bias, np.inf)), "not finite"),
    "NaN in rareness": ("model.npz", npz(rareness=with_number(arrays().rareness, np.nan)), "not finite"),
    "a column missing": ("model.npz", npz(weights=arrays(columns=COLUMNS - 1).weights), "do not fit together"),
    "a bias missing": ("model.npz", npz(bias=arrays().bias[1:]), "do not fit together"),
    "a row too many": ("model.npz", npz(weights=arrays(features=4).weights), "do not fit together"),
    "rareness as a table": ("model.npz", npz(rareness=arrays().rareness[:, None]), "do not fit together"),
    "texts for numbers": ("model.npz", npz(bias=np.array(["x"] * COLUMNS)), ""),
    "complex numbers": ("model.npz", npz(weights=arrays().weights * (1 + 1j)), ""),
    "a word too few": ("vocabulary.txt", "\n".join(VOCABULARY[1:]).encode(), "2 words do not fit together"),
    "a word too many": ("vocabulary.txt", "\n".join([*VOCABULARY, "w:more"]).encode(), "4 words do not fit together"),
    "no words": ("vocabulary.txt", b"", "1 words do not fit together"),
    "GB 18030": ("vocabulary.txt", "\n".join(VOCABULARY).encode("gb18030"), "utf-8"),
    "a lone byte": ("vocabulary.txt", "\n".join(VOCABULARY).encode() + b"\xff", "utf-8"),
}


@pytest.mark.parametrize(("name", "content", "cause"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_told_with_the_folder_and_what_to_do(
    folder: Path, name: str, content: bytes, cause: str
) -> None:
    assert (folder / name).read_bytes() != content
    (folder / name).write_bytes(content)
    with pytest.raises(DataFileError) as told:
        load_scorer(folder)
    message = str(told.value)
    assert message.startswith(f"{folder}: is no model of this version (")
    assert message.endswith("); restore the files or train anew")
    assert cause in message
    assert "\n" not in message


@pytest.mark.parametrize("number", range(0, len(SOUND), 97))
def test_a_flipped_byte_is_told_or_changes_nothing_that_is_read(folder: Path, number: int) -> None:
    flipped = bytearray(SOUND)
    flipped[number] ^= 0xFF
    (folder / "model.npz").write_bytes(flipped)
    try:
        read = load_scorer(folder)
    except DataFileError:
        return
    sound = Scorer(VOCABULARY, arrays(), "sound").probabilities([VOCABULARY])
    for head, rows in read.probabilities([VOCABULARY]).items():
        np.testing.assert_array_equal(rows, sound[head])


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["format", "weights", "bias", "rareness"])
def test_a_pickle_in_a_model_is_refused_and_never_run(folder: Path, tmp_path: Path, name: str) -> None:
    sprung = tmp_path / "sprung"
    (folder / "model.npz").write_bytes(npz(**{name: np.array([Trap(sprung)], dtype=object)}))
    with pytest.raises(DataFileError, match="allow_pickle=False"):
        load_scorer(folder)
    assert not sprung.exists()
    # The trap is a live one: whoever allows pickles runs it.
    with np.load(folder / "model.npz", allow_pickle=True) as opened:
        _ = opened[name]
    assert sprung.exists()


def test_a_pickle_in_place_of_a_model_is_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    import pickle

    sprung = tmp_path / "sprung"
    (folder / "model.npz").write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(DataFileError, match="is no model of this version"):
        load_scorer(folder)
    assert not sprung.exists()


@pytest.mark.parametrize("feature", ["w:a\rb", "w:\u2028", "w:\x85", "w: spaced ", "w:👩‍👩‍👧"], ids=ascii)
def test_any_feature_survives_writing_and_reading(tmp_path: Path, feature: str) -> None:
    vocabulary = (*VOCABULARY[:-1], feature)
    write_scorer(tmp_path / "made-1", vocabulary, arrays())
    read = load_scorer(tmp_path / "made-1")
    assert read.known({feature}) == 1
    sound = Scorer(vocabulary, arrays(), "sound")
    np.testing.assert_array_equal(
        read.probabilities([{feature}])["priority"], sound.probabilities([{feature}])["priority"]
    )


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("", set()),
        ("a", {"x: a "}),
        ("ab", {"x: ab", "x:ab ", "x: ab "}),
        ("语音 卡", {"x: 语音", "x:语音 ", "x: 语音 ", "x: 卡 "}),
        ("npe\nnpe", {"x: np", "x:npe", "x:pe ", "x: npe", "x:npe "}),
    ],
)
def test_letters_of_a_title(title: str, letters: set[str]) -> None:
    assert letters_of(title) == letters


def test_no_feature_holds_a_line_break_which_ends_a_word_of_the_vocabulary() -> None:
    fields = {"product": "rtc\nim", "platform": "android\nios", "plan": "urgent\n(24 h)"}
    features = features_of(View((), "unknown", (), (), (), fields, ()))
    assert [feature for feature in features if "\n" in feature] == []
