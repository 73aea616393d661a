"""Dropping what is derived and deriving it again: the proof that the log is the truth."""

from sqlalchemy import Connection

from models.tables import PROJECTIONS
from tasks.store.events import BATCH, events_since, last_seq
from tasks.store.project import project


def rebuild(conn: Connection) -> int:
    """Empty every projection and replay the log into it, in the caller's `begin` transaction; says how many events."""
    for table in PROJECTIONS:
        conn.execute(table.delete())
    done, newest, replayed = 0, last_seq(conn), 0
    while done < newest:
        records = list(events_since(conn, done, up_to=_end_of_batch(done, newest)))
        project(conn, records)
        done, replayed = _end_of_batch(done, newest), replayed + len(records)
    return replayed


def _end_of_batch(done: int, newest: int) -> int:
    return min(done + BATCH, newest)
