"""What an HTTP status means to whoever sent, and what the chat tools hide behind a 200."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from triage.notify.notice import Reply, Verdict

# Longer than a day nobody waits for a notice, whatever a receiver asks.
_LONGEST_WAIT = timedelta(days=1)
# 408 Request Timeout and 425 Too Early pass; 429 says when.
_PASSING = (408, 425, 429)
# Their blocks last from a minute (Feishu, WeCom) to ten (DingTalk, 20 a minute).
CODE_WAIT = timedelta(minutes=1)


def verdict_of(reply: Reply, *, now: datetime) -> Verdict:
    """The verdict by status alone, as Standard Webhooks has it: 2xx is sent, 3xx is a failure, 410 asks to stop."""
    status = reply.status
    if 200 <= status < 300:
        return Verdict("sent")
    why = f"HTTP {status}"
    if status == 410:
        return Verdict("gone", why)
    if status >= 500 or status in _PASSING:
        return Verdict("retry", why, _retry_after(reply.headers.get("retry-after"), now))
    return Verdict("refused", f"{why}; redirects are not followed" if 300 <= status < 400 else why)


def verdict_of_code(
    reply: Reply, field: str, *, busy: dict[int, timedelta], now: datetime, fine: tuple[int, ...] = (0,)
) -> Verdict:
    """The verdict of a tool that answers 200 with a code in a field of its JSON; ``busy`` codes pass after a while."""
    by_status = verdict_of(reply, now=now)
    if by_status.outcome != "sent":
        return by_status
    try:
        answer = json.loads(reply.body)
        code = answer[field]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Verdict("retry", f"the answer has no {field}")
    if not isinstance(code, int) or isinstance(code, bool):
        return Verdict("retry", f"the answer's {field} is no number")
    if code in fine:
        return Verdict("sent")
    return Verdict("retry", f"{field} {code}", busy[code]) if code in busy else Verdict("refused", f"{field} {code}")


def _retry_after(said: str | None, now: datetime) -> timedelta | None:
    """What Retry-After asks, in seconds or as a date; None where it says neither."""
    if not said:
        return None
    try:
        seconds = float(said) if said.strip().isascii() and said.strip().isdigit() else None
        wait = timedelta(seconds=seconds) if seconds is not None else parsedate_to_datetime(said).astimezone(UTC) - now
    except (ValueError, OverflowError, TypeError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)
