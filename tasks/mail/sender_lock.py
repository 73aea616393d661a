"""Who is sending: several at once on PostgreSQL, one on SQLite; and who of those that claimed is still alive."""

import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, delete, select, text

from models.errors import Busy
from models.ids import made_of
from models.tables import sender
from tasks.store.engine import read
from tasks.store.insert import insert

SENDERS = 0x706572
"""First half of PostgreSQL's advisory locks of senders; the second is made of the sender's id."""
PATIENCE = 60.0
BEAT = 30.0
"""Seconds between two signs of life."""
UNSEEN = timedelta(minutes=15)
"""A sender that has given no sign of life for so long is taken for dead, whatever its lock says: its host may be."""
_LOCKED = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :senders"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True)
class Crew:
    """The senders of an installation, seen by one of them.

    Attributes:
        me: this sender's id, which its claims bear.
        living: asks who is alive, itself included.
    """

    me: str
    living: Callable[[], frozenset[str]]


@contextmanager
def sender_lock(engine: Engine, path: Path, patience: float = PATIENCE) -> Iterator[Crew]:
    """Be a sender for as long as the block lasts; the kernel or the server notices when its process dies.

    Raises:
        Busy: on SQLite, another sender was still at it after `patience` seconds.
    """
    host = socket.gethostname()
    me = made_of("sender", host, os.getpid(), time.time_ns())[:13]
    if engine.dialect.name == "postgresql":
        with _signed_on(engine, me, host):
            yield Crew(me, lambda: _living(engine))
        return
    with _file_lock(path, patience):
        yield Crew(me, lambda: frozenset({me}))


@contextmanager
def _signed_on(engine: Engine, me: str, host: str) -> Iterator[None]:
    """A lock on a connection of its own, which goes with the process, and a sign of life now and then."""
    over = threading.Event()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("SELECT pg_advisory_lock(:senders, :me)"), {"senders": SENDERS, "me": _number(me)})
        conn.execute(delete(sender).where(sender.c.seen_at < datetime.now(UTC) - timedelta(days=1)))
        _beat(conn, me, host)
        heart = threading.Thread(target=_beating, args=(conn, me, host, over), daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()
            conn.execute(text("SELECT pg_advisory_unlock(:senders, :me)"), {"senders": SENDERS, "me": _number(me)})
            conn.execute(delete(sender).where(sender.c.sender_id == me))


def _beating(conn: Connection, me: str, host: str, over: threading.Event) -> None:
    while not over.wait(BEAT):
        _beat(conn, me, host)


def _beat(conn: Connection, me: str, host: str) -> None:
    """A sign of life, by the wall clock."""
    fresh = insert(sender, conn.dialect.name).values(sender_id=me, host=host, seen_at=datetime.now(UTC))
    conn.execute(fresh.on_conflict_do_update(index_elements=["sender_id"], set_={"seen_at": fresh.excluded.seen_at}))


def _living(engine: Engine) -> frozenset[str]:
    """Those that hold their lock and were seen lately."""
    with read(engine) as conn:
        locked = set(conn.execute(_LOCKED, {"senders": SENDERS}).scalars())
        seen = conn.execute(select(sender.c.sender_id).where(sender.c.seen_at > datetime.now(UTC) - UNSEEN)).scalars()
        return frozenset(one for one in seen if _number(one) in locked)


def _number(me: str) -> int:
    """The second half of its lock."""
    return zlib.crc32(me.encode()) & 0x7FFFFFFF


@contextmanager
def _file_lock(path: Path, patience: float) -> Iterator[None]:
    """A file's lock, for SQLite."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=patience):
            yield
    except Timeout as error:
        raise Busy(f"another sender holds {path}; nothing was sent") from error
