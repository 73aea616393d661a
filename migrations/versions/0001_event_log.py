"""The event log, its projections and the person area.

The tables are written out: a migration says what was true when it was made, whatever models/tables.py says later.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.String()
AT = sa.DateTime(timezone=True)
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _events()
    _nights()
    _plays()
    _messages()
    _beside()
    _append_only()


def _key(name: str, type_: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[Any]:
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


def _need(name: str, type_: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _may(type_: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, type_) for name in names]


def _events() -> None:
    op.create_table(
        "event", _key("event_seq", SEQ), sa.Column("key", sa.String(), nullable=False, unique=True),
        _need("recorded_at", AT), _need("effective_at", AT), _need("kind"), *_may(sa.String(), "account"),
        _need("subject"), _need("payload", sa.JSON()),
    )  # fmt: skip
    op.create_index("event_by_account", "event", ["account", "event_seq"])


def _nights() -> None:
    op.create_table(
        "run", _key("run_key"), _need("as_of", sa.Date()), _need("state"), *_may(AT, "started_at", "ended_at"),
        *_may(sa.Integer(), "exit_code"), *_may(sa.String(), "reason", "plan_hash"), *_may(sa.JSON(), "verdicts"),
        *_may(sa.Integer(), "messages"), *_may(sa.JSON(), "approval"), *_may(SEQ, "landing_seq"),
        *_may(sa.JSON(), "seal"),
    )  # fmt: skip
    counts = [_need(name, sa.Integer()) for name in ("pulled", "good", "quarantined", "warned", "total")]
    op.create_table(
        "landing", _key("seq", SEQ), _need("run_key"), _need("source"), _need("entity"), _need("as_of", sa.Date()),
        *_may(sa.String(), "status"), *counts, *_may(sa.String(), "cursor_max"), _need("written", sa.Boolean()),
        *_may(sa.Text(), "error"), *_may(AT, "closed_at"),
    )  # fmt: skip
    op.create_index("landing_by_source", "landing", ["source", "seq"])
    op.create_index("landing_by_run", "landing", ["run_key", "seq"])


def _plays() -> None:
    op.create_table(
        "enrollment", _key("enrollment_id"), _need("subject"), *_may(sa.String(), "account"), _need("play"),
        *_may(sa.String(), "play_hash", "occurrence"), *_may(sa.JSON(), "members"), *_may(sa.String(), "arm"),
        *_may(sa.Date(), "enrolled_on", "ended_on"), *_may(sa.String(), "outcome", "reason"),
    )  # fmt: skip
    op.create_index("enrollment_by_account", "enrollment", ["account"])
    op.create_table(
        "step", _key("enrollment_id"), _key("step"), *_may(sa.Date(), "planned_on", "taken_on"),
        *_may(sa.Boolean(), "by_hand"), *_may(sa.String(), "kind", "outcome", "reason"), *_may(sa.Date(), "ended_on"),
    )  # fmt: skip
    op.create_table(
        "task", _key("task_id"), *_may(sa.String(), "enrollment_id", "account", "csm", "play", "step"),
        *_may(sa.Text(), "title"), *_may(sa.Date(), "due_on", "opened_on"), *_may(AT, "done_at"),
    )  # fmt: skip
    op.create_table("play_version", _key("hash"), _need("play"), _need("text", sa.Text()))


def _messages() -> None:
    names = ("account", "subject", "enrollment_id", "play", "step", "occurrence", "template", "language", "klass")
    op.create_table(
        "message", _key("message_id"), _need("send_key"), _need("revision", sa.Integer()), *_may(sa.String(), *names),
        *_may(sa.String(), "contact", "address_key"), _need("state"), *_may(sa.Text(), "reason", "reply"),
        *_may(AT, "not_before", "expires"), _need("deadline", sa.Boolean()), _need("touch", sa.Boolean()),
        _need("attempts", sa.Integer()), *_may(AT, "queued_at", "claimed_at", "sent_at"), *_may(sa.Date(), "as_of"),
        _need("changed_seq", SEQ), sa.UniqueConstraint("send_key", "revision", name="message_revision"),
    )  # fmt: skip
    live = sa.text("state <> 'superseded'")
    op.create_index("message_live", "message", ["send_key"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_index("message_by_state", "message", ["state", "not_before"])
    op.create_index("message_by_account", "message", ["account"])
    op.create_index("message_by_address", "message", ["address_key"])


def _beside() -> None:
    op.create_table("suppression", _key("address_key"), *_may(sa.String(), "reason"), _need("since", AT))
    op.create_table("switch", _key("name"), _need("stopped_at", AT))
    bodies = [_need(name, sa.Text()) for name in ("subject", "text", "html")]
    op.create_table(
        "person_message", _key("message_id"), _need("recipient"), *_may(sa.String(), "name", "sender", "reply_to"),
        *bodies, *_may(sa.LargeBinary(), "bytes"),
    )  # fmt: skip
    op.create_table("person_note", _key("note_id"), _need("subject"), _need("text", sa.Text()), _need("at", AT))
    op.create_table("meta", _key("name"), _need("value"))


def _append_only() -> None:
    """Not even a person with a database browser changes history by accident."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
                "BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the event log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()"
    )
