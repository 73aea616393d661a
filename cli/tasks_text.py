"""Tasks in words."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from cli.answer import Answer
from cli.table import plural, table

if TYPE_CHECKING:
    from models.task_state import TaskState
    from tasks.opening import Place
    from tasks.store.csm_tasks import CsmTask

SHORT = 8
SAID = {
    "open": "Open again",
    "pending": "Pending",
    "due": "Due",
    "done": "Done",
    "resolved": "Resolved",
    "closed": "Closed",
}


def tasks_answer(place: "Place", owner: str | None, account: str | None, state: str | None) -> Answer:
    """The tasks of an owner, an account, in a state; by default all that somebody still has to do."""
    from tasks.lookup import account_of, csm_of
    from tasks.opening import latest_night
    from tasks.store import csm_tasks
    from tasks.store.engine import read

    states = _states(state)
    about_ = account_of(latest_night(place), account) if account else None
    with read(place.engine) as conn:
        found = csm_tasks.chosen(conn, states, account=about_)
        notes = csm_tasks.notes_of(conn, [one.task_id for one in found]) if state else {}
    if owner:
        csm_of(latest_night(place), owner, (task.csm for task in found))
    mine = [task for task in found if owner in (None, task.csm)]
    names = _names(place) if mine else {}
    listed = [
        {**vars(task), "account_name": names.get(task.account or ""), "note": notes.get(task.task_id)} for task in mine
    ]
    return Answer({"tasks": listed}, _listed(mine, names, state) if mine else _none(found, owner, state))


def about(task: "CsmTask") -> str:
    """`A00017, renewal/prepare`."""
    return ", ".join(filter(None, (task.account, "/".join(filter(None, (task.play, task.step))))))


def _states(said: str | None) -> Collection["TaskState"]:
    """The states that are meant; none for all."""
    from models.task_state import WORKED_ON, task_state

    if said is None:
        return WORKED_ON
    return () if said.lower() == "all" else (task_state(said),)


def _listed(found: Sequence["CsmTask"], names: dict[str, str], state: str | None) -> str:
    """For people; who changed a task last is shown where the states are asked for."""
    head = ["task", "due", "state", "owner", "account", "play", "what is to be done"]
    rows = [
        [task.task_id[:SHORT], task.due_on, _state(task, state), _owner(task),
         names.get(task.account or "") or task.account, task.play, task.title]
        for task in found
    ]  # fmt: skip
    what = "task" if state == "all" else f"{state} task" if state else "open task"
    again = "When one is done: perennial tasks done TASK --note TEXT; or pending, reopen, close"
    return f"{plural(len(found), what)}\n{table(head, rows)}\n\n{again}"


def _state(task: "CsmTask", asked: str | None) -> str:
    """The state, and on request who brought the task there, when and why."""
    if not asked or not task.changed_by:
        return task.state
    why = f": {task.reason}" if task.reason else ""
    return f"{task.state} by {task.changed_by} on {task.changed_at:%Y-%m-%d}{why}"


def _owner(task: "CsmTask") -> str | None:
    """The owner's id, with the team where it is another than customer success."""
    team = task.owner_team if task.owner_team not in (None, "csm") else None
    return " ".join(filter(None, (task.csm, f"({team})" if team else ""))) or None


def _none(found: Sequence["CsmTask"], owner: str | None, state: str | None) -> str:
    """Nothing to do; or nothing for this owner, with those who have."""
    what = "" if state == "all" else f"{state or 'open'} "
    others = ", ".join(sorted({task.csm for task in found if task.csm}))
    if owner and others:
        return f"No {what}task of {owner}. {'Open ones' if not state else 'Such tasks'} belong to: {others}."
    return f"No {what}tasks."


def _names(place: "Place") -> dict[str, str]:
    """Account id → name as of the newest night; without one, ids do."""
    from models.errors import PerennialError
    from tasks.lookup import account_names
    from tasks.opening import latest_night

    try:
        return account_names(latest_night(place))
    except PerennialError:
        return {}
