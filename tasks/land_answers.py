"""What customers told us becomes part of the lake: answers as feedback, bookings and replies as engagement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from models.entities import ENTITIES
from models.ids import made_of
from models.landing import Landing
from models.record import Record
from models.survey_scale import SCALES
from tasks.lake.files import write_rows
from tasks.lake.paths import landing_path
from tasks.lake.views import REPLACES
from tasks.land import EXPORTED, close_one, open_one
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.events import last_seq
from tasks.store.inbound import texts_of, told_between
from tasks.store.landings import newest

Row = dict[str, Any]
MANY = 5_000  # ids one IN (…) may hold on either database
TYPES = {"INTEGER": pa.int32(), "TIMESTAMP": pa.timestamp("us"), "DATE": pa.date32()}


@dataclass(frozen=True)
class Kept:
    """What of the received things an entity holds.

    Attributes:
        source: the name that its landings have.
        kinds: of what is received.
        row: the entity's row of one of them, given what the person wrote.
    """

    source: str
    kinds: tuple[str, ...]
    row: Callable[[Record, str | None], Row]


def land_answers(night: Night) -> list[Landing]:
    """Land what came in since the last time, an entity each; where nothing did, nothing is landed."""
    return [landing for entity, kept in KEPT.items() if (landing := _land(night, entity, kept))]


def _land(night: Night, entity: str, kept: Kept) -> Landing | None:
    """One landing; of several answers to one message the newest is the row."""
    with read(night.engine) as conn:
        last = newest(conn, kept.source)
        low = int(night.lake.footer(landing_path(last))[EXPORTED]) if last else 0
        high = last_seq(conn)
        found = _received(conn, kept.kinds, low, high)
        words = _words(conn, found) if ENTITIES[entity].person_columns else {}
    key = ENTITIES[entity].key
    rows = {row[key]: row for row in (kept.row(one, words.get(one.payload["inbound_id"])) for one in found)}
    if not rows:
        return None
    opened, count = open_one(night, kept.source, entity), len(rows)
    table = pa.Table.from_pylist([rows[id_] for id_ in sorted(rows)], _schema(entity))
    footer = {REPLACES: str(count), EXPORTED: str(high)}
    write_rows(night.lake, table, opened, ENTITIES[entity], night.settings.secret, footer)
    return close_one(night, replace(opened, status="ok", pulled=count, good=count, total=count, written=True))


def _received(conn: Connection, kinds: tuple[str, ...], low: int, high: int) -> list[Record]:
    """What was received of these kinds from an account that is known."""
    return [one for one in told_between(conn, low, high) if one.payload["kind"] in kinds and one.account]


def _words(conn: Connection, found: Iterable[Record]) -> Mapping[str, str]:
    """What people wrote, where it has not been erased."""
    ids, words = [one.payload["inbound_id"] for one in found], dict[str, str]()
    for start in range(0, len(ids), MANY):
        words |= texts_of(conn, ids[start : start + MANY])
    return words


def _feedback(record: Record, words: str | None) -> Row:
    """The answer to a survey; a second one to the same message has the id of the first."""
    kind = record.payload["answer"]
    return {
        "feedback_id": made_of("feedback", record.payload["message_id"]), **_who(record), "answered_at": _at(record),
        "kind": kind, "scale": SCALES[kind].name, "score": int(record.payload["score"]), "comment": words,
    }  # fmt: skip


def _engagement(record: Record, _words: str | None) -> Row:
    """A booking, of which there is one for a message; or a reply, of which there may be many."""
    payload = record.payload
    booked = payload["kind"] == "booking"
    day = payload.get("meets_on")
    return {
        "engagement_id": made_of("booking", payload["message_id"]) if booked else payload["inbound_id"],
        **_who(record), "happened_at": _at(record), "kind": payload["kind"], "message_id": payload.get("message_id"),
        "meets_on": date.fromisoformat(day) if day else None,
    }  # fmt: skip


def _who(record: Record) -> Row:
    return {"account_id": record.account, "contact_id": record.payload.get("contact")}


def _at(record: Record) -> datetime:
    """As the lake has times: UTC, naive."""
    return record.effective_at.astimezone(UTC).replace(tzinfo=None)


def _schema(entity: str) -> pa.Schema:
    """The entity's columns."""
    return pa.schema([(column.name, TYPES.get(column.type, pa.string())) for column in ENTITIES[entity].columns])


KEPT = {
    "feedback": Kept("perennial-feedback", ("survey",), _feedback),
    "engagement": Kept("perennial-engagement", ("booking", "reply"), _engagement),
}
"""Entity → what of it came to us."""
