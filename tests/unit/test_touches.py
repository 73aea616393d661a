"""Caps over accounts: an address has its share, whoever writes to it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Recipient
from models.company import Caps
from models.decision import Plan, Verdict
from models.touches import limit_addresses

DAY = date(2025, 6, 30)


def verdict(account: str, *keys: str, deadline: bool = False, state: str = "due") -> Verdict:
    """A mail of an account to these addresses."""
    people = tuple(Recipient(f"P-{key}", "sponsor", key) for key in keys)
    return Verdict(
        f"e-{account}", f"account:{account}", account, "p", "1", "s", "email", DAY, state, "to sponsor",  # type: ignore[arg-type]
        recipients=people, deadline_on=DAY if deadline else None,
    )  # fmt: skip


def limited(*verdicts: Verdict, sent: dict[str, int] | None = None) -> list[tuple[str, list[str]]]:
    """Verdict and addresses that are left, in order."""
    plan = limit_addresses(Plan(verdicts=verdicts), sent or {}, Caps())
    return [(one.verdict, [person.address_key for person in one.recipients]) for one in plan.verdicts]


def test_one_address_in_two_accounts_hears_of_one() -> None:
    """The second is capped, and comes up again."""
    assert limited(verdict("A", "k"), verdict("B", "k")) == [("due", ["k"]), ("capped", [])]


def test_the_older_of_two_mails_of_a_conversation_has_the_address() -> None:
    """Whatever their order in the file."""
    late = replace(verdict("A", "k"), step="older", planned_on=date(2025, 6, 1))
    assert limited(verdict("A", "k"), late) == [("capped", []), ("due", ["k"])]


def test_who_had_his_message_today_is_left_out_and_the_reason_says_so() -> None:
    """The others get it; nobody is dropped without a word."""
    plan = limit_addresses(Plan(verdicts=(verdict("A", "k", "m"),)), {"k": 1}, Caps())

    assert [person.address_key for person in plan.verdicts[0].recipients] == ["m"]
    assert plan.verdicts[0].reason == "to sponsor; 1 of its addresses had a message today and gets none"


def test_a_deadline_goes_before_and_beside_everything() -> None:
    """It takes the address's share from a mail that stands before it in the plan."""
    assert limited(verdict("A", "k"), verdict("B", "k", deadline=True)) == [("capped", []), ("due", ["k"])]
    assert limited(verdict("B", "k", deadline=True), sent={"k": 1}) == [("due", ["k"])]


@pytest.mark.parametrize("state", ["held", "waiting", "late", "skipped"])
def test_what_does_not_go_uses_nothing_up(state: str) -> None:
    """Only what is due counts."""
    assert limited(verdict("A", "k", state=state), verdict("B", "k"))[1] == ("due", ["k"])


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True), st.booleans()), max_size=8
    ),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)),
)
def test_no_address_gets_more_than_its_share(mails: list[tuple[list[str], bool]], sent: dict[str, int]) -> None:
    """Deadlines apart: whoever was left out had his share, and no deadline's mail lost anybody."""
    given_ = [verdict(f"A{number}", *keys, deadline=last) for number, (keys, last) in enumerate(mails)]
    found = limited(*given_, sent=sent)
    for key in "abcd":
        free = sum(key in keys for (_, keys), (_, last) in zip(found, mails, strict=True) if not last)
        fixed = sum(key in keys for (_, keys), (_, last) in zip(found, mails, strict=True) if last)
        wanted = sum(key in keys for keys, last in mails if not last)
        had = sent.get(key, 0) + fixed
        assert free == min(wanted, max(0, 1 - had))
    assert all(keys == all_ for (_, keys), (all_, last) in zip(found, mails, strict=True) if last)
