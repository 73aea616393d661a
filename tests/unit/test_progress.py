"""How an enrollment gets on: on track, behind, stuck, and when its owner is told."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.case import Enrolled, Taken
from models.conversation import Conversation
from models.play import Play
from models.progress import Progress, progress, stuck
from models.schedule import open_steps
from tests.one_night import EVERY_DAY, MONDAY, ONBOARDING, case


def ago(days: int) -> Any:
    """So many days before tonight."""
    return MONDAY - timedelta(days=days)


def talk(anchor: int | None = 5, enrolled: int = 5, taken: dict[str, Taken] | None = None, **play: Any) -> Conversation:
    """A conversation whose anchor and enrollment lie so many days back, in a play that differs a little."""
    changed = Play.model_validate({**ONBOARDING.model_dump(by_alias=True), "expected": 35, **play})
    own = Enrolled("E-1", "1", on=ago(enrolled))
    lead = replace(case(changed), anchors={"start": ago(anchor) if anchor is not None else None}, enrolled=own)
    return Conversation(replace(lead, taken=taken or {}), own)


def found(conversation: Conversation) -> Progress:
    """Its progress tonight."""
    return progress(conversation, open_steps(conversation, EVERY_DAY.workdays), MONDAY)


ALL = {name: Taken(ago(30), "sent", ago(30)) for name in ("one", "seven", "after-call")}


@pytest.mark.parametrize(
    ("made", "state", "reason"),
    [
        (talk(anchor=1, enrolled=1), "on_track", ""),
        (talk(anchor=None, enrolled=35, taken=ALL), "on_track", ""),
        (talk(anchor=35, enrolled=40, taken={**ALL, "call": Taken(ago(2))}), "on_track", ""),
        (
            talk(anchor=36, enrolled=36, taken={**ALL, "call": Taken(ago(2))}),
            "behind",
            "it takes 36 days, expected are 35",
        ),
        (talk(anchor=90, enrolled=30, taken={**ALL, "call": Taken(ago(2))}), "on_track", ""),
        (
            talk(anchor=90, enrolled=60, taken={**ALL, "call": Taken(ago(14))}),
            "stuck",
            "it takes 60 days, expected are 35; nothing has happened for 14 days",
        ),
        (talk(anchor=90, enrolled=60, taken={**ALL, "call": Taken(ago(14))}, expected=None), "on_track", ""),
        (
            talk(anchor=90, enrolled=60, taken={**ALL, "call": Taken(ago(14))}, stuck_after=15),
            "behind",
            "it takes 60 days, expected are 35",
        ),
        (talk(anchor=9, taken={**ALL, "call": Taken(ago(1), due_on=ago(0))}), "on_track", ""),
        (
            talk(anchor=9, taken={**ALL, "call": Taken(ago(4), due_on=ago(1))}),
            "behind",
            f"the task of call was due on {ago(1)}",
        ),
        (
            talk(anchor=30, enrolled=30, taken={**ALL, "call": Taken(ago(20), due_on=ago(15))}),
            "stuck",
            f"the task of call was due on {ago(15)}; nothing has happened for 20 days",
        ),
        (talk(anchor=30, taken={**ALL, "call": Taken(ago(20), "done", ago(2), due_on=ago(15))}), "on_track", ""),
        (talk(anchor=9, taken={"one": Taken(ago(8)), "call": Taken(ago(1))}), "on_track", ""),
        (
            talk(anchor=12, taken={"one": Taken(ago(8)), "call": Taken(ago(1))}),
            "behind",
            f"seven was planned for {ago(5)}",
        ),
    ],
)
def test_how_it_gets_on(made: Conversation, state: str, reason: str) -> None:
    """Each reason in words; stuck only where nothing was taken and nothing ended for the play's patience."""
    assert found(made) == Progress(state, reason)  # type: ignore[arg-type]


WAITING = {
    "expected": 35,
    "steps": [
        {"id": "ask", "day": 1, "email": "m/ask", "to": ["sponsor"]},
        {"id": "answer", "after": "ask", "wait": {"reply": "ask", "timeout": "20 days"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "anchor", "state", "reason"),
    [
        (10, 11, "on_track", ""),
        (21, 22, "on_track", ""),
        (22, 23, "stuck", "answer was planned for {21}; nothing has happened for 22 days"),
        (20, 36, "behind", "it takes 36 days, expected are 35"),
        (
            40,
            41,
            "stuck",
            "it takes 41 days, expected are 35; answer was planned for {39}; nothing has happened for 40 days",
        ),
    ],
)
def test_who_waits_within_the_time_out_is_not_behind_for_that(asked: int, anchor: int, state: str, reason: str) -> None:
    """Twenty days of patience are twenty days, whatever a late mail is allowed; too long is too long all the same."""
    made = talk(anchor=anchor, enrolled=anchor, taken={"ask": Taken(ago(asked), "sent", ago(asked))}, **WAITING)
    words = re.sub(r"{(\d+)}", lambda found: str(ago(int(found[1]))), reason)
    assert found(made) == Progress(state, words)  # type: ignore[arg-type]


def test_who_is_held_out_is_never_behind() -> None:
    """Nothing is meant to happen."""
    made = talk(anchor=90, enrolled=90)
    held = replace(made, enrolled=replace(made.enrolled, arm="held_out"))
    assert (found(made).state, found(held).state) == ("stuck", "on_track")


def test_the_owner_is_told_once_and_only_of_what_is_stuck() -> None:
    """An alerted enrollment stays quiet."""
    made, late = talk(anchor=90, enrolled=90), talk(anchor=12, enrolled=12)
    steps = open_steps(made, EVERY_DAY.workdays)
    told = stuck(made, steps, MONDAY)
    assert told is not None
    assert (told.enrollment_id, told.account, told.play) == ("E-1", "A-1", "onboarding")
    assert "nothing has happened for 90 days" in told.reason
    assert stuck(replace(made, enrolled=replace(made.enrolled, alerted=True)), steps, MONDAY) is None
    assert stuck(late, open_steps(late, EVERY_DAY.workdays), MONDAY) is None
