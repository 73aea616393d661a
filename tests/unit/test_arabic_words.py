"""Arabic: numbers, money, dates and counted nouns as its mails have them."""

from datetime import date

import pytest

from tasks.mail.directions import held_together
from tasks.mail.filters import Blank, filters_for, locale_of

INVOICES = {"one": "فاتورة واحدة", "two": "فاتورتان", "few": "فواتير", "many": "فاتورة", "other": "فاتورة"}


@pytest.mark.parametrize(
    ("number", "form"),
    [(1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (99, "many"), (100, "other"), (103, "few")],
)
def test_a_noun_has_six_forms_for_its_number(number: int, form: str) -> None:
    """One and two are in the noun itself, three to ten take the plural, all above the singular again."""
    assert filters_for("ar")["plural"](number, **INVOICES) == INVOICES[form]


def test_a_count_that_nobody_knows_has_no_noun() -> None:
    """An optional value that is missing reads as nothing."""
    assert filters_for("ar")["plural"](Blank(), **INVOICES) == ""


@pytest.mark.parametrize("language", ["ar", "ar-SA"])
def test_digits_are_those_of_the_texts(language: str) -> None:
    """Western digits in all of them, so that a number in a sentence and one in a date look alike."""
    filters = filters_for(language)
    assert filters["date"](date(2024, 10, 3)) == "3 أكتوبر 2024"
    assert filters["number"](12345) == "12,345"
    assert "1,234.50" in filters["money"](123450, "EUR")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Acme", "Acme"),
        ("Acme Inc.", "Acme Inc.\u200e"),
        ("Velvetgate (Holding)", "Velvetgate (Holding)\u200e"),
        ("7-Eleven", "\u200e7-Eleven"),
        (".NET!", "\u200e.NET!\u200e"),
        ("أكمي!", "أكمي!"),
        ("2,469 €", "2,469 €"),
        ("3 أكتوبر 2024", "3 أكتوبر 2024"),
        ("https://meet.example.com/", "https://meet.example.com/"),
        ("", ""),
    ],
)
def test_a_latin_name_keeps_its_marks_in_a_sentence_from_right_to_left(value: str, written: str) -> None:
    """Full stops, brackets and leading digits of a name stay with it; Arabic, numbers and addresses are untouched."""
    assert held_together(value, locale_of("ar")) == written
    assert held_together(value, locale_of("en")) == value
