"""How the report writes amounts, dates and numbers."""

from datetime import date

import pytest

from tasks.report.money import add, day, number, plural, points, several, short, times
from tasks.report.views import Money


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (0, "USD", "$0"),
        (99_949, "USD", "$999"),
        (100_000, "EUR", "€1k"),
        (4_230_000, "EUR", "€42.3k"),
        (99_999_900, "USD", "$1M"),
        (123_456_789_00, "GBP", "£123M"),
        (-150_000, "USD", "\u2212$1.5k"),
        (1_500, "JPY", "¥1.5k"),
        (250_000, "SEK", "SEK 2.5k"),
    ],
)
def test_amounts_have_three_figures_and_their_currency(minor: int, currency: str, told: str) -> None:
    """Minor units follow the currency; nothing reads 1000k."""
    assert short(Money(minor, currency)) == told


def test_currencies_are_never_added_up() -> None:
    """Sums stand side by side, the largest first; ARR is twelve times each."""
    amounts = add([Money(100_000, "EUR"), Money(200_000, "USD"), Money(50_000, "EUR")])
    assert several(amounts) == "$2k + €1.5k"
    assert several(times(amounts, 12)) == "$24k + €18k"
    assert several(()) == "\u2013"


def test_numbers_and_dates_read_well() -> None:
    """Thin spaces from five digits on, a real minus, one day is no days."""
    assert (number(9_999), number(12_345)) == ("9999", "12\u202f345")
    assert (points(-3.14), points(None)) == ("\u22123.1", "\u2013")
    assert (plural(1, "day"), plural(2, "day")) == ("1 day", "2 days")
    assert (day(date(2024, 12, 31)), day(None)) == ("31 Dec 2024", "")
