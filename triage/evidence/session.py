"""Sessions: the ids of rooms, calls and users, without placeholders."""

import re
from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch
from triage.language.regexp import lazy

# matches "xxxx", "123456", "your_room"; does not match "0319100029"
_NO_ID = lazy(
    r"x{2,}\d{0,2}|123456|(?:your|my|test)?[_-]?(?:room|channel|group)[_-]?(?:id|name)|id|name|uid|and|the|is|are|as|to|in|of|or|not|null|none|undefined|was|string|int|number|number\d|error|failed|list|号|on|with|from|for|has|a|an|this|that|if|join|via|by|when|after|at|channel|room|group|stream|session|call|meeting|task|message|所有|全部|任意|\d{1,2}|server|client|[45](?:0\d|1\d|2[29])|0\d{2,3}-\d{3,4}-\d{3,4}"
    r"|(?:re|pre|auto|non|multi|web|low|real|half|full|end|screen|sub|one|two|cross|self)[-_][a-z_-]{2,30}",
    re.ASCII,
)


def judge_session(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The ids of sessions in stretches, each id alone as the value."""
    found = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end]
        last = re.split(r"[\s:=#是为叫\"\x27`【(]", text.strip())[-1]
        if _NO_ID.fullmatch(last) or not re.search(r"[a-z\d]", text) or text.startswith("call name"):
            continue
        # An empty slot, and the next line's first word.
        if "\n" in text.strip() and not re.search(r"\d", last):
            continue
        if evidence := document.evidence(stretch.start, stretch.end, value=last, slot=stretch.key[2]):
            found.append(evidence)
    return found
