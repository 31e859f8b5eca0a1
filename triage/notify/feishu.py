"""Feishu's and Lark's custom bot: an interactive card, signed with time and secret."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from triage.notify.card import card_for, cut, joined, words_in
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict
from triage.notify.replies import CODE_WAIT, verdict_of_code
from triage.notify.signing import feishu_sign

# "100 a minute, 5 a second", a body of 20 KB (integrations.md, A1).
PER_MINUTE, MOST_AT_ONCE = 100, 50
_MOST_BYTES = 18_000
# Too many, also at full and half hours.
_BUSY: dict[int, timedelta] = {11232: CODE_WAIT, 11233: CODE_WAIT}
_COLOURS = {"P1": "red", "P2": "orange", "P3": "blue", "P4": "grey"}
# What its markdown would read: <at id=all>, [text](address), emphasis.
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "<>*[]()_~`!#"})


def escape(text: str) -> str:
    """A stranger's text that its markdown shows as it is."""
    return text.translate(_MARKS)


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The message of one notice or a digest."""
    card = card_for(notices, channel.lang, escape)
    labels = words_in(channel.lang)["labels"]
    text = cut(joined(card.lines, labels["colon"], bold=("**", "**")), _MOST_BYTES)
    elements: list[dict[str, object]] = [{"tag": "div", "text": {"tag": "lark_md", "content": text}}]
    if card.link:
        button = {"tag": "button", "type": "primary", "url": card.link}
        elements.append(
            {"tag": "action", "actions": [{**button, "text": {"tag": "plain_text", "content": labels["link"]}}]}
        )
    urgent = min((notice.priority or "P4" for notice in notices), default="P4")
    # The title is plain text, which reads no markdown.
    title = card_for(notices, channel.lang).title
    body = {
        "msg_type": "interactive",
        "card": {
            "header": {
                "title": {"tag": "plain_text", "content": title},
                "template": _COLOURS.get(urgent, "grey"),
            },
            "elements": elements,
        },
    }
    if channel.secret:
        timestamp = int(now.timestamp())
        body |= {"timestamp": str(timestamp), "sign": feishu_sign(timestamp, channel.secret)}
    return Request(channel.url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """Errors come with 200 and ``code``."""
    return verdict_of_code(reply, "code", busy=_BUSY, now=now)
