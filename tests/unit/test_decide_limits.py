"""What decide answers, rule by rule: deadlines, recipients, caps, switches."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.case import AccountCase, Case, Enrolled, Recipient, Taken
from models.decide import ByHand, decide
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays
from tests.one_night import CHAMPION, EVERY_DAY, MONDAY, ONBOARDING, SPONSOR, case, night, only, told

DEADLINE = Play.model_validate(
    {
        "play": "notice", "per": "account", "audience": "x", "anchor": "end",
        "if_late": {"after": "29 days", "do": "collapse"},
        "steps": [
            {"id": f"notice-{day}", "day": -day, "email": "m/contract", "to": ["sponsor"], "deadline": True}
            for day in (90, 60, 30)
        ],
    }
)  # fmt: skip


def notice(left: int, **changes: Any) -> Case:
    """A case whose deadline is `left` days away."""
    return case(DEADLINE, anchors={"end": MONDAY + timedelta(days=left)}, **changes)


@pytest.mark.parametrize(
    ("left", "verdicts"),
    [
        (91, {}),
        (90, {"notice-90": "due"}),
        (61, {"notice-90": "due"}),
        (60, {"notice-90": "superseded", "notice-60": "due"}),
        (10, {"notice-90": "superseded", "notice-60": "superseded", "notice-30": "due"}),
        (0, {"notice-90": "superseded", "notice-60": "superseded", "notice-30": "late"}),
        (-1, {"notice-90": "superseded", "notice-60": "superseded", "notice-30": "late"}),
    ],
)
def test_of_several_pending_notices_the_latest_goes(left: int, verdicts: dict[str, str]) -> None:
    """90 and 60 both due: the later is sent, the earlier superseded."""
    assert told(night(notice(left))) == verdicts


@pytest.mark.parametrize(
    ("days", "speaks"),
    [
        ((("z", 1), ("a", 1)), "z"),
        ((("a", 1), ("z", 1)), "a"),
        ((("z", 2), ("a", 1)), "a"),
        ((("m", 1), ("a", 1), ("z", 1)), "m"),
    ],
)
def test_of_two_mails_of_a_day_the_file_says_which_goes(days: tuple[tuple[str, int], ...], speaks: str) -> None:
    """By the day that was planned, then by the order of the file; never by what a step is called."""
    steps = [{"id": id_, "day": day, "email": f"m/{id_}", "to": ["sponsor"]} for id_, day in days]
    play = Play.model_validate({"play": "p", "per": "account", "audience": "x", "anchor": "start", "steps": steps})
    verdicts = told(night(case(play, days=2)))
    assert [step for step, verdict in verdicts.items() if verdict == "due"] == [speaks]


@pytest.mark.parametrize(
    ("began", "goes_on"),
    [((5, 1), "own"), ((1, 5), "own"), ((None, 9), "own")],
)
def test_of_two_conversations_that_a_merge_has_made_one_goes_on(began: tuple[int | None, int], goes_on: str) -> None:
    """The account's own; what the other had open ends superseded, and its tasks stay."""
    ids = {
        "own": enrollment_id("onboarding", "account:A-1", "1"),
        "brought": enrollment_id("onboarding", "account:B", "1"),
    }
    both = [
        case(days=8, enrolled=Enrolled(id_, "1", on=MONDAY - timedelta(days=days) if days else None), taken=taken)
        for (name, id_), days, taken in zip(ids.items(), began, ({}, {"call": Taken(MONDAY)}), strict=True)
    ]
    for cases in (both, both[::-1]):
        plan = night(*cases)
        (end,) = plan.ends
        assert end.enrollment_id == next(id_ for name, id_ in ids.items() if name != goes_on)
        assert (end.outcome, end.step_outcome, end.keeps_tasks) == ("superseded", "superseded", True)
        assert end.open_steps == ("one", "seven", "after-call")
        assert {one.enrollment_id for one in plan.verdicts} == {ids[goes_on]}


def test_of_two_absorbed_conversations_the_older_goes_on() -> None:
    """The account has none of its own."""
    both = [
        case(
            enrolled=Enrolled(
                enrollment_id("onboarding", f"account:{name}", "1"), "1", on=MONDAY - timedelta(days=days)
            )
        )
        for name, days in (("B", 3), ("C", 4))
    ]
    assert [end.enrollment_id for end in night(*both).ends] == [both[0].enrolled and both[0].enrolled.enrollment_id]


def test_of_two_conversations_of_a_play_the_more_urgent_speaks() -> None:
    """Not the one whose id, which is a hash, happens to be the smaller."""
    steps = [{"id": "one", "day": 1, "email": "m/one", "to": ["sponsor"]}]
    play = Play.model_validate({"play": "p", "per": "contract", "audience": "x", "anchor": "start", "steps": steps})
    both = [
        case(play, subject=f"contract:{name}", days=1, enrolled=Enrolled(id_, name), occurrence=name)
        for name, id_ in (("a", "9"), ("b", "1"))
    ]
    for cases in (both, both[::-1]):
        assert [(one.subject, one.verdict) for one in night(*cases).verdicts] == [
            ("contract:a", "due"), ("contract:b", "held"),
        ]  # fmt: skip


@pytest.mark.parametrize(("hours", "instead"), [(48, False), (49, True)])
def test_a_deadline_goes_out_on_slightly_stale_data_then_becomes_a_task(hours: float, instead: bool) -> None:
    """A renewal notice is never lost to a gate."""
    found = only(night(notice(90, stale={"anchor:end": float(hours)})))

    assert found.verdict == "due"
    assert bool(found.instead) is instead


def test_a_notice_to_nobody_becomes_a_task() -> None:
    """No valid contact: the CSM writes."""
    found = only(night(notice(90), people=()))

    assert (found.verdict, found.instead, found.recipients) == ("due", "no contact with the role sponsor", ())


def test_a_fallback_role_stands_in_for_the_sponsor() -> None:
    """Roles in order, before the CSM is asked."""
    policy = replace(EVERY_DAY, fallback_roles=("executive", "champion"))

    assert only(night(notice(90), policy=policy, people=(CHAMPION,))).recipients == (CHAMPION,)


@pytest.mark.parametrize(
    ("template", "person", "verdict"),
    [
        ("m/one", replace(SPONSOR, suppressed=True), "suppressed"),
        ("m/one", replace(SPONSOR, consent="withdrawn"), "suppressed"),
        ("m/one", replace(SPONSOR, consent=""), "due"),
        ("m/offer", replace(SPONSOR, consent=""), "suppressed"),
        ("m/offer", replace(SPONSOR, consent="granted"), "due"),
        ("m/contract", replace(SPONSOR, consent="withdrawn"), "due"),
    ],
)
def test_consent_and_suppression_decide_by_class(template: str, person: Recipient, verdict: str) -> None:
    """Marketing needs a granted consent, service none withdrawn, contracts neither; suppression is for all."""
    step = {"id": "mail", "day": 1, "email": template, "to": ["sponsor"]}
    play = Play.model_validate({"play": "p", "per": "account", "audience": "x", "anchor": "start", "steps": [step]})

    assert only(night(case(play), people=(person,))).verdict == verdict


def test_a_suppressed_address_of_a_contract_notice_becomes_a_task() -> None:
    """An unsubscribe from contract mail routes to the CSM."""
    found = only(night(notice(90), people=(replace(SPONSOR, suppressed=True),)))

    assert found.instead == "no address may be written to: suppressed"


def test_no_mail_is_queued_on_a_day_off() -> None:
    """A mail waits for a working day, a task does not."""
    policy = replace(EVERY_DAY, workdays=Workdays(frozenset({1})))
    plan = night(case(days=8, taken={"one": Taken(MONDAY)}), policy=policy)

    assert told(plan) == {"seven": "waiting", "call": "due"}


@pytest.mark.parametrize(
    ("touches", "verdict"),
    [
        ((), "due"),
        ((MONDAY,), "capped"),
        (tuple(MONDAY - timedelta(days=day) for day in (1, 2)), "due"),
        (tuple(MONDAY - timedelta(days=day) for day in (1, 2, 6)), "capped"),
        (tuple(MONDAY - timedelta(days=day) for day in (1, 2, 7)), "due"),
    ],
)
def test_an_account_is_written_to_once_a_day_and_three_times_in_seven(touches: tuple[date, ...], verdict: str) -> None:
    """A capped step comes up again."""
    found = only(night(case(), touches=touches))

    assert (found.verdict, found.outcome) == (verdict, None)


def test_of_two_plays_the_higher_precedence_speaks_first() -> None:
    """One conversation with a customer."""
    other = ONBOARDING.model_copy(update={"play": "loud", "precedence": 30})
    plan = night(case(), case(other, enrolled=Enrolled("loud", "1")))

    assert {verdict.play: verdict.verdict for verdict in plan.verdicts} == {"loud": "due", "onboarding": "held"}


def test_a_deadline_counts_but_is_never_capped() -> None:
    """The notice goes beside everything else, and what is not urgent waits."""
    plan = night(case(), notice(90, enrolled=Enrolled("notice", "1")), touches=())

    assert told(plan) == {"one": "held", "notice-90": "due"}


@pytest.mark.parametrize("name", ["*", "onboarding", "m/one"])
def test_a_kill_switch_holds_the_step(name: str) -> None:
    """All, a play, or a template."""
    assert only(night(case(), policy=replace(EVERY_DAY, stopped=frozenset({name})))).verdict == "held"


def test_the_held_out_arm_is_trapped() -> None:
    """Both arms are counted alike."""
    assert only(night(case(enrolled=Enrolled("e", "1", arm="held_out")))).verdict == "trapped"


def test_a_step_by_hand_does_not_await_its_date() -> None:
    """Only that one step, and consent, suppression and caps hold."""
    one = notice(200)
    account = AccountCase("A-1", (one,), (SPONSOR,))
    assert one.enrolled is not None
    found = only(decide(account, EVERY_DAY, MONDAY, ByHand(one.enrolled.enrollment_id, "notice-90")))

    assert (found.step, found.verdict, found.by_hand) == ("notice-90", "due", True)


def test_the_same_input_gives_the_same_plan() -> None:
    """A night can be decided again, equal."""
    assert night(case(days=8)).hash == night(case(days=8)).hash
    assert night(case(days=8)).hash != night(case(days=7)).hash
