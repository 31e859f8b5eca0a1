"""WeCom's group robot: markdown of at most 4,096 bytes; the key in its address is the secret."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from triage.notify.card import card_for, cut, joined, words_in
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict
from triage.notify.replies import CODE_WAIT, verdict_of_code

# 20 a minute and robot (integrations.md, A1).
PER_MINUTE, MOST_AT_ONCE = 20, 50
_MOST_BYTES = 4_096
_BUSY: dict[int, timedelta] = {45009: CODE_WAIT, -1: CODE_WAIT}
# It reads <@user>, <font>, [text](address) and emphasis, and has no escape: the marks' full-width twins look alike.
_MARKS = str.maketrans("<>[]()*_`#", "＜＞［］（）＊＿｀＃")


def escape(text: str) -> str:
    """A stranger's text that its markdown shows as it is."""
    return text.translate(_MARKS)


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The message of one notice or a digest."""
    card = card_for(notices, channel.lang, escape)
    labels = words_in(channel.lang)["labels"]
    link = f"\n[{labels['link']}]({card.link})" if card.link else ""
    head = f"**{card.title}**\n"
    room = _MOST_BYTES - len(head.encode()) - len(link.encode())
    # An address that leaves no room is left out: half of one leads nowhere.
    text = joined(card.lines, labels["colon"], bold=("", ""))
    content = head + cut(text, room) + link if room > 200 else cut(head + text, _MOST_BYTES)
    body = {"msgtype": "markdown", "markdown": {"content": content}}
    return Request(channel.url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """Errors come with 200 and ``errcode``."""
    return verdict_of_code(reply, "errcode", busy=_BUSY, now=now)
