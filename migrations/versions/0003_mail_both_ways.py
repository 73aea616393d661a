"""What mail needs in both directions: scoped suppressions, consents, what came in, who sends, which words went."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

AT = sa.DateTime(timezone=True)
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDED: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any]], ...]] = {
    "message": (("template_hash", sa.String()), ("claimed_by", sa.String()), ("tried_at", AT)),
    "person_message": (("postmark", sa.String()),),
    "switch": (("reason", sa.String()),),
}


def upgrade() -> None:
    """Add columns and tables; what was suppressed before is suppressed for everything."""
    for table, columns in ADDED.items():
        for name, type_ in columns:
            op.add_column(table, sa.Column(name, type_))
    _scope()
    _coming_back()
    _senders()


def _scope() -> None:
    """A primary key cannot be widened on SQLite: the table is made anew."""
    op.rename_table("suppression", "suppression_before")
    op.create_table(
        "suppression", sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False), sa.Column("reason", sa.String()),
        sa.Column("source", sa.String()), sa.Column("since", AT, nullable=False),
        sa.PrimaryKeyConstraint("address_key", "scope", name="suppression_scope"),
    )  # fmt: skip
    op.execute(
        "INSERT INTO suppression (address_key, scope, reason, since) "
        "SELECT address_key, 'all', reason, since FROM suppression_before"
    )
    op.drop_table("suppression_before")


def _coming_back() -> None:
    op.create_table(
        "consent", sa.Column("address_key", sa.String(), primary_key=True), sa.Column("value", sa.String()),
        sa.Column("source", sa.String()), sa.Column("since", AT),
    )  # fmt: skip
    names = ("kind", "status", "account", "contact", "address_key", "message_id", "effect", "score", "answer")
    op.create_table(
        "inbound", sa.Column("inbound_id", sa.String(), primary_key=True), sa.Column("at", AT, nullable=False),
        *(sa.Column(name, sa.String()) for name in names), sa.Column("meets_on", sa.Date()),
    )  # fmt: skip
    op.create_index("inbound_by_message", "inbound", ["message_id"])
    op.create_index("inbound_by_account", "inbound", ["account"])
    op.create_table(
        "person_inbound", sa.Column("inbound_id", sa.String(), primary_key=True), sa.Column("at", AT, nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("sender", "subject", "text")), sa.Column("bytes", sa.LargeBinary()),
    )  # fmt: skip


def _senders() -> None:
    op.create_table(
        "sender", sa.Column("sender_id", sa.String(), primary_key=True), sa.Column("seen_at", AT, nullable=False),
        sa.Column("host", sa.String()),
    )  # fmt: skip
