"""Sends a request to a checked address: no redirects, no proxy of the environment, no answer that never ends."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime

import httpx

from triage.notify.addresses import AddressError, Resolve, Target, checked_address, resolved
from triage.notify.channels import CHANNELS
from triage.notify.mail import message_of, send_mail
from triage.notify.notice import Channel, Notice, Reply, Request, Verdict

# "Sender: time-outs 15 to 30 s" (Standard Webhooks); the whole, so that a reply that drips ends too.
WHOLE_SECONDS = 20.0
_CONNECT_SECONDS, _READ_SECONDS = 5.0, 10.0
_MOST_BYTES = 65_536


async def deliver(
    notices: Sequence[Notice],
    channel: Channel,
    *,
    now: datetime,
    private_hosts: Sequence[str] = (),
    resolve: Resolve = resolved,
    whole_seconds: float = WHOLE_SECONDS,
) -> Verdict:
    """Sends notices, one or a digest, to a channel; what became of it, never an error of the network."""
    try:
        target = await asyncio.to_thread(checked_address, channel.url, resolve=resolve, private_hosts=private_hosts)
        if channel.type == "mail":
            return await asyncio.to_thread(send_mail, message_of(notices, channel), channel, target)
        kind = CHANNELS[channel.type]
        request = kind.request_of(notices, channel, now=now)
        reply = await _posted(request, target, whole_seconds)
    except AddressError as error:
        return Verdict("refused", str(error))
    except TimeoutError:
        return Verdict("retry", "no answer in time")
    except httpx.TimeoutException as error:
        return Verdict("retry", type(error).__name__)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Verdict("retry", type(error).__name__)
    except ValueError as error:
        # What the channel's settings cannot make a message of, as a webhook's secret that is none.
        return Verdict("refused", str(error))
    return kind.verdict(reply, now=now)


async def _posted(request: Request, target: Target, whole_seconds: float) -> Reply:
    url = httpx.URL(request.url).copy_with(host=target.address)
    headers = {**request.headers, "host": _authority(target), "user-agent": "triage"}
    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    # The connection goes to the checked address; TLS asks and checks for the name.
    extensions = {"sni_hostname": target.host}
    async with (
        asyncio.timeout(whole_seconds),
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=timeout) as client,
        client.stream("POST", url, headers=headers, content=request.body, extensions=extensions) as response,
    ):
        body = bytearray()
        with contextlib.suppress(httpx.DecodingError):
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    break
        found = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, found, bytes(body[:_MOST_BYTES]))


def _authority(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}.get(target.scheme)
    return host if target.port == usual else f"{host}:{target.port}"
