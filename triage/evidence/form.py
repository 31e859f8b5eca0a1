"""The slots of a form or a template that somebody filled in, each evidence of the element it asks for."""

from collections.abc import Iterator, Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Stretch
from triage.language.regexp import lazy

# What a slot must hold beyond being filled in.
_SECTION_NEEDS = {
    # An action: more than a word. matches "1. 进房后等 10 秒"; does not match "必现"
    "reproduction": lazy(
        r"(?!\s{0,4}(?:必现|偶现|偶发|大概率|小概率|随机|正常使用|always|sometimes|random)[^\n]{0,6}$)[\s\S]{6,}"
    ),
    # matches "黑屏无声"; does not match "见标题"
    "symptom": lazy(r"(?!\s{0,4}(?:有问题|用不了|不好使|见标题|如题|同标题|见上|如图|see title)[^\n]{0,4}$)[\s\S]{4,}"),
    # matches "edu_88213"; does not match "忘了"
    "session": lazy(r"(?=[^\n]{0,60}\d)[a-z0-9@#][\w@#.:-]{2,}"),
    # matches "昨晚"; does not match "最近"
    "timing": lazy(r"[^\n]{0,40}(?:\d|必现|每次|必然|昨|今|前天|上周|always|every|大概率|小概率|仅一次)"),
    # matches "能进房"; does not match "-"
    "expected": lazy(r"[\s\S]{2,}"),
    # matches "企微 阿原"; does not match "张三"
    "contact": lazy(
        r"[^\n]{0,60}(?:\d{4,}|@|[a-z]{2,}[\w-]{3,}|微信|企微|飞书|钉钉|\bqq|\bline\b|电话|分机|工作日|随时|\d{1,2}\s?(?:-|:|点)\s?\d{0,2})"
    ),
    # matches "全部用户"; does not match "很大"
    "impact": lazy(r"[^\n]{0,40}(?:\d|全部|所有|一半|成|只有|仅|all|only|every)"),
}
# A form has a dozen slots; a log of "key: value" lines may look like thousands.
_MOST_SECTIONS = 60


def filled_slots(document: Document, denials: Sequence[Stretch]) -> Iterator[tuple[str, Evidence]]:
    """The element and the evidence of each slot that says something, in the order of their positions."""
    for section in document.sections[:_MOST_SECTIONS]:
        # "Steps: cannot reproduce" is filled in, and says nothing.
        if any(
            denial.key[1] == section.element and section.content_start <= denial.start < section.content_start + 40
            for denial in denials
        ):
            continue
        needs = _SECTION_NEEDS.get(section.element)
        if section.answer != "given" or needs is None:
            continue
        if not needs.match(document.text[section.content_start : section.content_end].strip()):
            continue
        end = min(section.content_end, section.content_start + 400)
        if evidence := document.evidence(section.content_start, end, slot="section"):
            yield section.element, evidence
