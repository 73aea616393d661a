"""Arabic: numbers, money, dates and counted nouns as its mails have them."""

from datetime import date

import pytest

from tasks.mail.filters import Blank, filters_for

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
