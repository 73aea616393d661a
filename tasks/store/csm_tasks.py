"""The tasks of customer success managers and of the teams beside them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from models.errors import UsageError
from models.event import Event
from models.nearest import did_you_mean
from models.tables import event as log
from models.tables import person_note, task
from models.task_state import WORKED_ON, TaskState, require_change
from tasks.store.events import append
from tasks.store.insert import insert

KINDS = ("task_changed", "task_done")


@dataclass(frozen=True)
class CsmTask:
    """One thing somebody is asked to do.

    Attributes:
        csm: id of its owner, of whatever team; None when nobody of the team is known.
        state: see models.task_state.
        changed_by: who brought it into its state: a login or an id, `crm:<id>`, or `perennial`.
        changed_at: when, by the run's clock.
        reason: why it is in its state, where anybody said so.
        done_at: wall clock; None unless it is done.
    """

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
    state: TaskState
    owner_team: str | None
    kind: str | None
    changed_by: str | None
    reason: str | None
    changed_at: datetime | None
    details: str | None

    @property
    def worked_on(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in WORKED_ON

    def overdue(self, as_of: date) -> bool:
        """Whether its day has passed and nobody has ended it."""
        return self.worked_on and self.due_on is not None and self.due_on < as_of


@dataclass(frozen=True)
class Change:
    """What somebody wants to become of a task.

    Attributes:
        by: who: a login or an id, `crm:<id>`, or `perennial`; never an address.
        at: when, by the run's clock, aware UTC.
        reason: why, without personal data.
        note: a person's words; they stay in the person area.
        key: the business key of a change that is made once for all; one by a person is counted, so that what was
            reopened can be done again.
    """

    state: TaskState
    by: str
    at: datetime
    reason: str = ""
    note: str = ""
    key: str = ""


def of(row: Row[Any]) -> CsmTask:
    """The task in a row of `task`."""
    return CsmTask(**row._asdict())


def open_tasks(conn: Connection, csm: str | None = None, account: str | None = None) -> list[CsmTask]:
    """Tasks somebody still has to do, most urgent first."""
    return chosen(conn, WORKED_ON, csm=csm, account=account)


def chosen(
    conn: Connection, states: Collection[str] = (), csm: str | None = None, account: str | None = None
) -> list[CsmTask]:
    """Tasks in these states (in all, if none is given), most urgent first."""
    wanted = {"csm": csm, "account": account}
    query = select(task).where(*(task.c[name] == value for name, value in wanted.items() if value is not None))
    return _read(conn, query.where(task.c.state.in_(sorted(states))) if states else query)


def of_enrollments(conn: Connection, enrollments: Collection[str]) -> list[CsmTask]:
    """What these enrollments still ask of people."""
    mine = select(task).where(task.c.enrollment_id.in_(sorted(enrollments)), task.c.state.in_(sorted(WORKED_ON)))
    return _read(conn, mine) if enrollments else []


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


def change(conn: Connection, task_id: str, wanted: Change) -> bool:
    """Bring the task into a state; False when it is there already, or that very change was made before.

    Raises:
        UsageError: there is no such task, or it cannot go there from its state.
    """
    found = get(conn, task_id)
    if wanted.note:
        _keep_note(conn, task_id, wanted)
    if found.state == wanted.state:
        return False
    require_change(task_id, found.state, wanted.state)
    known = wanted if wanted.key else replace(wanted, key=_next_key(conn, found, wanted))
    return append(conn, event_of(found, known)) is not None


def event_of(found: CsmTask, wanted: Change) -> Event:
    """The change as an event of the change's key."""
    payload: dict[str, Any] = {"task_id": found.task_id, "by": wanted.by, "reason": wanted.reason}
    if wanted.state == "done":
        payload |= {"enrollment_id": found.enrollment_id, "play": found.play, "step": found.step}
    else:
        payload |= {"state": wanted.state, "on": wanted.at.date().isoformat()}
    kind = "task_done" if wanted.state == "done" else "task_changed"
    return Event(wanted.key, kind, f"task:{found.task_id}", wanted.at, found.account, payload)


def notes_of(conn: Connection, task_ids: Collection[str]) -> Mapping[str, str]:
    """Task → the newest words that somebody wrote about it."""
    subjects = [f"task:{task_id}" for task_id in task_ids]
    query = select(person_note.c.subject, person_note.c.text).where(person_note.c.subject.in_(subjects))
    ordered = query.order_by(person_note.c.at, person_note.c.note_id)
    return {row.subject.removeprefix("task:"): row.text for row in conn.execute(ordered)}


def _next_key(conn: Connection, found: CsmTask, wanted: Change) -> str:
    """The task's nth change, by the events there are about it."""
    mine = (log.c.account == found.account, log.c.subject == f"task:{found.task_id}", log.c.kind.in_(KINDS))
    count = conn.execute(select(func.count()).select_from(log).where(*mine)).scalar()
    return f"task:{found.task_id}:{wanted.state}:{count}"


def _keep_note(conn: Connection, task_id: str, wanted: Change) -> None:
    """A person's words, beside the log."""
    subject = f"task:{task_id}"
    row = {
        "note_id": f"{subject}:{wanted.at.isoformat()}:{wanted.state}",
        "subject": subject,
        "text": wanted.note,
        "at": wanted.at,
    }
    conn.execute(insert(person_note, conn.dialect.name).on_conflict_do_nothing(index_elements=["note_id"]), row)


def _read(conn: Connection, query: Select[Any]) -> list[CsmTask]:
    ordered = query.order_by(task.c.due_on.is_(None), task.c.due_on, task.c.task_id)
    return [of(row) for row in conn.execute(ordered)]
