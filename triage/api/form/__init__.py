"""The page of GET /form: a support form of an imaginary vendor, and what its engineers see of a ticket."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from triage.api.problems import Lang
from triage.assessment import ELEMENTS, Assessment
from triage.datafile import read_toml
from triage.masking import mask
from triage.report import LintedTicket, field_names
from triage.report.due import due_text, ledger_text
from triage.report.html.marked import pieces
from triage.report.html.templates import templates_in
from triage.report.reachable import reachable_hours
from triage.report.wording import EN, ZH
from triage.ticket import Ticket

_FOLDER = Path(__file__).parent
STYLE = (_FOLDER / "form.css").read_bytes()
STYLE_HASH = hashlib.sha256(STYLE).hexdigest()[:12]
# The form's own names; all but these go into the ticket's fields.
_FIELDS = ("product", "platform", "sdk_version", "device", "occurred_at", "impact", "contact", "reachable")


def ticket_of_form(given: Mapping[str, list[str]]) -> Ticket | None:
    """The ticket that a sent form holds; None when it says nothing. Of attachments the form sends the names alone."""

    def first(name: str) -> str:
        return next((value.strip() for value in given.get(name, ()) if value.strip()), "")

    if not first("subject") and not first("description"):
        return None
    return Ticket(
        title=first("subject"),
        body="\n".join(first("description").split("\r\n")),
        fields={name: first(name) for name in _FIELDS if first(name)},
        attachments=tuple(name for name in given.get("attachments", ()) if name),
        plan=first("plan") or None,
        channel="form",
    )


def form_page(
    lang: Lang,
    *,
    form_key: str,
    widget_hash: str,
    once: str,
    given: Mapping[str, str],
    is_empty: bool = False,
    told: Mapping[str, Any] | None = None,
) -> str:
    """The form; ``given`` is what was filled in before, ``is_empty`` says that it was not enough, ``told`` what went wrong."""
    facts = {"form_key": form_key, "widget_hash": widget_hash, "once": once}
    return _render("form", lang, **facts, given=given, is_empty=is_empty, told=told)


def result_page(lang: Lang, kept_id: str, ticket: Ticket, assessment: Assessment) -> str:
    """What was made of a ticket; ``ticket`` is as it is kept, masked code point for code point, and so are the reasons."""
    priority, words, said = assessment.priority, _words()[lang], ZH if lang == "zh" else EN
    assert priority is not None
    linted = LintedTicket(ticket, assessment, "")
    elements = assessment.lint.elements
    first = assessment.due.first_response if assessment.due else None
    return _render(
        "result",
        lang,
        said=said,
        kept_id=kept_id,
        priority=priority,
        kind=assessment.kind.label,
        product=assessment.product.label if assessment.product else None,
        first_due=due_text(first, lang=lang) if first else None,
        ledger=ledger_text(first, lang=lang) if first else None,
        plan=words["plan_of"].format(plan=words["plans"].get(ticket.plan, words["plans"]["standard"])),
        route=assessment.route,
        reachable=reachable_hours(ticket),
        lint=assessment.lint,
        reasons=[(reason.source, mask(reason.text)) for reason in priority.reasons],
        texts=[(_name(field, words), found) for field in field_names(ticket) if (found := pieces(linted, field))],
        has=[said.elements[name] for name in ELEMENTS if elements[name].status == "present"],
        lacks=[
            said.elements[name] for name in ELEMENTS if elements[name].required and elements[name].status != "present"
        ],
    )


def _name(field: str, words: Mapping[str, Any]) -> str:
    if field in ("title", "body"):
        return ""
    return str(words["attachments"] if field.startswith("attachments") else words[field.removeprefix("fields.")])


def _render(template: str, lang: Lang, **values: object) -> str:
    page = templates_in(_FOLDER).get_template(f"{template}.html.jinja")
    return page.render(lang=lang, words=_words()[lang], style_hash=STYLE_HASH, **values)


@cache
def _words() -> dict[str, dict[str, Any]]:
    return read_toml(_FOLDER / "words.toml")
