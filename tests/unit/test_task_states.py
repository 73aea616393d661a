"""A task's life: what may follow what, when it falls due, and what its end means for its step."""

from datetime import UTC, date, datetime

import pytest

from models.errors import UsageError
from models.task_state import ENDED, FOLLOWS, STEP_OUTCOME, WORKED_ON, TaskState, falls_due, require_change, task_state

TODAY = date(2025, 3, 14)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("open", "pending", True),
        ("open", "due", True),
        ("pending", "due", True),
        ("due", "pending", True),
        ("due", "done", True),
        ("pending", "resolved", True),
        ("open", "closed", True),
        ("done", "open", True),
        ("closed", "done", True),
        ("done", "closed", False),
        ("done", "pending", False),
        ("closed", "due", False),
        ("resolved", "closed", False),
    ],
)
def test_what_may_follow(before: TaskState, after: TaskState, may: bool) -> None:
    """What has ended is reopened before it can wait again."""
    assert (after in FOLLOWS[before]) is may


def test_every_state_is_worked_on_or_has_ended() -> None:
    """And each end says what becomes of the step."""
    assert set(FOLLOWS) == WORKED_ON | ENDED
    assert set(STEP_OUTCOME) == ENDED
    assert all(state not in following for state, following in FOLLOWS.items())


def test_a_change_that_cannot_be_is_refused_with_those_that_can() -> None:
    """The message names the ways out."""
    with pytest.raises(UsageError, match="task 't1' is done and cannot become pending; it can become open"):
        require_change("t1", "done", "pending")


@pytest.mark.parametrize(("said", "meant"), [("Done", "done"), (" pending ", "pending"), ("CLOSED", "closed")])
def test_a_state_is_known_whatever_its_case(said: str, meant: str) -> None:
    """CRMs shout."""
    assert task_state(said) == meant


def test_an_unknown_state_is_told_with_the_nearest() -> None:
    """A typing error is not guessed."""
    with pytest.raises(UsageError, match="did you mean 'resolved'"):
        task_state("resolve")


@pytest.mark.parametrize(
    ("state", "due_on", "changed_on", "falls"),
    [
        ("open", TODAY, TODAY, True),
        ("open", date(2025, 3, 1), None, True),
        ("open", date(2025, 3, 15), None, False),
        ("open", None, None, False),
        ("pending", TODAY, date(2025, 3, 10), True),
        ("pending", TODAY, TODAY, False),
        ("pending", date(2025, 3, 10), date(2025, 3, 12), False),
        ("due", TODAY, None, False),
        ("done", TODAY, None, False),
        ("closed", TODAY, None, False),
    ],
)
def test_when_a_task_falls_due(state: TaskState, due_on: date | None, changed_on: date | None, falls: bool) -> None:
    """On its day; but whoever waits for an answer since then knows that its day has come."""
    changed = datetime(changed_on.year, changed_on.month, changed_on.day, 9, tzinfo=UTC) if changed_on else None
    assert falls_due(state, due_on, changed, TODAY) is falls
