"""The account page's tasks, goals and timeline, in words."""

from typing import Any

import pytest
from sqlalchemy import Engine

from models.event import Event
from models.play import Play
from tasks.night import Night
from tasks.report.account import account_view
from tasks.report.account_parts import goal_view
from tasks.report.timeline import timelines
from tasks.report.words import measured
from tasks.store.engine import begin, read
from tasks.store.enrollments import Enrollment
from tasks.store.events import append


def titled(engine: Engine, night: Night, kind: str, **payload: Any) -> str:
    """The title that an event of this kind gets, in a log that knows one task."""
    opened = {"task_id": "T-1", "enrollment_id": "E-1", "title": "Call_them", "on": "2025-03-14"}
    with begin(engine) as conn:
        append(conn, Event("opened", "task_opened", "task:T-1", night.clock.now, "A-1", opened))
        append(conn, Event("it", kind, "account:A-1", night.clock.now, "A-1", payload))
    with read(engine) as conn:
        return timelines(conn, ["A-1"], {}, {})["A-1"][0].title


@pytest.mark.parametrize(
    ("kind", "payload", "title"),
    [
        ("task_changed", {"task_id": "T-1", "state": "pending", "by": "csm-1"}, "Task pending, by csm-1: Call_them"),
        ("task_done", {"task_id": "T-1", "step": "call", "by": "crm:U-5"}, "Task of step call done by crm:U-5"),
        ("task_done", {"task_id": "T-1", "step": "call"}, "Task of step call done"),
        ("play_requested", {"request_id": "R", "play": "qbr", "by": "csm-1"}, "qbr asked for by csm-1"),
        ("triggered", {"trigger": "customer", "name": "usage_drop"}, "usage drop set off (customer)"),
        ("stage_changed", {"from": "onboarding", "to": "optimize_expand"}, "Stage optimize expand, was onboarding"),
        ("enrollment_migrated", {"enrollment_id": "E-1"}, "Enrollment goes on in a new version of its play"),
        ("overridden", {"account": "A-1", "name": "health", "value": "red", "author": "c"}, "health set to red by c"),
        (
            "overridden",
            {"account": "A-1", "name": "health", "value": None, "author": "c"},
            "health no longer set by hand, says c",
        ),
    ],
)
def test_what_happened_in_words(empty: Night, kind: str, payload: dict[str, Any], title: str) -> None:
    """Names of ours are read as words; a task's title stays as it is."""
    assert titled(empty.engine, empty, kind, **payload) == title


def test_a_task_says_who_brought_it_into_its_state(full: Night) -> None:
    """An open task of a night that nobody has touched says nobody."""
    (task,) = account_view(full, "A-1").tasks
    assert (task.state, task.open, task.changed_by, task.title) == ("open", True, None, "Call <them>")


PLAY = Play.model_validate(
    {"play": "p", "per": "account", "audience": "x", "anchor": "a", "goal": {"metric": "mrr", "better": "higher"},
     "steps": [{"id": "s", "day": 1, "task": "t"}]}
)  # fmt: skip


@pytest.mark.parametrize(
    ("result", "now", "shown", "window"), [(None, 7.0, 7.0, None), (None, None, None, None), (5.0, 7.0, 5.0, 28)]
)
def test_a_goal_is_measured_from_the_beginning_to_the_end_of_its_window(
    result: float | None, now: float | None, shown: float | None, window: int | None
) -> None:
    """Until then the number is that of now; then it is the one that was written down."""
    one = Enrollment("E", "s", "A", "p", "h", "1", (), "treated", None, None, None, None, "csm", 3.0, result)
    goal = goal_view(one, PLAY, now)
    assert goal is not None
    assert (goal.baseline, goal.now, goal.window) == (3.0, shown, window)
    assert goal_view(one, None, now) is None


@pytest.mark.parametrize(("value", "said"), [(None, "\u2013"), (3.0, "3"), (0.456, "0.46"), (12000.5, "12,000.5")])
def test_a_goals_number_as_people_read_it(value: float | None, said: str) -> None:
    """Two places at most."""
    assert measured(value) == said
