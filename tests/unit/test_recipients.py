"""Whom a step is addressed to: roles, consent, suppression, each address once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Recipient
from models.recipients import addressed, may_receive
from models.step import Step

STEP = Step.model_validate({"id": "s", "day": 1, "email": "m/x", "to": ["sponsor", "champion"]})
FALLBACK = ("power_user", "executive")


def person(contact: str, role: str, key: str = "", **more: Any) -> Recipient:
    """A contact, with an address of its own unless one is given."""
    return Recipient(contact, role, key or contact, **more)


def to(*people: Recipient, klass: str = "service") -> list[str]:
    """The contacts that are written to."""
    return [one.contact for one in addressed(STEP, klass, people, FALLBACK).recipients]


def test_all_with_the_roles_are_written_to_and_nobody_else() -> None:
    """Two sponsors are two recipients."""
    assert to(person("1", "sponsor"), person("2", "user"), person("3", "champion"), person("4", "sponsor")) == [
        "1", "3", "4"]  # fmt: skip


def test_the_first_fallback_role_that_is_there_stands_in() -> None:
    """In the order of the company, and said."""
    found = addressed(STEP, "service", [person("1", "executive"), person("2", "power_user")], FALLBACK)
    assert [one.contact for one in found.recipients] == ["2"]
    assert found.reason == "no sponsor or champion: to power_user instead"


def test_one_address_is_written_to_once() -> None:
    """Two contacts of one address: the lower id stands for it."""
    assert to(person("2", "sponsor", "k"), person("1", "champion", "k")) == ["1"]


def test_a_suppressed_sponsor_is_not_replaced_by_somebody_else() -> None:
    """He is there; that he may not be written to is said."""
    found = addressed(STEP, "service", [person("1", "sponsor", suppressed=True), person("2", "power_user")], FALLBACK)
    assert (found.recipients, found.verdict) == ((), "suppressed")


def test_a_contact_without_suppression_does_not_free_another_with_the_same_address() -> None:
    """An address is suppressed for all contacts that have it; the planner marks each of them."""
    both = [person("1", "sponsor", "k", suppressed=True), person("2", "champion", "m")]
    assert to(*both) == ["2"]


@pytest.mark.parametrize("klass", ["contractual", "service", "marketing"])
@pytest.mark.parametrize("consent", ["", "granted", "withdrawn"])
@pytest.mark.parametrize("suppressed", [False, True])
def test_consent_by_class(klass: str, consent: str, suppressed: bool) -> None:
    """Suppression is for all; marketing needs a yes, service no no, contracts neither."""
    allowed = {"contractual": True, "service": consent != "withdrawn", "marketing": consent == "granted"}[klass]
    assert may_receive(person("1", "sponsor", consent=consent, suppressed=suppressed), klass) is (
        allowed and not suppressed
    )


PEOPLE = st.builds(
    Recipient, st.sampled_from("123456"), st.sampled_from(["sponsor", "champion", "user", "power_user", ""]),
    st.sampled_from("klm"), consent=st.sampled_from(["", "granted", "withdrawn"]), suppressed=st.booleans(),
)  # fmt: skip


@given(st.lists(PEOPLE, max_size=6, unique_by=lambda one: one.contact), st.sampled_from(["contractual", "marketing"]))
def test_nobody_gets_what_he_may_not_and_no_address_gets_it_twice(people: list[Recipient], klass: str) -> None:
    """Any mix of contacts; and without recipients there is a reason."""
    found = addressed(STEP, klass, people, FALLBACK)
    assert all(may_receive(one, klass) for one in found.recipients)
    assert len({one.address_key for one in found.recipients}) == len(found.recipients)
    assert found.reason
    assert bool(found.recipients) == (found.verdict == "due")
