"""What the whole playbook needs: states and owners of tasks, channels, branches, goals, requests, overrides."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

AT = sa.DateTime(timezone=True)
ADDED: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any]], ...]] = {
    "enrollment": (("trigger", sa.String()), ("renamed", sa.JSON()), ("baseline", sa.Float()), ("result", sa.Float())),
    "step": (("choice", sa.String()),),
    "task": (
        *((name, sa.String()) for name in ("state", "owner_team", "kind", "changed_by", "reason")),
        ("changed_at", AT), ("details", sa.Text()),
    ),
    "message": (("channel", sa.String()),),
    "person_message": (("calendar", sa.Text()), ("thread", sa.String())),
}  # fmt: skip


def upgrade() -> None:
    """Add the columns; what was there before was mail, and its tasks were open or done."""
    for table, columns in ADDED.items():
        for name, type_ in columns:
            op.add_column(table, sa.Column(name, type_))
    op.create_index("task_by_enrollment", "task", ["enrollment_id"])
    op.execute("UPDATE task SET state = CASE WHEN done_at IS NULL THEN 'open' ELSE 'done' END")
    op.execute("UPDATE message SET channel = 'email'")
    _new_tables()


def _new_tables() -> None:
    op.create_table(
        "play_request", sa.Column("request_id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String()) for name in ("play", "subject", "account", "by", "reason")),
        sa.Column("requested_on", sa.Date()),
    )  # fmt: skip
    op.create_table(
        "override", *(sa.Column(name, sa.String(), primary_key=True) for name in ("account", "name")),
        *(sa.Column(name, sa.String()) for name in ("value", "reason", "author")),
        *(sa.Column(name, sa.Date()) for name in ("since", "until")),
    )  # fmt: skip
