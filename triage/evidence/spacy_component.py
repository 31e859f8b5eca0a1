"""Evidence as spans of a spaCy ``Doc``, for people who write token patterns or look at spans; never on the hot path.

    nlp = blank_zh()                # or spacy.blank("en")
    nlp.add_pipe("triage_evidence")
    doc = nlp("进房后黑屏")
    doc.spans["evidence"]           # only while doc is alive

Importing this module loads spaCy (about 0.9 s) and tells it of our component and our tokenizer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from spacy.util import registry

from triage.evidence.finder import Finder
from triage.language.pack import load_pack
from triage.language.tokens import SpacyTokeniser
from triage.ticket import Ticket

SPANS_KEY = "evidence"
TOKENIZER = "triage.zh"


@dataclass(frozen=True, slots=True)
class EvidenceComponent:
    """Fills ``doc.spans["evidence"]``: label = element, id = what kind of evidence (``stutter``), in order of position.

    The text is read as a ticket's body. What is denied (没有日志) is not evidence and gets no span. Where evidence
    begins or ends inside a token, the span takes in the whole token.
    """

    finder: Finder

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its spans; an empty text has none."""
        found = self.finder.find(Ticket(body=doc.text))
        spans = [
            doc.char_span(evidence.start, evidence.end, label=element, span_id=evidence.slot, alignment_mode="expand")
            for element, stated in found.stated.items()
            for evidence in stated
            if evidence.field == "body"
        ]
        kept = [span for span in spans if span is not None]
        kept.sort(key=lambda span: (span.start, span.end, span.label_))
        doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=kept)
        return doc


@Language.factory("triage_evidence", assigns=["doc.spans"])
def make_triage_evidence(nlp: Language, name: str) -> EvidenceComponent:
    """The component for ``nlp.add_pipe("triage_evidence")``, for a pipeline of any language."""
    return EvidenceComponent(_finder())


def make_tokeniser() -> Callable[[Language], SpacyTokeniser]:
    """Our tokenizer by its name in spaCy's registry, so that a pipeline can be written to disk and read back."""
    return lambda nlp: SpacyTokeniser(nlp.vocab)


registry.tokenizers.register(TOKENIZER, func=make_tokeniser)


def blank_zh() -> Language:
    """An empty Chinese pipeline that cuts words as triage does; spaCy's own would cut single characters."""
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})


@lru_cache(maxsize=1)
def _finder() -> Finder:
    return Finder(load_pack())
