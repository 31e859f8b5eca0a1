"""Texts made to be slow: a unit over and over, up to any length."""

import base64
import hashlib
from collections.abc import Callable, Iterator

from triage.language.pack import load_pack
from triage.lint.rulebook import shipped_rules

Maker = Callable[[int], str]


def repeated(unit: str) -> Maker:
    """Makes texts of a unit over and over."""
    return lambda length: (unit * (length // len(unit) + 1))[:length]


def _numbered(unit: str) -> Maker:
    """Makes texts of a unit with a number in it that is never the same."""

    def make(length: int) -> str:
        parts: list[str] = []
        size = number = 0
        while size < length:
            parts.append(unit.format(number, number % 250, number // 250 % 250))
            size, number = size + len(parts[-1]), number + 1
        return "".join(parts)[:length]

    return make


def _base64(length: int) -> str:
    blocks = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(length // 40 + 1))
    return base64.b64encode(blocks).decode()[:length]


GENERIC: dict[str, Maker] = {
    "brackets": repeated("([{【"),
    "brackets, closed": lambda length: "(" * (length // 2) + ")" * (length // 2),
    "digits": repeated("1234567890"),
    "one digit": repeated("1"),
    "letters": repeated("a"),
    "a and space": repeated("a "),
    "Chinese": repeated("卡顿黑屏没有声音"),
    "one Chinese character": repeated("的"),
    "spaces": repeated(" "),
    "empty items": repeated("\n- "),
    "numbered items": repeated("1. a\n"),
    "lines": repeated("\n"),
    "URLs": repeated("https://example.com/a?b=1&c=2 "),
    "URLs, glued": repeated("https://a.b/"),
    "@": repeated("@"),
    "mail-like": repeated("a.b@c."),
    "dots": repeated("."),
    "numbers and dots": repeated("1.2.3.4."),
    "base64": _base64,
    "colons": repeated("a:"),
    "quotes": repeated("\"'`"),
    "headings": repeated("复现步骤: 点击进房按钮\n"),
    "empty headings": repeated("### Steps\n"),
    "table": repeated("| a "),
    "denials": repeated("没有日志"),
    "log lines": _numbered("2021-11-22 09:16:17.845 E/Tag({0}): join failed -{0} from 10.1.{1}.{2}\n"),
    "invisible": repeated("卡\u200b"),
    "mail addresses, all different": _numbered("user{0}@corp{0}.cn "),
    "addresses, all different": _numbered("ip {0} 39.96.{1}.{2}, "),
    "passwords, all different": _numbered("password: abc{0}xyz!\n"),
    "mobiles, all different": lambda length: "".join(f"手机 138{n:08d} " for n in range(length // 12))[:length],
}


def own_texts() -> Iterator[tuple[str, Maker]]:
    """For each table of the packs and each rule: its own texts, which match, over and over."""
    for _, key, table in load_pack().tables:
        if table.yes:
            yield "pack " + ".".join(key), repeated(" ".join(table.yes) + "\n")
    for code, rule in shipped_rules().items():
        texts = [f"{example.title} {example.body}".strip() for example in rule.fires]
        unit = "\n".join(text for text in texts if text)
        if unit:
            yield f"rule {code}", repeated(unit + "\n")
