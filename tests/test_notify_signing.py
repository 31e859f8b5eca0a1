"""Signatures against known answers (shared/integrations.md, A2), and what each channel's request looks like."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from triage.notify import dingtalk, feishu, pagerduty, slack, webhook, wecom
from triage.notify.mail import message_of
from triage.notify.notice import Channel, Notice, Request, notice_from, notice_json
from triage.notify.signing import dingtalk_sign, feishu_sign, webhook_sign

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def notice(**facts: object) -> Notice:
    given = {"id": "rung:1", "topic": "rung", "at": NOW, "ticket_id": "T-7", "title": "语音卡顿", "priority": "P2"}
    return Notice(**(given | facts))  # type: ignore[arg-type]


def channel(kind: str, **facts: object) -> Channel:
    return Channel(**({"name": "ops", "type": kind, "url": "https://chat.example.com/hook?key=k"} | facts))  # type: ignore[arg-type]


def body(request: Request) -> dict[str, object]:
    return dict(json.loads(request.body))


def test_feishu_signs_with_time_and_secret_as_the_key() -> None:
    assert feishu_sign(1599360473, "demo-secret") == "3/MaVZ8JLIy4TUG+7KSFJqvUkTKd+HWY8g+56DZWq8s="


def test_dingtalk_signs_with_the_secret_as_the_key() -> None:
    assert dingtalk_sign(1700000000000, "SEC-demo") == "D/xDN+jQpSknk8+PAQJ9+QrB8UoyJMfIh+tA1ge3QFE="


@pytest.mark.parametrize(
    ("message_id", "timestamp", "content", "secret", "signature"),
    [
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "b1f9-id",
            1700000000,
            b'{"object_kind":"issue"}',
            "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=",
            "v1,mPaQPJHBq9IrC15/napoCcmhmDPuCECwwVKzgLvFr4c=",
        ),
    ],
    ids=["published", "gitlab"],
)
def test_webhooks_sign_by_the_standard(
    message_id: str, timestamp: int, content: bytes, secret: str, signature: str
) -> None:
    assert webhook_sign(message_id, timestamp, content, secret) == signature
    assert webhook_sign(message_id, timestamp, content + b" ", secret) != signature
    assert webhook_sign(message_id, timestamp + 1, content, secret) != signature
    assert webhook_sign(message_id + "x", timestamp, content, secret) != signature


@pytest.mark.parametrize("secret", ["whsec_not base64!", "whsec_é", "whsec_YQ"])
def test_webhook_secret_of_another_form_is_told(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ and base64"):
        webhook_sign("id", 0, b"", secret)


def test_dingtalk_puts_time_and_quoted_signature_into_the_address() -> None:
    at = datetime.fromtimestamp(1700000000, UTC)
    url = dingtalk.request_of([notice()], channel("dingtalk", secret="SEC-demo"), now=at).url
    assert "&sign=D%2FxDN%2BjQpSknk8%2BPAQJ9%2BQrB8UoyJMfIh%2BtA1ge3QFE%3D" in url
    assert parse_qs(urlsplit(url).query)["timestamp"] == ["1700000000000"]


def test_feishu_puts_time_and_signature_into_the_body() -> None:
    at = datetime.fromtimestamp(1599360473, UTC)
    sent = body(feishu.request_of([notice()], channel("feishu", secret="demo-secret"), now=at))
    assert (sent["timestamp"], sent["sign"]) == ("1599360473", "3/MaVZ8JLIy4TUG+7KSFJqvUkTKd+HWY8g+56DZWq8s=")
    assert "sign" not in body(feishu.request_of([notice()], channel("feishu"), now=at))


def test_webhook_has_the_same_id_and_another_time_at_each_try() -> None:
    ops = channel("webhook", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    first, again = (
        webhook.request_of([notice()], ops, now=datetime.fromtimestamp(seconds, UTC)) for seconds in (1, 301)
    )
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == "rung:1"
    assert first.headers["webhook-signature"] == webhook_sign("rung:1", 1, first.body, ops.secret)
    assert again.headers["webhook-signature"] == webhook_sign("rung:1", 301, again.body, ops.secret)
    assert body(first)["type"] == "triage.rung"


def test_webhook_id_of_a_chinese_rung_fits_a_header() -> None:
    ops = channel("webhook", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    request = webhook.request_of([notice(id="rung:T\n1:值班")], ops, now=NOW)
    assert request.headers["webhook-id"] == "rung:T%0A1:%E5%80%BC%E7%8F%AD"
    signed = webhook_sign(request.headers["webhook-id"], int(NOW.timestamp()), request.body, ops.secret)
    assert request.headers["webhook-signature"] == signed


def test_pagerduty_has_one_alert_a_ticket_and_keeps_its_limits() -> None:
    long = notice(title="卡" * 5_000, ticket_id="T" * 500, priority="P1", link="https://desk.example.com/T-7")
    sent = body(pagerduty.request_of([long], channel("pagerduty", secret="k" * 32), now=NOW))
    payload = sent["payload"]
    assert isinstance(payload, dict)
    assert sent["routing_key"] == "k" * 32
    assert sent["event_action"] == "trigger"
    over = body(pagerduty.request_of([notice(topic="resolved")], channel("pagerduty", secret="k"), now=NOW))
    assert (over["event_action"], over["dedup_key"]) == ("resolve", "triage:T-7")
    assert len(str(sent["dedup_key"])) == 255
    assert len(payload["summary"]) <= 1_024
    assert payload["severity"] == "critical"
    other = body(pagerduty.request_of([notice(topic="breach")], channel("pagerduty", secret="k"), now=NOW))
    assert (
        other["dedup_key"]
        == body(pagerduty.request_of([notice()], channel("pagerduty", secret="k"), now=NOW))["dedup_key"]
    )


@pytest.mark.parametrize(
    ("module", "kind", "limit"),
    [(feishu, "feishu", 20_480), (dingtalk, "dingtalk", 20_480), (wecom, "wecom", 4_300), (slack, "slack", 12_000)],
)
@pytest.mark.parametrize("count", [1, 400])
def test_messages_keep_the_limits_of_their_channel(module: object, kind: str, limit: int, count: int) -> None:
    many = [
        notice(id=str(number), title="卡" * 5_000, reason="因" * 5_000, link="https://desk.example.com/T")
        for number in range(count)
    ]
    request = module.request_of(many, channel(kind), now=NOW)  # type: ignore[attr-defined]
    assert len(request.body) <= limit
    json.loads(request.body)


def test_wecom_counts_bytes_not_characters() -> None:
    many = [notice(id=str(number), title="卡顿" * 30) for number in range(20)]
    sent = body(wecom.request_of(many, channel("wecom"), now=NOW))
    markdown = sent["markdown"]
    assert isinstance(markdown, dict)
    assert 3_000 < len(markdown["content"].encode()) <= 4_096


def test_mail_is_known_by_its_notices_and_breaks_no_header() -> None:
    ops = channel("mail", sender="triage@example.com", receivers=("a@example.com", "b@example.com"))
    message = message_of([notice(ticket_id="T-7\r\nBcc: evil@example.com")], ops)
    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"])
    assert message["Message-ID"] == message_of([notice(ticket_id="other")], ops)["Message-ID"]
    assert message["Message-ID"] != message_of([notice(id="rung:2")], ops)["Message-ID"]
    assert message["To"] == "a@example.com, b@example.com"
    assert "语音卡顿" in message.get_content()


def test_notice_comes_back_from_json_as_it_went() -> None:
    whole = notice(due_at=NOW, share=0.75, missing=("logs",), reachable="随时", what="resolution", to="queue", link="x")
    assert notice_from(json.loads(json.dumps(notice_json(whole)))) == whole
    assert notice_from(json.loads(json.dumps(notice_json(notice())))) == notice()
