"""DingTalk's group robot: markdown, its address signed with time and secret."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from triage.notify.card import card_for, cut, joined, words_in
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict
from triage.notify.replies import CODE_WAIT, verdict_of_code
from triage.notify.signing import dingtalk_sign

# 20 a minute; whoever sends more is blocked for ten (integrations.md, A1).
PER_MINUTE, MOST_AT_ONCE = 20, 50
_MOST_BYTES = 16_000
_BLOCKED = timedelta(minutes=10)
_BUSY: dict[int, timedelta] = {130101: _BLOCKED, 410100: _BLOCKED, -1: CODE_WAIT}
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_{}[]()#+-!>|~<"})


def escape(text: str) -> str:
    """A stranger's text that its markdown shows as it is."""
    return text.translate(_MARKS)


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The message of one notice or a digest."""
    card = card_for(notices, channel.lang, escape)
    labels = words_in(channel.lang)["labels"]
    lines = joined(card.lines, labels["colon"], bold=("**", "**")).replace("\n", "\n\n")
    link = f"\n\n[{labels['link']}]({card.link})" if card.link else ""
    text = f"### {card.title}\n\n{cut(lines, _MOST_BYTES)}{link}"
    # The title is what a phone shows before the message is opened.
    title = card_for(notices, channel.lang).title
    body = {"msgtype": "markdown", "markdown": {"title": title, "text": text}, "at": {"isAtAll": False}}
    url = channel.url
    if channel.secret:
        timestamp = int(now.timestamp() * 1000)
        url += f"&timestamp={timestamp}&sign={quote(dingtalk_sign(timestamp, channel.secret), safe='')}"
    return Request(url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """Errors come with 200 and ``errcode``."""
    return verdict_of_code(reply, "errcode", busy=_BUSY, now=now)
