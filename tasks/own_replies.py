"""Answers that came to our own mailbox land like those of a CRM: as rows of the entity engagement."""

from dataclasses import replace
from datetime import UTC
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from models.entities import ENTITIES
from models.landing import Landing
from models.record import Record
from tasks.lake.files import write_rows
from tasks.lake.paths import landing_path
from tasks.lake.views import REPLACES
from tasks.land import close_one, open_one
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.events import events_since, last_seq
from tasks.store.landings import newest, of_run

INBOX = "inbox"
"""The source that answers to our own mailbox land as."""
LANDED = "perennial.event_seq"
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("engagement_id", "account_id", "contact_id")]
    + [("happened_at", pa.timestamp("us")), ("kind", pa.string()), ("message_id", pa.string())]
    + [("meets_on", pa.date32()), ("session_id", pa.string())]
)


def land_replies(night: Night) -> Landing | None:
    """Land the answers that were received since the last landing, each once; None where no mailbox is read."""
    if night.rules.company.replies != "inbox":
        return None
    with read(night.engine) as conn:
        done = [one for one in of_run(conn, night.run_key) if one.source == INBOX]
        last = newest(conn, INBOX)
        low = int(night.lake.footer(landing_path(last))[LANDED]) if last else 0
        high = last_seq(conn)
        rows = [] if done else _rows(conn, low, high)
    if done:
        return done[-1]
    opened = open_one(night, INBOX, "engagement")
    if not rows:
        return close_one(night, replace(opened, status="unchanged"))
    table, footer = pa.Table.from_pylist(rows, _SCHEMA), {REPLACES: "0", LANDED: str(high)}
    write_rows(night.lake, table, opened, ENTITIES["engagement"], night.settings.secret, footer)
    count, newest_at = table.num_rows, max(row["happened_at"] for row in rows).isoformat()
    closed = replace(opened, status="ok", pulled=count, good=count, total=count, written=True, cursor_max=newest_at)
    return close_one(night, closed)


def _rows(conn: Connection, low: int, high: int) -> list[dict[str, Any]]:
    """The answers numbered above low, at most high, whose account is known."""
    records = (one for one in events_since(conn, low, high) if one.kind == "received" and one.account)
    return [_row(one) for one in records if one.payload["kind"] == "reply"]


def _row(record: Record) -> dict[str, Any]:
    """An answer as a row of the entity `engagement`."""
    told = record.payload
    return {
        "engagement_id": told["inbound_id"], "account_id": record.account, "contact_id": told.get("contact"),
        "happened_at": record.effective_at.astimezone(UTC).replace(tzinfo=None), "kind": "reply",
        "message_id": told.get("message_id"), "meets_on": None, "session_id": None,
    }  # fmt: skip
