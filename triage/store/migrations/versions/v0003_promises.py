"""Promises and what their clocks hang on, the rungs that rang, the outbox of notices, the lease of the one who watches."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes their tables; tickets that are there already are not watched."""
    op.add_column("tickets", sa.Column("watch_at", _TIME))
    op.create_index("ix_tickets_watch_at", "tickets", ["watch_at"])
    _promises()
    _moments()
    _rungs()
    _notices()
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "what", "number", name="pk_promises"),
        _of_ticket("promises"),
    )


def _moments() -> None:
    op.create_table(
        "moments",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
        _of_ticket("moments"),
    )
    op.create_index("ix_moments_ticket_id", "moments", ["ticket_id"])


def _rungs() -> None:
    op.create_table(
        "rungs",
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("rung", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("up_at", _TIME, nullable=False),
        sa.Column("rang_at", _TIME, nullable=False),
        sa.Column("is_silent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "what", "number", "rung", "turn", name="pk_rungs"),
        _of_ticket("rungs"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME),
        sa.Column("message", sa.Text),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("id", "channel", name="pk_notices"),
        _of_ticket("notices"),
    )
    op.create_index("ix_notices_channel_status_next_at", "notices", ["channel", "status", "next_at"])
    op.create_index("ix_notices_channel_sent_at", "notices", ["channel", "sent_at"])
    op.create_index("ix_notices_ticket_id", "notices", ["ticket_id"])


def _of_ticket(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ticket_id"], ["tickets.id"], name=f"fk_{table}_ticket_id_tickets", ondelete="CASCADE"
    )
