"""Who begins a play tonight, and who is kept out although the audience holds: groups, rests, requests."""

from datetime import timedelta
from typing import Any

import pytest

from models.case import AccountCase, Case, Enrolled, Past, Policy
from models.company import Caps
from models.decide import decide
from models.decision import Plan
from models.play import Play
from models.workdays import Workdays
from tests.one_night import MONDAY

DAY = timedelta(days=1)


def play(name: str = "rescue-a", **more: Any) -> Play:
    """A play of one task."""
    steps = [{"id": "do", "day": 0, "task": "Do it"}]
    base = {"play": name, "per": "account", "audience": "x", "anchor": "start", "steps": steps}
    return Play.model_validate({**base, **more})


def case(version: Play, **more: Any) -> Case:
    """A case whose audience holds."""
    base: dict[str, Any] = {
        "subject": "account:A-1", "account": "A-1", "play": version, "occurrence": "n/2",
        "anchors": {"start": MONDAY}, "truth": {"audience": True},
    }  # fmt: skip
    return Case(**{**base, **more})


def tonight(*cases: Case, past: tuple[Past, ...] = ()) -> Plan:
    """What is decided on Monday."""
    groups = {one.play.play: one.play.group for one in cases if one.play.group}
    policy = Policy(caps=Caps(), workdays=Workdays(), groups=groups)
    return decide(AccountCase("A-1", cases, past=past), policy, MONDAY)


def begun(plan: Plan) -> list[str]:
    """Names of the plays that begin."""
    return [item.play for item in plan.enroll]


def ended(days_ago: int, name: str = "rescue-a") -> Past:
    """An enrollment that ended so many days ago."""
    return Past("account:A-1", name, MONDAY - days_ago * DAY)


def test_of_two_plays_of_a_group_the_higher_precedence_begins() -> None:
    """The other is told why, and tried again tomorrow."""
    low, high = play("low", group="rescue", precedence=1), play("high", group="rescue", precedence=2)
    plan = tonight(case(low), case(high))
    assert begun(plan) == ["high"]
    assert [(item.play, item.reason) for item in plan.not_enrolled] == [
        ("low", "high runs on this account, and the group 'rescue' has one play at a time")
    ]


def test_who_runs_keeps_its_place_in_the_group() -> None:
    """A higher precedence does not interrupt."""
    low, high = play("low", group="rescue", precedence=1), play("high", group="rescue", precedence=2)
    assert begun(tonight(case(low, enrolled=Enrolled("e", "n/2")), case(high))) == []


def test_plays_of_different_groups_begin_together() -> None:
    """A group is exclusive within itself."""
    assert sorted(begun(tonight(case(play("a", group="x")), case(play("b", group="y")), case(play("c"))))) == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    ("more", "days_ago", "begins"),
    [
        ({"reentry": "occurrence"}, 0, True),
        ({"reentry": "never"}, 4000, False),
        ({"reentry": "90 days"}, 89, False),
        ({"reentry": "90 days"}, 90, True),
        ({"cool_down": "30 days"}, 29, False),
        ({"cool_down": "30 days"}, 30, True),
    ],
)  # fmt: skip
def test_how_soon_a_subject_may_come_back(more: dict[str, Any], days_ago: int, begins: bool) -> None:
    """Counted from the end of the last enrollment; the bound itself is free."""
    plan = tonight(case(play(**more)), past=(ended(days_ago),))
    assert begun(plan) == (["rescue-a"] if begins else [])
    assert bool(plan.not_enrolled) is not begins


@pytest.mark.parametrize(("other", "begins"), [("rescue-b", False), ("other", True)])
def test_a_rest_counts_from_every_play_of_the_group(other: str, begins: bool) -> None:
    """Whatever rescue it was, the account rests from it."""
    group = {"group": "rescue", "cool_down": "30 days"}
    running = case(play("rescue-b", group="rescue"), truth={"audience": False})
    plan = tonight(case(play(**group)), running, past=(ended(10, other),))
    assert begun(plan) == (["rescue-a"] if begins else [])


def test_a_request_asks_neither_audience_nor_rest() -> None:
    """A person knows what the sheet does not; the enrollment says that a person began it."""
    version = play(reentry="never", cool_down="30 days")
    plan = tonight(case(version, requested=True, truth={"audience": False}), past=(ended(1),))
    assert [(item.play, item.trigger) for item in plan.enroll] == [("rescue-a", "csm")]


def test_a_request_does_not_overrule_an_exit() -> None:
    """Who has left is not begun with."""
    truth = {"audience": True, "exit.stop": True}
    assert begun(tonight(case(play(exit={"stop": "s"}), requested=True, truth=truth))) == []


def test_an_enrollment_knows_its_baseline_and_its_end_the_result() -> None:
    """The goal's number of that night."""
    version = play(goal={"metric": "usage_28d", "better": "higher"}, exit={"success": "s"})
    start = tonight(case(version, goal=40.0))
    end = tonight(case(version, goal=90.0, enrolled=Enrolled("e", "n/2"), truth={"exit.success": True}))
    assert [item.baseline for item in start.enroll] == [40.0]
    assert [(item.outcome, item.result) for item in end.ends] == [("success", 90.0)]
