"""Many nights through `decide` alone, against an oracle that shares no code with it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.case import AccountCase, Case, Enrolled, Policy, Recipient
from models.company import Caps
from models.decide import decide
from models.decision import Plan
from models.play import Play
from models.workdays import Workdays
from tests.many_nights import DAY, HORIZON, START, STEPS, WORLDS, Life, World, expected, planned, word


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_every_night_is_as_the_rules_say(world: World) -> None:
    """Verdicts equal the oracle's; only caps may turn a mail into `capped`, and never a notice."""
    life = Life(world)
    for number, night in world.nights():
        life.morning(night)
        account, policy = life.account(number), life.policy(number)
        plan = decide(account, policy, night)
        assert decide(account, policy, night).hash == plan.hash, "the same input, another plan"
        if "life" not in life.ended:
            _compare(life, plan, expected(life, number, night))
        _caps_hold(life, plan, night)
        life.apply(plan, night)
    _all_told(life)


def _compare(life: Life, plan: Plan, oracle: dict[str, str]) -> None:
    """Each verdict is the oracle's, or a mail that the caps hold back."""
    found = {verdict.step: word(verdict) for verdict in plan.verdicts if verdict.play == "life"}
    if plan.ends:
        assert not oracle or "life" not in {end.play for end in plan.ends}
        return
    capped = {step for step, told in found.items() if told == "capped"}
    assert capped <= {step for step, told in oracle.items() if told == "mail"} - {"first", "last"}
    assert {**found, **dict.fromkeys(capped, "mail")} == oracle


def _caps_hold(life: Life, plan: Plan, night: date) -> None:
    """One touch a day and three in seven days; what has a deadline counts, and goes all the same."""
    mails = [verdict for verdict in plan.verdicts if word(verdict) == "mail"]
    week = [day for day in life.touches if (night - day).days < 7]
    free = [verdict for verdict in mails if verdict.deadline_on is None]
    if free:
        assert len(mails) == 1 and len(week) < 3  # noqa: PT018
    if any(verdict.verdict == "capped" for verdict in plan.verdicts):
        assert mails or night in week or len(week) + len(mails) >= 3


def _all_told(life: Life) -> None:
    """At the end every step that could end has ended; each notice was sent, handed to the CSM, or is explained."""
    open_steps = {step["id"] for step in STEPS} - {step for play, step, _ in life.outcomes if play == "life"}
    tasks = {step for step, taken in life.taken["life"].items() if taken.outcome is None}
    follow_up = {"thanks"} if "call" in tasks else set()
    assert open_steps <= tasks | follow_up | _held_for_ever(life)


def _held_for_ever(life: Life) -> set[str]:
    """Steps whose date was missing on the very last night have not ended."""
    last = max((number for number, _ in life.world.nights()), default=0)
    return {"first", "last"} if last in life.world.end_missing else set()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_no_notice_is_lost(world: World) -> None:
    """The first night of its time that no operator stops brings a notice, or the later one that stands for it.

    It goes as a mail or as the CSM's task; only a notice that is first seen after its limit ends late.
    """
    life = Life(world)
    for number, night in world.nights():
        life.morning(night)
        life.apply(decide(life.account(number), life.policy(number), night), night)
    went = [taken.on for id_ in ("first", "last") if (taken := life.taken["life"].get(id_)) and _went(life, id_)]
    day = planned(world, STEPS[-1], -1, {})
    assert isinstance(day, date)
    chances = [
        night
        for number, night in world.nights()
        if day <= night <= world.end and number not in world.stopped | world.end_missing
        and (world.open(night) or (world.end - night).days <= 3)
    ]  # fmt: skip
    if chances:
        assert any(day_ <= chances[0] for day_ in went), f"none went by {chances[0]}"
        assert all(day_ <= world.end for day_ in went)


def _went(life: Life, step: str) -> bool:
    """Whether the step was sent, done, or is the CSM's task."""
    told = {id_: outcome for play, id_, outcome in life.outcomes if play == "life"}
    return told.get(step) in (None, "sent", "done")


@given(WORLDS, st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_no_matter(world: World, number: int, chance: Any) -> None:
    """Cases and contacts may come in any order."""
    life = Life(world)
    account = life.account(number)
    mixed = AccountCase(
        "A", tuple(chance.sample(account.cases, len(account.cases))),
        tuple(chance.sample(account.recipients, len(account.recipients))), account.touches,
    )  # fmt: skip
    night = START + number * DAY
    assert decide(mixed, life.policy(number), night).hash == decide(account, life.policy(number), night).hash


@pytest.mark.parametrize(("night", "verdict"), [(4, "waiting"), (5, "mail"), (8, "mail"), (9, "late")])
def test_no_holiday_makes_a_mail_late(night: int, verdict: str) -> None:
    """Planned for the first of four days off, it has its three days from the first working day on."""
    world = replace(CALM, holidays=frozenset({1, 2}))
    found = decide(Life(world).account(night), Life(world).policy(night), START + night * DAY)
    assert {one.step: word(one) for one in found.verdicts}["hello"] == verdict


CALM = World(
    100, frozenset(), frozenset(), frozenset(), frozenset(), {}, {}, None, HORIZON, sponsor_objects=False, loud=False,
    wakes=0, behind=0,
)  # fmt: skip
NOTICE = {"id": "notice", "day": 0, "anchor": "end", "email": "m/news", "to": ["sponsor"], "deadline": True}


@pytest.mark.parametrize(
    ("truth", "consent", "left", "expected"),
    [
        (None, "", 10, "held"),
        (None, "", 3, "task"),
        (True, "withdrawn", 3, "task"),
        (True, "", 3, "mail"),
    ],
)
def test_a_notice_is_the_csms_before_it_is_lost(truth: bool | None, consent: str, left: int, expected: str) -> None:
    """A condition that stays unknown, or a sponsor who objected, whatever the template's class."""
    step = NOTICE | {"day": -30, "when": "w", "if_late": {"after": "30 days"}}
    play = Play.model_validate({"play": "p", "per": "account", "audience": "a", "anchor": "end", "steps": [step]})
    night = date(2025, 6, 30)
    case = Case(
        "account:A", "A", play, "1", {"end": night + left * DAY}, {"notice.when": truth},
        enrolled=Enrolled("e", "1"),
    )  # fmt: skip
    account = AccountCase("A", (case,), (Recipient("P", "sponsor", "k", consent=consent),))
    (found,) = decide(account, Policy(Caps(), Workdays()), night).verdicts
    assert word(found) == expected
