"""Takes notices out of the outbox to their channels: at least once, within each channel's pace, again where it failed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage.errors import SettingsError
from triage.notify.addresses import AddressError, checked_address
from triage.notify.channels import PACES, Pace
from triage.notify.notice import Channel, Notice, Verdict, notice_from
from triage.notify.retries import wait_before
from triage.notify.sender import deliver
from triage.notify.signing import webhook_sign
from triage.settings import ChannelSettings, NotifySettings
from triage.store.outbox import Outbox, OutNotice

_MINUTE = timedelta(minutes=1)
# When so little of a minute's messages would be left after all that waits, it goes out as a digest.
_NEAR = 0.5


class Deliver(Protocol):
    """``triage.notify.sender.deliver``, or what stands in for it in a test."""

    def __call__(
        self, notices: Sequence[Notice], channel: Channel, *, now: datetime, private_hosts: Sequence[str]
    ) -> Awaitable[Verdict]:
        """What became of it."""


class Delivery:
    """The channels of one site; ``now`` is the clock."""

    def __init__(
        self,
        settings: NotifySettings,
        outbox: Outbox,
        *,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        send: Deliver = deliver,
    ) -> None:
        """Raises SettingsError for a channel that can never work."""
        self._outbox = outbox
        self._now = now
        self._send = send
        self._private_hosts = settings.private_hosts
        self.channels = channels_of(settings, environ)

    async def run(self) -> int:
        """Sends what waits, all channels side by side; how many notices went out."""
        waiting = self._outbox.waiting(self._now())
        asked = [(self.channels[name], count) for name, count in waiting.items() if name in self.channels]
        return sum(await asyncio.gather(*(self._empty(channel, count) for channel, count in asked)))

    async def _empty(self, channel: Channel, waiting: int) -> int:
        pace = PACES[channel.type]
        sent = 0
        while waiting > 0:
            left = pace.per_minute - self._outbox.sent_since(channel.name, self._now() - _MINUTE)
            if left <= 0:
                # The rest waits for the next minute.
                break
            taken = self._outbox.take(channel.name, self._now(), most=_at_once(pace, waiting, left))
            if not taken:
                break
            waiting -= len(taken)
            verdict = await self._tell(channel, taken)
            if verdict.outcome != "sent":
                # A receiver that is away is away for the others too; they are tried when they are due.
                break
            sent += len(taken)
        return sent

    async def _tell(self, channel: Channel, taken: Sequence[OutNotice]) -> Verdict:
        try:
            notices = [notice_from(one.content) for one in taken]
            verdict = await self._send(notices, channel, now=self._now(), private_hosts=self._private_hosts)
        except Exception as fault:
            # A fault of ours is tried again as a receiver's is, and told in the end: it must not hold up what comes after.
            verdict = Verdict("retry", f"a fault of ours ({type(fault).__name__})")
        ids, now = [one.id for one in taken], self._now()
        if verdict.outcome == "sent":
            self._outbox.sent(channel.name, ids, now, message=ids[0])
        elif verdict.outcome == "retry":
            for one in taken:
                chance = random.random()  # noqa: S311 - it only spreads the tries
                wait = wait_before(one.attempts + 1, chance=chance, asked=verdict.after)
                if wait is None:
                    self._outbox.failed(channel.name, [one.id], error=verdict.why)
                else:
                    self._outbox.again(channel.name, [one.id], now + wait, error=verdict.why)
        else:
            self._outbox.failed(channel.name, ids, error=verdict.why)
        return verdict


def channels_of(settings: NotifySettings, environ: Mapping[str, str]) -> dict[str, Channel]:
    """The channels of a site by name; raises SettingsError for one that can never work."""
    channels = {name: _channel(name, one, environ) for name, one in settings.channels.items()}
    for channel in channels.values():
        _check(channel, settings.private_hosts)
    return channels


def _at_once(pace: Pace, waiting: int, left: int) -> int:
    """How many notices the next message holds: one, or a digest where the channel's limit is near."""
    return 1 if waiting <= left * _NEAR else pace.most_at_once


def _channel(name: str, settings: ChannelSettings, environ: Mapping[str, str]) -> Channel:
    url, secret = (
        _secret(f"notify.channels.{name}.{key}", getattr(settings, key), environ) for key in ("url", "secret")
    )
    return Channel(name, settings.type, url, secret, settings.lang, settings.sender, settings.receivers)


def _secret(setting: str, value: str, environ: Mapping[str, str]) -> str:
    """The value, or that of the environment's variable which it names with a dollar sign."""
    if not value.startswith("$"):
        return value
    if not environ.get(value[1:]):
        raise SettingsError(f'{setting} is "{value}", and the environment has no {value[1:]}; set it there')
    return environ[value[1:]]


def _check(channel: Channel, private_hosts: Sequence[str]) -> None:
    """What no try could mend: an address that is never called, a secret of another form, a mail without receivers."""
    setting = f"notify.channels.{channel.name}"
    try:
        # The name is looked up when it is called; here an address of the internet stands in for it.
        target = checked_address(channel.url, resolve=lambda _host, _port: ["1.1.1.1"], private_hosts=private_hosts)
    except AddressError as cause:
        raise SettingsError(f"{setting}.url cannot be used: {cause}") from cause
    is_mail = channel.type == "mail"
    if is_mail != target.scheme.startswith("smtp"):
        allowed = "smtps://host or smtp://host" if is_mail else "https://"
        raise SettingsError(f"{setting}.url begins with {target.scheme}://; {channel.type} needs {allowed}")
    if is_mail and not (channel.receivers and channel.sender):
        raise SettingsError(f"{setting} has no sender or no receivers; a mail needs both")
    if channel.type == "pagerduty" and not channel.secret:
        raise SettingsError(f"{setting}.secret is empty; it must be the routing key of the service")
    if channel.type == "webhook":
        try:
            webhook_sign("check", 0, b"", channel.secret)
        except ValueError as cause:
            raise SettingsError(f"{setting}.secret cannot be used: {cause}") from cause
