"""A task's life: its states, which may follow which, and what its end means for the step that asked for it.

open: it waits for its owner. pending: its owner waits for somebody else. due: its day has come. done: its owner has
done it. resolved: what it was about is no more, because a condition holds or another system says so. closed: its
enrollment ended, or a person put it away.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, cast

from models.errors import UsageError
from models.nearest import did_you_mean

TaskState = Literal["open", "pending", "due", "done", "resolved", "closed"]

FOLLOWS: Mapping[TaskState, frozenset[TaskState]] = {
    "open": frozenset({"pending", "due", "done", "resolved", "closed"}),
    "pending": frozenset({"open", "due", "done", "resolved", "closed"}),
    "due": frozenset({"open", "pending", "done", "resolved", "closed"}),
    "done": frozenset({"open"}),
    "resolved": frozenset({"open", "done"}),
    "closed": frozenset({"open", "done"}),
}
"""State → the states that may follow it. What has ended is reopened before it can wait again."""

WORKED_ON: frozenset[TaskState] = frozenset({"open", "pending", "due"})
"""States in which somebody still has something to do."""
ENDED: frozenset[TaskState] = frozenset(FOLLOWS) - WORKED_ON

STEP_OUTCOME: Mapping[TaskState, Literal["done", "canceled"]] = {
    "done": "done",
    "resolved": "done",
    "closed": "canceled",
}
"""How a task that ends in this state ends its step, unless the step has ended before."""


def task_state(said: str) -> TaskState:
    """The state of that name, whatever its case.

    Raises:
        UsageError: there is none; says the nearest.
    """
    name = said.strip().lower()
    if name not in FOLLOWS:
        raise UsageError(f"there is no task state '{said}'; {did_you_mean(name, FOLLOWS)}")
    return cast("TaskState", name)


def require_change(task_id: str, before: TaskState, after: TaskState) -> None:
    """Refuse what cannot follow.

    Raises:
        UsageError: the task is not in a state from which it can go there.
    """
    if after not in FOLLOWS[before]:
        ways = ", ".join(sorted(FOLLOWS[before]))
        raise UsageError(f"task '{task_id}' is {before} and cannot become {after}; it can become {ways}")


def falls_due(state: TaskState, due_on: date | None, changed_at: datetime | None, as_of: date) -> bool:
    """Whether the task's day has come.

    A task whose owner said on its day or later that somebody else must answer first stays pending: its owner knows.
    """
    if state not in ("open", "pending") or due_on is None or due_on > as_of:
        return False
    return state == "open" or changed_at is None or changed_at.date() < due_on
