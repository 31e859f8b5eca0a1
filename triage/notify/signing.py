"""How each receiver wants a message signed. Known answers: shared/integrations.md, A2 (tests/test_notify_signing.py)."""

import base64
import binascii
import hashlib
import hmac


def feishu_sign(timestamp: int, secret: str) -> str:
    """Feishu's: time and secret are the key and nothing is the message; seconds."""
    return _base64(hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest())


def dingtalk_sign(timestamp_ms: int, secret: str) -> str:
    """DingTalk's: the secret is the key, time and secret are the message; milliseconds. Not yet quoted for an address."""
    return _base64(hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest())


def webhook_sign(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """Standard Webhooks' (1.0.0): ``v1,`` and HMAC-SHA256 of id, time in seconds and body.

    ``secret`` is ``whsec_`` and base64. Raises ValueError for one that is not.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the secret of a webhook is whsec_ and base64") from None
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + _base64(hmac.new(key, signed, hashlib.sha256).digest())


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
