"""Gather what earlier nights did, into the night's own files, so that deciding reads nothing but sealed inputs."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, Select, and_, case, exists, false, func, null, or_, select

from models.message import REACHED, WAITING
from models.tables import consent, enrollment, message, play_request, step, suppression, switch, task
from tasks.night import Night
from tasks.store.engine import read

ENROLLMENTS = pa.schema(
    [
        (name, pa.string())
        for name in ("enrollment_id", "subject", "account", "play", "play_hash", "occurrence", "lead", "arm", "renamed")
    ]
    + [("enrolled_on", pa.date32()), ("ended_on", pa.date32()), ("alerted", pa.bool_())]
)
STEPS = pa.schema(
    [
        ("enrollment_id", pa.string()), ("step", pa.string()), ("on", pa.date32()), ("outcome", pa.string()),
        ("ended_on", pa.date32()), ("by_hand", pa.bool_()), ("choice", pa.string()), ("due_on", pa.date32()),
    ]
)  # fmt: skip
TOUCHES = pa.schema([("account", pa.string()), ("day", pa.date32()), ("play", pa.string())])
SENT_TODAY = pa.schema([("address_key", pa.string())])
SURVEYED = pa.schema([("address_key", pa.string()), ("day", pa.date32())])
REQUESTS = pa.schema([(name, pa.string()) for name in ("request_id", "play", "subject")] + [("on", pa.date32())])
MAILS = pa.schema([(name, pa.string()) for name in ("message_id", "enrollment_id", "step", "address_key")])
HISTORY = ("enrollments", "steps", "touches", "sent_today", "surveyed", "requests", "mails")
"""The files history_<name>.parquet of a night."""
LEAD = "lead:"
STUCK = "stuck"
"""The kind of the task that tells the owner that an enrollment goes nowhere."""
ANSWERED_WITHIN = 120  # days in which an answer is told by the message it answers


def gather(night: Night) -> None:
    """Write history_*.parquet and history.json of the night from the database."""
    with read(night.engine) as conn:
        for name, table in history(conn, night).items():
            night.lake.write(night.path(f"history_{name}.parquet"), table)
        night.lake.write_text(night.path("history.json"), json.dumps(switches(conn), sort_keys=True))


def history(conn: Connection, night: Night) -> dict[str, pa.Table]:
    """Name → table, as HISTORY lists them; steps and mails are those of running enrollments."""
    return {
        "enrollments": _table(map(_enrollment, conn.execute(_ENROLLMENTS)), ENROLLMENTS),
        "steps": _table(conn.execute(_STEPS), STEPS),
        "touches": _table(conn.execute(_touches(night)), TOUCHES),
        "sent_today": _table(conn.execute(_sent_today(night)), SENT_TODAY),
        "surveyed": _table(conn.execute(_surveyed(night)), SURVEYED),
        "requests": _table(conn.execute(_REQUESTS), REQUESTS),
        "mails": _table(conn.execute(_mails(night)), MAILS),
    }


def _table(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """Rows in the schema's order, laid column by column: there may be as many as there are accounts."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def switches(conn: Connection) -> dict[str, list[Any]]:
    """(address, scope) pairs that may not be written to, consents given to us, and the kill switches that are on."""
    return {
        "suppressed": sorted([*row] for row in conn.execute(select(suppression.c.address_key, suppression.c.scope))),
        "consents": sorted([*row] for row in conn.execute(select(consent.c.address_key, consent.c.value))),
        "stopped": sorted(conn.execute(select(switch.c.name)).scalars()),
    }


_TOLD = exists().where(and_(task.c.enrollment_id == enrollment.c.enrollment_id, task.c.kind == STUCK))
_ENROLLMENTS = select(
    *(enrollment.c[name] for name in ENROLLMENTS.names if name not in ("lead", "alerted")),
    _TOLD,
    enrollment.c.members,
).order_by(enrollment.c.enrollment_id)
_RUNNING = exists().where(and_(enrollment.c.enrollment_id == step.c.enrollment_id, enrollment.c.ended_on.is_(None)))
_OPEN_TASK = and_(task.c.enrollment_id == step.c.enrollment_id, task.c.step == step.c.step, task.c.done_at.is_(None))
_STEPS = (
    select(
        step.c.enrollment_id, step.c.step, func.coalesce(step.c.taken_on, step.c.ended_on), step.c.outcome,
        step.c.ended_on, func.coalesce(step.c.by_hand, false()), step.c.choice,
        case(
            (step.c.outcome.is_(None), select(func.min(task.c.due_on)).where(_OPEN_TASK).scalar_subquery()),
            else_=null(),
        ),
    )
    .where(_RUNNING)
    .order_by(step.c.enrollment_id, step.c.step)
)  # fmt: skip
_ANSWERED = and_(
    enrollment.c.play == play_request.c.play,
    enrollment.c.subject == play_request.c.subject,
    enrollment.c.occurrence == play_request.c.request_id,
    enrollment.c.ended_on.is_not(None),
)
_REQUESTS = (
    select(play_request.c.request_id, play_request.c.play, play_request.c.subject, play_request.c.requested_on)
    .where(~exists().where(_ANSWERED))
    .order_by(play_request.c.request_id)
)


def _live() -> Any:
    """Messages that reached the customer or still may."""
    return message.c.state.in_(sorted(REACHED | WAITING))


def _touches(night: Night) -> Select[Any]:
    """One row (account, day, play) per touched step of the last 7 days."""
    since = night.as_of - timedelta(days=7)
    recent = and_(message.c.as_of > since, message.c.as_of <= night.as_of)
    columns = (message.c.account, message.c.as_of, message.c.play, message.c.enrollment_id, message.c.step)
    steps = select(*columns).where(message.c.touch, recent, _live()).distinct().subquery()
    return select(steps.c.account, steps.c.as_of, steps.c.play).order_by(*steps.c)


def _sent_today(night: Night) -> Select[Any]:
    """One row per touch of today, by hand or by an earlier run of this date."""
    today = (message.c.as_of == night.as_of, message.c.touch, _live())
    return select(message.c.address_key).where(*today).order_by(message.c.address_key)


def _surveyed(night: Night) -> Select[Any]:
    """One row (address_key, day) per address that a survey was sent to within the days of fatigue."""
    asks = sorted({one.email or "" for play in night.rules.plays.values() for one in play.steps if one.survey})
    since = night.as_of - timedelta(days=night.rules.company.survey_fatigue)
    asked = and_(message.c.template.in_(asks), message.c.as_of > since, message.c.as_of <= night.as_of, _live())
    newest = select(message.c.address_key, func.max(message.c.as_of)).where(asked)
    return newest.group_by(message.c.address_key).order_by(message.c.address_key)


def _mails(night: Night) -> Select[Any]:
    """The messages that running enrollments sent lately: an answer names the one it answers.

    Of plays that send a step again to newcomers all of them: they say who is none.
    """
    again = sorted(play.play for play in night.rules.plays.values() if any(one.resend_to_new for one in play.steps))
    lately = or_(message.c.as_of > night.as_of - timedelta(days=ANSWERED_WITHIN), message.c.play.in_(again))
    running = exists().where(
        and_(enrollment.c.enrollment_id == message.c.enrollment_id, enrollment.c.ended_on.is_(None))
    )
    columns = (message.c.message_id, message.c.enrollment_id, message.c.step, message.c.address_key)
    return select(*columns).where(lately, _live(), running).order_by(message.c.message_id)


def _enrollment(row: Row[Any]) -> tuple[Any, ...]:
    """As ENROLLMENTS; `lead` is the enrollment whose conversation it joined, `renamed` is JSON."""
    *known, renamed, enrolled_on, ended_on, alerted, members = row
    leads = [item.removeprefix(LEAD) for item in members or () if item.startswith(LEAD)]
    lead = leads[0] if leads else None
    names = json.dumps(renamed, sort_keys=True) if renamed else None
    return (*known[:-1], lead, known[-1], names, enrolled_on, ended_on, alerted)
