"""The tables of the database: the event log, its projections, the person area.

`event` is the truth. Every table in PROJECTIONS can be emptied and rebuilt from it; tables named `person_*` and
`meta` stand beside it and cannot.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

SCHEMA = "0001"
"""The newest migration this code knows; a database at a higher one is refused."""


class _SqliteUtc(sqlite.DATETIME):
    """SQLAlchemy's own text for SQLite, written by C: five times as fast."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:  # noqa: ARG002
        """`2024-12-31 06:00:00.000000`."""
        return lambda value: value.isoformat(" ", "microseconds")[:26] if value else None


_SQLITE_UTC: TypeEngine[datetime] = _SqliteUtc()  # type: ignore[no-untyped-call]


class Utc(TypeDecorator[datetime]):
    """The one type for instants: aware UTC in Python, whatever the database makes of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database stores."""
        return dialect.type_descriptor(_SQLITE_UTC if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """A naive datetime is refused: nobody can know which zone it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a datetime without time zone cannot be stored: {value.isoformat()}"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite gives naive values back, which are UTC because only UTC was stored."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


SEQ = BigInteger().with_variant(Integer(), "sqlite")
DOCUMENT = JSON(none_as_null=True)
metadata = MetaData()

event = Table(
    "event",
    metadata,
    Column("event_seq", SEQ, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False, unique=True),
    Column("recorded_at", Utc, nullable=False),
    Column("effective_at", Utc, nullable=False),
    Column("kind", String, nullable=False),
    Column("account", String),
    Column("subject", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Index("event_by_account", "account", "event_seq"),
)

run = Table(
    "run",
    metadata,
    Column("run_key", String, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("exit_code", Integer),
    Column("reason", String),
    Column("plan_hash", String),
    Column("messages", Integer),
    Column("landing_seq", SEQ),
    *(Column(name, DOCUMENT) for name in ("verdicts", "approval", "seal")),
)

landing = Table(
    "landing",
    metadata,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("run_key", String, nullable=False),
    Column("source", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("status", String),
    *(Column(name, Integer, nullable=False) for name in ("pulled", "good", "quarantined", "warned", "total")),
    Column("cursor_max", String),
    Column("written", Boolean, nullable=False),
    Column("error", Text),
    Column("closed_at", Utc),
    Index("landing_by_source", "source", "seq"),
    Index("landing_by_run", "run_key", "seq"),
)

enrollment = Table(
    "enrollment",
    metadata,
    Column("enrollment_id", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("account", String),
    Column("play", String, nullable=False),
    Column("play_hash", String),
    Column("occurrence", String),
    Column("members", DOCUMENT),
    Column("arm", String),
    Column("enrolled_on", Date),
    Column("ended_on", Date),
    Column("outcome", String),
    Column("reason", String),
    Index("enrollment_by_account", "account"),
)

step = Table(
    "step",
    metadata,
    Column("enrollment_id", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("planned_on", Date),
    Column("taken_on", Date),
    Column("by_hand", Boolean),
    Column("kind", String),
    Column("outcome", String),
    Column("reason", String),
    Column("ended_on", Date),
)

task = Table(
    "task",
    metadata,
    Column("task_id", String, primary_key=True),
    *(Column(name, String) for name in ("enrollment_id", "account", "csm", "play", "step")),
    Column("title", Text),
    Column("due_on", Date),
    Column("opened_on", Date),
    Column("done_at", Utc),
)

message = Table(
    "message",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("send_key", String, nullable=False),
    Column("revision", Integer, nullable=False),
    *(Column(name, String) for name in ("account", "subject", "enrollment_id", "play", "step", "occurrence")),
    *(Column(name, String) for name in ("template", "language", "klass", "contact", "address_key")),
    Column("state", String, nullable=False),
    Column("reason", Text),
    Column("reply", Text),
    Column("not_before", Utc),
    Column("expires", Utc),
    Column("deadline", Boolean, nullable=False),
    Column("touch", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Utc),
    Column("claimed_at", Utc),
    Column("sent_at", Utc),
    Column("as_of", Date),
    Column("changed_seq", SEQ, nullable=False),
    UniqueConstraint("send_key", "revision", name="message_revision"),
    Index(
        "message_live",
        "send_key",
        unique=True,
        sqlite_where=text("state <> 'superseded'"),
        postgresql_where=text("state <> 'superseded'"),
    ),
    Index("message_by_state", "state", "not_before"),
    Index("message_by_account", "account"),
    Index("message_by_address", "address_key"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("reason", String),
    Column("since", Utc, nullable=False),
)

switch = Table("switch", metadata, Column("name", String, primary_key=True), Column("stopped_at", Utc, nullable=False))

play_version = Table(
    "play_version",
    metadata,
    Column("hash", String, primary_key=True),
    Column("play", String, nullable=False),
    Column("text", Text, nullable=False),
)

PROJECTIONS = (run, landing, enrollment, step, task, message, suppression, switch, play_version)

person_message = Table(
    "person_message",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("recipient", String, nullable=False),
    Column("name", String),
    Column("sender", String),
    Column("reply_to", String),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("bytes", LargeBinary),
)

person_note = Table(
    "person_note",
    metadata,
    Column("note_id", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

meta = Table("meta", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))
