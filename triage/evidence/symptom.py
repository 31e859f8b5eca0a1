"""Symptoms and the steps to them: those that are told, not those that are asked about."""

import re
from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.language.regexp import lazy

# A fault that is asked about and not reported.
# matches "如何|断线重连", "how to |reconnect"; does not match "怎么老是|断线"
_ASKED_BEFORE = lazy(
    r"(?:如何|怎样|怎么(?:样)?(?:处理|做|实现|配置|监听|接入?|设置|开启|避免|知道|判断|检测|收到|防止)|是否会?|会不会|how (?:do|can|should|to|does)(?: i| we| you| one)?|what happens (?:if|when)|can i|is there)[^,。;\n]{0,8}$"
)
# matches "崩溃|上报怎么接", "echo| cancellation settings"; does not match "崩溃|了怎么还没修"
_ASKED_AFTER = lazy(
    r"^[^,。;\n]{0,6}(?:怎么|如何)(?:接|处理|做|配置|实现|监听|设置|开启|判断|集成)|^\s?(?:course|cancellation|suppression|callback|handler|policy|reporting|上报|监控|回调怎么|重连机制|率怎么)"
)


def judge_symptom(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The symptoms that stretches tell, without faults that are asked about and not reported."""
    kept = []
    for stretch in stretches:
        start, end = clauses.clause(stretch.start, stretch.end)
        if _ASKED_BEFORE.search(document.prose[start : stretch.start]) or _ASKED_AFTER.search(
            document.prose[stretch.end : end]
        ):
            continue
        kept.append(stretch)
    return evidence_of(document, kept)


def judge_reproduction(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The steps that stretches tell."""
    # A numbered list of questions is no list of steps.
    kept = [stretch for stretch in stretches if not re.search(r"[?吗]", document.prose[stretch.start : stretch.end])]
    return evidence_of(document, kept)
