"""A CSM has done a task: the step ends done, and what waits for it goes on with the next night."""

from datetime import datetime

from sqlalchemy import Connection

from models.clock import Clock
from models.event import Event
from tasks.moment import moment
from tasks.store import csm_tasks, messages
from tasks.store.csm_tasks import CsmTask
from tasks.store.events import append


def finish(conn: Connection, found: CsmTask, note: str, wall: datetime) -> bool:
    """Mark the task done at the wall clock (aware UTC), with the CSM's words; False when it was done before."""
    clock = moment(conn, wall)
    if not csm_tasks.mark_done(conn, found.task_id, clock.now, note):
        return False
    if found.enrollment_id and found.step:
        _end_step(conn, found, clock)
        _cancel_held(conn, found, clock)
    return True


def _end_step(conn: Connection, found: CsmTask, clock: Clock) -> None:
    """The step's one outcome; an event of this key that is there already stands."""
    payload = {
        "enrollment_id": found.enrollment_id, "step": found.step, "outcome": "done",
        "reason": "the CSM has done the task", "on": clock.as_of.isoformat(),
    }  # fmt: skip
    key, subject = f"step_end:{found.enrollment_id}:{found.step}", f"enrollment:{found.enrollment_id}"
    append(conn, Event(key, "step_ended", subject, clock.now, found.account, payload))


def _cancel_held(conn: Connection, found: CsmTask, clock: Clock) -> None:
    """The CSM wrote in person where a mail could not go: that mail must not follow."""
    payload = {"reason": "the CSM has done the step in person"}
    for message in messages.of_enrollments(conn, [found.enrollment_id or ""]):
        if message.step == found.step:
            messages.move(
                conn, message.message_id, expected={"held"}, kind="message_canceled",
                effective_at=clock.now, payload=payload,
            )  # fmt: skip
