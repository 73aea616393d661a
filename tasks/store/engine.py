"""Opening the database, and the two ways to use it: one writer at a time, and readers with a still picture."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONEncoder
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import StaticPool

from models.errors import StoreBusy, UsageError
from tasks.store.schema import ready

LOG_LOCK = 0x706572656E6E01
"""PostgreSQL's advisory lock that every write transaction holds: sequence numbers become visible in order."""

to_json = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def open_store(url: str, *, wait: float = 15.0, create: bool = True) -> Engine:
    """The database behind the URL, with a schema this code knows.

    Args:
        url: SQLAlchemy URL, `sqlite:///…` or `postgresql+psycopg://…` (`postgresql://` is read as that).
        wait: seconds to wait for another writer before StoreBusy.
        create: make a SQLite database that does not exist yet.

    Raises:
        SchemaTooNew: a newer version of Perennial wrote it.
        UsageError: it has no schema or an old one, or does not exist and must not be created.
        StoreBusy: it is locked by another program.
    """
    engine = connect(url, wait=wait)
    try:
        with _told(engine):
            ready(engine, begin, create=create)
            _journal(engine)
    except OperationalError as error:
        engine.dispose()
        words = str(error.orig).strip().splitlines()
        raise UsageError(f"{name_of(engine)} cannot be opened: {words[0] if words else error.code}") from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect(url: str, *, wait: float = 15.0) -> Engine:
    """An engine that behaves alike on both databases; its schema is not looked at.

    Raises:
        UsageError: the URL cannot be read, or is another database's.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("PERENNIAL_DATABASE_URL is no URL; write sqlite:///FILE or postgresql://HOST/NAME") from error
    makers = {"sqlite": _sqlite, "postgresql": _postgresql}
    backend = parsed.get_backend_name()
    if backend not in makers:
        raise UsageError(f"PERENNIAL_DATABASE_URL names '{backend}'; valid are: {', '.join(makers)}")
    return makers[backend](parsed, wait)


@contextmanager
def begin(engine: Engine) -> Iterator[Connection]:
    """A write transaction, the only one at its time; StoreBusy names the database if its turn does not come."""
    with _told(engine), engine.connect() as plain:
        conn = plain.execution_options(writer=True)
        with conn.begin():
            if conn.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOG_LOCK})
            yield conn


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """A read transaction: every query in it sees the same state."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _told(engine), engine.connect().execution_options(**options) as conn, conn.begin():
        yield conn


def name_of(engine: Engine) -> str:
    """How the database is named to people: its file, or its address without password."""
    return engine.url.database or ":memory:" if engine.dialect.name == "sqlite" else engine.url.render_as_string()


def _sqlite(url: URL, wait: float) -> Engine:
    memory = url.database in {None, "", ":memory:"}
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    arguments = {"timeout": wait, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, json_serializer=to_json, **options)
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """SQLite as durable as it can be: without WAL, FULL may lose the last commit with the power, EXTRA does not.

    What is deleted is overwritten: a person who was erased is not to be read from the file's free pages.
    """
    connection.isolation_level = None
    for pragma in ("synchronous=EXTRA", "recursive_triggers=ON", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(conn: Connection) -> None:
    """Writers take the lock at once: a reader that turns writer fails without waiting."""
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writer") else "BEGIN")


def _journal(engine: Engine) -> None:
    """WAL from SQLite 3.51.3 on, whose older versions may corrupt the file when a WAL is reset."""
    if engine.dialect.name != "sqlite":
        return
    wanted = "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete"
    with engine.connect() as conn:
        raw: Any = conn.connection.dbapi_connection
        if raw.execute("PRAGMA journal_mode").fetchone()[0] not in {wanted, "memory"}:
            raw.execute(f"PRAGMA journal_mode={wanted}")


def _postgresql(url: URL, wait: float) -> Engine:
    options = f"-c timezone=UTC -c lock_timeout={int(wait * 1000)} -c synchronous_commit=on"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": options},
        json_serializer=to_json,
        pool_pre_ping=True,
    )


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """A database that stays locked is said in words that name it."""
    try:
        yield
    except OperationalError as error:
        if not _is_busy(error.orig):
            raise
        raise StoreBusy(
            f"{name_of(engine)} is locked by another program and did not come free in time; nothing was written. "
            "Close what holds it (a second night, a database browser, a backup) and run the command again."
        ) from error


def _is_busy(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(error, "sqlstate", None) == "55P03"
