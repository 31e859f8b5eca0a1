"""Sending over real sockets to receivers that misbehave: what becomes of it, and that nobody else is called."""

import asyncio
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from receivers import Receiver, drip, flood, hang_up, receiving, reset, rubbish, silent, status
from test_notify_addresses import REFUSED, resolve
from test_notify_signing import channel, notice

from triage.notify import sender
from triage.notify.notice import Channel, Reply, Verdict
from triage.notify.replies import verdict_of
from triage.notify.retries import SCHEDULE, wait_before
from triage.notify.sender import deliver

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def sent_to(receiver: Receiver, kind: str = "webhook", **more: Any) -> Verdict:
    ops = channel(kind, url=receiver.url, secret=SECRET if kind == "webhook" else "")
    return asyncio.run(
        deliver([notice()], ops, now=NOW, private_hosts=[receiver.host], **({"whole_seconds": 10.0} | more))
    )


@pytest.mark.parametrize(
    ("script", "outcome", "why"),
    [
        (status(200), "sent", ""),
        (status(204, b""), "sent", ""),
        (status(301, location="http://127.0.0.1:1/"), "refused", "HTTP 301; redirects are not followed"),
        (status(400), "refused", "HTTP 400"),
        (status(404), "refused", "HTTP 404"),
        (status(410), "gone", "HTTP 410"),
        (status(429), "retry", "HTTP 429"),
        (status(500), "retry", "HTTP 500"),
        (status(503), "retry", "HTTP 503"),
        (silent, "retry", "no answer in time"),
        (drip, "retry", "no answer in time"),
        (reset, "retry", "ReadError"),
        (hang_up, "retry", "RemoteProtocolError"),
        (rubbish, "retry", "RemoteProtocolError"),
        (flood, "sent", ""),
    ],
)
def test_what_becomes_of_it(script: Callable[..., None], outcome: str, why: str) -> None:
    with receiving(script) as receiver:
        verdict = sent_to(receiver, whole_seconds=0.4 if script in (silent, drip) else 10.0)
        assert (verdict.outcome, verdict.why) == (outcome, why)
        assert len(receiver.requests) == 1


def test_nobody_listening_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    ops = channel("slack", url=f"http://{host}/")
    verdict = asyncio.run(deliver([notice()], ops, now=NOW, private_hosts=[host]))
    assert verdict == Verdict("retry", "ConnectError")


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        ("Thu, 26 Nov 2026 08:10:00 GMT", timedelta(minutes=10)),
        ("Thu, 26 Nov 2026 07:00:00 GMT", timedelta()),
        ("999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_heeded(said: str, after: timedelta | None) -> None:
    assert verdict_of(Reply(429, {"retry-after": said}, b""), now=NOW).after == after


def test_redirect_is_not_followed() -> None:
    with receiving(status(200)) as other, receiving(status(307, location=other.url)) as receiver:
        assert sent_to(receiver).outcome == "refused"
        assert other.requests == []


@pytest.mark.parametrize(
    ("kind", "answer", "verdict"),
    [
        ("feishu", {"code": 0}, Verdict("sent")),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, Verdict("refused", "code 19021")),
        ("feishu", {"code": 11232}, Verdict("retry", "code 11232", timedelta(minutes=1))),
        ("dingtalk", {"errcode": 0}, Verdict("sent")),
        ("dingtalk", {"errcode": 310000}, Verdict("refused", "errcode 310000")),
        ("dingtalk", {"errcode": 130101}, Verdict("retry", "errcode 130101", timedelta(minutes=10))),
        ("wecom", {"errcode": 0}, Verdict("sent")),
        ("wecom", {"errcode": 45009}, Verdict("retry", "errcode 45009", timedelta(minutes=1))),
        ("wecom", {"errcode": 93000}, Verdict("refused", "errcode 93000")),
        ("wecom", {"errcode": "0"}, Verdict("retry", "the answer's errcode is no number")),
        ("wecom", [], Verdict("retry", "the answer has no errcode")),
        ("feishu", "<html>", Verdict("retry", "the answer has no code")),
    ],
)
def test_error_behind_a_200_is_seen(kind: str, answer: object, verdict: Verdict) -> None:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
    with receiving(status(200, body)) as receiver:
        assert sent_to(receiver, kind) == verdict


@pytest.mark.parametrize("url", REFUSED)
def test_refused_address_is_never_contacted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []

    async def posted(*asked: object) -> Reply:
        called.append(asked)
        return Reply(200, {}, b"")

    monkeypatch.setattr(sender, "_posted", posted)
    verdict = asyncio.run(deliver([notice()], channel("slack", url=url), now=NOW, resolve=resolve))
    assert verdict.outcome == "refused"
    assert called == []


def test_name_that_leads_elsewhere_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the connection goes to the address that was judged; the name is not looked up again."""
    asked: list[str] = []
    went_to: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    class Client:
        def __init__(self, **_settings: object) -> None: ...
        async def __aenter__(self) -> "Client":
            return self

        async def __aexit__(self, *_: object) -> None: ...
        def stream(self, _method: str, url: object, **facts: Any) -> object:
            went_to.append(f"{url} {facts['headers']['host']} {facts['extensions']['sni_hostname']}")
            raise OSError("enough was seen")

    monkeypatch.setattr(sender.httpx, "AsyncClient", Client)
    asyncio.run(deliver([notice()], channel("slack", url="https://evil.example/x"), now=NOW, resolve=rebinding))
    assert asked == ["evil.example"]
    assert went_to == ["https://93.184.215.14/x evil.example evil.example"]


def test_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(status(200)) as proxy, receiving(status(200)) as receiver:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.host}")
        monkeypatch.setenv("ALL_PROXY", f"http://{proxy.host}")
        assert sent_to(receiver).outcome == "sent"
        assert proxy.requests == []


def test_host_header_names_the_receiver() -> None:
    with receiving(status(200)) as receiver:
        sent_to(receiver)
        assert f"host: {receiver.host}".encode() in receiver.requests[0].lower()


@pytest.mark.parametrize("attempts", range(1, len(SCHEDULE) + 1))
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_waits_lie_within_a_fifth_of_the_schedule(attempts: int, chance: float) -> None:
    wait = wait_before(attempts, chance=chance)
    assert wait
    assert wait.total_seconds() == pytest.approx(SCHEDULE[attempts - 1] * (0.8 + 0.4 * chance))


def test_waits_end_and_heed_the_receiver() -> None:
    assert wait_before(len(SCHEDULE) + 1, chance=0.5) is None
    assert wait_before(1, chance=0.0, asked=timedelta(hours=1)) == timedelta(hours=1)
    assert wait_before(3, chance=1.0, asked=timedelta(seconds=1)) == timedelta(seconds=1_800 * 1.2)


class _Smtp(socketserver.StreamRequestHandler):
    """A mail server that speaks just enough, and answers RCPT as told."""

    rcpt: ClassVar[bytes] = b"250 ok"
    mails: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go\r\n")
                lines = []
                while (piece := self.rfile.readline()) != b".\r\n":
                    lines.append(piece)
                self.mails.append(b"".join(lines))
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"RCPT":
                self.wfile.write(self.rcpt + b"\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.mark.parametrize(
    ("rcpt", "outcome"), [(b"250 ok", "sent"), (b"451 later", "retry"), (b"550 nobody", "refused")]
)
def test_mail_server_takes_it_or_says_why_not(rcpt: bytes, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Smtp, "rcpt", rcpt)
    monkeypatch.setattr(_Smtp, "mails", [])
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_address[1]}"
        ops = channel("mail", url=f"smtp://{host}", sender="triage@example.com", receivers=("a@example.com",))
        verdict = asyncio.run(deliver([notice()], ops, now=NOW, private_hosts=[host]))
        server.shutdown()
    assert verdict.outcome == outcome
    assert len(_Smtp.mails) == (outcome == "sent")


def test_mail_server_of_the_internet_without_starttls_gets_no_mail() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        from triage.notify.addresses import Target
        from triage.notify.mail import message_of, send_mail

        ops: Channel = channel("mail", sender="triage@example.com", receivers=("a@example.com",))
        target = Target("smtp", "mail.example.com", port, "127.0.0.1", False)
        verdict = send_mail(message_of([notice()], ops), ops, target)
        server.shutdown()
    assert verdict == Verdict("refused", "SMTPNotSupportedError")


def test_secret_that_cannot_sign_is_refused_not_raised() -> None:
    with receiving(status(200)) as receiver:
        ops = channel("webhook", url=receiver.url, secret="whsec_?")
        verdict = asyncio.run(deliver([notice()], ops, now=NOW, private_hosts=[receiver.host]))
        assert verdict.outcome == "refused"
        assert receiver.requests == []


def test_request_is_what_the_channel_made() -> None:
    with receiving(status(200)) as receiver:
        sent_to(receiver)
        head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    assert b"POST /hook HTTP/1.1" in head
    assert json.loads(body)["type"] == "triage.rung"
