"""Inside a play: waits, branches, stops, what follows them; surveys, holdouts, newcomers, and who speaks when."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.case import Answer, Enrolled, Recipient, Taken
from models.play import Play
from tests.one_night import EVERY_DAY, MONDAY, SPONSOR, case, night, only, told

DAY = timedelta(days=1)
ASK = {"id": "ask", "day": 0, "email": "m/ask", "to": ["sponsor"]}
SENT = {"ask": Taken(MONDAY - 3 * DAY, "sent", MONDAY - 3 * DAY)}


def play(*steps: dict[str, Any], **more: Any) -> Play:
    """A play of these steps."""
    base = {"play": "p", "per": "account", "audience": "x", "anchor": "start", "precedence": 5, "steps": list(steps)}
    return Play.model_validate({**base, **more})


WAITING = play(
    ASK,
    {"id": "hear", "after": "ask", "wait": {"reply": "ask", "timeout": "5 days"}},
    {"id": "meet", "after": "hear", "task": "Meet"},
    {"id": "nudge", "after": "hear", "follows": "missed", "task": "Nudge"},
)


@pytest.mark.parametrize(
    ("answers", "days_since", "verdict", "outcome"),
    [
        ((), 3, "waiting", None),
        ((), 6, "waiting", None),
        ((), 7, "late", "expired"),
        ((Answer("reply", MONDAY - 3 * DAY),), 3, "due", "done"),
        ((Answer("booking", MONDAY),), 3, "due", "done"),
        ((Answer("reply", MONDAY - 4 * DAY),), 3, "waiting", None),
        ((Answer("reply", MONDAY, "e", "ask"),), 3, "due", "done"),
        ((Answer("reply", MONDAY, "other", "ask"),), 3, "waiting", None),
        ((Answer("reply", MONDAY, "e", "hello"),), 3, "waiting", None),
        ((Answer("webinar", MONDAY),), 3, "waiting", None),
    ],
)
def test_a_wait_is_met_by_an_answer_or_times_out(
    answers: tuple[Answer, ...], days_since: int, verdict: str, outcome: str | None
) -> None:
    """An answer that names a message counts for that one alone; any other if it came since the asking."""
    taken = {"ask": Taken(MONDAY - days_since * DAY, "sent", MONDAY - days_since * DAY)}
    found = only(night(case(WAITING, days=days_since, taken=taken, enrolled=Enrolled("e", "1")), answers=answers))
    assert (found.step, found.verdict, found.outcome) == ("hear", verdict, outcome)


@pytest.mark.parametrize(("outcome", "expected"), [("done", {"meet": "due", "nudge": "skipped"}),
                                                   ("expired", {"meet": "skipped", "nudge": "due"})])  # fmt: skip
def test_what_follows_a_wait_depends_on_how_it_ended(outcome: str, expected: dict[str, str]) -> None:
    """`happened` and `missed` are each other's opposite."""
    taken = {**SENT, "hear": Taken(MONDAY - DAY, outcome, MONDAY - DAY)}
    assert told(night(case(WAITING, days=3, taken=taken))) == expected


BRANCH = play(
    {"id": "way", "day": 0, "branch": {"here": "a", "gone": "b"}},
    {"id": "mine", "after": "way", "arm": "here", "task": "Mine"},
    {"id": "next", "after": "mine", "task": "Next"},
    {"id": "other", "after": "way", "arm": "gone", "task": "Other"},
)


@pytest.mark.parametrize(
    ("here", "gone", "choice"),
    [(True, True, "here"), (False, True, "gone"), (None, True, "gone"), (False, False, None), (None, None, None)],
)
def test_a_branch_takes_the_first_arm_that_holds(here: bool | None, gone: bool | None, choice: str | None) -> None:
    """Unknown is not true; where no arm holds the branch is skipped, and what follows it in the same night."""
    truth = {"way.arm.here": here, "way.arm.gone": gone}
    plan = night(case(BRANCH, days=0, truth=truth))
    assert plan.verdicts[0].choice == choice
    assert (told(plan)["way"] == "due") is (choice is not None)


def test_an_arm_that_was_not_chosen_is_skipped_all_the_way() -> None:
    """In one night, so that nothing lingers."""
    taken = {"way": Taken(MONDAY - DAY, "done", MONDAY - DAY, choice="gone")}
    assert told(night(case(BRANCH, days=1, taken=taken))) == {"mine": "skipped", "next": "skipped", "other": "due"}


def test_a_stop_ends_the_enrollment_and_cancels_the_rest() -> None:
    """The step itself is done."""
    version = play({"id": "end", "day": 0, "stop": "enough"}, {"id": "rest", "day": 3, "task": "Rest"})
    plan = night(case(version, days=0))
    assert only(plan).outcome == "done"
    assert [(end.outcome, end.reason, end.open_steps) for end in plan.ends] == [("finished", "stop: enough", ("rest",))]


def test_a_task_whose_condition_holds_is_resolved() -> None:
    """While it is open, on fresh data."""
    version = play(
        {"id": "pay", "day": 0, "task": "Remind", "resolve": "paid"}, {"id": "later", "day": 30, "task": "x"}
    )
    opened = {"pay": Taken(MONDAY - DAY)}
    assert [one.step for one in night(case(version, taken=opened, truth={"pay.resolve": True})).resolves] == ["pay"]
    assert night(case(version, taken=opened, truth={"pay.resolve": None})).resolves == ()
    stale = case(version, taken=opened, truth={"pay.resolve": True}, stale={"pay.resolve": 30.0})
    assert night(stale).resolves == ()


@pytest.mark.parametrize(("asked", "verdict"), [(None, "due"), (90, "due"), (89, "skipped")])
def test_nobody_is_asked_twice_within_the_days_of_fatigue(asked: int | None, verdict: str) -> None:
    """Whatever play asked; who was asked lately is left out, and if nobody is left the ask is skipped."""
    version = play({"id": "nps", "day": 1, "survey": "nps", "email": "s/nps", "to": ["sponsor"]})
    surveyed: dict[str, date] = {} if asked is None else {SPONSOR.address_key: MONDAY - asked * DAY}
    assert only(night(case(version), surveyed=surveyed)).verdict == verdict


def test_the_arm_that_is_left_alone_is_trapped_with_its_recipients() -> None:
    """So that both arms are counted alike; a deadline reaches it all the same."""
    version = play(
        {"id": "mail", "day": 1, "email": "m/x", "to": ["sponsor"]},
        {"id": "work", "day": 1, "task": "x"},
        {
            "id": "notice",
            "day": 1,
            "email": "m/contract",
            "to": ["sponsor"],
            "deadline": True,
            "if_late": {"do": "run"},
        },
    )
    plan = night(
        case(
            version,
            enrolled=Enrolled("e", "1", "held_out"),
            anchors={
                "start": MONDAY - DAY,
            },
        )
    )
    found = {one.step: (one.verdict, one.outcome, len(one.recipients)) for one in plan.verdicts}
    assert found["mail"] == ("trapped", "trapped", 1)
    assert found["work"] == ("trapped", "trapped", 0)
    assert found["notice"][0] != "trapped"


def test_a_newcomer_gets_a_step_that_is_sent_again() -> None:
    """Only with `resend_to_new`, and only who has not had it."""
    again = play({**ASK, "resend_to_new": True}, {"id": "later", "day": 30, "task": "x"})
    newcomer = Recipient("P-9", "sponsor", "key-9")
    had = {"ask": frozenset({SPONSOR.address_key})}
    plan = night(case(again, taken=SENT, reached=had), people=(SPONSOR, newcomer))
    assert [one.address_key for one in only(plan).recipients] == ["key-9"]
    assert night(case(again, taken=SENT, reached=had), people=(SPONSOR,)).verdicts == ()
    once = play(ASK, {"id": "later", "day": 30, "task": "x"})
    assert night(case(once, taken=SENT, reached=had), people=(SPONSOR, newcomer)).verdicts == ()


@pytest.mark.parametrize(("days_ago", "verdict"), [(1, "held"), (2, "due")])
def test_a_lower_play_waits_after_a_higher_one_has_spoken(days_ago: int, verdict: str) -> None:
    """For `primary_days`, two by default."""
    low = play({"id": "mail", "day": 1, "email": "m/x", "to": ["sponsor"]})
    policy = replace(EVERY_DAY, precedence={"p": 5, "renewal": 50})
    assert only(night(case(low), policy=policy, spoke={"renewal": MONDAY - days_ago * DAY})).verdict == verdict


def test_a_blackout_day_holds_a_mail_and_not_a_task() -> None:
    """With its reason; the mail goes on the first day after it."""
    closed = replace(EVERY_DAY, workdays=replace(EVERY_DAY.workdays, blackouts={MONDAY: "we move house"}))
    version = play({"id": "mail", "day": 1, "email": "m/x", "to": ["sponsor"]}, {"id": "work", "day": 1, "task": "x"})
    plan = night(case(version), policy=closed)
    assert told(plan) == {"mail": "waiting", "work": "due"}
    assert "we move house" in plan.verdicts[0].reason
