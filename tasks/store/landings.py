"""Landings: opening and closing them, and what the lake may be read from."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, select

from models.errors import UsageError
from models.event import Event
from models.landing import Landing
from models.tables import landing, run
from tasks.store.events import append, last_seq

COLUMNS = [landing.c[name] for name in Landing.__dataclass_fields__]
GOOD = ("ok", "unchanged", "stale")
"""Statuses of a landing that passed its gates."""


def open_landing(conn: Connection, run_key: str, source: str, entity: str, as_of: date, at: datetime) -> int:
    """Open a landing at the run's clock `at`; its number names the files that are to be written."""
    key = f"landing_opened:{run_key}:{source}:{last_seq(conn)}"
    payload = {"run_key": run_key, "source": source, "entity": entity, "as_of": as_of.isoformat()}
    seq = append(conn, Event(key, "landing_opened", f"source:{source}", at, payload=payload))
    assert seq is not None  # noqa: S101 - the key holds the log's last number
    return seq


def close_landing(conn: Connection, closed: Landing, at: datetime) -> None:
    """Close a landing with what it brought; a second closing of the same landing does nothing.

    Raises:
        UsageError: a night was sealed in the meantime, and would change if these rows came in.
    """
    if closed.written and _sealed_past(conn, closed.seq):
        raise UsageError(f"landing {closed.seq} of '{closed.source}' came too late: a night has been sealed over it")
    names = ("seq", "status", "pulled", "good", "quarantined", "warned", "total", "cursor_max", "written", "error")
    payload = {name: value for name, value in asdict(closed).items() if name in names}
    key, subject = f"landing_closed:{closed.seq}", f"source:{closed.source}"
    append(conn, Event(key, "landing_closed", subject, at, payload=payload))


def watermark(conn: Connection) -> int:
    """The newest landing's number, 0 before the first: what a seal takes as its landing_seq."""
    return conn.execute(select(func.max(landing.c.seq))).scalar() or 0


def landed(conn: Connection, up_to_seq: int) -> list[Landing]:
    """Landings whose files may be read at this watermark, oldest first."""
    query = select(*COLUMNS).where(landing.c.written, landing.c.seq <= up_to_seq).order_by(landing.c.seq)
    return [_of(row) for row in conn.execute(query)]


def of_run(conn: Connection, run_key: str) -> list[Landing]:
    """The run's newest closed landing of each source, in the order they were opened."""
    query = select(*COLUMNS).where(landing.c.run_key == run_key, landing.c.status.is_not(None)).order_by(landing.c.seq)
    newest = {row.source: _of(row) for row in conn.execute(query)}
    return sorted(newest.values(), key=lambda found: found.seq)


def newest(conn: Connection, source: str) -> Landing | None:
    """The source's newest landing that wrote a file."""
    query = select(*COLUMNS).where(landing.c.source == source, landing.c.written)
    row = conn.execute(query.order_by(landing.c.seq.desc()).limit(1)).first()
    return _of(row) if row else None


def totals(conn: Connection, source: str, n: int) -> list[int]:
    """How many rows the source gave in its last n pulls that passed the gates, newest first."""
    query = select(landing.c.total).where(landing.c.source == source, landing.c.status.in_(GOOD))
    return list(conn.execute(query.order_by(landing.c.seq.desc()).limit(n)).scalars())


def newest_cursor(conn: Connection, source: str) -> str | None:
    """The newest cursor value ever landed from the source, ISO; None before the first."""
    query = select(func.max(landing.c.cursor_max)).where(landing.c.source == source, landing.c.status.in_(GOOD))
    return conn.execute(query).scalar()


def newest_of_sources(conn: Connection) -> list[Landing]:
    """The newest closed landing of every source, by source: how fresh each one is."""
    last = select(func.max(landing.c.seq)).where(landing.c.status.is_not(None)).group_by(landing.c.source)
    query = select(*COLUMNS).where(landing.c.seq.in_(last)).order_by(landing.c.source)
    return [_of(row) for row in conn.execute(query)]


def _sealed_past(conn: Connection, seq: int) -> bool:
    return conn.execute(select(run.c.run_key).where(run.c.landing_seq >= seq).limit(1)).first() is not None


def _of(row: Row[tuple[object, ...]]) -> Landing:
    return Landing(**row._asdict())
