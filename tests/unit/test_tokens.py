"""Tokens and return addresses: for one message, one purpose, a while; anything else is nothing."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.return_paths import LIFE, return_address, returned
from models.token import LENGTH, read, sign

KEY, OLD = b"the newest key", b"the key before"
TODAY = date(2026, 3, 1)
ID = "5f0c2a52-9d7e-5c0b-9d2c-7c64e6f3a001"


@given(st.uuids(), st.dates(date(2021, 1, 1), date(2100, 1, 1)))
def test_a_token_names_its_message_until_its_day_is_over(message: UUID, ends: date) -> None:
    """45 letters and digits; on the last day it is good, the day after it is not."""
    token = sign(KEY, "unsubscribe", str(message), ends)
    assert len(token) == LENGTH
    assert token.isalnum()
    assert read([KEY], "unsubscribe", token, ends) == str(message)
    assert read([KEY], "unsubscribe", token, ends + timedelta(days=1)) is None


@given(st.integers(0, LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567=+ A0ß"))
def test_a_changed_token_is_nothing(place: int, letter: str) -> None:
    """One letter changed, wherever: refused."""
    token = sign(KEY, "survey", ID, TODAY)
    changed = token[:place] + letter + token[place + 1 :]
    assert read([KEY], "survey", changed, TODAY) == (ID if changed.lower() == token and changed.isascii() else None)


@given(st.text(max_size=60))
def test_any_other_text_is_nothing(text: str) -> None:
    """Whatever somebody types into the address."""
    assert read([KEY], "survey", text, TODAY) is None


def test_a_token_is_for_one_purpose() -> None:
    """Whoever may answer a survey may not unsubscribe somebody by it."""
    assert read([KEY], "unsubscribe", sign(KEY, "survey", ID, TODAY), TODAY) is None


def test_an_older_key_still_counts_until_it_is_taken_away() -> None:
    """Keys are changed without breaking the links that are out."""
    token = sign(OLD, "reply", ID, TODAY)
    assert read([KEY, OLD], "reply", token, TODAY) == ID
    assert read([KEY], "reply", token, TODAY) is None


@pytest.mark.parametrize(("prefix", "purpose"), [("b", "bounce"), ("r", "reply"), ("u", "unsubscribe")])
def test_a_return_address_leads_back_to_its_message(prefix: str, purpose: str) -> None:
    """In any case of letters, within the 64 of a local part, for a good year."""
    address = return_address(prefix, KEY, ID, "mail.example.com", TODAY)
    assert len(address.partition("@")[0]) <= 64
    assert returned([KEY], address.upper(), TODAY + LIFE) == (purpose, ID)
    assert returned([KEY], address, TODAY + LIFE + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "address", ["jane@example.com", "b+@example.com", "x+abc@example.com", "b+" + "a" * 45, "", "@"]
)
def test_other_addresses_lead_nowhere(address: str) -> None:
    """Nobody else's mail is taken for an answer to ours."""
    assert returned([KEY], address, TODAY) is None
