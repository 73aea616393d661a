"""Which contracts are one conversation, who starts one, and in which arm."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import AccountCase, Case, Enrolled, Policy, Recipient, Taken
from models.company import Caps
from models.conversation import Conversation, arm, conversations, may_enroll, over
from models.decide import decide
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays

DUE = date(2025, 9, 1)
RENEWAL = Play.model_validate(
    {
        "play": "renewal", "per": "contract", "audience": "a", "anchor": "end", "coterm": "30 days",
        "min_term": "6 months", "exit": {"stop": "gone"},
        "steps": [{"id": "notice", "day": -30, "email": "m/notice", "to": ["sponsor"], "deadline": True}],
    }
)  # fmt: skip


def contract(name: str, days: int | None, **changes: Any) -> Case:
    """A contract that may enroll, with its deadline some days after DUE."""
    fresh = Case(
        f"contract:{name}", "A-1", RENEWAL, f"{name}/1",
        {"end": None if days is None else DUE + timedelta(days=days)}, {"audience": True, "exit.stop": False},
        term_months=12,
    )  # fmt: skip
    return replace(fresh, **changes)


def enrolled(name: str, days: int, lead: str | None = None, **changes: Any) -> Case:
    """A contract whose enrollment runs, as a conversation of its own or in that of `lead`."""
    return contract(name, days, enrolled=Enrolled(id_of(name), f"{name}/1", lead=lead and id_of(lead)), **changes)


def id_of(name: str) -> str:
    """The enrollment's id of a contract's first term."""
    return enrollment_id("renewal", f"contract:{name}", f"{name}/1")


def talks(*cases: Case) -> dict[str, set[str]]:
    """Lead → members."""
    return {talk.lead.subject[9:]: {case.subject[9:] for case in talk.members} for talk in conversations(cases)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((0, 30), {"a": {"b"}}),
        ((0, 31), {"a": set(), "b": set()}),
        ((30, 0), {"b": {"a"}}),
        ((0, 30, 60), {"a": {"b"}, "c": set()}),
        ((0, None), {"a": set(), "b": set()}),
    ],
)
def test_deadlines_within_the_span_are_one_conversation(
    days: tuple[int | None, ...], expected: dict[str, set[str]]
) -> None:
    """The earliest leads; the span is counted from it, not from member to member."""
    assert talks(*(contract(name, day) for name, day in zip("abc", days, strict=False))) == expected


def test_a_new_contract_joins_the_conversation_that_runs() -> None:
    """Also when its own deadline is the earlier one; the enrollment that runs goes on leading."""
    found = conversations([enrolled("a", 0), contract("b", -10)])

    assert [(item.subject, item.lead) for item in found[0].new] == [("contract:b", id_of("a"))]
    assert found[0].anchor("end") == DUE - timedelta(days=10)


def test_who_joins_follows_the_version_of_the_conversation() -> None:
    """A play that changed while the lead runs: the member is enrolled in the lead's version, and stays in sight."""
    newer = Play.model_validate(RENEWAL.model_dump(by_alias=True) | {"precedence": 51})
    found = conversations([enrolled("a", 0), contract("b", 5, play=newer)])

    assert newer.hash != RENEWAL.hash
    assert [item.play_hash for item in found[0].new] == [RENEWAL.hash]


@pytest.mark.parametrize(("night", "expected"), [(0, {"a": {"b"}}), (1, {"a": set(), "b": set()})])
def test_a_deadline_that_has_passed_takes_nobody_along(night: int, expected: dict[str, set[str]]) -> None:
    """The first night after it: what is still ahead for the other contract is told in a conversation of its own."""
    found = conversations([contract("a", 0), contract("b", 18)], DUE + timedelta(days=night))

    assert {talk.lead.subject[9:]: {case.subject[9:] for case in talk.members} for talk in found} == expected


@pytest.mark.parametrize(
    ("taken", "expected"), [({}, {"a": {"b"}}), ({"notice": Taken(DUE)}, {"a": set(), "b": set()})]
)
def test_who_comes_after_the_last_notice_gets_one_of_its_own(
    taken: dict[str, Taken], expected: dict[str, set[str]]
) -> None:
    """A contract that is bought when all notices of the conversation are out was in none of them."""
    assert talks(enrolled("a", 0, taken=taken), contract("b", 5)) == expected


def test_members_of_a_running_conversation_stay_in_it() -> None:
    """Whatever their dates have become."""
    assert talks(enrolled("a", 0), enrolled("b", 300, lead="a")) == {"a": {"b"}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"truth": {"audience": False}}, False),
        ({"truth": {"audience": None}}, False),
        ({"stale": {"audience": 1.0}}, False),
        ({"stale": {"notice.when": 1.0}}, True),
        ({"occurrence": None}, False),
        ({"term_months": 6}, True),
        ({"term_months": 5}, False),
        ({"term_months": None}, False),
        ({"enrolled": Enrolled("e", "a/1")}, False),
    ],
)
def test_who_may_enroll(changes: dict[str, Any], expected: bool) -> None:
    """A fresh and true audience, an occurrence, a term that is long enough, and no enrollment yet."""
    assert may_enroll(contract("a", 0, **changes)) is expected


def test_a_contract_that_has_gone_no_longer_sets_the_date() -> None:
    """The anchor is the earliest of those that live; without any, of all."""
    gone = {"audience": True, "exit.stop": True}
    lead, member = enrolled("a", 0, truth=gone), enrolled("b", 20, lead="a")

    assert conversations([lead, member])[0].anchor("end") == DUE + timedelta(days=20)
    assert conversations([lead, replace(member, truth=gone)])[0].anchor("end") == DUE


@pytest.mark.parametrize(("occurrence", "expected"), [("a/1", False), ("a/2", True), (None, False)])
def test_another_term_ends_a_conversation_a_missing_one_does_not(occurrence: str | None, expected: bool) -> None:
    """Missing is not over."""
    case = contract("a", 0, occurrence=occurrence, enrolled=Enrolled("e", "a/1"))
    assert over(Conversation(case, Enrolled("e", "a/1"))) is expected


def test_a_conversation_stops_when_the_last_contract_has_gone() -> None:
    """One that lives keeps it going."""
    gone = {"audience": True, "exit.stop": True}
    policy = Policy(Caps(), Workdays(frozenset(range(7))))
    account = AccountCase("A-1", (enrolled("a", 0, truth=gone), enrolled("b", 0, lead="a")), (_SPONSOR,))
    plan = decide(account, policy, DUE - timedelta(days=30))

    assert ([end.outcome for end in plan.ends], [one.verdict for one in plan.verdicts]) == ([], ["due"])
    both = replace(account, cases=tuple(replace(case, truth=gone) for case in account.cases))
    assert [end.outcome for end in decide(both, policy, DUE).ends] == ["stopped"]


_SPONSOR = Recipient("P-1", "sponsor", "key-1")


@given(st.lists(st.integers(-90, 90), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_every_contract_is_in_one_conversation(days: list[int], chance: Any) -> None:
    """None is left out, none is in two, members lie within the span, and the order of the input is no matter."""
    cases = [contract(f"c{number}", day) for number, day in enumerate(days)]
    found = talks(*cases)
    named = [*found, *(name for members in found.values() for name in members)]
    assert sorted(named) == sorted(case.subject[9:] for case in cases)
    dates = dict(zip((f"c{number}" for number in range(len(days))), days, strict=True))
    assert all(0 <= dates[name] - dates[lead] <= 30 for lead, members in found.items() for name in members)
    assert talks(*chance.sample(cases, len(cases))) == found


def test_arms_are_stable_and_of_the_wanted_size() -> None:
    """An account is in the same arm for ever; a tenth is held out when a tenth is wanted."""
    play = RENEWAL.model_copy(update={"holdout": 0.1})
    arms = [arm(play, f"A-{number}") for number in range(5000)]

    assert arms == [arm(play, f"A-{number}") for number in range(5000)]
    assert 0.08 < arms.count("held_out") / 5000 < 0.12
    assert {arm(RENEWAL, f"A-{number}") for number in range(100)} == {"treated"}
