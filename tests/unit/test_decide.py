"""What decide answers, rule by rule: steps, enrollments, exits, conditions."""

from datetime import timedelta

import pytest

from models.case import Taken
from models.decision import Plan
from models.play import Play
from tests.one_night import MONDAY, ONBOARDING, case, night, only, told


@pytest.mark.parametrize(
    ("days", "verdicts"),
    [
        (0, {}),
        (1, {"one": "due"}),
        (2, {"one": "due"}),
        (4, {"one": "due"}),
        (5, {"one": "late"}),
        (7, {"one": "late", "seven": "due"}),
        (8, {"one": "late", "seven": "due", "call": "due"}),
        (12, {"one": "late", "seven": "late", "call": "late"}),
    ],
)
def test_a_step_is_due_from_its_day_on_until_it_is_too_late(days: int, verdicts: dict[str, str]) -> None:
    """Day N is anchor + N; a step runs up to three days late, then it ends late."""
    assert told(night(case(days=days))) == verdicts


def test_a_case_whose_audience_holds_is_enrolled_and_may_act_tonight() -> None:
    """An enrollment made tonight acts tonight."""
    plan = night(case(enrolled=None))

    assert [item.subject for item in plan.enroll] == ["account:A-1"]
    assert told(plan) == {"one": "due"}


@pytest.mark.parametrize("truth", [False, None])
def test_an_audience_that_is_false_or_unknown_enrolls_nobody(truth: bool | None) -> None:
    """NULL is unknown: it fires nothing."""
    assert night(case(enrolled=None, truth={"audience": truth})) == Plan()


def test_stale_data_enrolls_nobody() -> None:
    """On stale input there is no new enrollment."""
    assert night(case(enrolled=None, stale={"audience": 5.0})) == Plan()


def test_a_step_once_taken_is_never_taken_again() -> None:
    """What is taken has no verdict any more, whatever the anchor does."""
    assert told(night(case(days=2, taken={"one": Taken(MONDAY)}))) == {}


def test_a_missing_anchor_holds_the_step_and_says_so() -> None:
    """A missing date holds every step that counts from it."""
    plan = night(case(anchors={"start": None}))

    assert {(verdict.verdict, verdict.reason) for verdict in plan.verdicts} == {("held", "start is missing")}


def test_what_follows_a_step_comes_the_day_after_it_is_done() -> None:
    """A task done today releases its follow-up tomorrow at the earliest."""
    taken = {"one": Taken(MONDAY), "seven": Taken(MONDAY)}
    today = {**taken, "call": Taken(MONDAY - timedelta(days=2), "done", MONDAY)}
    yesterday = {**taken, "call": Taken(MONDAY - timedelta(days=2), "done", MONDAY - timedelta(days=1))}

    assert told(night(case(days=9, taken=today))) == {}
    assert told(night(case(days=9, taken=yesterday))) == {"after-call": "due"}


def test_what_follows_a_step_that_did_not_happen_is_skipped() -> None:
    """There is no follow-up to a call that ended late."""
    taken = {"one": Taken(MONDAY), "seven": Taken(MONDAY), "call": Taken(MONDAY, "late", MONDAY)}

    assert told(night(case(days=9, taken=taken))) == {"after-call": "skipped"}


@pytest.mark.parametrize(
    ("truth", "stale", "outcome", "step_outcome"),
    [
        ({"exit.stop": True}, {}, "stopped", "stopped"),
        ({"exit.stop": True}, {"exit.stop": 99.0}, "stopped", "stopped"),
        ({"exit.success": True}, {}, "success", "canceled"),
        ({"exit.stop": True, "exit.success": True}, {}, "stopped", "stopped"),
    ],
)
def test_an_exit_ends_the_enrollment_and_its_open_steps(
    truth: dict[str, bool], stale: dict[str, float], outcome: str, step_outcome: str
) -> None:
    """A stop counts on stale data too, and before a success."""
    (end,) = night(case(days=2, truth=truth, stale=stale)).ends

    assert (end.outcome, end.step_outcome, end.open_steps) == (
        outcome,
        step_outcome,
        ("one", "seven", "call", "after-call"),
    )


def test_a_success_on_stale_data_does_not_end_it() -> None:
    """Bad data may stop a play, never declare it won."""
    assert night(case(truth={"exit.success": True}, stale={"exit.success": 1.0})).ends == ()


def test_another_occurrence_ends_the_enrollment_as_finished() -> None:
    """When the next term has begun, the old one's steps expire."""
    (end,) = night(case(occurrence="2", truth={"audience": False})).ends

    assert (end.outcome, end.step_outcome) == ("finished", "expired")


def test_an_enrollment_ends_when_every_step_has_an_outcome() -> None:
    """Nothing is left open for ever."""
    taken = {step.id: Taken(MONDAY, "sent", MONDAY) for step in ONBOARDING.steps}

    assert [end.reason for end in night(case(taken=taken)).ends] == ["every step has ended"]


WHEN = Play.model_validate(
    {
        "play": "when", "per": "account", "audience": "x", "anchor": "start",
        "steps": [{"id": "mail", "day": 1, "email": "m/one", "to": ["sponsor"], "when": "w"}],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("holds", "verdict", "outcome"), [(True, "due", None), (False, "skipped", "skipped"), (None, "held", None)]
)
def test_a_condition_skips_when_false_and_holds_when_unknown(
    holds: bool | None, verdict: str, outcome: str | None
) -> None:
    """Unknown fires nothing and ends nothing."""
    found = only(night(case(WHEN, truth={"mail.when": holds})))

    assert (found.verdict, found.outcome) == (verdict, outcome)


def test_a_condition_on_stale_data_is_held() -> None:
    """A stale `when` is no answer."""
    assert only(night(case(WHEN, truth={"mail.when": True}, stale={"mail.when": 12.0}))).verdict == "held"
