"""The filters of the report's templates: numbers, dates and names as people read them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from tasks.report import money
from tasks.report.views import BAND_WORDS, Money

NONE = "\u2013"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def day(value: date | str | None) -> str:
    """A date, or its ISO text, as `31 Dec 2024`."""
    return money.day(date.fromisoformat(value[:10]) if isinstance(value, str) and value else value or None)


def stamp(value: str) -> str:
    """An ISO time as `31 Dec 2024 06:00`; a date as a date."""
    time = value[11:16]
    return f"{day(value)} {time}" if time and time != "00:00" else day(value)


def words(value: str) -> str:
    """`beyond_year_one` as `beyond year one`."""
    return str(value).replace("_", " ").replace("-", " ")


def score(value: float | None) -> str:
    """Points to one place, so that 69.7 is not read as 70."""
    return NONE if value is None else f"{value:.1f}"


def fine(value: float | None) -> str:
    """Points to two places, so that contributions are seen to sum."""
    return NONE if value is None else f"{value:.2f}"


def fact(value: Any, name: str, currency: str | None) -> str:
    """A fact as people read it: minor units as money, dates as dates, true as yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_minor") and isinstance(value, int):
        return money.short(Money(value, currency or ""))
    if isinstance(value, str) and _DATE.fullmatch(value):
        return day(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def measured(value: float | None) -> str:
    """A goal's number: to two places at most, and a dash where it was not known."""
    return NONE if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def expectation(name: str) -> str:
    """`expect_column_values_to_be_between` as `be between`."""
    return words(name.removeprefix("expect_column_values_to_").removeprefix("expect_"))


def contract_money(row: dict[str, Any]) -> str:
    """A contract's MRR."""
    minor = row["contract_mrr_minor"]
    return money.short(Money(minor, row["contract_currency"] or "")) if minor else NONE


FILTERS: dict[str, Callable[..., str] | Callable[..., Any]] = {
    "band_word": lambda band: BAND_WORDS.get(band, words(band)),
    "contract_money": contract_money,
    "day": day,
    "expectation": expectation,
    "fact": fact,
    "fine": fine,
    "measured": measured,
    "money": money.short,
    "number": money.number,
    "plural": money.plural,
    "points": money.points,
    "score": score,
    "several": money.several,
    "stamp": stamp,
    "times12": lambda amounts: money.times(amounts, 12),
    "weekday": lambda value: f"{value:%A}",
    "words": words,
}
