"""The person area of the database: names, addresses and words; what erasure and retention empty.

These tables are no projections: what is gone from them is not rebuilt.
"""

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Text

from models.utc import Utc

metadata = MetaData()

person_message = Table(
    "person_message",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("recipient", String, nullable=False),
    *(Column(name, String) for name in ("name", "sender", "reply_to")),
    *(Column(name, Text, nullable=False) for name in ("subject", "text", "html")),
    Column("bytes", LargeBinary),
    Column("calendar", Text),
    *(Column(name, String) for name in ("thread", "postmark")),
)

person_inbound = Table(
    "person_inbound",
    metadata,
    Column("inbound_id", String, primary_key=True),
    Column("at", Utc, nullable=False),
    *(Column(name, Text) for name in ("sender", "subject", "text")),
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
