"""When a customer can be reached, in the ticket's own words: a form's field, or a sentence of the text."""

import re

from triage.ticket import Ticket

# The form's fields, compared without case, spaces and underscores.
FIELDS = (
    "reachable", "reachablehours", "contacthours", "contacttime", "availablehours", "besttimetocall", "besttimetocontact",
    "可联系时间", "方便联系时间", "方便联系的时间", "联系时间", "可接电话时间", "可聯繫時間", "方便聯繫時間", "聯繫時間",
)  # fmt: skip
_LONGEST = 80
# Nobody says it after so many characters.
_READ = 20_000

_CLOCK = r"(?:[01]?\d|2[0-4])(?:[:：][0-5]\d|[点點时時](?:半|[0-5]?\d分?)?)"
_DAYS = r"(?:工作日|每天|周[一二三四五六日天]?(?:[到至~-]周?[一二三四五六日天])?|週[一二三四五六日]?(?:[到至~-]週?[一二三四五六日])?|全天|随时|隨時|24\s{0,2}小时|24\s{0,2}小時)"
# yes: 工作日 9:00-18:00 可以电话联系   随时可联系   每天10点到19点方便接电话   no: 会议 9:00-10:00 卡顿   随时会断线
_ZH = re.compile(
    rf"(?P<hours>{_DAYS}?\s{{0,2}}(?:(?:上午|下午|早上|晚上)?\s{{0,2}}{_CLOCK}\s{{0,2}}[-~–—到至]\s{{0,2}}(?:上午|下午|晚上)?\s{{0,2}}{_CLOCK}|(?<=[天日时時])|(?<=随时|隨時)))"
    r"\s{0,2}(?:都)?(?:可以?|方便|能)\s{0,2}(?:随时|隨時)?(?:电话|電話)?(?:联系|聯繫|联络|聯絡|接电话|接電話|打电话|打給我|打给我|沟通|溝通|找到我)",
)
_TIME = r"\d{1,2}(?::[0-5]\d)?(?:\s?[ap]\.?m\.?)?"
# yes: reachable Mon-Fri 9:00-18:00 CST   call me between 9 am and 6 pm   available 24/7 by phone   no: reachable on port 8080
_EN = re.compile(
    r"(?:reachable|available|reach\s{1,2}(?:me|us)|call\s{1,2}(?:me|us)|contact\s{1,2}(?:me|us))\s{1,2}(?:by\s{1,2}phone\s{1,2})?(?P<hours>"
    rf"(?:on\s{{1,2}})?(?:weekdays|(?:mon|tue|wed|thu|fri|sat|sun)\w*(?:\s{{0,2}}(?:-|–|to|through)\s{{0,2}}(?:mon|tue|wed|thu|fri|sat|sun)\w*)?)?,?\s{{0,2}}"
    rf"(?:(?:between|from)\s{{1,2}})?{_TIME}\s{{0,2}}(?:-|–|to|and|until)\s{{0,2}}{_TIME}(?:\s{{1,2}}[A-Z]{{2,5}}(?:[+-]\d+)?)?|24\s{{0,2}}/\s{{0,2}}7|(?:at\s{{1,2}})?any\s{{0,2}}time)",
    re.IGNORECASE,
)


def reachable_hours(ticket: Ticket) -> str | None:
    """The customer's hours as the ticket has them, at most 80 characters; None where it does not say."""
    for key, value in ticket.fields.items():
        if re.sub(r"[\s_()（）:：-]", "", key).casefold() in FIELDS and value.strip():
            return " ".join(value.split())[:_LONGEST]
    for text in (ticket.body, ticket.fields.get("contact", "")):
        for pattern in (_ZH, _EN):
            found = pattern.search(text[:_READ])
            if found and found["hours"].strip():
                return " ".join(found["hours"].split())[:_LONGEST]
    return None
