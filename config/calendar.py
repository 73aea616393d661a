"""The working days of config/perennial.yaml, with the holidays of a country from a library."""

from datetime import date

import holidays

from models.company import Calendar
from models.errors import ConfigError
from models.nearest import did_you_mean
from models.workdays import Window, Workdays


def workdays(calendar: Calendar, as_of: date) -> Workdays:
    """Working days around as_of (the year before to the year after).

    Raises:
        ConfigError: the country is not known.
    """
    days: frozenset[date] = frozenset()
    if calendar.holidays:
        supported = holidays.list_supported_countries()
        if calendar.holidays not in supported:
            problem = f"no holidays are known for '{calendar.holidays}'; {did_you_mean(calendar.holidays, supported)}"
            raise ConfigError(problem, file="config/perennial.yaml", key="calendar.holidays")
        years = range(as_of.year - 1, as_of.year + 2)
        days = frozenset(holidays.country_holidays(calendar.holidays, years=years))
    return Workdays(frozenset(calendar.working_days), days)


def window(calendar: Calendar, as_of: date) -> Window:
    """The hours in which a customer may be written to."""
    return Window(calendar.opens, calendar.closes, workdays(calendar, as_of))
