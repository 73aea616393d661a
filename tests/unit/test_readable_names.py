"""Names: what steers a screen is taken out, people's own scripts stay."""

import unicodedata
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.entities_crm import ACCOUNTS, CONTACTS
from models.entities_voice import FEEDBACK
from models.entity import Column
from tasks.quality.names import is_exact, oddities, readable, steers

NAME = Column("name", "VARCHAR")
COMMENT = Column("comment", "VARCHAR")
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def each(rule: str, texts: list[str]) -> list[Any]:
    """An expression's value for each text."""
    rows = connection().execute(f"SELECT {rule} FROM (SELECT unnest(?) AS x)", [texts]).fetchall()
    return [value for (value,) in rows]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One connection for all cases."""
    return duckdb.connect()


def clean(text: str, column: Column = NAME) -> str | None:
    """The text as it lands."""
    shown: str | None = each(readable(column, "x"), [text])[0]
    return shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u202eevil", "evil"),
        ("Eve\r\nBcc: all@victim.example", "Eve Bcc: all@victim.example"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("line\u2028break", "line break"),
        ("Re\u0301ne\u0301e", "Rénée"),
        ("مصطفى أبا الخيل", "مصطفى أبا الخيل"),
        ("👩\u200d💻 team", "👩\u200d💻 team"),
        ("\u202e\u200f", None),
        ("x" * 10_000, "x" * 200),
    ],
)
def test_a_name_is_made_harmless(text: str, expected: str | None) -> None:
    """Control, bidi and zero-width characters go; letters, joiners and accents stay, in NFC."""
    assert clean(text) == expected


def test_a_comment_keeps_its_lines() -> None:
    """Line breaks belong into free text; steering characters do not."""
    assert clean("first\nsecond\u202e", COMMENT) == "first\nsecond"


@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn"]), max_size=40), min_size=20, max_size=60)
)
@settings(max_examples=8, deadline=None)
def test_no_name_carries_a_control_character(texts: list[str]) -> None:
    """Whatever comes, nothing of Unicode's control category and no bidi mark is left, and cleaning is said."""
    for text, shown, said in zip(texts, each(readable(NAME, "x"), texts), each(steers(NAME, "x"), texts), strict=True):
        left = shown or ""
        assert not [one for one in left if unicodedata.category(one) == "Cc" or unicodedata.bidirectional(one) in BIDI]
        assert said or unicodedata.normalize("NFC", text).strip() == left.strip()


@pytest.mark.parametrize(
    ("text", "odd"), [("=cmd|calc", "no_formula"), ("{{ 7*7 }}", "no_markup"), ("x" * 201, "not_too_long")]
)
def test_an_odd_name_is_named(text: str, odd: str) -> None:
    """Formulas, templates and endless names get a word."""
    found = [check for check, (rule, _) in oddities(NAME, "x").items() if each(rule, [text])[0]]
    assert found == [odd]


def test_keys_and_addresses_are_never_changed() -> None:
    """A key or an address with such a character is another one: it is set aside, not repaired."""
    assert is_exact(CONTACTS, CONTACTS.column("email"))
    assert is_exact(CONTACTS, CONTACTS.column("account_id"))
    assert not is_exact(ACCOUNTS, ACCOUNTS.column("name"))
    assert not is_exact(FEEDBACK, FEEDBACK.column("comment"))


def teardown_module() -> None:
    """Leave no connection behind."""
    connection().close()
    connection.cache_clear()
