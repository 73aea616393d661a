"""When steps are planned, which of several pending ones goes, and which is taken by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.case import Case, Enrolled, Taken
from models.conversation import Conversation
from models.play import Play
from models.schedule import Planned, collapsed, next_step, open_steps
from models.workdays import Workdays

FRIDAY = date(2025, 6, 27)
DAY = timedelta(days=1)
WEEK = Workdays()
COLLAPSE = {"after": "10 days", "do": "collapse"}


def talk(steps: list[dict[str, Any]], anchor: date | None = FRIDAY, **case: Any) -> Conversation:
    """A conversation with these steps, counted from `anchor`."""
    full = [{"email": "m/x", "to": ["sponsor"], **step} if "task" not in step else step for step in steps]
    play = Play.model_validate({"play": "p", "per": "account", "audience": "a", "anchor": "start", "steps": full})
    truth = case.pop("truth", {})
    return Conversation(Case("account:A", "A", play, "1", {"start": anchor, **case.pop("anchors", {})}, truth, **case),
                        Enrolled("e", "1"))  # fmt: skip


def plan(conversation: Conversation) -> dict[str, tuple[str, date | None]]:
    """Step → state and date."""
    return {item.step.id: (item.state, item.on) for item in open_steps(conversation, WEEK)}


@pytest.mark.parametrize(
    ("day", "shift", "expected"),
    [
        (0, "none", FRIDAY),
        (1, "none", FRIDAY + DAY),
        (1, "next_working_day", FRIDAY + 3 * DAY),
        (2, "previous_working_day", FRIDAY),
        (-1, "next_working_day", FRIDAY - DAY),
        (-120, "none", FRIDAY - 120 * DAY),
    ],
)
def test_a_day_is_counted_from_the_anchor_and_shifted_once(day: int, shift: str, expected: date) -> None:
    """Day N is anchor + N, then the nearest working day in the direction asked for."""
    assert plan(talk([{"id": "s", "day": day, "shift": shift}])) == {"s": ("dated", expected)}


def test_a_step_may_count_from_an_anchor_of_its_own() -> None:
    """The other steps stay where they are."""
    steps = [{"id": "a", "day": 1}, {"id": "b", "day": -30, "anchor": "end"}]
    end = FRIDAY + 100 * DAY

    assert plan(talk(steps, anchors={"end": end})) == {
        "a": ("dated", FRIDAY + DAY), "b": ("dated", end - 30 * DAY)}  # fmt: skip
    assert plan(talk(steps, anchors={"end": None}))["b"] == ("no_anchor", None)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ({}, ("waits", None)),
        ({"a": Taken(FRIDAY)}, ("waits", None)),
        ({"a": Taken(FRIDAY, "done", FRIDAY)}, ("dated", FRIDAY + DAY)),
        ({"a": Taken(FRIDAY, "sent", FRIDAY + 2 * DAY)}, ("dated", FRIDAY + 3 * DAY)),
        *(
            ({"a": Taken(FRIDAY, outcome, FRIDAY)}, ("void", None))
            for outcome in ("skipped", "late", "suppressed", "refused", "expired", "canceled", "superseded")
        ),
    ],
)
def test_what_follows_a_step_is_dated_by_its_end(taken: dict[str, Taken], expected: tuple[str, date | None]) -> None:
    """The day after it happened; if it did not happen there is nothing to follow."""
    assert plan(talk([{"id": "a", "day": 0}, {"id": "b", "after": "a"}], taken=taken))["b"] == expected


def test_taken_steps_are_not_planned_again() -> None:
    """Whatever became of them."""
    steps = [{"id": "a", "day": 0}, {"id": "b", "day": 1}]
    assert list(plan(talk(steps, taken={"a": Taken(FRIDAY, "late", FRIDAY)}))) == ["b"]


def test_of_those_that_collapse_the_latest_of_a_kind_goes() -> None:
    """Mails and tasks each have their own latest; a step that does not collapse is left alone."""
    conversation = talk(
        [
            {"id": "one", "day": 0, "if_late": COLLAPSE},
            {"id": "two", "day": 5, "if_late": COLLAPSE},
            {"id": "todo", "day": 3, "task": "Do", "if_late": COLLAPSE},
            {"id": "lone", "day": 4},
            {"id": "later", "day": 5, "if_late": COLLAPSE},
        ]
    )
    pending: list[Planned] = open_steps(conversation, WEEK)

    assert collapsed(pending, conversation.play) == {"one": "later", "two": "later"}
    assert collapsed(pending[:1], conversation.play) == {}


STEPS: list[dict[str, Any]] = [
    {"id": "a", "day": 0},
    {"id": "b", "day": 10},
    {"id": "c", "day": 20, "when": "w"},
    {"id": "d", "after": "a"},
]


@pytest.mark.parametrize(
    ("day", "taken", "expected"),
    [
        (-5, (), "a"),
        (0, (), "a"),
        (3, (), "a"),
        (4, (), "b"),
        (10, (), "b"),
        (10, ("b",), "c"),
        (40, (), None),
        (0, ("a", "b", "c"), None),
    ],
)
def test_by_hand_the_latest_that_is_due_is_taken_else_the_next(
    day: int, taken: tuple[str, ...], expected: str | None
) -> None:
    """What is past its lateness, and what has no date, is passed over."""
    conversation = talk(STEPS, taken={id_: Taken(FRIDAY, "late", FRIDAY) for id_ in taken})
    found = next_step(conversation, WEEK, FRIDAY + day * DAY)

    assert (found.id if found else None) == expected


@pytest.mark.parametrize(("holds", "expected"), [(True, "c"), (None, "c"), (False, None)])
def test_by_hand_a_step_whose_condition_is_false_is_passed_over(holds: bool | None, expected: str | None) -> None:
    """Unknown is not false: the person sees that it is held."""
    taken = {id_: Taken(FRIDAY, "sent", FRIDAY) for id_ in ("a", "b", "d")}
    found = next_step(talk(STEPS, taken=taken, truth={"c.when": holds}), WEEK, FRIDAY)

    assert (found.id if found else None) == expected
