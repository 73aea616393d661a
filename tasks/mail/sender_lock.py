"""One sender at a time: whoever resolves what a dead sender left must know that no living one is at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from models.errors import Busy
from tasks.store.lock import server_lock

SENDER_LOCK = 0x706572656E6E03
"""PostgreSQL's advisory lock of the sender, one a database."""
PATIENCE = 60.0


@contextmanager
def sender_lock(engine: Engine, path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the sender's lock; the kernel or the server frees it when its holder dies.

    Raises:
        Busy: another sender was still at it after `patience` seconds.
    """
    if engine.dialect.name == "postgresql":
        held = server_lock(engine, SENDER_LOCK, "another sender holds the sender's lock; nothing was sent", patience)
    else:
        held = _file_lock(path, patience)
    with held:
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
