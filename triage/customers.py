"""Whose ticket it is: the customer that a ticket names in its form or in a column of its export."""

from collections.abc import Mapping
from typing import Any

from triage.ticket import Ticket

# The first that says something counts, of the form's fields before the export's columns.
CUSTOMER_FIELDS = ("customer", "company", "organization", "organisation", "客户", "客户名称", "公司", "单位")


def customer_of(ticket: Ticket) -> str | None:
    """The customer as the ticket names it; None where it names none. Compare names with ``same_name``."""
    places = [_by_key(ticket.fields), _by_key(ticket.extra)]
    for field in CUSTOMER_FIELDS:
        for place in places:
            if name := _name(place.get(field)):
                return name
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two names are one customer's: upper and lower case and spaces around do not count."""
    return one.strip().casefold() == other.strip().casefold()


def _by_key(columns: Mapping[str, Any]) -> dict[str, Any]:
    keyed: dict[str, Any] = {}
    for key, value in columns.items():
        keyed.setdefault(key.strip().casefold(), value)
    return keyed


def _name(value: object) -> str:
    """The name in a cell, or in an object as REST forms have it: ``{"id": 7, "name": "Acme"}``."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""
