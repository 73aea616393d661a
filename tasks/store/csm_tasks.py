"""The tasks of customer success managers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from models.errors import UsageError
from models.event import Event
from models.nearest import did_you_mean
from models.tables import person_note, task
from tasks.store.events import append
from tasks.store.insert import insert


@dataclass(frozen=True)
class CsmTask:
    """One thing a CSM is asked to do; open until done_at."""

    task_id: str
    enrollment_id: str | None
    account: str | None
    csm: str | None
    play: str | None
    step: str | None
    title: str | None
    due_on: date | None
    opened_on: date | None
    done_at: datetime | None
    state: str | None
    owner_team: str | None
    kind: str | None
    changed_by: str | None
    reason: str | None
    changed_at: datetime | None
    details: str | None


def open_tasks(conn: Connection, csm: str | None = None, account: str | None = None) -> list[CsmTask]:
    """Tasks not yet done, most urgent first."""
    query = select(task).where(task.c.done_at.is_(None))
    query = query if csm is None else query.where(task.c.csm == csm)
    return _read(conn, query if account is None else query.where(task.c.account == account))


def get(conn: Connection, task_id: str) -> CsmTask:
    """The task of that id.

    Raises:
        UsageError: there is none; says the nearest open one.
    """
    found = _read(conn, select(task).where(task.c.task_id == task_id))
    if not found:
        hint = did_you_mean(task_id, [one.task_id for one in open_tasks(conn)])
        raise UsageError(f"there is no task '{task_id}'; {hint}")
    return found[0]


def mark_done(conn: Connection, task_id: str, at: datetime, note: str = "") -> bool:
    """The task is done; False when it was done before. The note is a person's words and stays in the person area."""
    found = get(conn, task_id)
    if note:
        row = {"note_id": f"task:{task_id}", "subject": f"task:{task_id}", "text": note, "at": at}
        conn.execute(insert(person_note, conn.dialect.name).on_conflict_do_nothing(index_elements=["note_id"]), row)
    payload = {"task_id": task_id, "enrollment_id": found.enrollment_id, "play": found.play, "step": found.step}
    event = Event(f"task_done:{task_id}", "task_done", f"task:{task_id}", at, found.account, payload)
    return append(conn, event) is not None


def note_of(conn: Connection, task_id: str) -> str | None:
    """What the CSM wrote when the task was done."""
    return conn.execute(select(person_note.c.text).where(person_note.c.note_id == f"task:{task_id}")).scalar()


def _read(conn: Connection, query: Select[Any]) -> list[CsmTask]:
    ordered = query.order_by(task.c.due_on.is_(None), task.c.due_on, task.c.task_id)
    return [CsmTask(**row._asdict()) for row in conn.execute(ordered)]
