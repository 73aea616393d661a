"""A second store with the same history, for runs that must leave the first one as it is."""

from itertools import islice

from sqlalchemy import Connection, Engine, select

from models.tables import meta
from tasks.store.engine import begin, read
from tasks.store.events import BATCH, events_since, store


def copy_events(source: Engine, target: Engine, up_to: int | None = None) -> int:
    """Copy the log and what this database remembers of itself into an empty store; says how many events.

    With `up_to` the copy stands where the database stood after that event.

    Numbers and stamps are kept, so that the copy's projections are equal. The person area stays behind.
    """
    copied = 0
    with read(source) as old, begin(target) as new:
        _copy_meta(old, new)
        waiting = events_since(old, up_to=up_to)
        while records := list(islice(waiting, BATCH)):
            store(new, records)
            copied += len(records)
    return copied


def _copy_meta(old: Connection, new: Connection) -> None:
    rows = [row._asdict() for row in old.execute(select(meta))]
    if rows:
        new.execute(meta.insert(), rows)
