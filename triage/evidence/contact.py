"""Contacts: whom to ask, and how they are reached."""

import re
from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch, evidence_of


def judge_contact(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The contacts in stretches, without addresses that nobody reads and what only looks like one (logo@2.0.png)."""
    found = evidence_of(document, stretches)
    return [evidence for evidence in found if not re.search(r"no-?reply|\.(?:png|jpg|git)$|@\d+\.\d", evidence.text)]
