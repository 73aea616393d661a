"""Deadline mail that nobody will send any more becomes the CSM's task: a renewal notice is never lost."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, select

from models.event import Event
from models.ids import task_id
from models.landing import Landing
from models.tables import enrollment, message, step, task
from tasks.night import Night
from tasks.people import people
from tasks.store.engine import begin, read
from tasks.store.events import append_all

LOST = ("refused", "suppressed", "expired")
_MAIL = and_(message.c.enrollment_id == step.c.enrollment_id, message.c.step == step.c.step, message.c.deadline)
_TASK = and_(task.c.enrollment_id == step.c.enrollment_id, task.c.step == step.c.step)
_UNSENT = (
    select(step, enrollment.c.account, enrollment.c.play, enrollment.c.subject)
    .join(enrollment, enrollment.c.enrollment_id == step.c.enrollment_id)
    .where(step.c.outcome.in_(LOST), enrollment.c.ended_on.is_(None), exists().where(_MAIL), ~exists().where(_TASK))
    .order_by(step.c.enrollment_id, step.c.step)
)


def hand_over(night: Night, landings: list[Landing]) -> None:
    """Open a task for each deadline step whose mail was refused, suppressed at the last look, or expired."""
    with read(night.engine) as conn:
        found = unsent(conn)
    if not found:
        return
    known = people(night, landings, (row.account for row in found))
    csms = {row.account: known.accounts.get(row.account, {}).get("csm_id") for row in found}
    with begin(night.engine) as conn:
        append_all(conn, _tasks(night, found, csms))


def unsent(conn: Connection) -> Sequence[Row[Any]]:
    """Steps of running enrollments whose deadline mail has ended without arriving, and that nobody has a task for."""
    return conn.execute(_UNSENT).all()


def _tasks(night: Night, found: Sequence[Row[Any]], csms: dict[str, str | None]) -> Iterator[Event]:
    """A task each, due the next day."""
    for row in found:
        id_ = task_id(row.enrollment_id, row.step)
        payload = {
            "task_id": id_, "enrollment_id": row.enrollment_id, "csm": csms[row.account], "play": row.play,
            "step": row.step, "on": night.as_of.isoformat(), "due_on": (night.as_of + timedelta(days=1)).isoformat(),
            "title": f"Write to the customer yourself ({row.step}): the mail was {row.outcome}: {row.reason}",
        }  # fmt: skip
        yield Event(f"task:{id_}", "task_opened", row.subject, night.clock.now, row.account, payload)
