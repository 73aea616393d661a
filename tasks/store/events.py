"""The event log: appending, and reading on from a number."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from models.event import KINDS, Event
from models.nearest import did_you_mean
from models.record import Record
from models.tables import event as log
from tasks.store.insert import insert
from tasks.store.project import project

BATCH = 5_000
"""Events that go to the database in one call; memory stays flat however many there are."""


def append(conn: Connection, event: Event) -> int | None:
    """Append one event and project it, in the caller's `begin` transaction.

    Returns:
        Its number; None when an event of this key is there already, and nothing was done.
    """
    records = _record(conn, [event])
    project(conn, records)
    return records[0].seq if records else None


def append_all(conn: Connection, events: Iterable[Event]) -> int:
    """Append and project many events in their order; says how many were new."""
    waiting, new = iter(events), 0
    while batch := list(islice(waiting, BATCH)):
        records = _record(conn, batch)
        project(conn, records)
        new += len(records)
    return new


def append_records(conn: Connection, events: Sequence[Event]) -> list[Record]:
    """Append and project a few events in one go; gives the new ones with their numbers."""
    records = _record(conn, events) if events else []
    project(conn, records)
    return records


def last_seq(conn: Connection) -> int:
    """The newest event's number, 0 for an empty log: a watermark."""
    return conn.execute(select(func.max(log.c.event_seq))).scalar() or 0


def events_since(conn: Connection, seq: int = 0, up_to: int | None = None) -> Iterator[Record]:
    """Events numbered above seq, at most up_to, in order."""
    query = select(log).where(log.c.event_seq > seq).order_by(log.c.event_seq)
    yield from _records(conn, query if up_to is None else query.where(log.c.event_seq <= up_to))


def of_account(conn: Connection, account: str, limit: int = 100) -> list[Record]:
    """The account's newest events, newest first."""
    query = select(log).where(log.c.account == account).order_by(log.c.event_seq.desc()).limit(limit)
    return list(_records(conn, query))


def store(conn: Connection, records: Sequence[Record]) -> None:
    """Write records as they are, numbers and stamps included, and project them (into a copy)."""
    if records:
        conn.execute(log.insert(), [_row(record) for record in records])
        project(conn, records)


def _record(conn: Connection, events: Sequence[Event]) -> list[Record]:
    """Number the events and write those whose key is new; these are returned."""
    if not conn.get_execution_options().get("writer"):
        raise RuntimeError("events are appended inside `tasks.store.engine.begin`, one writer at a time")
    last, now = last_seq(conn), datetime.now(UTC)
    records = [_numbered(event, last + place, now) for place, event in enumerate(events, start=1)]
    fresh = insert(log, conn.dialect.name).on_conflict_do_nothing(index_elements=["key"])
    conn.execute(fresh, [_row(record) for record in records])
    written = set(conn.execute(select(log.c.event_seq).where(log.c.event_seq > last)).scalars())
    return [record for record in records if record.seq in written]


def _numbered(event: Event, seq: int, now: datetime) -> Record:
    if event.kind not in KINDS:
        raise ValueError(f"event kind '{event.kind}' is not known; {did_you_mean(event.kind, KINDS)}")
    effective = event.effective_at.astimezone(UTC)
    return Record(seq, event.key, now, effective, event.kind, event.account, event.subject, event.payload)


def _row(record: Record) -> dict[str, Any]:
    return {
        "event_seq": record.seq,
        "key": record.key,
        "recorded_at": record.recorded_at,
        "effective_at": record.effective_at,
        "kind": record.kind,
        "account": record.account,
        "subject": record.subject,
        "payload": record.payload,
    }


def _records(conn: Connection, query: Select[Any]) -> Iterator[Record]:
    for row in conn.execute(query.execution_options(yield_per=BATCH)):
        yield _of(row)


def _of(row: Row[Any]) -> Record:
    return Record(*row)
