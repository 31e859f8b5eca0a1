"""E-mail by SMTP: ``smtp://`` with STARTTLS or ``smtps://``; the secret is ``user:password``, or nothing."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from triage.notify.addresses import Target
from triage.notify.card import card_for, plain, tame
from triage.notify.notice import Channel, Notice, Verdict

PER_MINUTE, MOST_AT_ONCE = 30, 200
_SECONDS = 20
# Greylisting and full mailboxes (RFC 5321: 4xx pass); servers ask for some minutes.
_PASSING_WAIT = timedelta(minutes=5)


def message_of(notices: Sequence[Notice], channel: Channel) -> EmailMessage:
    """The mail of one notice or a digest. The same notice has the same Message-ID, so that a mailbox can tell a repeat."""
    card = card_for(notices, channel.lang)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = tame(card.title)
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.receivers)
    message["Message-ID"] = f"<{sha256('|'.join(notice.id for notice in notices).encode()).hexdigest()[:32]}@triage>"
    # Whoever is away answers nobody.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(card, channel.lang) + "\n")
    return message


def send_mail(message: EmailMessage, channel: Channel, target: Target) -> Verdict:
    """Hands the mail to the server at a checked address; blocks, so that callers who cannot wait use a thread."""
    user, _, password = channel.secret.partition(":")
    context = ssl.create_default_context()
    try:
        with _connected(target, context) as server:
            if user:
                server.login(user, password)
            server.send_message(message)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, MessageError, ValueError) as error:
        return Verdict("refused", type(error).__name__)
    except smtplib.SMTPRecipientsRefused as error:
        passing = any(code < 500 for code, _ in error.recipients.values())
        return Verdict("retry", "SMTPRecipientsRefused", _PASSING_WAIT) if passing else Verdict("refused", "receivers")
    except smtplib.SMTPResponseException as error:
        why = f"SMTP {error.smtp_code}"
        return Verdict("retry", why, _PASSING_WAIT) if error.smtp_code < 500 else Verdict("refused", why)
    except (smtplib.SMTPException, OSError) as error:
        return Verdict("retry", type(error).__name__)
    return Verdict("sent")


def _connected(target: Target, context: ssl.SSLContext) -> smtplib.SMTP:
    server: smtplib.SMTP
    if target.scheme == "smtps":
        # The name is what the certificate is checked for; the connection goes to the checked address.
        server = _PinnedSsl(target, context)
    else:
        server = smtplib.SMTP(timeout=_SECONDS)
        server.connect(target.address, target.port)
        # What starttls checks the certificate for.
        server._host = target.host  # type: ignore[attr-defined]
        if server.ehlo()[0] >= 400 or server.has_extn("starttls"):
            server.starttls(context=context)
        elif not target.is_private:
            raise smtplib.SMTPNotSupportedError("no STARTTLS")
    return server


class _PinnedSsl(smtplib.SMTP_SSL):
    """SMTPS to an address, with the certificate checked for its name."""

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        self._target = target
        super().__init__(target.host, target.port, timeout=_SECONDS, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        import socket

        raw = socket.create_connection((self._target.address, port), timeout)
        return self.context.wrap_socket(raw, server_hostname=host)
