"""PagerDuty's Events API v2: each ticket is one alert, whatever is told of it, for its key is the ticket's."""

import json
from collections.abc import Sequence
from datetime import datetime

from triage.notify.card import headline, tame
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict
from triage.notify.replies import verdict_of

PER_MINUTE, MOST_AT_ONCE = 120, 1
_SEVERITIES = {"P1": "critical", "P2": "error", "P3": "warning"}
# Limits of the API (integrations.md, A1).
_LONGEST_SUMMARY, _LONGEST_KEY = 1_024, 255


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The event of one notice; ``secret`` is the routing key."""
    (notice,) = notices
    body = {
        "routing_key": channel.secret,
        "event_action": "resolve" if notice.topic == "resolved" else "trigger",
        "dedup_key": f"triage:{notice.ticket_id}"[:_LONGEST_KEY],
        "payload": {
            "summary": f"{headline(notice, channel.lang)} {tame(notice.title)}"[:_LONGEST_SUMMARY],
            "source": "triage",
            "severity": _SEVERITIES.get(notice.priority, "info"),
            "timestamp": notice.at.isoformat(),
            "component": notice.product or "",
            "group": notice.queue or "",
            "class": notice.topic,
            "custom_details": {
                "reason": tame(notice.reason),
                "due": notice.due_at.isoformat() if notice.due_at else None,
                "missing": list(notice.missing),
                "reachable": notice.reachable,
            },
        },
        "links": [{"href": notice.link, "text": tame(notice.ticket_id, 60)}] if notice.link else [],
        "client": "triage",
    }
    return Request(channel.url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """202 is taken; 429 and 5xx pass."""
    return verdict_of(reply, now=now)
