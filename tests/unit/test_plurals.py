"""Words that go with numbers, and dates that end a sentence."""

from datetime import date
from decimal import Decimal

import pytest

from models.errors import RenderError
from tasks.mail.filters import Blank, filters_for, locale_of
from tasks.mail.plurals import plural

RUSSIAN = {"one": "цель", "few": "цели", "other": "целей"}
ARABIC = {"zero": "لا أهداف", "one": "هدف واحد", "two": "هدفان", "few": "أهداف", "many": "هدفًا", "other": "هدف"}


@pytest.mark.parametrize(
    ("language", "number", "forms", "word"),
    [
        ("en", 1, {"one": "goal", "other": "goals"}, "goal"),
        ("en", 0, {"one": "goal", "other": "goals"}, "goals"),
        ("de-AT", 1, {"one": "Ziel", "other": "Ziele"}, "Ziel"),
        *[("ru", number, RUSSIAN, "цель") for number in (1, 21, 101, 1.0, Decimal("1.00"), "31")],
        *[("ru", number, RUSSIAN, "цели") for number in (2, 3, 4, 22, 104, 2.0)],
        *[("ru", number, RUSSIAN, "целей") for number in (0, 5, 11, 12, 14, 20, 25, 111, 1000, 1_000_000)],
        ("ru", 1.5, {**RUSSIAN, "many": "целей", "other": "цели"}, "цели"),
        *[("ar", number, ARABIC, ARABIC["few"]) for number in (3, 10, 103)],
        *[("ar", number, ARABIC, ARABIC["many"]) for number in (11, 99, 111)],
        *[("ar", number, ARABIC, ARABIC[form]) for number, form in enumerate(("zero", "one", "two"))],
        *[("ar", number, ARABIC, ARABIC["other"]) for number in (100, 102, 1000)],
    ],
)  # fmt: skip
def test_a_word_has_the_form_of_its_number(language: str, number: object, forms: dict[str, str], word: str) -> None:
    """Each class of each language; whole numbers count as whole; a class without a form takes the other one."""
    assert filters_for(language)["plural"](number, **forms) == word
    assert plural(Decimal(str(number)), locale_of(language), forms) == word


def test_what_is_missing_has_no_form_and_what_is_no_number_is_refused() -> None:
    """An optional count that nobody knows prints as nothing; words cannot be counted."""
    many = filters_for("ru")["plural"]

    assert many(Blank(), **RUSSIAN) == ""
    with pytest.raises(RenderError, match="'some' is no number"):
        many("some", **RUSSIAN)


@pytest.mark.parametrize(
    ("forms", "told"),
    [({"one": "goal"}, "plural needs other"), ({"on": "goal", "other": "goals"}, "'on' is no class of plurals")],
)
def test_forms_that_cannot_be_meant_are_refused(forms: dict[str, str], told: str) -> None:
    """A form for every number, and no form for none."""
    with pytest.raises(RenderError, match=told):
        filters_for("en")["plural"](2, **forms)


@pytest.mark.parametrize(
    ("language", "style", "text"),
    [
        ("ru", "long", "1 марта 2025 года"),
        ("ru", "short", "01.03.2025"),
        ("de", "long", "1. März 2025"),
        ("en", "long", "March 1, 2025"),
    ],
)
def test_a_date_can_end_a_sentence(language: str, style: str, text: str) -> None:
    """A Russian date ends in the word, not in its abbreviation with a stop of its own."""
    assert filters_for(language)["date"](date(2025, 3, 1), style) == text
