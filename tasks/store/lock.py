"""The night's lock: one run at a time, freed by the kernel or the server when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from models.errors import Busy
from tasks.store.engine import name_of

NIGHT_LOCK = 0x706572656E6E02
"""PostgreSQL's advisory lock of the night, one a database."""
_PAUSE = 0.2


@contextmanager
def night_lock(engine: Engine, path: Path) -> Iterator[None]:
    """Hold the lock, or raise Busy at once: a file's for SQLite, the server's for PostgreSQL."""
    busy = f"another run holds the night's lock on {name_of(engine)}; nothing was done"
    with server_lock(engine, NIGHT_LOCK, busy) if engine.dialect.name == "postgresql" else _file_lock(path):
        yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """flock belongs to the open file: it goes with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = f" (process {pid})" if (pid := file.read().strip()) else ""
            raise Busy(f"another run{holder} holds {path}; nothing was done") from error
        try:
            _sign(path, str(os.getpid()))
            yield
        finally:
            _sign(path, "")


def _sign(path: Path, holder: str) -> None:
    """Who holds it, for the message of those who come too late."""
    path.write_text(holder)


@contextmanager
def server_lock(engine: Engine, lock: int, busy: str, patience: float = 0.0) -> Iterator[None]:
    """One of PostgreSQL's advisory locks: it belongs to a connection of its own, outside any transaction.

    Args:
        engine: a PostgreSQL.
        lock: the number that all who want it know.
        busy: what is said when it cannot be had.
        patience: seconds to wait for it.

    Raises:
        Busy: somebody else held it all the time.
    """
    end = time.monotonic() + patience
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while not conn.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}).scalar():
            if time.monotonic() >= end:
                raise Busy(busy)
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})
