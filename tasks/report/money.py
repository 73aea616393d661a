"""Amounts, dates and numbers as people read them; every amount names its currency."""

from collections.abc import Iterable
from datetime import date

from tasks.report.views import Money

MINUS, NONE = "\u2212", "\u2013"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF ", "JPY": "¥"}
WHOLE = {"JPY", "KRW", "CLP", "ISK", "VND", "XAF", "XOF"}
STEPS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))


def exponent(currency: str) -> int:
    """How many digits the currency's minor unit has (ISO 4217; the few three-digit ones are not met here)."""
    return 0 if currency in WHOLE else 2


def short(money: Money) -> str:
    """Three figures: `€42.3k`; below a thousand whole units."""
    value = money.minor / 10 ** exponent(money.currency)
    sign, size = (MINUS if value < 0 else ""), abs(value)
    for index, (step, letter) in enumerate(STEPS):
        # 999.95k would print as 1000k
        if size >= step * 0.9995 or (index == len(STEPS) - 1 and size >= step):
            return f"{sign}{symbol(money.currency)}{_figures(size / step)}{letter}"
    return f"{sign}{symbol(money.currency)}{size:.0f}"


def symbol(currency: str) -> str:
    """The currency's sign, or its code."""
    return SYMBOLS.get(currency, f"{currency} " if currency else "")


def several(amounts: Iterable[Money]) -> str:
    """Amounts in several currencies, never added up across them; a dash for none."""
    return " + ".join(short(money) for money in amounts) or NONE


def add(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Sums a currency, the largest first."""
    sums: dict[str, int] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, 0) + money.minor
    return tuple(Money(minor, code) for code, minor in sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def times(amounts: Iterable[Money], factor: int) -> tuple[Money, ...]:
    """Each amount multiplied (ARR is twelve times MRR)."""
    return tuple(Money(money.minor * factor, money.currency) for money in amounts)


def day(value: date | None) -> str:
    """`31 Dec 2024`; nothing for none."""
    return f"{value.day} {value:%b %Y}" if value else ""


def number(value: int) -> str:
    """`12 345`, with thin no-break spaces from five digits on."""
    return f"{value:,}".replace(",", "\u202f") if abs(value) >= 10_000 else str(value)


def points(value: float | None) -> str:
    """A signed change: `+3.2`; a dash when unknown."""
    return NONE if value is None else f"{value:+.1f}".replace("-", MINUS)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 account`, `2 accounts`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def _figures(value: float) -> str:
    """Three significant figures without trailing zeros."""
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text
