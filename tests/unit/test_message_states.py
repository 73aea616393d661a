"""A message's life: every way through its states ends, and none leads back past DATA."""

from typing import get_args

import pytest

from models.event import KINDS
from models.message import FOLLOWS, LIVE, TERMINAL, State, may_follow, state_after, step_outcome


def test_every_state_has_its_followers() -> None:
    """The table names each state once, and only states."""
    assert set(FOLLOWS) == set(get_args(State))
    assert set().union(*FOLLOWS.values()) <= set(FOLLOWS)


def test_every_state_leads_to_an_end() -> None:
    """From everywhere a terminal state can be reached."""
    for state in FOLLOWS:
        seen, waiting = {state}, [state]
        while waiting:
            new = FOLLOWS[waiting.pop()] - seen
            seen |= new
            waiting += new
        assert seen & TERMINAL


@pytest.mark.parametrize("state", ["queued", "claimed", "canceled", "superseded", "expired", "suppressed"])
def test_nothing_is_taken_back_once_it_may_have_left(state: State) -> None:
    """A message that is transmitting or uncertain cannot be unsent by any rule."""
    assert not may_follow("transmitting", state)
    assert not may_follow("uncertain", state)


def test_uncertain_goes_only_where_the_ledger_leads() -> None:
    """Found is sent, not found is transmitted again, no ledger is held."""
    assert FOLLOWS["uncertain"] == {"sent", "transmitting", "held"}


def test_every_message_event_leads_to_a_state() -> None:
    """The event vocabulary and the states fit."""
    for kind in KINDS:
        if kind.startswith("message_"):
            assert state_after(kind) in FOLLOWS
    with pytest.raises(KeyError):
        state_after("message_eaten")


def test_sent_comes_from_transmitting_or_the_ledger() -> None:
    """Nothing is sent that was not durably about to be."""
    assert {before for before in FOLLOWS if may_follow(before, "sent")} == {"transmitting", "uncertain"}


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ([], None),
        (["queued"], None),
        (["sent"], "sent"),
        (["sent", "queued"], "sent"),
        (["refused", "held"], None),
        (["refused", "suppressed"], "refused"),
        (["superseded", "expired"], "expired"),
        (["canceled", "suppressed"], "suppressed"),
        (["uncertain", "refused"], None),
    ],
)
def test_a_step_ends_once(states: list[State], outcome: State | None) -> None:
    """The first sent message ends a step; else the last live one does."""
    assert step_outcome(states) == outcome


def test_live_and_terminal_are_all() -> None:
    """No state is both or neither."""
    assert set(FOLLOWS) == LIVE | TERMINAL
    assert not LIVE & TERMINAL
