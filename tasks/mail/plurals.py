"""The word that goes with a number: one goal, two goals; by the plural rules of the contact's language."""

from collections.abc import Mapping
from decimal import Decimal

from babel import Locale

from models.errors import RenderError
from models.nearest import did_you_mean

CLASSES = ("zero", "one", "two", "few", "many", "other")


def plural(number: Decimal, locale: Locale, forms: Mapping[str, str]) -> str:
    """The form for a number, of those that a template gives; `other` for every class that it does not name.

    The classes are Unicode's: Russian has one (1, 21), few (2 to 4, 22), many (5 to 20); Arabic zero, one, two,
    few (3 to 10), many (11 to 99). A whole number counts as whole however it is written: 2.0 is two.

    Raises:
        RenderError: a form of no class, or none for `other`.
    """
    for name in forms:
        if name not in CLASSES:
            raise RenderError(f"'{name}' is no class of plurals; {did_you_mean(name, CLASSES)}")
    if "other" not in forms:
        raise RenderError("plural needs other=..., the form for all numbers that no other form is for")
    counted = int(number) if number == number.to_integral_value() else number
    return forms.get(locale.plural_form(counted), forms["other"])
