"""Personal data and secrets in a ticket's text: where they stand, and the text with them masked.

A false alarm costs more than a miss: what looks like a secret may be the room id or the version that support needs. So
a bare number has to prove itself (check digit, issuer, words beside it), and a key beside it (``msgId=``) speaks
against it. The patterns stand in ``secrets.toml``; here is how they work together. Values there and in the tests are
invented.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from triage.datafile import into, read_toml_folder
from triage.language.pack import expand
from triage.language.regexp import lazy, regexp
from triage.language.text import INVISIBLE, normalise

FOLDER = Path(__file__).parent
# The most specific first: of two that claim the same stretch the earlier names it.
SecretKind = Literal[
    "cloud_key",
    "rtc_token",
    "jwt",
    "user_sig",
    "app_certificate",
    "identity_card",
    "bank_card",
    "mobile",
    "email",
    "ip",
    "password",
]
SECRET_KINDS: tuple[SecretKind, ...] = get_args(SecretKind)

_Claim = tuple[SecretKind, int, int]


class Secret(NamedTuple):
    """A stretch of text that should not be stored or sent on: code points of the raw text, end excluded."""

    kind: SecretKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One table of ``secrets.toml``: a pattern, texts it must match (``yes``) and texts it must not (``no``)."""

    pattern: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


def find_secrets(text: str) -> tuple[Secret, ...]:
    """The personal data and secrets of a text, in order, none overlapping another; most texts have none.

    Where two overlap, one secret covers both; the longer names it, of equals the more specific kind (``SECRET_KINDS``).
    """
    if not _may_hold(text):
        return ()
    normal = normalise(text)
    low = normal.text
    # The normalised text is lower case; tokens need their own.
    cased = text if normal.offsets is None else "".join([text[position] for position in normal.offsets[:-1]])
    claims = [*_tokens(cased), *_cloud_keys(cased), *_private_keys(cased)]
    claims += [*_certificates(low), *_passwords(low), *_addresses(low)]
    if _pattern("long_number").search(low):
        claims += [*_identity_cards(low), *_bank_cards(low), *_mobiles(low), *_mobiles_abroad(low)]
    if "@" in low:
        claims += [*_emails(low), *_url_passwords(low)]
    return tuple(Secret(kind, *normal.raw_span(start, end)) for kind, start, end in _settle(claims))


def redact(text: str) -> str:
    """The text with each secret replaced by its kind, such as ``‹mobile›``; redacting again changes nothing."""
    # A mask can free what stood glued to a secret, so look again. Masks are never part of a secret (only a private key
    # may span them, and takes them whole): each round leaves less to find.
    while secrets := find_secrets(text):
        text = _replaced(text, secrets, [f"‹{secret.kind}›" for secret in secrets])
    return text


def mask_spans(text: str, secrets: Sequence[Secret]) -> str:
    """The text with each secret overwritten by ``•``, code point for code point: offsets of evidence stay true."""
    return _replaced(text, secrets, ["•" * (secret.end - secret.start) for secret in secrets])


def load_patterns(folder: Path = FOLDER) -> Mapping[str, SecretPattern]:
    """The patterns of ``secrets.toml`` by name, macros filled in. Raises DataFileError with file and line."""
    path = folder / "secrets.toml"
    tables = dict(read_toml_folder(folder)[path.name])
    macros = tables.pop("macros")
    patterns = {}
    for name, table in tables.items():
        read = into(SecretPattern, table, path=path, within=f"{name}.")
        patterns[name] = SecretPattern(expand(read.pattern, macros, path=path), read.yes, read.no)
    return patterns


@cache
def _loaded() -> Mapping[str, SecretPattern]:
    return load_patterns()


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return regexp(_loaded()[name].pattern, re.ASCII)


def _ends(name: str, text: str, end: int, *, reach: int = 40) -> bool:
    """Whether the text before ``end`` ends as the pattern says; no more than ``reach`` characters are read."""
    return _pattern(name).search(text, max(0, end - reach), end) is not None


def _goes_on(name: str, text: str, start: int) -> bool:
    """Whether the text goes on at ``start`` as the pattern says; the patterns need 40 characters at most."""
    return _pattern(name).match(text[start : start + 40]) is not None


def _replaced(text: str, secrets: Sequence[Secret], masks: Sequence[str]) -> str:
    parts, position = [], 0
    for secret, mask in zip(secrets, masks, strict=True):
        parts += [text[position : secret.start], mask]
        position = secret.end
    return "".join([*parts, text[position:]])


def _settle(claims: list[_Claim]) -> list[_Claim]:
    settled: list[_Claim] = []
    longest = 0
    for kind, start, end in sorted(claims, key=lambda claim: (claim[1], -claim[2], SECRET_KINDS.index(claim[0]))):
        if not settled or start >= settled[-1][2]:
            settled.append((kind, start, end))
            longest = end - start
            continue
        name, begin, rim = settled[-1]
        if end - start > longest:
            name, longest = kind, end - start
        settled[-1] = (name, begin, max(rim, end))
    return settled


# What every secret has at least one of: a digit, an @, or one of the words below; wide letters and invisible characters
# may hide such a word. It is not in the data file: a text without any of it costs microseconds and loads nothing.
# matches "3", "＠"; does not match "语音卡顿"
_TELLTALE = lazy(f"[0-9@０-９＠Ａ-Ｚａ-ｚ{INVISIBLE.pattern[1:-1]}]")
_TELLTALE_WORDS = ("passw", "pwd", "passcode", "passphrase", "密码", "密碼", "口令", "authorization", "-----begin")


def _may_hold(text: str) -> bool:
    if _TELLTALE.search(text):
        return True
    lower = text.lower()
    return any(word in lower for word in _TELLTALE_WORDS)


def _glued(text: str, start: int, end: int, *, grouped: bool = False) -> bool:
    """Whether a number is part of something longer; ``grouped`` ones (138 0013 8000) also of a row of groups."""
    if _ends("glued_left", text, start, reach=2) or _goes_on("glued_right", text, end):
        return True
    return grouped and (_ends("group_left", text, start, reach=2) or _goes_on("group_right", text, end))


def _mobiles(text: str) -> Iterator[_Claim]:
    for found in _pattern("mobile").finditer(text):
        start, end = found.span()
        if country := _pattern("china_code").search(text, max(0, start - 10), start):
            start = country.start()
        grouped = bool(found[1] or found[2]) and not country
        # "tel13800138000" is a phone, "ord13800138000" is not.
        spoken = _ends("phone_word", text, start)
        if _goes_on("glued_right", text, end) or (not spoken and _glued(text, start, end, grouped=grouped)):
            continue
        if country or spoken or not (_ends("serial_word", text, start) or _goes_on("unit", text, end)):
            yield "mobile", start, end


def _mobiles_abroad(text: str) -> Iterator[_Claim]:
    for name in ("mobile_with_code", "mobile_elsewhere", "mobile_local"):
        for found in _pattern(name).finditer(text):
            start, end = found.span()
            if _glued(text, start, end, grouped=True):
                continue
            if name == "mobile_local":
                spoken = _ends("mobile_local_word", text, start)
            else:
                digits = sum(char.isdigit() for char in found[0])
                grouped = 8 <= digits <= 15 and len(re.findall("[ -]", found[0])) >= 2
                spoken = name == "mobile_with_code" or grouped or _ends("phone_word", text, start)
            if spoken:
                yield "mobile", start, end


def _identity_cards(text: str) -> Iterator[_Claim]:
    for found in _pattern("identity_number").finditer(text):
        start, end = found.span()
        number = re.sub("[ -]", "", found[0])
        if is_identity_number(number) and not _glued(text, start, end, grouped=bool(found[1])):
            yield "identity_card", start, end
    for found in _pattern("identity_number_old").finditer(text):
        start, end = found.span()
        born = "19" + found[0][6:12]
        if _is_date(born) and _ends("identity_word", text, start) and not _glued(text, start, end):
            yield "identity_card", start, end


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a mainland identity number: its birthday is a day and its check character holds.

    GB 11643-1999: the check character makes the weighted sum 1 modulo 11 (ISO 7064 MOD 11-2); ten is written X.
    """
    if not re.fullmatch(r"\d{17}[\dXx]", number, re.ASCII) or not _is_date(number[6:14]):
        return False
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _bank_cards(text: str) -> Iterator[_Claim]:
    for found in _pattern("card_number").finditer(text):
        start, end = found.span()
        grouped = bool(found[1] or found[2] or found[3])
        digits = re.sub("[ -]", "", found[0])
        # 89 is telecom: the ICCID of a SIM card has a Luhn digit too.
        if digits.startswith("89") or not passes_luhn(digits) or _glued(text, start, end, grouped=grouped):
            continue
        issued = _pattern("card_issuer").search(digits)
        keyed = not grouped and (_ends("serial_word", text, start) or _ends("keyed", text, start))
        if _ends("card_word", text, start) or (issued and not keyed):
            yield "bank_card", start, end


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B); False for zeros alone."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total > 0 and total % 10 == 0


_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._%+-"


def _emails(text: str) -> Iterator[_Claim]:
    # From each @ backwards: a pattern that begins with the name reads a log without any @ 64 times.
    at = text.find("@")
    while at >= 0:
        if domain := _pattern("mail_domain").match(text, at + 1):
            before = text[max(0, at - 65) : at]
            name = before[len(before.rstrip(_NAME_CHARACTERS)) :].lstrip("._%+-")
            # A name has at most 64 characters (RFC 5321).
            if 0 < len(name) <= 64 and not _is_nobodys_mailbox(text, at - len(name), name, domain[0]):
                yield "email", at - len(name), domain.end()
        at = text.find("@", at + 1)


def _is_nobodys_mailbox(text: str, start: int, name: str, domain: str) -> bool:
    if _pattern("nobodys_mailbox").search(name) or _pattern("nobodys_domain").search(domain):
        return True
    return _ends("no_mailbox", text, start, reach=90)


def _addresses(text: str) -> Iterator[_Claim]:
    version_end = None
    for found in _pattern("ipv4").finditer(text):
        start, end = found.span()
        listed = version_end is not None and start - version_end <= 10
        listed = listed and _goes_on("next_of_list", text[version_end:start], 0)
        glued = _ends("quad_left", text, start, reach=2) or _goes_on("quad_right", text, end)
        if glued or not _is_address(text, start, end, listed=listed):
            version_end = end
        elif not _pattern("nobodys_ip").search(found[0]):
            yield "ip", start, end
    if "::" in text or text.count(":") >= 7:
        yield from _addresses_v6(text)


def _is_address(text: str, start: int, end: int, *, listed: bool) -> bool:
    """Whether four numbers are an address, not a version; ``listed`` tells that they follow a version in a list."""
    quad = text[start:end]
    if _ends("version_word", text, start, reach=60) or _goes_on("version_after", text, end):
        return False
    if _goes_on("private_ip", quad, 0) or _goes_on("port", text, end) or _ends("address_word", text, start):
        return True
    # Browsers tell no more than their first number: Chrome/120.0.0.0.
    if listed or quad.endswith(".0.0.0") or _ends("product_word", text, start):
        return False
    octets = [int(octet) for octet in quad.split(".")]
    # SDK versions of four numbers begin low and have one large number at most: 1.8.1.222, 4.5.111.9.
    return octets[0] == 10 or octets[0] >= 24 or sum(octet >= 100 for octet in octets) > 1


def _addresses_v6(text: str) -> Iterator[_Claim]:
    for found in _pattern("ipv6").finditer(text):
        start = found.start()
        # The colon of a sentence is none of the address's.
        address = found[0] if found[0].endswith("::") else found[0].rstrip(":")
        # Eight groups without a letter are a time stamp.
        spelled = "::" in address or re.search("[a-f]", address)
        if spelled and not _is_joined(text, start, "_.:-") and _is_ipv6(address):
            yield "ip", start, start + len(address)


def _is_ipv6(address: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def _is_joined(text: str, start: int, joints: str) -> bool:
    """Whether an ASCII letter or digit, a mask, or one of ``joints`` stands right before."""
    before = text[start - 1 : start]
    return bool(before) and (before in joints or before == "›" or (before.isascii() and before.isalnum()))


def _tokens(cased: str) -> Iterator[_Claim]:
    wanted: list[tuple[SecretKind, tuple[str, ...]]] = [
        ("rtc_token", ("007eJ", "006", "AAAAA", "YWMt")),
        ("user_sig", ("eJw", "eJx", "eJyr")),
        ("jwt", ("eyJ",)),
    ]
    for kind, starts in wanted:
        if not any(start in cased for start in starts):
            continue
        for found in _pattern(kind).finditer(cased):
            # Fewer than 12 different characters in 60 are dots of an example ("007eJxxxxxxxx").
            if not _is_joined(cased, found.start(), "_+-") and len(set(found[0][:60])) >= 12:
                yield kind, *found.span()
    if "rongnav" in cased:
        yield from _rongcloud_tokens(cased)


def _rongcloud_tokens(cased: str) -> Iterator[_Claim]:
    for found in _pattern("rongcloud_tail").finditer(cased):
        before = cased[max(0, found.start() - 128) : found.start()]
        body = re.search(r"[A-Za-z0-9+/]{24,128}={0,2}$", before)
        if body:
            yield "rtc_token", found.start() - len(body[0]), found.end()


# What a cloud key begins with: a first test, for the pattern has no common prefix to skip by.
_CLOUD_PREFIXES = (
    "AKIA",
    "ASIA",
    "LTAI",
    "AKID",
    "AIza",
    "sk-",
    "gh",
    "glpat-",
    "xox",
    "_live_",
    "hf_",
    "npm_",
    "triage_",
)


def _cloud_keys(cased: str) -> Iterator[_Claim]:
    if not any(prefix in cased for prefix in _CLOUD_PREFIXES):
        return
    for found in _pattern("cloud_key").finditer(cased):
        mixed = any(char.isdigit() for char in found[0]) and len(set(found[0])) >= 10
        if mixed and not _is_joined(cased, found.start(), "_-"):
            yield "cloud_key", *found.span()


# Longer than RSA 8192 in base64 is no key.
_LONGEST_KEY = 8192


def _private_keys(cased: str) -> Iterator[_Claim]:
    end = 0
    for found in _pattern("private_key").finditer(cased):
        lines = _pattern("private_key_lines").match(cased, found.end())
        if found.start() < end or not lines:
            continue
        foot = _pattern("private_key_foot").search(cased, found.end(), found.end() + _LONGEST_KEY)
        end = foot.end() if foot else lines.end()
        yield "cloud_key", found.start(), end


def _certificates(text: str) -> Iterator[_Claim]:
    app_id_end = None
    for found in _pattern("hexadecimal").finditer(text):
        start, end = found.span()
        if end - start not in (32, 64) or len(set(found[0])) < 6 or _is_joined(text, start, "_-"):
            continue
        # "App ID/证书：A / B": B is the certificate.
        if app_id_end is not None and start - app_id_end <= 4 and not text[app_id_end:start].strip(" \n\t/、,;|和"):
            yield "app_certificate", start, end
        elif _ends("pair_word", text, start, reach=60):
            app_id_end = end
        elif _ends("secret_word", text, start) and not _ends("other_key", text, start):
            yield "app_certificate", start, end
    for found in _pattern("secret_value").finditer(text):
        value = found["value"]
        of_cloud = found["key"] or _ends("access_before", text, found.start(), reach=12)
        mixed = sum(char.isdigit() for char in value) >= 2 and len(set(value)) >= 8
        # Hexadecimal ones were judged above, by more words than "secret".
        judged = re.fullmatch("[0-9a-f]{32}|[0-9a-f]{64}", value)
        if mixed and not judged and not _pattern("password_placeholder").search(value):
            yield "cloud_key" if of_cloud else "app_certificate", *found.span("value")


def _passwords(text: str) -> Iterator[_Claim]:
    done = 0
    for word in _pattern("password_word").finditer(text):
        if word.start() < done:
            continue
        # Two values of 64 characters and what joins them.
        rest = text[word.end() : word.end() + 150]
        said = _pattern("password_value").match(rest)
        if said and (span := _password_span(text, word.start(), rest, said)):
            done = word.end() + span[1]
            yield "password", word.end() + span[0], done
    if "authorization" in text:
        for found in _pattern("authorization").finditer(text):
            if len(set(found["value"])) >= 6 and not _pattern("password_placeholder").search(found["value"]):
                yield "password", *found.span("value")


def _password_span(text: str, word_start: int, rest: str, said: re.Match[str]) -> tuple[int, int] | None:
    """Where the password after a word stands in ``rest``; None where the words state none."""
    start, end = said.span("value")
    if _ends("account_pair", text, word_start):
        second = _pattern("password_second").match(rest[end:])
        if second and _is_password(second["value"], loose=True):
            return start, end + len(second[0].rstrip(".!?:"))
    value = said["value"].rstrip(".!?:")
    # "密码Abc12345" needs the account before it: "账号 test01 密码Abc12345".
    if said["bare"] is not None and not _ends("account_before", text, word_start):
        return None
    # "resetPassword: 1001" is a result.
    if value.isdigit() and len(value) < 6 and _ends("password_verb", text, word_start, reach=8):
        return None
    if _goes_on("counted", rest, end) or not _is_password(value, quoted=bool(said["quote"]), loose=not said["sure"]):
        return None
    return start, start + len(value)


def _is_password(value: str, *, quoted: bool = False, loose: bool = False) -> bool:
    """Whether a value reads as a password; ``loose`` is prose (the password is …), which needs a digit and length 6."""
    if len(value) < (6 if loose else 4) or _pattern("password_placeholder").search(value):
        return False
    if _pattern("measure").search(value):
        return False
    if any(char.isdigit() for char in value):
        return True
    # Letters alone are a word of the sentence, unless quoted as code quotes a value.
    return not loose and (any(char in "!@#$%^&*+=?~" for char in value) or (quoted and len(value) > 4))


def _url_passwords(text: str) -> Iterator[_Claim]:
    for found in _pattern("url_password").finditer(text):
        if not _pattern("password_placeholder").search(found["value"]):
            yield "password", *found.span("value")
