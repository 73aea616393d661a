"""Gather what earlier nights did, into the night's own files, so that deciding reads nothing but sealed inputs."""

import json
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, Select, and_, exists, select

from models.message import REACHED, WAITING
from models.tables import enrollment, message, step, suppression, switch
from tasks.night import Night
from tasks.store.engine import read

ENROLLMENTS = pa.schema(
    [
        (name, pa.string())
        for name in ("enrollment_id", "subject", "account", "play", "play_hash", "occurrence", "lead", "arm")
    ]
    + [("ended", pa.bool_())]
)
STEPS = pa.schema(
    [
        ("enrollment_id", pa.string()), ("step", pa.string()), ("on", pa.date32()), ("outcome", pa.string()),
        ("ended_on", pa.date32()), ("by_hand", pa.bool_()),
    ]
)  # fmt: skip
TOUCHES = pa.schema([("account", pa.string()), ("day", pa.date32())])
SENT_TODAY = pa.schema([("address_key", pa.string())])
LEAD = "lead:"


def gather(night: Night) -> None:
    """Write history_*.parquet and history.json of the night from the database."""
    with read(night.engine) as conn:
        for name, table in history(conn, night).items():
            night.lake.write(night.path(f"history_{name}.parquet"), table)
        night.lake.write_text(night.path("history.json"), json.dumps(switches(conn), sort_keys=True))


def history(conn: Connection, night: Night) -> dict[str, pa.Table]:
    """Enrollments (all, ended ones as keys only), steps of running ones, touches of 7 days, today's addresses."""
    return {
        "enrollments": pa.Table.from_pylist([_enrollment(row) for row in conn.execute(_ENROLLMENTS)], ENROLLMENTS),
        "steps": pa.Table.from_pylist([_step(row) for row in conn.execute(_STEPS)], STEPS),
        "touches": pa.Table.from_pylist([_touch(row) for row in conn.execute(_touches(night))], TOUCHES),
        "sent_today": pa.Table.from_pylist([row._asdict() for row in conn.execute(_sent_today(night))], SENT_TODAY),
    }


def switches(conn: Connection) -> dict[str, list[str]]:
    """The addresses that may not be written to, and the kill switches that are on."""
    return {
        "suppressed": sorted(conn.execute(select(suppression.c.address_key)).scalars()),
        "stopped": sorted(conn.execute(select(switch.c.name)).scalars()),
    }


_ENROLLMENTS = select(enrollment).order_by(enrollment.c.enrollment_id)
_RUNNING = exists().where(and_(enrollment.c.enrollment_id == step.c.enrollment_id, enrollment.c.ended_on.is_(None)))
_STEPS = select(step).where(_RUNNING).order_by(step.c.enrollment_id, step.c.step)


def _live() -> Any:
    """Messages that reached the customer or still may."""
    return message.c.state.in_(sorted(REACHED | WAITING))


def _touches(night: Night) -> Select[Any]:
    """One row per account, day and touched step of the last 7 days."""
    since = night.as_of - timedelta(days=7)
    recent = and_(message.c.as_of > since, message.c.as_of <= night.as_of)
    columns = (message.c.account, message.c.as_of, message.c.enrollment_id, message.c.step)
    return select(*columns).where(message.c.touch, recent, _live()).distinct().order_by(*columns)


def _sent_today(night: Night) -> Select[Any]:
    """One row per message of today, by hand or by an earlier run of this date."""
    return select(message.c.address_key).where(message.c.as_of == night.as_of, _live()).order_by(message.c.address_key)


def _enrollment(row: Row[Any]) -> dict[str, Any]:
    """As ENROLLMENTS; `lead` is the enrollment whose conversation it joined."""
    leads = [item.removeprefix(LEAD) for item in row.members or () if item.startswith(LEAD)]
    known = {name: getattr(row, name) for name in ENROLLMENTS.names if name not in ("lead", "ended")}
    return {**known, "lead": leads[0] if leads else None, "ended": row.ended_on is not None}


def _step(row: Row[Any]) -> dict[str, Any]:
    """As STEPS."""
    return {
        "enrollment_id": row.enrollment_id, "step": row.step, "on": row.taken_on or row.ended_on,
        "outcome": row.outcome, "ended_on": row.ended_on, "by_hand": bool(row.by_hand),
    }  # fmt: skip


def _touch(row: Row[Any]) -> dict[str, Any]:
    """As TOUCHES."""
    return {"account": row.account, "day": row.as_of}
