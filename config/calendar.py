"""The working days of config/perennial.yaml, with the holidays and the weekend of a country from a library."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays

from models.company import Calendar
from models.errors import ConfigError
from models.nearest import did_you_mean
from models.workdays import Window, Workdays

EACH = "account"
"""`holidays: account` asks for each account's own country."""


def workdays(calendar: Calendar, as_of: date) -> Workdays:
    """Working days around as_of (the year before to the year after) as the company has them.

    Raises:
        ConfigError: the country is not known.
    """
    days: frozenset[date] = frozenset()
    if calendar.holidays and calendar.holidays != EACH:
        supported = holidays.list_supported_countries()
        if calendar.holidays not in supported:
            hint = did_you_mean(calendar.holidays, [*supported, EACH])
            problem = f"no holidays are known for '{calendar.holidays}'; {hint}"
            raise ConfigError(problem, file="config/perennial.yaml", key="calendar.holidays")
        days = _holidays(calendar.holidays, as_of.year)
    return Workdays(frozenset(calendar.working_days), days, blackouts(calendar))


def calendars(calendar: Calendar, countries: Iterable[str], as_of: date) -> dict[str, Workdays]:
    """Country → its working days, of those countries that the library knows; none if the company's count for all."""
    if calendar.holidays != EACH:
        return {}
    supported, closed = holidays.list_supported_countries(), blackouts(calendar)
    known = sorted({country for country in countries if country in supported})
    return {country: Workdays(_weekdays(country), _holidays(country, as_of.year), closed) for country in known}


def blackouts(calendar: Calendar) -> dict[date, str]:
    """Each day on which nobody is written to, with the reason."""
    return {
        one.first + timedelta(days=number): one.why
        for one in calendar.blackouts
        for number in range((one.last - one.first).days + 1)
    }


def window(calendar: Calendar, as_of: date) -> Window:
    """The hours in which a customer may be written to."""
    return Window(calendar.opens, calendar.closes, workdays(calendar, as_of))


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of the year, the one before and the one after."""
    return frozenset(holidays.country_holidays(country, years=range(year - 1, year + 2)))


@cache
def _weekdays(country: str) -> frozenset[int]:
    """The days of the week on which the country works."""
    return frozenset(range(7)) - frozenset(holidays.country_holidays(country).weekend)
