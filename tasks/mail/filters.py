"""The filters a template may use; dates and money read as the contact's language has them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision, is_currency
from jinja2.filters import do_capitalize, do_default, do_first, do_last, do_title, do_trim

from models.errors import RenderError
from tasks.mail.plurals import plural

MAX_JOINED = 10_000
PATTERNS = {("ru", "long"): "d MMMM y 'года'"}
"""Where a language's own pattern ends in an abbreviation: its full stop would stand before that of the sentence."""


class Blank(str):
    """An optional value that is missing: false, prints as nothing, and no filter stumbles over it."""

    __slots__ = ()


@cache
def locale_of(language: str) -> Locale:
    """The locale of a language tag; English for one that is not known."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@cache
def filters_for(language: str) -> dict[str, Callable[..., Any]]:
    """Filter name → function, for one language."""
    locale = locale_of(language)
    return {
        "date": _blank_safe(lambda value, style="long": written(as_date(value), style, locale)),
        "money": _blank_safe(lambda minor, currency: money(minor, currency, locale)),
        "number": _blank_safe(lambda value: format_decimal(_decimal(value), locale=locale)),
        "plural": _blank_safe(lambda value, **forms: plural(_decimal(value), locale, forms)),
        "join": join,
        "round": _blank_safe(lambda value: int(_decimal(value).to_integral_value())),
        "length": len,
        "upper": _text(str.upper),
        "lower": _text(str.lower),
        "abs": abs,
        "capitalize": do_capitalize,
        "default": do_default,
        "first": do_first,
        "last": do_last,
        "title": do_title,
        "trim": do_trim,
    }


def as_date(value: object) -> date:
    """A date of a date, a datetime, or ISO text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise RenderError(f"'{value}' is no date") from error


def written(day: date, style: str, locale: Locale) -> str:
    """A date as the language writes it in a sentence."""
    text: str = format_date(day, PATTERNS.get((locale.language, style), style), locale)
    return text


def money(minor: object, currency: object, locale: Locale) -> str:
    """Integer minor units and an ISO currency, as money: 123450, EUR → €1,234.50; whole amounts without cents."""
    if not isinstance(currency, str) or not is_currency(currency.upper()):
        raise RenderError(f"'{currency}' is no ISO currency")
    digits = get_currency_precision(currency.upper())
    amount = _decimal(minor).scaleb(-digits)
    whole = amount == amount.to_integral_value()
    text: str = format_currency(amount, currency.upper(), locale=locale)
    return _without_cents(amount, currency.upper(), locale) if whole and digits else text


def join(values: Iterable[object], separator: str = ", ") -> str:
    """Short texts, one after the other."""
    parts = [str(value) for value in values]
    if sum(map(len, parts)) + len(separator) * len(parts) > MAX_JOINED:
        raise RenderError("a joined list is too long for a mail")
    return separator.join(parts)


def _without_cents(amount: Decimal, currency: str, locale: Locale) -> str:
    """A whole amount, in the locale's own pattern less its decimals."""
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    text: str = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return text


def _decimal(value: object) -> Decimal:
    """A finite number."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise RenderError(f"'{value}' is no number") from error
    if not number.is_finite():
        raise RenderError(f"'{value}' is no finite number")
    if number and abs(number.adjusted()) > MAX_DIGITS:
        raise RenderError(f"'{str(value)[:40]}' is no number that a mail can show")
    return number


def _blank_safe(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but what is missing stays missing."""
    return lambda value, *rest, **named: value if isinstance(value, Blank) else function(value, *rest, **named)


def _text(function: Callable[[str], str]) -> Callable[[object], str]:
    """A text function over anything that prints."""
    return lambda value: function(str(value))


FILTER_NAMES = frozenset(filters_for("en"))
MAX_DIGITS = 30
"""Places before or behind the point: written out, 1E+999999999 fills any memory."""
