"""The tables of the database: the event log, its projections, the person area.

`event` is the truth. Every table in PROJECTIONS can be emptied and rebuilt from it; tables named `person_*` and
`meta` stand beside it and cannot.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.person_tables import metadata, person_inbound, person_message, person_note
from models.utc import Utc

__all__ = [
    "PROJECTIONS", "SCHEMA", "consent", "enrollment", "event", "inbound", "landing", "message", "meta", "metadata",
    "override", "person_inbound", "person_message", "person_note", "play_request", "play_version", "run", "sender",
    "step", "suppression", "switch", "task",
]  # fmt: skip

SCHEMA = "0003"
"""The newest migration this code knows; a database at a higher one is refused."""

SEQ = BigInteger().with_variant(Integer(), "sqlite")
DOCUMENT = JSON(none_as_null=True)

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
    Column("trigger", String),
    Column("renamed", DOCUMENT),
    Column("baseline", Float),
    Column("result", Float),
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
    Column("choice", String),
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
    *(Column(name, String) for name in ("state", "owner_team", "kind", "changed_by", "reason")),
    Column("changed_at", Utc),
    Column("details", Text),
    Index("task_by_enrollment", "enrollment_id"),
)

message = Table(
    "message",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("send_key", String, nullable=False),
    Column("revision", Integer, nullable=False),
    *(Column(name, String) for name in ("account", "subject", "enrollment_id", "play", "step", "occurrence")),
    *(Column(name, String) for name in ("template", "language", "klass", "contact", "address_key", "channel")),
    Column("state", String, nullable=False),
    Column("reason", Text),
    Column("reply", Text),
    Column("not_before", Utc),
    Column("expires", Utc),
    Column("deadline", Boolean, nullable=False),
    Column("touch", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    *(Column(name, Utc) for name in ("queued_at", "claimed_at", "sent_at", "tried_at")),
    Column("as_of", Date),
    Column("changed_seq", SEQ, nullable=False),
    *(Column(name, String) for name in ("template_hash", "claimed_by")),
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
    *(Column(name, String, nullable=False) for name in ("address_key", "scope")),
    *(Column(name, String) for name in ("reason", "source")),
    Column("since", Utc, nullable=False),
    PrimaryKeyConstraint("address_key", "scope", name="suppression_scope"),
)

consent = Table(
    "consent",
    metadata,
    Column("address_key", String, primary_key=True),
    *(Column(name, String) for name in ("value", "source")),
    Column("since", Utc),
)

inbound = Table(
    "inbound",
    metadata,
    Column("inbound_id", String, primary_key=True),
    Column("at", Utc, nullable=False),
    *(Column(name, String) for name in ("kind", "status", "account", "contact", "address_key", "message_id")),
    *(Column(name, String) for name in ("effect", "score", "answer")),
    Column("meets_on", Date),
    Index("inbound_by_message", "message_id"),
    Index("inbound_by_account", "account"),
)

switch = Table(
    "switch",
    metadata,
    Column("name", String, primary_key=True),
    Column("stopped_at", Utc, nullable=False),
    Column("reason", String),
)

play_version = Table(
    "play_version",
    metadata,
    Column("hash", String, primary_key=True),
    Column("play", String, nullable=False),
    Column("text", Text, nullable=False),
)

play_request = Table(
    "play_request",
    metadata,
    Column("request_id", String, primary_key=True),
    *(Column(name, String) for name in ("play", "subject", "account", "by", "reason")),
    Column("requested_on", Date),
)

override = Table(
    "override",
    metadata,
    Column("account", String, primary_key=True),
    Column("name", String, primary_key=True),
    *(Column(name, String) for name in ("value", "reason", "author")),
    Column("since", Date),
    Column("until", Date),
)

PROJECTIONS = (
    run, landing, enrollment, step, task, message, suppression, consent, inbound, switch, play_version, play_request,
    override,
)  # fmt: skip

sender = Table(
    "sender",
    metadata,
    Column("sender_id", String, primary_key=True),
    Column("seen_at", Utc, nullable=False),
    Column("host", String),
)

meta = Table("meta", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))
