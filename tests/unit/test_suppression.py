"""Whose wish stands against which mail."""

from itertools import product

import pytest

from models.suppression import after_unsubscribing, against, consent_of, is_scope


@pytest.mark.parametrize(
    ("scopes", "stopped"),
    [
        ((), ""),
        (("all",), "contractual service marketing"),
        (("class:marketing",), "marketing"),
        (("class:service",), "service marketing"),
        (("play:webinar",), "service marketing"),
        (("play:other",), ""),
        (("class:marketing", "play:other"), "marketing"),
    ],
)
def test_what_a_scope_stops(scopes: tuple[str, ...], stopped: str) -> None:
    """A contract's notices are stopped by `all` alone; who objects to service mail wants no marketing either."""
    found = [klass for klass in ("contractual", "service", "marketing") if against(scopes, klass, "webinar")]
    assert found == stopped.split()


@pytest.mark.parametrize(
    ("klass", "scope"), [("marketing", "class:marketing"), ("service", "class:service"), ("contractual", "")]
)
def test_what_unsubscribing_from_a_mail_sets(klass: str, scope: str) -> None:
    """The class of that mail; a contract's notice cannot be unsubscribed from, the CSM is asked."""
    assert after_unsubscribing(klass) == scope


def test_consent_counts_wherever_it_was_given_and_a_withdrawal_wins() -> None:
    """Blank is no consent."""
    table = {
        (theirs, ours): consent_of(theirs, ours)
        for theirs, ours in product((None, "", "granted", "Withdrawn"), (None, "granted", "withdrawn"))
    }
    assert {pair for pair, found in table.items() if found == "withdrawn"} == {
        pair for pair in table if "withdrawn" in {(one or "").lower() for one in pair}
    }
    assert table["granted", None] == table["", "granted"] == "granted"
    assert table[None, None] == ""


@pytest.mark.parametrize(("text", "good"), [("all", True), ("class:service", True), ("class:contractual", False),
    ("play:renewal", True), ("play:", False), ("marketing", False)])  # fmt: skip
def test_scopes_are_written_in_one_way(text: str, good: bool) -> None:
    """`all`, a class that may be objected to, or a play."""
    assert is_scope(text) is good
