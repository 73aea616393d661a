"""What the night makes of people's tasks: due, resolved, closed with their enrollment, opened where a play is stuck.

Every function appends in the caller's transaction, and appends nothing twice.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from models.decision import Resolve, Stuck
from models.event import Event
from models.ids import task_id
from models.owner import Owner, owner_of
from models.tables import enrollment, task
from models.task_state import TaskState, falls_due
from tasks.finish import change, step_end
from tasks.night import Night
from tasks.store import csm_tasks
from tasks.store.csm_tasks import Change, CsmTask, event_of
from tasks.store.events import append_all

PERENNIAL = "perennial"
"""Who changes what no person changed."""
STUCK = "stuck"
STUCK_DAYS = 3  # days in which the owner of a stuck play should have looked at it


def fall_due(conn: Connection, night: Night) -> int:
    """Tasks whose day has come become due; how many."""
    waiting = select(task).where(task.c.state.in_(("open", "pending")), task.c.due_on <= night.as_of)
    found = [csm_tasks.of(row) for row in conn.execute(waiting.order_by(task.c.task_id))]
    due = [one for one in found if falls_due(one.state, one.due_on, one.changed_at, night.as_of)]
    return append_all(conn, (event_of(one, _change(night, one, "due", f"its day was {one.due_on}")) for one in due))


def resolve_all(conn: Connection, night: Night, resolves: Iterable[Resolve]) -> int:
    """Tasks whose condition holds are resolved, and with them their steps; how many."""
    reasons = {(one.enrollment_id, one.step): one.reason for one in resolves}
    ids = {id_ for id_, _ in reasons}
    names, count = _names_now(conn, ids), 0
    for one in csm_tasks.of_enrollments(conn, ids):
        step = names.get(one.enrollment_id or "", {}).get(one.step or "", one.step or "")
        if reason := reasons.get((one.enrollment_id or "", step)):
            count += change(conn, one, _change(night, one, "resolved", reason), night.as_of)
    return count


def _names_now(conn: Connection, enrollment_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Enrollment → step as its task knows it → the step's name in the version that it follows now."""
    mine = enrollment.c.enrollment_id.in_(sorted(enrollment_ids)), enrollment.c.renamed.is_not(None)
    rows = conn.execute(select(enrollment.c.enrollment_id, enrollment.c.renamed).where(*mine))
    return {id_: dict(renamed or {}) for id_, renamed in rows}


def close_of(conn: Connection, night: Night, enrollment_ids: Collection[str]) -> int:
    """Close what these ended enrollments still ask of people; their steps end canceled. How many tasks."""
    events: list[Event] = []
    found = csm_tasks.of_enrollments(conn, enrollment_ids)
    for one in found:
        wanted = _change(night, one, "closed", "its enrollment has ended")
        events += [event_of(one, wanted), *step_end(one, wanted, night.as_of)]
    append_all(conn, events)
    return len(found)


def stuck_tasks(
    night: Night, found: Iterable[Stuck], accounts: Mapping[str, Mapping[str, Any]], staff: Mapping[str, str | None]
) -> Iterator[Event]:
    """One task an enrollment that goes nowhere, for the account's CSM.

    Args:
        night: gives the clock and the titles of the plays.
        found: who is stuck, and why.
        accounts: account id → its row, with csm_id.
        staff: person → team, of `csms`.
    """
    for one in found:
        play = night.rules.plays.get(one.play)
        payload = {
            "task_id": task_id(one.enrollment_id, "", STUCK), "enrollment_id": one.enrollment_id, "play": one.play,
            **owned(owner_of("csm", accounts.get(one.account, {}), staff)), "step": None, "kind": STUCK,
            "title": f"The play {play.title if play and play.title else one.play} is stuck: {one.reason}",
            "due_on": (night.as_of + timedelta(days=STUCK_DAYS)).isoformat(), "on": night.as_of.isoformat(),
        }  # fmt: skip
        yield Event(f"task:{payload['task_id']}", "task_opened", one.subject, night.clock.now, one.account, payload)


def owned(owner: Owner) -> dict[str, str | None]:
    """The owner as a task's event tells it."""
    return {"csm": owner.id, "owner_team": owner.team}


def _change(night: Night, one: CsmTask, state: TaskState, reason: str) -> Change:
    """A change of tonight; its key is the night's."""
    return Change(state, PERENNIAL, night.clock.now, reason, key=f"task:{one.task_id}:{state}:{night.as_of}")
