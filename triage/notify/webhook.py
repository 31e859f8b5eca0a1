"""Any other program: a POST signed by Standard Webhooks 1.0.0, its id the same over all tries."""

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from triage.notify.notice import Channel, Notice, Reply, Request, Verdict, notice_json
from triage.notify.replies import verdict_of
from triage.notify.signing import webhook_sign

PER_MINUTE, MOST_AT_ONCE = 600, 1


def request_of(notices: Sequence[Notice], channel: Channel, *, now: datetime) -> Request:
    """The event of one notice; its time is that of this try, as the specification has it."""
    (notice,) = notices
    event = {"type": f"triage.{notice.topic}", "timestamp": notice.at.isoformat(), "data": notice_json(notice)}
    body = json.dumps(event, ensure_ascii=False).encode()
    timestamp = int(now.timestamp())
    # A header is ASCII, and a site's rungs may have Chinese names.
    message_id = quote(notice.id, safe=":")
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhook_sign(message_id, timestamp, body, channel.secret),
    }
    return Request(channel.url, headers, body)


def verdict(reply: Reply, *, now: datetime) -> Verdict:
    """By status: 2xx alone is success, 410 asks not to be called again."""
    return verdict_of(reply, now=now)
