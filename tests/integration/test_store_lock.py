"""Who may write when: the night's lock, and a database that somebody else holds."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.errors import Busy, StoreBusy
from tasks.store.engine import LOG_LOCK, begin, connect, open_store, read
from tasks.store.lock import night_lock

HOLD = """
import sys, time
from pathlib import Path
from tasks.store.engine import connect
from tasks.store.lock import night_lock
with night_lock(connect(sys.argv[1]), Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(url: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, url, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def taken_within(store: Engine, path: Path, seconds: float) -> bool:
    """Whether the lock can be had before the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with night_lock(store, path):
                return True
        except Busy:
            time.sleep(0.05)
    return False


def test_the_lock_excludes_and_is_freed_by_a_kill(store: Engine, store_url: str, tmp_path: Path) -> None:
    """A second run is told at once that it is busy; when the first is killed the lock is free."""
    path = tmp_path / "var" / "perennial.lock"
    with holder(store_url, path) as process:
        with pytest.raises(Busy, match="nothing was done") as busy, night_lock(store, path):
            pass
        assert busy.value.exit_code == 6
        if store.dialect.name == "sqlite":
            assert str(process.pid) in str(busy.value)
        process.kill()
        assert taken_within(store, path, 10)


def test_the_lock_can_be_taken_again(store: Engine, tmp_path: Path) -> None:
    """It is free after use, also when the run has failed, and its file says nothing of the past."""
    path = tmp_path / "perennial.lock"
    with pytest.raises(RuntimeError), night_lock(store, path):
        raise RuntimeError
    with night_lock(store, path):
        pass
    assert not path.exists() or path.read_text() == ""


def test_a_locked_file_is_named_after_a_bounded_wait(tmp_path: Path) -> None:
    """Somebody else's transaction does not hang the night: StoreBusy says which file."""
    path = tmp_path / "store.db"
    engine = open_store(f"sqlite:///{path}", wait=0.3)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    for use in (begin, read):
        with pytest.raises(StoreBusy, match=r"store\.db is locked"), use(engine) as conn:
            conn.execute(text("SELECT 1 FROM event"))
    with pytest.raises(StoreBusy, match=r"store\.db is locked"):
        open_store(f"sqlite:///{path}", wait=0.3)
    assert time.monotonic() - started < 5
    other.close()
    with begin(engine):
        pass
    engine.dispose()


def test_a_locked_server_is_named_after_a_bounded_wait(postgresql_url: object) -> None:
    """The same on PostgreSQL, without the password."""
    assert callable(postgresql_url)
    url = postgresql_url()
    engine, other = open_store(url, wait=0.3), connect(url)
    with other.connect() as conn, conn.begin():
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOG_LOCK})
        with pytest.raises(StoreBusy, match="is locked"), begin(engine):
            pass
    with begin(engine):
        pass
    engine.dispose()
    other.dispose()


def test_a_reader_sees_one_state(store: Engine) -> None:
    """What is committed while a reader reads does not show; SQLite lets the writer wait instead."""
    if store.dialect.name == "sqlite":
        pytest.skip("SQLite without WAL: a reader holds the writer's commit back")
    count = text("SELECT count(*) FROM switch")
    with read(store) as reader:
        assert reader.execute(count).scalar() == 0
        with begin(store) as writer:
            writer.execute(text("INSERT INTO switch VALUES ('*', now())"))
        assert reader.execute(count).scalar() == 0
