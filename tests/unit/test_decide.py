"""What decide answers, rule by rule."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.case import AccountCase, Case, Enrolled, Policy, Recipient, Taken
from models.company import Caps
from models.decide import ByHand, decide
from models.decision import Plan, Verdict
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays

MONDAY = date(2025, 6, 30)
SPONSOR = Recipient("P-1", "sponsor", "key-1")
CHAMPION = Recipient("P-2", "champion", "key-2")
EVERY_DAY = Policy(Caps(), Workdays(frozenset(range(7))), classes={"m/contract": "contractual", "m/offer": "marketing"})
ONBOARDING = Play.model_validate(
    {
        "play": "onboarding", "per": "account", "audience": "x", "anchor": "start", "precedence": 20,
        "exit": {"success": "y", "stop": "z"},
        "steps": [
            {"id": "one", "day": 1, "email": "m/one", "to": ["sponsor"]},
            {"id": "seven", "day": 7, "email": "m/seven", "to": ["sponsor"]},
            {"id": "call", "day": 8, "task": "Call"},
            {"id": "after-call", "after": "call", "email": "m/after", "to": ["sponsor"]},
        ],
    }
)  # fmt: skip


def case(play: Play = ONBOARDING, days: int = 1, **changes: object) -> Case:
    """An enrolled case whose anchor lies `days` before MONDAY."""
    own = Enrolled(enrollment_id(play.play, "account:A-1", "1"), "1")
    fresh = Case(
        "account:A-1", "A-1", play, "1", {"start": MONDAY - timedelta(days=days)}, {"audience": True}, enrolled=own
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def night(
    *cases: Case, policy: Policy = EVERY_DAY, people: tuple[Recipient, ...] = (SPONSOR, CHAMPION), **account: object
) -> Plan:
    """The plan of MONDAY for one account."""
    return decide(AccountCase("A-1", cases, people, **account), policy, MONDAY)  # type: ignore[arg-type]


def told(plan: Plan) -> dict[str, str]:
    """Step → verdict."""
    return {verdict.step: verdict.verdict for verdict in plan.verdicts}


def only(plan: Plan) -> Verdict:
    """The plan's one verdict."""
    (verdict,) = plan.verdicts
    return verdict


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

    assert {verdict.play: verdict.verdict for verdict in plan.verdicts} == {"loud": "due", "onboarding": "capped"}


def test_a_deadline_counts_but_is_never_capped() -> None:
    """The notice goes beside everything else, and what is not urgent waits."""
    plan = night(case(), notice(90, enrolled=Enrolled("notice", "1")), touches=())

    assert told(plan) == {"one": "capped", "notice-90": "due"}


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
