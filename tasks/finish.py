"""What becomes of a task, and with it of the step that asked for it: what waits for it goes on with the next night."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from models.event import Event
from models.task_state import ENDED, STEP_OUTCOME, TaskState
from tasks.moment import moment
from tasks.store import csm_tasks, messages
from tasks.store.csm_tasks import Change, CsmTask
from tasks.store.events import append

REASONS: dict[TaskState, str] = {
    "done": "its owner has done the task",
    "resolved": "the task has resolved itself",
    "closed": "its task was put away",
}


def by_hand(conn: Connection, found: CsmTask, wanted: Change, wall: datetime) -> bool:
    """A person changes a task now (aware UTC), by the calendar of the nights; False when nothing had to change.

    Raises:
        UsageError: the task cannot go there from its state.
    """
    clock = moment(conn, wall)
    return change(conn, found, replace(wanted, at=clock.now), clock.as_of)


def change(conn: Connection, found: CsmTask, wanted: Change, on: date) -> bool:
    """Change the task; an end ends its step on that day, and cancels the step's mail that was held.

    Reopening takes nothing back: a step that has ended stays so.

    Raises:
        UsageError: the task cannot go there from its state.
    """
    if not csm_tasks.change(conn, found.task_id, wanted):
        return False
    for event in step_end(found, wanted, on):
        append(conn, event)
    if wanted.state in ENDED:
        _cancel_held(conn, found, wanted.at)
    return True


def step_end(found: CsmTask, wanted: Change, on: date) -> Iterator[Event]:
    """The step's one outcome, where the change ends it; an event of this key that is there already stands."""
    if wanted.state not in STEP_OUTCOME or not found.enrollment_id or not found.step:
        return
    payload = {
        "enrollment_id": found.enrollment_id, "step": found.step, "outcome": STEP_OUTCOME[wanted.state],
        "reason": wanted.reason or REASONS[wanted.state], "on": on.isoformat(),
    }  # fmt: skip
    key, subject = f"step_end:{found.enrollment_id}:{found.step}", f"enrollment:{found.enrollment_id}"
    yield Event(key, "step_ended", subject, wanted.at, found.account, payload)


def _cancel_held(conn: Connection, found: CsmTask, at: datetime) -> None:
    """The owner wrote in person where a mail could not go, or has let it be: that mail must not follow."""
    if not found.enrollment_id:
        return
    payload = {"reason": "the task that stood in for it has ended"}
    for message in messages.of_enrollments(conn, [found.enrollment_id]):
        if message.step == found.step:
            messages.move(
                conn, message.message_id, expected={"held"}, kind="message_canceled", effective_at=at, payload=payload,
            )  # fmt: skip
