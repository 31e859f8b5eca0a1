"""What a rule can do: a small closed set of checks, each from evidence to the stretches it reports."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from triage.assessment import Evidence, Kind, Language, Span
from triage.language.regexp import lazy, regexp
from triage.language.text import normalise
from triage.lint.rulebook import Rule
from triage.ticket import Ticket


class Facts(NamedTuple):
    """What the checks look at: the ticket, and what was found in it by other workers, as plain values.

    ``secrets`` are (kind, span); ``machine_lines`` counts lines of logs and code; ``placeholders`` are the spans of
    headings that nobody answered.
    """

    ticket: Ticket
    kind: Kind
    language: Language
    stated: Mapping[str, tuple[Evidence, ...]]
    denied: Mapping[str, tuple[Evidence, ...]]
    partial: Mapping[str, tuple[Evidence, ...]]
    cues: Mapping[str, tuple[Evidence, ...]]
    secrets: tuple[tuple[str, Span], ...]
    placeholders: tuple[Span, ...]
    machine_lines: int

    def has(self, name: str) -> bool:
        """Whether an element is stated, or a cue is there."""
        return bool(self.stated.get(name) or self.cues.get(name))

    def there(self) -> frozenset[str]:
        """All names for which ``has`` is true."""
        return frozenset(name for found in (self.stated, self.cues) for name, evidence in found.items() if evidence)


Hits = list[Span | None]
_NOWHERE: Hits = [None]
# A pasted log longer than this is better attached (lines; a screen of a helpdesk shows about 50).
LONG_LOG_LINES = 60
# Places a rule reports in one ticket; a log with ten thousand addresses needs no ten thousand findings.
MOST_SECRETS = 60


def _missing(facts: Facts, rule: Rule) -> Hits:
    if facts.stated[rule.element] or facts.denied[rule.element] or facts.partial.get(rule.element):
        return []
    return _NOWHERE


def _denied(facts: Facts, rule: Rule) -> Hits:
    if facts.stated[rule.element] or not facts.denied[rule.element]:
        return []
    return [facts.denied[rule.element][0].span]


def _partial(facts: Facts, rule: Rule) -> Hits:
    """Part of the element is there, but none of the slots that ``cues`` names."""
    found = facts.partial.get(rule.element, ())
    if not found or facts.stated[rule.element] or any(evidence.slot in rule.cues for evidence in found):
        return []
    return [found[0].span]


def _cue_without(facts: Facts, rule: Rule) -> Hits:
    """A cue is there and the element it should come with is neither stated nor denied."""
    if facts.stated[rule.element] or facts.denied[rule.element]:
        return []
    spans: Hits = [facts.cues[cue][0].span for cue in rule.cues if facts.cues.get(cue)]
    return spans[:1]


def _pattern(facts: Facts, rule: Rule) -> Hits:
    if rule.element and facts.stated[rule.element]:
        return []
    for field, text in (("title", facts.ticket.title), ("body", facts.ticket.body)):
        normal = normalise(text)
        for pattern in rule.patterns:
            if match := _compiled(pattern).search(normal.text):
                return [Span(field, *normal.raw_span(*match.span()))]
    return []


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return regexp(pattern, re.ASCII)


# A title that names no thing and no behaviour.
# matches "问题", "求助!!!", "help", "紧急问题反馈", "bug"; does not match "iOS 黑屏"
_EMPTY_TITLE = lazy(
    r"[\s\W_]{0,8}(?:(?:紧急|急|求助|求救|求解|帮忙|问题|反馈|咨询|请教|请问|bug|报错|异常|大佬|在吗|你好|您好|技术|支持|工单|故障|错误|有|一个|个|的|了|请|看看|处理|下|关于|线上|生产|严重|加急|在线等"
    r"|urgent|asap|help|problem|issue|question|error|bug|please|pls|hi|hello|need|support|sdk|a|an|the|my|with|ticket|request|important|critical|need help|not working|test|测试|标题|title|无|如题|rt|app)[\s\W_]{0,8}){1,8}"
)


def _title_says_nothing(facts: Facts, rule: Rule) -> Hits:
    title = normalise(facts.ticket.title).text.strip()
    if facts.ticket.title and (not title or _EMPTY_TITLE.fullmatch(title)):
        return [Span("title", 0, len(facts.ticket.title))]
    return []


def _title_in_body(facts: Facts, rule: Rule) -> Hits:
    """The body is the title again, and nothing more."""
    title, body = (re.sub(r"[\W_]", "", normalise(text).text) for text in (facts.ticket.title, facts.ticket.body))
    if len(title) >= 6 and body == title:
        return [Span("body", 0, len(facts.ticket.body))]
    return []


# The start of a further fault in the same ticket, by its own word; a numbered list may as well be one fault's steps.
# matches "另外还有一个问题", "问题二", "another issue"; does not match "另外两台正常", "2. 点加入"
_ANOTHER = lazy(
    r"(?:另外|还有|此外|其次)[^\n。,]{0,8}(?:一?个)?(?:问题|bug|故障)|第[二三四]个?(?:问题|bug|故障)|问题\s?[二三2-4](?:[^0-9.]|$)|\b(?:another|second|separate|unrelated) (?:issue|problem|bug)",
    re.ASCII,
)


# matches "两个问题", "two bugs"; does not match "一个问题"
_SEVERAL = lazy(
    r"[两二三四五几2-9]\s?个(?:问题|bug|故障)|\b(?:two|three|four|several|2|3) (?:bugs|issues|problems|faults)"
)
# matches the "2." of a list
_NUMBERED = lazy(r"(?:^|\n)\s{0,4}(?:[2-9]|[二三四五])\s?[.、)](?=\s?[^\d\s])")


def _several_faults(facts: Facts, rule: Rule) -> Hits:
    """Symptoms of different classes, in stretches that a list or a turn of phrase sets apart."""
    body = normalise(facts.ticket.body)
    starts = [match.start() for match in _ANOTHER.finditer(body.text)]
    if _SEVERAL.search(normalise(facts.ticket.title).text) or _SEVERAL.search(body.text):
        starts = sorted({*starts, *(match.start() for match in _NUMBERED.finditer(body.text))})
    if not starts:
        return []
    slots_of: list[set[str]] = [set() for _ in range(len(starts) + 1)]
    for evidence in facts.stated["symptom"]:
        if evidence.field == "body" and evidence.slot not in ("section", "fault", "sentence"):
            part = sum(start <= body.position(evidence.start) for start in starts)
            slots_of[part].add(evidence.slot)
    named = [slots for slots in slots_of if slots]
    apart = [
        slots for number, slots in enumerate(named) if number and not any(slots & other for other in named[:number])
    ]
    if not apart:
        return []
    first = starts[0]
    return [Span("body", *body.raw_span(first, min(first + 12, len(body.text))))]


def _urgency_without_ground(facts: Facts, rule: Rule) -> Hits:
    """Loud words, and neither a measure of impact nor a loss, nor production, to stand on."""
    grounds = ("impact", "business_loss", "large_scale", "production")
    if any(facts.has(ground) for ground in grounds):
        return []
    return [facts.cues["urgent"][0].span] if facts.cues.get("urgent") else []


def _screenshot_instead(facts: Facts, rule: Rule) -> Hits:
    """A picture is spoken of or attached, and no error text or log stands beside it."""
    if facts.stated["logs"]:
        return []
    if facts.cues.get("screenshot"):
        return [facts.cues["screenshot"][0].span]
    if not facts.cues.get("error_said"):
        return []
    for number, name in enumerate(facts.ticket.attachments):
        if re.search(r"\.(?:png|jpe?g|gif|bmp|webp|heic)$", name, re.IGNORECASE):
            return [Span(f"attachments[{number}]", 0, len(name))]
    return []


def _placeholder(facts: Facts, rule: Rule) -> Hits:
    """Headings of a template that nobody answered."""
    return list(facts.placeholders[:1])


def _long_log(facts: Facts, rule: Rule) -> Hits:
    return _NOWHERE if facts.machine_lines > LONG_LOG_LINES else []


def _secret(facts: Facts, rule: Rule) -> Hits:
    spans: Hits = [span for kind, span in facts.secrets if kind == rule.secret]
    return spans[:MOST_SECRETS]


def _body_empty(facts: Facts, rule: Rule) -> Hits:
    return _NOWHERE if not facts.ticket.body.strip() else []


def _tokens(facts: Facts, rule: Rule) -> Hits:
    """Patterns over tokens, with spaCy's Matcher; spaCy is loaded here and nowhere else."""
    from triage.lint.token_patterns import token_hits

    return list(token_hits(facts.ticket, facts.language, rule.tokens))


CHECKS: Mapping[str, Callable[[Facts, Rule], Hits]] = {
    "missing": _missing,
    "denied": _denied,
    "partial": _partial,
    "cue-without": _cue_without,
    "pattern": _pattern,
    "title-says-nothing": _title_says_nothing,
    "title-in-body": _title_in_body,
    "several-faults": _several_faults,
    "urgency-without-ground": _urgency_without_ground,
    "screenshot-instead": _screenshot_instead,
    "placeholder": _placeholder,
    "long-log": _long_log,
    "body-empty": _body_empty,
    "secret": _secret,
    "tokens": _tokens,
}


def token_rules(rules: Mapping[str, Any]) -> bool:
    """Whether any rule needs spaCy."""
    return any(rule.check == "tokens" for rule in rules.values())
