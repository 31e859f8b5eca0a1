"""A signed note of what a form was told, so that the site's backend can trust it: which text, when, how complete."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Literal

from triage.assessment import Lint
from triage.ticket import Ticket

# People leave a form open over night.
LIFETIME = timedelta(hours=24)
_LONGEST = 1_000

Seen = Literal["same", "other-text", "expired", "not-ours"]


def lint_token(ticket: Ticket, lint: Lint, *, now: datetime, secret: bytes) -> str:
    """The token of a lint: a claim in base64url, a dot, and its HMAC-SHA-256 in base64url."""
    claim = {"at": int(now.timestamp()), "text": _digest(ticket), "score": lint.score, "ready": lint.ready}
    said = _written(json.dumps(claim, separators=(",", ":")).encode())
    return f"{said}.{_signature(said, secret)}"


def seen(token: str, ticket: Ticket, *, now: datetime, secret: bytes) -> Seen:
    """What a token says of a ticket: the form saw this very text, or another one, or too long ago, or it is not ours."""
    said, _, signature = token[:_LONGEST].partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(said, secret).encode()):
        return "not-ours"
    try:
        claim = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, binascii.Error):
        # Signed by us it is well formed; this is what a leaked secret would bring.
        return "not-ours"
    if now - datetime.fromtimestamp(claim["at"], UTC) > LIFETIME:
        return "expired"
    return "same" if hmac.compare_digest(str(claim["text"]), _digest(ticket)) else "other-text"


def _digest(ticket: Ticket) -> str:
    """Of title and body, however the browser and the backend end their lines; other fields have other names there."""
    texts = ["\n".join(text.split("\r\n")).strip() for text in (ticket.title, ticket.body)]
    return _written(hashlib.sha256(json.dumps(texts).encode()).digest())


def _signature(said: str, secret: bytes) -> str:
    return _written(hmac.digest(secret, said.encode(), "sha256"))


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
