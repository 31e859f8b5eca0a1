"""The kinds of channels that speak HTTP; a new one is a file and a line here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from triage.notify import dingtalk, feishu, mail, pagerduty, slack, webhook, wecom
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict


class _RequestOf(Protocol):
    def __call__(self, notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request: ...


class _Verdict(Protocol):
    def __call__(self, reply: Reply, *, now: datetime) -> Verdict: ...


class Kind(NamedTuple):
    """How a channel is spoken to, and what its answers mean."""

    request_of: _RequestOf
    verdict: _Verdict


class Pace(NamedTuple):
    """How many messages a minute a channel takes, and how many notices one of them may hold."""

    per_minute: int
    most_at_once: int


CHANNELS: Mapping[str, Kind] = {
    name: Kind(module.request_of, module.verdict)
    for name, module in (
        ("feishu", feishu),
        ("dingtalk", dingtalk),
        ("wecom", wecom),
        ("slack", slack),
        ("pagerduty", pagerduty),
        ("webhook", webhook),
    )
}
PACES: Mapping[str, Pace] = {
    "feishu": Pace(feishu.PER_MINUTE, feishu.MOST_AT_ONCE),
    "dingtalk": Pace(dingtalk.PER_MINUTE, dingtalk.MOST_AT_ONCE),
    "wecom": Pace(wecom.PER_MINUTE, wecom.MOST_AT_ONCE),
    "slack": Pace(slack.PER_MINUTE, slack.MOST_AT_ONCE),
    "pagerduty": Pace(pagerduty.PER_MINUTE, pagerduty.MOST_AT_ONCE),
    "webhook": Pace(webhook.PER_MINUTE, webhook.MOST_AT_ONCE),
    "mail": Pace(mail.PER_MINUTE, mail.MOST_AT_ONCE),
}
