"""Which addresses may be called: those of the internet, and what a site names as its own. A guard against SSRF.

A name is resolved once, all its addresses are judged, and the connection goes to one that was judged: a name that
resolves to something else a moment later (rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from triage.errors import TriageError

_PORTS = {"https": 443, "http": 80, "smtp": 587, "smtps": 465}
# What goes over the internet in the clear is read on the way; STARTTLS is asked of smtp.
_SAFE = ("https", "smtps", "smtp")
# Prefixes that carry an IPv4 address in them: 6to4 (RFC 3056), NAT64 (RFC 6052), Teredo (RFC 4380), ISATAP-like forms have
# none of their own. What they lead to is not ours to find out.
_CARRIERS = tuple(map(ipaddress.ip_network, ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "::/96")))

Resolve = Callable[[str, int], Sequence[str]]
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressError(TriageError):
    """An address that is not called; the text names host and reason, and nothing of the path, which may be a secret."""


class Target(NamedTuple):
    """Where a connection goes: ``address`` is an IP, ``host`` the name that certificates are checked for."""

    scheme: str
    host: str
    port: int
    address: str
    is_private: bool


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver; raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_address(url: str, *, resolve: Resolve = resolved, private_hosts: Sequence[str] = ()) -> Target:
    """Where a URL leads, once it is known to be allowed.

    ``private_hosts`` are ``host`` or ``host:port`` of receivers in one's own network, which may be http as well. Raises
    AddressError for all that is not allowed, OSError where the name has no address now.
    """
    scheme, host, port = _parts(url)
    is_private = host in private_hosts or f"{host}:{port}" in private_hosts
    if not is_private and scheme not in _SAFE:
        raise AddressError(f"{host}: {scheme} is not allowed; use https, or name the host in notify.private_hosts")
    addresses = resolve(host, port)
    if not addresses:
        raise OSError("no address")
    if not is_private:
        for address in addresses:
            if not _is_public(address):
                raise AddressError(
                    f"{host}: leads to {address}, which is not on the internet; name it in notify.private_hosts if it is yours"
                )
    return Target(scheme, host, port, addresses[0], is_private)


def _parts(url: str) -> tuple[str, str, int]:
    if any(ord(character) <= 32 or ord(character) == 127 for character in url) or "\\" in url:
        raise AddressError("an address has spaces, control characters or backslashes in it")
    try:
        parts = urlsplit(url)
        port = parts.port
        name = (parts.hostname or "").rstrip(".")
        host = name.encode("idna").decode("ascii").lower() if not name.isascii() else name.lower()
    except (ValueError, UnicodeError):
        raise AddressError("an address cannot be read; write it as https://host/path") from None
    if parts.scheme not in _PORTS or not host:
        raise AddressError(f"an address is no {', '.join(f'{name}://' for name in _PORTS)} with a host")
    if parts.username is not None or parts.password is not None:
        raise AddressError(f"{host}: an address has a user or password in it; the channel's secret is for that")
    _check_host(host)
    return parts.scheme, host, port if port is not None else _PORTS[parts.scheme]


def _check_host(host: str) -> None:
    """Refuses IPv4 in other writings (0x7f.1, 2130706433, 0177.0.0.1): resolvers read them as addresses."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        last = host.rpartition(".")[2]
        if last.isdigit() or last.startswith("0x"):
            raise AddressError(f"{host}: is no name, and no IP address as it is usually written") from None
        if not all(part and len(part) <= 63 and not part.startswith("-") for part in host.split(".")):
            raise AddressError(f"{host}: is no name") from None
    if "%" in host:
        raise AddressError(f"{host}: names a network interface")


def _is_public(text: str) -> bool:
    try:
        address: _Ip = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(str(address.ipv4_mapped))
        if address.is_site_local or any(address in network for network in _CARRIERS):
            return False
    # is_global leaves out private, loopback, link-local (metadata services), shared (100.64/10), documentation, reserved.
    return address.is_global and not address.is_multicast
