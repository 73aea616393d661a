"""Gather what earlier nights did, into the night's own files, so that deciding reads nothing but sealed inputs."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, Select, and_, exists, false, func, select

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
        "enrollments": _table(map(_enrollment, conn.execute(_ENROLLMENTS)), ENROLLMENTS),
        "steps": _table(conn.execute(_STEPS), STEPS),
        "touches": _table(conn.execute(_touches(night)), TOUCHES),
        "sent_today": _table(conn.execute(_sent_today(night)), SENT_TODAY),
    }


def _table(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """Rows in the schema's order, laid column by column: there may be as many as there are accounts."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def switches(conn: Connection) -> dict[str, list[str]]:
    """The addresses that may not be written to, and the kill switches that are on."""
    return {
        "suppressed": sorted(conn.execute(select(suppression.c.address_key)).scalars()),
        "stopped": sorted(conn.execute(select(switch.c.name)).scalars()),
    }


_ENROLLMENTS = select(
    *(enrollment.c[name] for name in ENROLLMENTS.names if name not in ("lead", "ended")),
    enrollment.c.members,
    enrollment.c.ended_on.is_not(None),
).order_by(enrollment.c.enrollment_id)
_RUNNING = exists().where(and_(enrollment.c.enrollment_id == step.c.enrollment_id, enrollment.c.ended_on.is_(None)))
_STEPS = (
    select(
        step.c.enrollment_id, step.c.step, func.coalesce(step.c.taken_on, step.c.ended_on), step.c.outcome,
        step.c.ended_on, func.coalesce(step.c.by_hand, false()),
    )
    .where(_RUNNING)
    .order_by(step.c.enrollment_id, step.c.step)
)  # fmt: skip


def _live() -> Any:
    """Messages that reached the customer or still may."""
    return message.c.state.in_(sorted(REACHED | WAITING))


def _touches(night: Night) -> Select[Any]:
    """One row (account, day) per touched step of the last 7 days."""
    since = night.as_of - timedelta(days=7)
    recent = and_(message.c.as_of > since, message.c.as_of <= night.as_of)
    columns = (message.c.account, message.c.as_of, message.c.enrollment_id, message.c.step)
    steps = select(*columns).where(message.c.touch, recent, _live()).distinct().subquery()
    return select(steps.c.account, steps.c.as_of).order_by(*steps.c)


def _sent_today(night: Night) -> Select[Any]:
    """One row per touch of today, by hand or by an earlier run of this date."""
    today = (message.c.as_of == night.as_of, message.c.touch, _live())
    return select(message.c.address_key).where(*today).order_by(message.c.address_key)


def _enrollment(row: Row[Any]) -> tuple[Any, ...]:
    """As ENROLLMENTS; `lead` is the enrollment whose conversation it joined."""
    *known, arm, members, ended = row
    leads = [item.removeprefix(LEAD) for item in members or () if item.startswith(LEAD)]
    return (*known, leads[0] if leads else None, arm, ended)
