"""What goes wrong with the store, as the kinds that the service answers differently."""

from triage.errors import TriageError


class StoreError(TriageError):
    """The store cannot do what was asked; its text never holds what a row holds."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached or does not answer now; the same call may succeed later (HTTP 503)."""


class CursorError(StoreError):
    """A cursor is none of ours, or belongs to another search (HTTP 422)."""


class ClaimLostError(StoreError):
    """An idempotency claim ran out and was taken over, so nothing was written (HTTP 409)."""
