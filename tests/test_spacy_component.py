"""Evidence as spaCy spans: Chinese, English and mixed, at the right place, and drawn by displaCy."""

import pickle
import re
from pathlib import Path

import pytest

spacy = pytest.importorskip("spacy")
pytest.importorskip("jieba")

from hypothesis import given, strategies  # noqa: E402
from spacy import displacy  # noqa: E402
from spacy.language import Language  # noqa: E402

from triage.evidence.finder import Finder  # noqa: E402
from triage.evidence.spacy_component import SPANS_KEY, blank_zh  # noqa: E402
from triage.language.pack import load_pack  # noqa: E402
from triage.ticket import Ticket  # noqa: E402

ZH = "昨晚 8 点起，进房后黑屏，约三成用户受影响。"
EN = "Since 9 am about 200 users get a black screen after joining."
MIXED = "升级 SDK 4.6.1 后 join channel 一直 timeout，Android 14，onError 返回 -3301。"


@pytest.fixture(scope="module")
def zh() -> Language:
    nlp = blank_zh()
    nlp.add_pipe("triage_evidence")
    return nlp


@pytest.fixture(scope="module")
def en() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("triage_evidence")
    return nlp


def labels(nlp: Language, text: str) -> set[tuple[str, str]]:
    doc = nlp(text)
    return {(span.label_, span.text) for span in doc.spans[SPANS_KEY]}


def test_chinese_evidence_has_the_name_of_its_element(zh: Language) -> None:
    found = labels(zh, ZH)
    assert {"symptom", "impact", "timing"} <= {label for label, _ in found}
    assert ("symptom", "黑屏") in found


def test_english_evidence_has_the_name_of_its_element(en: Language) -> None:
    found = labels(en, EN)
    assert {"symptom", "impact", "timing"} <= {label for label, _ in found}
    assert any(label == "symptom" and "black screen" in text for label, text in found)


def test_mixed_evidence_is_found_with_the_chinese_tokenizer(zh: Language) -> None:
    found = {label for label, _ in labels(zh, MIXED)}
    assert {"symptom", "environment", "logs"} <= found


def test_kind_of_evidence_is_the_id_of_its_span(zh: Language) -> None:
    doc = zh("对方黑屏")
    assert ("symptom", "picture") in {(span.label_, span.id_) for span in doc.spans[SPANS_KEY]}


def test_denied_logs_get_no_span(zh: Language) -> None:
    assert "logs" not in {label for label, _ in labels(zh, "对方黑屏，没有日志。")}


@pytest.mark.parametrize("text", [ZH, EN, MIXED, "對方\u200b黑\u200b屏，ＳＤＫ４.６.１", "黑屏\n\n  \n卡顿 "])
def test_spans_cover_the_evidence_of_the_finder(zh: Language, en: Language, text: str) -> None:
    stated = Finder(load_pack()).find(Ticket(body=text)).stated
    expected = [evidence for element in stated.values() for evidence in element]
    for nlp in (zh, en):
        doc = nlp(text)
        spans = doc.spans[SPANS_KEY]
        assert len(spans) == len(expected) > 0
        assert [span.start_char for span in spans] == sorted(span.start_char for span in spans)
        for element, found in stated.items():
            for evidence in found:
                assert any(
                    span.label_ == element and span.start_char <= evidence.start and evidence.end <= span.end_char
                    for span in spans
                )


@pytest.mark.parametrize(
    "text", ["", " ", "\n", " 卡 ", "a  b", "推流\r\n失败\t ", "\u200b推\u200b流", "👨\u200d👩 ok", ZH, EN, MIXED]
)
def test_doc_has_the_text_it_was_given(zh: Language, text: str) -> None:
    assert zh(text).text == text


@given(strategies.text(alphabet=strategies.characters(exclude_categories=["Cs"])))
def test_doc_has_any_text_it_was_given(text: str) -> None:
    assert blank().make_doc(text).text == text


def blank(kept: list[Language] = []) -> Language:  # noqa: B006
    if not kept:
        kept.append(blank_zh())
    return kept[0]


def test_tokens_are_words_not_characters(zh: Language) -> None:
    assert [token.text for token in zh("断线重连后推流失败")] == ["断线重连", "后", "推流", "失败"]


def test_empty_text_has_no_evidence(zh: Language, en: Language) -> None:
    assert [len(nlp("").spans[SPANS_KEY]) for nlp in (zh, en)] == [0, 0]


def test_pipeline_comes_back_from_disk_and_from_bytes(zh: Language, tmp_path: Path) -> None:
    zh.to_disk(tmp_path / "zh")
    assert labels(spacy.load(tmp_path / "zh"), ZH) == labels(zh, ZH)
    assert labels(blank_with(zh.to_bytes()), ZH) == labels(zh, ZH)


def blank_with(content: bytes) -> Language:
    nlp = blank_zh()
    nlp.add_pipe("triage_evidence")
    return nlp.from_bytes(content)


def test_doc_keeps_its_spans_when_written(zh: Language) -> None:
    doc = zh(ZH)
    again = spacy.tokens.Doc(zh.vocab).from_bytes(doc.to_bytes())
    assert [span.text for span in again.spans[SPANS_KEY]] == [span.text for span in doc.spans[SPANS_KEY]]


def test_pipe_of_many_texts_gives_what_single_calls_give(zh: Language) -> None:
    docs = list(zh.pipe([ZH, MIXED, ""]))
    assert [{(span.label_, span.text) for span in doc.spans[SPANS_KEY]} for doc in docs] == [
        labels(zh, ZH), labels(zh, MIXED), set(),
    ]  # fmt: skip


def test_tokenizer_can_go_to_another_process(zh: Language) -> None:
    assert pickle.loads(pickle.dumps(zh.tokenizer))("推流失败").text == "推流失败"


@pytest.mark.parametrize("text", [ZH, EN])
def test_displacy_draws_the_spans_offline(zh: Language, en: Language, text: str) -> None:
    doc = (zh if text == ZH else en)(text)
    html = displacy.render(doc, style="span", options={"spans_key": SPANS_KEY}, jupyter=False)
    assert html.startswith("<div")
    for label in {span.label_ for span in doc.spans[SPANS_KEY]}:
        assert re.search(rf">\s+{label}\s+</span>", html)
    assert "http" not in html


def test_displacy_escapes_what_a_ticket_says(en: Language) -> None:
    doc = en("The page shows a black screen <script>alert(1)</script> for everyone.")
    assert len(doc.spans[SPANS_KEY]) > 0
    html = displacy.render(doc, style="span", options={"spans_key": SPANS_KEY}, jupyter=False)
    assert "<script" not in html
