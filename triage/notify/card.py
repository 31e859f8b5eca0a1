"""A notice as a title and lines, in Chinese and in English, and many notices as one digest.

Ticket text is a stranger's: in a group chat it must neither call everybody nor pass for a link. Each channel gives its
own ``escape``; ``tame`` is what all have in common.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from triage.notify.notice import Lang, Notice

MOST_IN_DIGEST = 20
# Nobody reads a longer title or reason in a chat.
_LONGEST = 200
# "@" calls people in Feishu, DingTalk, WeCom and Slack; its full-width twin looks alike and calls nobody.
_CALLS = str.maketrans({"@": "＠", "\u202e": "", "\u200b": ""})
_BLANKS = re.compile(r"\s+|[\x00-\x1f\x7f]")

Escape = Callable[[str], str]


class Line(NamedTuple):
    """A line of a card: what it is about and what it says, both escaped for the channel."""

    label: str
    said: str


class Card(NamedTuple):
    """A title, lines, and a link (not escaped); no link is None."""

    title: str
    lines: tuple[Line, ...]
    link: str | None


def tame(text: str, most: int = _LONGEST) -> str:
    """A stranger's text in one line that calls nobody, at most so many characters long."""
    line = _BLANKS.sub(" ", text.translate(_CALLS)).strip()
    return line if len(line) <= most else line[: most - 1] + "…"


def card_of(notice: Notice, lang: Lang, escape: Escape = str) -> Card:
    """The card of one notice."""
    words = words_in(lang)
    labels = words["labels"]

    def line(name: str, said: str | None) -> list[Line]:
        return [Line(escape(labels[name]), escape(tame(said)))] if said else []

    lines = [
        *line("title", notice.title),
        *line("due", _due(notice, words)),
        *line("reason", notice.reason),
        *line("missing", labels["listed"].join(words["elements"].get(name, name) for name in notice.missing)),
        *line("reachable", notice.reachable),
        *line("plan", notice.plan),
        *line("product", notice.product),
        *line("queue", notice.queue),
        *line("to", notice.to),
    ]
    return Card(escape(headline(notice, lang)), tuple(lines), notice.link)


def headline(notice: Notice, lang: Lang) -> str:
    """``[P1] T-7: 时限已用 75 %``, not escaped."""
    words = words_in(lang)
    share = "" if notice.share is None else f"{notice.share:.0%}"
    said = words["topics"][notice.topic].format(share=share)
    return f"[{notice.priority or '-'}] {tame(notice.ticket_id, 60)}{words['labels']['colon']}{said}"


def digest_of(notices: Sequence[Notice], lang: Lang, escape: Escape = str) -> Card:
    """One card for many notices: the most urgent first, each a line, and how many more there are."""
    words = words_in(lang)
    labels = words["labels"]
    ordered = sorted(notices, key=lambda notice: (notice.priority or "P9", notice.due_at or notice.at))
    lines = [
        Line(escape(headline(notice, lang)), escape(tame(notice.title, 60) + _when(notice, words)))
        for notice in ordered[:MOST_IN_DIGEST]
    ]
    if len(ordered) > MOST_IN_DIGEST:
        lines.append(Line(escape(labels["more"].format(count=len(ordered) - MOST_IN_DIGEST)), ""))
    return Card(escape(labels["digest"].format(count=len(ordered))), tuple(lines), None)


def card_for(notices: Sequence[Notice], lang: Lang, escape: Escape = str) -> Card:
    """The card of one, or the digest of many."""
    return card_of(notices[0], lang, escape) if len(notices) == 1 else digest_of(notices, lang, escape)


def plain(card: Card, lang: Lang) -> str:
    """A card as plain text, a line a line."""
    colon = words_in(lang)["labels"]["colon"]
    lines = [card.title, *(f"{label}{colon}{said}" if said else label for label, said in card.lines)]
    return "\n".join([*lines, card.link] if card.link else lines)


def cut(text: str, most_bytes: int) -> str:
    """The text, cut at a character so that it has at most so many bytes of UTF-8."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most_bytes:
        return text
    return raw[: most_bytes - 3].decode("utf-8", "ignore") + "…"


@cache
def words_in(lang: Lang) -> Mapping[str, Any]:
    """The words of a language."""
    table: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return dict(table[lang])


def _due(notice: Notice, words: Mapping[str, Any]) -> str | None:
    if notice.due_at is None:
        return None
    what = words["what"].get(notice.what or "", "")
    zone = f" ({notice.due_at:%Z})" if notice.due_at.tzinfo else ""
    return f"{what} {notice.due_at:%Y-%m-%d %H:%M}{zone}".strip()


def _when(notice: Notice, words: Mapping[str, Any]) -> str:
    due = _due(notice, words)
    return f" · {due}" if due else ""


def joined(lines: Iterable[Line], colon: str, *, bold: tuple[str, str]) -> str:
    """Lines of a markdown card, the labels bold."""
    left, right = bold
    return "\n".join(f"{left}{label}{right}{colon}{said}" if said else f"{left}{label}{right}" for label, said in lines)
