"""One sender at a time: whoever resolves what a dead sender left must know that no living one is at it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from models.errors import Busy

SENDER_LOCK = 0x706572656E6E03
"""PostgreSQL's advisory lock of the sender, one a database."""
PATIENCE = 60.0
_PAUSE = 0.2


@contextmanager
def sender_lock(engine: Engine, path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the sender's lock; the kernel or the server frees it when its holder dies.

    Raises:
        Busy: another sender was still at it after `patience` seconds.
    """
    with _server_lock(engine, patience) if engine.dialect.name == "postgresql" else _file_lock(path, patience):
        yield


@contextmanager
def _file_lock(path: Path, patience: float) -> Iterator[None]:
    """A file's lock, for SQLite."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=patience):
            yield
    except Timeout as error:
        raise Busy(f"another sender holds {path}; nothing was sent") from error


@contextmanager
def _server_lock(engine: Engine, patience: float) -> Iterator[None]:
    """The lock of a connection of its own."""
    end = time.monotonic() + patience
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while not conn.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": SENDER_LOCK}).scalar():
            if time.monotonic() > end:
                raise Busy("another sender holds the sender's lock; nothing was sent")
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": SENDER_LOCK})
