"""The database's person area without a person, or without what is too old."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from models.message import TERMINAL
from models.tables import inbound, message, person_inbound, person_message, person_note

Told = Callable[[object], bool]


def forget(conn: Connection, address_key: str, is_addressed: Told, is_named: Told) -> dict[str, int]:
    """Remove what was written to the person, came from them, or speaks of them; table → rows removed.

    A mail speaks of the person if their address is in it, a note if their name is.
    """
    written = select(message.c.message_id).where(message.c.address_key == address_key)
    came = select(inbound.c.inbound_id).where(inbound.c.address_key == address_key)
    counts = {
        "person_message": _delete(conn, person_message, person_message.c.message_id.in_(written)),
        "person_inbound": _delete(conn, person_inbound, person_inbound.c.inbound_id.in_(came)),
    }
    for table, key, words, is_told in (
        (person_message, person_message.c.message_id, ("recipient", "text"), is_addressed),
        (person_inbound, person_inbound.c.inbound_id, ("sender", "text"), is_addressed),
        (person_note, person_note.c.note_id, ("text",), is_named),
    ):
        named = [
            row[0]
            for row in conn.execute(select(key, *(table.c[word] for word in words)))
            if any(map(is_told, row[1:]))
        ]
        gone = _delete(conn, table, key.in_(named)) if named else 0
        counts[table.name] = counts.get(table.name, 0) + gone
    return {name: count for name, count in counts.items() if count}


def retire(conn: Connection, mails: datetime, came: datetime, notes: datetime) -> dict[str, int]:
    """Remove what is older than these instants and not alive any more; table → rows removed."""
    moved = func.coalesce(message.c.sent_at, message.c.queued_at)
    ended = select(message.c.message_id).where(message.c.state.in_(sorted(TERMINAL)), moved < mails)
    counts = {
        "person_message": _delete(conn, person_message, person_message.c.message_id.in_(ended)),
        "person_inbound": _delete(conn, person_inbound, person_inbound.c.at < came),
        "person_note": _delete(conn, person_note, person_note.c.at < notes),
    }
    return {name: count for name, count in counts.items() if count}


def _delete(conn: Connection, table: Table, which: ColumnElement[bool]) -> int:
    found: Any = conn.execute(delete(table).where(which))
    return int(found.rowcount)
