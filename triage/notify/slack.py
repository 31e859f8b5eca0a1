"""Slack's incoming webhook: blocks of text; the address is the secret."""

import json
from collections.abc import Sequence
from datetime import datetime

from triage.notify.card import card_for, cut, joined, plain, words_in
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict
from triage.notify.replies import verdict_of

# About one a second (integrations.md, A1).
PER_MINUTE, MOST_AT_ONCE = 60, 50
# A section holds 3,000 characters.
_MOST_BYTES = 2_900
# The three characters that Slack reads as its own; without them there is no <!channel> and no <address|text>.
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "ˍ", "~": "˜", "`": "ˋ"})


def escape(text: str) -> str:
    """A stranger's text that Slack shows as it is."""
    return text.translate(_MARKS)


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The message of one notice or a digest."""
    card = card_for(notices, channel.lang, escape)
    labels = words_in(channel.lang)["labels"]
    link = f"\n<{card.link.translate(_MARKS)}|{labels['link']}>" if card.link else ""
    lines = cut(joined(card.lines, labels["colon"], bold=("*", "*")), _MOST_BYTES - len(link.encode()))
    section = {"type": "mrkdwn", "text": f"*{card.title}*\n{lines}{link}"}
    # The text stands in notifications, where blocks are not shown.
    body = {"text": cut(plain(card, channel.lang), _MOST_BYTES), "blocks": [{"type": "section", "text": section}]}
    return Request(channel.url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """By status; 429 says when."""
    return verdict_of(reply, now=now)
