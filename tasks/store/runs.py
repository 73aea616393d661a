"""Runs: their life as events, and which night came before which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from models.event import Event
from models.night import State
from models.tables import run
from tasks.store.events import append, last_seq


@dataclass(frozen=True)
class Run:
    """One night of this database.

    Attributes:
        started_at: wall clock of its newest start.
        ended_at: wall clock; None while it runs, or when it was killed.
        verdicts: verdict → steps, once planned.
        messages: e-mails its plan would queue, once planned.
        approval: {plan_hash, hold, drop} when a person released it.
        seal: as JSON, see models.night.Seal.of.
    """

    run_key: str
    as_of: date
    state: State
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    reason: str | None
    plan_hash: str | None
    verdicts: dict[str, int] | None
    messages: int | None
    approval: dict[str, Any] | None
    seal: dict[str, Any] | None


COLUMNS = [run.c[name] for name in Run.__dataclass_fields__]
SCORED = or_(run.c.landing_seq.is_not(None), run.c.state == "missed")
DECIDED = or_(run.c.plan_hash.is_not(None), run.c.state.in_(("done", "awaiting_approval")))


def start_run(conn: Connection, run_key: str, as_of: date, clock: datetime) -> None:
    """A run begins, or begins again: a sealed one is sealed still, any other is running."""
    payload = {"as_of": as_of.isoformat(), "clock": clock.isoformat()}
    _append(conn, "run_started", run_key, clock, str(last_seq(conn)), payload)


def note_plan(
    conn: Connection, run_key: str, plan_hash: str, verdicts: Mapping[str, int], messages: int, at: datetime
) -> None:
    """The run has decided; deciding the same again changes nothing."""
    payload = {"plan_hash": plan_hash, "verdicts": dict(verdicts), "messages": messages}
    _append(conn, "planned", run_key, at, plan_hash, payload)


def approve(
    conn: Connection, run_key: str, plan_hash: str, hold: Sequence[str], drop: Sequence[str], at: datetime
) -> bool:
    """A person releases exactly this plan, but for plays held or dropped; False when that was done before."""
    payload = {"plan_hash": plan_hash, "hold": list(hold), "drop": list(drop)}
    return _append(conn, "approved", run_key, at, plan_hash, payload)


def end_run(conn: Connection, run_key: str, state: str, exit_code: int, reason: str, at: datetime) -> None:
    """The run ends in a state."""
    payload = {"state": state, "exit_code": exit_code, "reason": reason}
    _append(conn, "run_ended", run_key, at, str(last_seq(conn)), payload)


def get(conn: Connection, run_key: str) -> Run | None:
    """The run of that key."""
    return _one(conn, select(*COLUMNS).where(run.c.run_key == run_key))


def recent(conn: Connection, n: int) -> list[Run]:
    """The last n runs by date, newest first."""
    return [_of(row) for row in conn.execute(select(*COLUMNS).order_by(run.c.as_of.desc()).limit(n))]


def newest_decided(conn: Connection) -> date | None:
    """The latest night that has decided, applied or not."""
    return conn.execute(select(func.max(run.c.as_of)).where(DECIDED)).scalar()


def newest_sealed(conn: Connection) -> date | None:
    """The latest night that has a seal."""
    return conn.execute(select(func.max(run.c.as_of)).where(run.c.landing_seq.is_not(None))).scalar()


def previous_scored(conn: Connection, as_of: date) -> date | None:
    """The newest earlier night that was scored, missed ones included: its memory is this night's input."""
    return conn.execute(select(func.max(run.c.as_of)).where(run.c.as_of < as_of, SCORED)).scalar()


def last_done(conn: Connection) -> Run | None:
    """The run that ended done last, by the wall clock."""
    return _one(conn, select(*COLUMNS).where(run.c.state == "done").order_by(run.c.ended_at.desc()))


def _append(conn: Connection, kind: str, run_key: str, at: datetime, nth: str, payload: dict[str, Any]) -> bool:
    key = ":".join(filter(None, (kind, run_key, nth)))
    return append(conn, Event(key, kind, f"run:{run_key}", at, payload={"run_key": run_key, **payload})) is not None


def _one(conn: Connection, query: Select[Any]) -> Run | None:
    row = conn.execute(query.limit(1)).first()
    return _of(row) if row else None


def _of(row: Row[Any]) -> Run:
    return Run(**row._asdict())
