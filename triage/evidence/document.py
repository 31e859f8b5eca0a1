"""A ticket as one text to search: its parts joined, each line known for what it is, and the way back to raw offsets.

``text`` is everything but the lines of an unfilled template; ``prose`` is what a person said: headings, logs and code
are blanked out there, position for position, so that both share their offsets.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from triage.assessment import Evidence
from triage.language.matcher import Matcher
from triage.language.pack import Pack, matcher_of
from triage.language.regexp import lazy, regexp
from triage.language.text import Normalised, normalise
from triage.ticket import Ticket


class Section(NamedTuple):
    """A heading of a template or a field of a form, the element it asks for, and where its answer stands.

    ``answer`` is ``given``, ``empty`` (nothing, or a placeholder) or ``denied`` (无, none).
    """

    element: str
    start: int
    end: int
    content_start: int
    content_end: int
    answer: str


class Document(NamedTuple):
    """The searchable text of one ticket; all offsets are positions in ``text`` until ``evidence`` maps them back."""

    text: str
    prose: str
    sections: tuple[Section, ...]
    machine_lines: int
    parts: tuple[tuple[int, str, str, Normalised, int], ...]

    def evidence(self, start: int, end: int, *, value: object = None, slot: str = "") -> Evidence | None:
        """The evidence at a position, in code points of the raw field; None where it does not lie in one field."""
        # Patterns without look-around take the character before them along; blanks at the rim say nothing.
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        begin, field, raw, normal, skipped = self.parts[bisect_right(self.parts, start, key=lambda part: part[0]) - 1]
        inner_start, inner_end = max(start - begin - skipped, 0), min(end - begin - skipped, len(normal.text))
        if inner_end <= inner_start:
            return None
        raw_start, raw_end = normal.raw_span(inner_start, inner_end)
        return Evidence(field, raw_start, raw_end, raw[raw_start:raw_end], value, slot)


def documents_of(tickets: Sequence[Ticket], pack: Pack) -> list[Document]:
    """The document of each ticket; attachment names are apart (they have no sentences)."""
    joined = [_joined(ticket) for ticket in tickets]
    templates = _template_matcher(pack).hits_many([text for text, _ in joined])
    documents = []
    for ticket, (whole, parts), template in zip(tickets, joined, templates, strict=True):
        text = _blank(whole, [match.span() for _, match in template])
        title_end = len(parts[0][3].text) if ticket.title else 0
        prose, sections, machine_lines = _layout(text, pack, title_end)
        documents.append(Document(text, prose, tuple(sections), machine_lines, parts))
    return documents


_Parts = tuple[tuple[int, str, str, Normalised, int], ...]


def _joined(ticket: Ticket) -> tuple[str, _Parts]:
    parts, texts, position = [], [], 0
    for name, raw, prefix in _parts(ticket):
        normal = normalise(raw)
        parts.append((position, name, raw, normal, len(prefix)))
        texts.append(prefix + normal.text)
        position += len(prefix) + len(normal.text) + 1
    return "\n".join(texts), tuple(parts)


def _parts(ticket: Ticket) -> list[tuple[str, str, str]]:
    parts = [("title", ticket.title, ""), ("body", ticket.body, "")]
    parts += [
        (f"fields.{key}", value, f"{normalise(key).text.replace('_', ' ')}: ")
        for key, value in ticket.fields.items()
        if key != "plan"
    ]
    return [part for part in parts if part[1]] or [("body", "", "")]


@lru_cache(maxsize=4)
def _template_matcher(pack: Pack) -> Matcher:
    return matcher_of(pack.within("template"))


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return text
    pieces, position = [], 0
    for start, end in sorted(spans):
        if end <= position:
            continue
        begin = max(start, position)
        pieces += [text[position:begin], re.sub(r"[^\n]", " ", text[begin:end])]
        position = end
    return "".join([*pieces, text[position:]])


# The heading at the start of a line, in one of four dresses.
# matches "### 复现步骤", "**Describe the bug**", "【机型】小米", "- 版本: 4.2"; does not match "点了 join: 没反应的时候会怎样呢我们不知道"
_HEADING = lazy(
    r"[ \t>*_-]{0,8}(?:#{1,6}[ \t]{0,3}(?P<hash>[^\n]{1,60}?)[ \t:#]{0,3}$"
    r"|\*\*(?P<bold>[^*\n]{1,60})\*\*[ \t]{0,3}:?"
    r"|[【\[](?P<box>[^】\]\n]{1,24})[】\]][ \t:]{0,3}"
    r"|(?:\d{1,2}|[一二三四五六七八九十])?[.、)]?[ \t]{0,2}(?P<label>[^\n:,。;!?\"/()=<>{}]{1,24}(?:\([^()\n]{0,24}\))?)[ \t]{0,2}:(?=[ \t\n]|$|[^/\d\s]|\d)"
    r"|\|[ \t]{0,4}(?P<cell>[^|\n]{1,30}?)[ \t]{0,30}\|)",
    re.ASCII,
)
# What stands in a slot that nobody filled in. matches "N/A", "-", "xxx", "暂未填"; does not match "无声"
_NOTHING = lazy(
    r"[\s\-*_.:|>#/\\`~()\[\]【】,。、]{0,40}(?:n/?a|x{2,20}|none provided|tbd|todo|null|未填写?|待补充|待填|略|请填写|123456|1400x{2,8}|同上|as above|see above|见上|\?{1,5})?[\s\-*_.:|>#/\\`~()\[\]【】,。、]{0,40}",
    re.ASCII,
)
# What somebody says who has nothing. matches "暂无", "none", "没有。"; does not match "没有声音"
_NONE = lazy(
    r"[\s\-*_.:|>#(]{0,20}(?:暂?无|没有?|没|暂时没有?|未知|不知道|不清楚|不详|无可奉告|木有|none|no|nothing|nope|unknown|not available|not applicable|不适用|未提供|不方便|无法提供|忘了|不记得)[\s\-*_.。:!)]{0,20}",
    re.ASCII,
)


def _layout(text: str, pack: Pack, title_end: int) -> tuple[str, list[Section], int]:
    """Prose with everything else blanked, the sections, and how many lines are a machine's."""
    blanks, machine_lines, fenced = [], 0, False
    heads: list[tuple[str, int, int, int]] = []
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith(("```", "~~~")):
            fenced = not fenced
            blanks.append((start, start + len(line)))
            continue
        if fenced:
            machine_lines += 1
            blanks.append((start, start + len(line)))
            continue
        head = _HEADING.match(line) if start > title_end or title_end == 0 else None
        element = _heading_element(head, pack) if head else ""
        if head and (element or head.lastgroup in ("hash", "bold", "box")):
            heads.append((element, start, start + head.end(), _DRESS[str(head.lastgroup)]))
            blanks.append((start, start + head.end()))
            rest = line[head.end() :]
            if rest.strip() and is_machine(rest):
                machine_lines += 1
                blanks.append((start + head.end(), start + len(line)))
            continue
        if is_machine(line):
            machine_lines += 1
            blanks.append((start, start + len(line)))
    return _blank(text, blanks), _sections(text, heads), machine_lines


# Which dress of heading stands over which: "### 环境" over "- 版本: 4.2".
_DRESS = {"hash": 0, "bold": 1, "box": 2, "label": 3, "cell": 3}


def _sections(text: str, heads: Sequence[tuple[str, int, int, int]]) -> list[Section]:
    sections = []
    for number, (element, start, content_start, dress) in enumerate(heads):
        end = heads[number + 1][1] if number + 1 < len(heads) else len(text)
        content = text[content_start:end]
        trimmed = content.strip()
        opens_list = not trimmed and number + 1 < len(heads) and heads[number + 1][3] > dress
        if opens_list:
            # A heading over labels ("## 环境" over "- 版本: 4.2") is answered by them.
            answer = "given"
        elif _NOTHING.fullmatch(trimmed):
            answer = "empty"
        elif _NONE.fullmatch(trimmed) or _NONE.fullmatch(trimmed.split("\n")[0]):
            answer = "denied"
        else:
            answer = "given"
        lead = len(content) - len(content.lstrip())
        sections.append(
            Section(element, start, content_start, content_start + lead, content_start + lead + len(trimmed), answer)
        )
    return sections


@lru_cache(maxsize=4)
def _heading_words(pack: Pack) -> re.Pattern[str]:
    by_element: dict[str, list[str]] = {}
    for pattern in pack.patterns:
        if pattern.key[0] == "heading":
            by_element.setdefault(pattern.key[1], []).append(pattern.expression)
    # The narrower question first: 复现概率 asks for timing, 复现步骤 for reproduction, 错误日志 for logs.
    order = (
        "expected",
        "contact",
        "session",
        "reproduction",
        "timing",
        "business_loss",
        "impact",
        "logs",
        "environment",
        "symptom",
    )
    return regexp(
        "|".join(f"(?P<{name}>{'|'.join(by_element[name])})" for name in order if name in by_element), re.ASCII
    )


def _heading_element(head: re.Match[str], pack: Pack) -> str:
    words = head.group(str(head.lastgroup)).strip()
    found = _heading_words(pack).search(words)
    if not found:
        return ""
    # A label of prose ("问题是这样的:") is a heading only when it is little more than the words.
    if head.lastgroup == "label" and len(words) > 2 * (found.end() - found.start()) + 8:
        return ""
    return str(found.lastgroup)


# Signs of a machine's line, each enough by itself.
# matches "2021-11-22 09:16:17.845 E x", "at com.x.Y(Z.java:1)", "#0  0x", '  "code": 1,', "E/Tag(12): x"; does not match "10:05 左右开始掉线"
_MACHINE_START = lazy(
    r"\s{0,12}(?:[\w-]{1,16}[:|] ?\[?\d{4}[-/]\d\d?[-/]\d\d?[ t]\d\d?:\d\d:\d\d[.,]\d|\[?\d{4}[-/]\d\d?[-/]\d\d?[ t]\d\d?:\d\d:\d\d[.,\]\s]{0,3}(?=[\s\[a-z\d(|+-])"
    r"|\[?\d\d?[-/]\d\d? \d\d?:\d\d:\d\d[.,]\d"
    r"|\[?\d\d?:\d\d:\d\d[.,]\d{2}"
    r"|at [\w.$<>]{2,80}\(|at https?://|#\d{1,3}\s{1,3}(?:pc |0x|[\w:~]{3,60}\s?\()|\d{1,3}\s{1,4}[\w.+-]{3,40}\s{1,30}0x"
    r"|[vdiwef]/[\w.$-]{2,60}\s?[(:]|file \"[^\"\n]{1,100}\", line|traceback \(most"
    r"|\[(?:error|warn|warning|info|debug|trace|fatal|i|e|w|d|v)\]|(?:error|warn|info|debug)[: ]\s?\[|(?:npm|yarn) err|level="
    r"|[\"\x27][\w.-]{1,40}[\"\x27]\s{0,2}:|[{}\[\]()]{1,4}[;,]?\s{0,4}$|</?[a-z][\w-]{0,20}[\s>/]|(?:import|export|const|let|var|public|private|func|fun|def|class|return|override|package|using|implementation|apply plugin|#include|@\w{3,20}\()\b[\s\S]{0,80}[;{}()=:\x27\"]"
    r"|[\w.$\[\]]{2,60}\s{0,3}(?:=|\+=|:=)\s{0,3}\S|[\w.]{2,40}\([^)\n]{0,80}\)\s{0,2}[;{]|//\s|(?:\$|>|#)\s(?:npm|pip|docker|kubectl|adb|gradle|flutter|pod|curl|ffmpeg|sudo|git)\b|[ \t]{2,12}[\w.-]{2,30}:\s{1,12}\S{1,40}\s{0,2}(?:#|$)|\* what went wrong)",
    re.ASCII,
)
_CODE_CHARACTERS = frozenset("{}()[];=<>_/\\|$&@#*+\"'`~^%:")
# matches a run of five words as people write them; does not match "mAudioDecoder.dequeueOutputBuffer() == null"
_SENTENCE = lazy(r"(?:\b[a-z][a-z']{0,14}[,;]?\s){4}[a-z']{1,14}", re.ASCII)
# matches "卡"
_HAN = lazy("[\u4e00-\u9fff]")


def is_machine(line: str) -> bool:
    """Whether a line is a machine's (log, stack, JSON, code, configuration) and not something a person said."""
    if len(line) < 3:
        return False
    han = _HAN.search(line)
    if _MACHINE_START.match(line):
        return not han or len(_HAN.findall(line)) * 4 < len(line)
    if han or len(line) < 16:
        return False
    symbols = sum(char in _CODE_CHARACTERS for char in line)
    return symbols * 7 > len(line) and not _SENTENCE.search(line)
