"""Which addresses may be called; for all others nobody is asked, and nothing is sent."""

from collections.abc import Sequence

import pytest

from triage.notify.addresses import AddressError, checked_address

PUBLIC = "93.184.215.14"
NAMES = {
    "hooks.example.com": [PUBLIC],
    "six.example.com": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "xn--fiqs8s.example": [PUBLIC],
    "inside.example.com": ["10.0.0.5"],
    "both.example.com": [PUBLIC, "192.168.1.7"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "mapped.example.com": ["::ffff:10.0.0.1"],
    "nowhere.example.com": [],
}


def resolve(host: str, _port: int) -> Sequence[str]:
    """Names by the table; what is an IP address already is itself."""
    return NAMES.get(host, [host])


REFUSED = [
    # loopback and this machine
    "https://127.0.0.1/", "https://127.1.2.3/", "https://localhost/", "https://LOCALHOST/", "https://localhost./",
    "https://[::1]/", "https://0.0.0.0/", "https://[::]/", "https://127.0.0.1.nip.example/",
    # private, shared, link-local, metadata
    "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/", "https://172.31.255.255/",
    "https://192.168.0.1/", "https://100.64.0.1/", "https://100.127.255.255/", "https://169.254.169.254/latest/meta-data",
    "https://169.254.1.1/", "https://metadata.google.internal/", "https://inside.example.com/", "https://both.example.com/",
    # reserved, documentation, benchmarking, multicast, broadcast
    "https://192.0.0.1/", "https://192.0.2.1/", "https://198.18.0.1/", "https://198.51.100.1/", "https://203.0.113.1/",
    "https://224.0.0.1/", "https://239.255.255.255/", "https://240.0.0.1/", "https://255.255.255.255/",
    # the same in IPv6, and IPv4 carried in it
    "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[::127.0.0.1]/",
    "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2001:0:1::1]/",
    "https://[fe80::1%25eth0]/", "https://[fec0::1]/", "https://mapped.example.com/",
    # IPv4 in other writings
    "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
    "https://017700000001/", "https://10.0.0.0x1/", "https://1.2.3/", "https://①②⑦.⓪.⓪.①/",
    # not https, users, and what parsers read in two ways
    "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
    "https://user@hooks.example.com/", "https://user:password@hooks.example.com/", "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com /", "https:///path", "https://", "hooks.example.com",
    "https://hooks.example.com:99999/", "https://hooks.example.com:x/", "https://127.0.0.1\t.example.com/",
    "https://a..example.com/", "https://-a.example.com/", "//hooks.example.com/", "https://[::1", "",
    "javascript:alert(1)", "https://hooks.example.com\n/x",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_address_that_may_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(AddressError) as refusal:
        checked_address(url, resolve=resolve)
    assert "password" not in str(refusal.value).replace("user or password", "")


def test_there_are_at_least_sixty_of_them() -> None:
    assert len(set(REFUSED)) >= 60


@pytest.mark.parametrize(
    ("url", "host", "port", "address"),
    [
        ("https://hooks.example.com/x?key=1", "hooks.example.com", 443, PUBLIC),
        ("https://HOOKS.example.com:8443/", "hooks.example.com", 8443, PUBLIC),
        ("https://six.example.com/", "six.example.com", 443, NAMES["six.example.com"][0]),
        ("https://中国.example/", "xn--fiqs8s.example", 443, PUBLIC),
        (f"https://{PUBLIC}/", PUBLIC, 443, PUBLIC),
        ("smtp://hooks.example.com", "hooks.example.com", 587, PUBLIC),
        ("smtps://hooks.example.com", "hooks.example.com", 465, PUBLIC),
    ],
)
def test_address_of_the_internet_passes(url: str, host: str, port: int, address: str) -> None:
    target = checked_address(url, resolve=resolve)
    assert (target.host, target.port, target.address, target.is_private) == (host, port, address, False)


@pytest.mark.parametrize(
    ("url", "private_hosts"),
    [
        ("http://localhost:8080/", ["localhost:8080"]),
        ("https://inside.example.com/", ["inside.example.com"]),
        ("https://10.0.0.5:8443/x", ["10.0.0.5:8443"]),
    ],
)
def test_receiver_of_ones_own_network_passes_where_it_is_named(url: str, private_hosts: list[str]) -> None:
    assert checked_address(url, resolve=resolve, private_hosts=private_hosts).is_private
    with pytest.raises(AddressError):
        checked_address(url.replace("8080", "8081").replace("8443", "8444"), resolve=resolve, private_hosts=["other"])


def test_refusal_says_what_would_be_allowed() -> None:
    with pytest.raises(AddressError, match=r"inside\.example\.com: leads to 10\.0\.0\.5.*notify\.private_hosts"):
        checked_address("https://inside.example.com/secret-token", resolve=resolve)


def test_refusal_keeps_the_path_to_itself() -> None:
    with pytest.raises(AddressError) as refusal:
        checked_address("https://inside.example.com/secret-token", resolve=resolve)
    assert "secret-token" not in str(refusal.value)


def test_name_without_address_is_no_fault_of_the_settings() -> None:
    with pytest.raises(OSError, match="no address"):
        checked_address("https://nowhere.example.com/", resolve=resolve)
