"""A reply to the reporter that can be pasted into the ticket: thanks, what is clear, what is asked; nothing else."""

import re
from collections.abc import Sequence

from triage.assessment import ELEMENTS
from triage.report import LintedTicket
from triage.report.characters import printable
from triage.report.masking import is_private, masked
from triage.report.wording import Lang, wording_of

# Matches "https://docs.example.com/logs?v=4", not "docs.example.com" and not "javascript:alert(1)".
_URL = re.compile(r"(https?://[A-Za-z0-9/._:?=&%#+,;-]*[A-Za-z0-9/])", re.ASCII)
# Matches "*", "_", "`" and the like, not "." or "(", which mark nothing by themselves.
_MARKUP = re.compile(r"([\\`*_\[\]~|$])")
# Matches "@admin" and "#12", not "me@example.com" and not "C# 12". A backslash does not help: GitHub looks for names
# in the rendered text.
_MENTION = re.compile(r"(?<![A-Za-z0-9])([@#])(?=\w)")
# Matches "- item", "# heading" and "1. item" at the beginning, not "3 users".
_BLOCK = re.compile(r"^(?:(\d{1,9})(?=[.)])|(?=[-+=#]))", re.ASCII)


def markdown_report(linted_tickets: Sequence[LintedTicket], *, lang: Lang = "auto") -> str:
    """The reply to one ticket; for several each under a heading with the ticket's id or place; empty for none."""
    if len(linted_tickets) == 1:
        return _reply(linted_tickets[0], lang)
    return "\n\n".join(
        f"## {_escaped(masked(linted.name, linted))}\n\n{_reply(linted, lang)}" for linted in linted_tickets
    )


def _reply(linted: LintedTicket, lang: Lang) -> str:
    words, lint = wording_of(linted, lang), linted.assessment.lint
    paragraphs = [words.thanks_ready if lint.ready else words.thanks]
    present = [name for name in ELEMENTS if name in lint.elements and lint.elements[name].status == "present"]
    if present and not lint.ready:
        paragraphs.append(words.already_clear.format(elements=words.listed.join(words.clear[name] for name in present)))
    if lint.questions and not lint.ready:
        questions = [
            f"{number}. {_escaped(masked(question, linted))}" for number, question in enumerate(lint.questions, 1)
        ]
        paragraphs += [words.please_add, "\n".join(questions)]
    if any(map(is_private, lint.findings)):
        paragraphs.append(words.private)
    return "\n\n".join(paragraphs)


def _escaped(text: str) -> str:
    """The text as Markdown that shows it letter by letter, on one line; web addresses stay links to what they show."""
    parts = _URL.split(printable(text).strip())
    escaped = "".join(f"<{part}>" if number % 2 else _escaped_words(part) for number, part in enumerate(parts))
    return _BLOCK.sub(r"\1\\", escaped)


def _escaped_words(text: str) -> str:
    text = _MARKUP.sub(r"\\\1", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("\\1\u200b", text)
