"""At most three questions, those first that unblock most, with where to find the thing asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage.assessment import Evidence, Finding, Lint
from triage.lint.rulebook import Rule

MOST_QUESTIONS = 3
# Has the question how to reach the reporter.
CONTACT_RULE = "CON01"


def ask_for(rule: Rule, *, lang: str, log_place: str) -> str:
    """The rule's question in a language, with ``{log_place}`` filled in."""
    ask = rule.ask.zh if lang == "zh" else rule.ask.en
    return ask.replace("{log_place}", log_place)


def choose_questions(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """The questions of the weightiest findings, one an element; hints ask nothing, they can wait."""
    asked: dict[str, tuple[int, str]] = {}
    for finding in findings:
        rule = rules[finding.code]
        if not finding.ask or finding.level == "hint" or not rule.weight:
            continue
        about = rule.element or rule.code
        if about not in asked or asked[about][0] < rule.weight:
            asked[about] = (rule.weight, finding.ask)
    ranked = sorted(asked.values(), key=lambda item: -item[0])
    return tuple(ask for _, ask in ranked[:MOST_QUESTIONS])


def with_contact_first(lint: Lint, rule: Rule, *, lang: str) -> Lint:
    """The lint that needs to know how to reach the reporter, and asks that before all else where the ticket does not say it.

    For urgent faults: whoever cannot be reached cannot be helped at once, however well the rest is known
    (shared/domain.md). ``rule`` is the one that has the question.
    """
    contact = replace(lint.elements["contact"], required=True)
    lint = replace(lint, elements={**lint.elements, "contact": contact})
    if contact.status == "present":
        return lint
    ask = ask_for(rule, lang=lang, log_place="")
    others = [question for question in lint.questions if question != ask]
    return replace(lint, questions=(ask, *others)[:MOST_QUESTIONS])


def log_place(environment: Sequence[Evidence], places: Mapping[str, Mapping[str, str]], *, lang: str) -> str:
    """Where the log lies on the reporter's platform: the site's table, by vendor family and platform.

    Without a platform, or for one the table does not know, the general advice of the table stands.
    """
    words = " ".join(evidence.text.lower() for evidence in environment)
    family = "tencent" if any(word in words for word in ("trtc", "tencent", "liteav", "imsdk", "腾讯")) else "agora"
    for platform, signs in _PLATFORM_SIGNS.items():
        if any(sign in words for sign in signs):
            place = places.get(family, {}).get(platform) or places.get("agora", {}).get(platform)
            if place:
                return place
    return places.get("general", {}).get(lang, "")


_PLATFORM_SIGNS = {
    "miniprogram": ("小程序", "mini program"),
    "web": ("web", "chrome", "safari", "firefox", "edge", "浏览器", "h5", "browser"),
    "android": (
        "android",
        "安卓",
        "小米",
        "华为",
        "oppo",
        "vivo",
        "荣耀",
        "三星",
        "红米",
        "pixel",
        "galaxy",
        "xiaomi",
        "huawei",
    ),
    "ios": ("ios", "iphone", "ipad"),
    "macos": ("macos", "mac os", "macbook"),
    "windows": ("windows", "win10", "win11", "win7", "win 1"),
}
