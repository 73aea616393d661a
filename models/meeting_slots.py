"""The hours that a customer may choose for a meeting: the next working days, each full hour, in his own time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.workdays import Window

DAYS = 5
_AHEAD = 21  # days that are looked through
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def slots(now: datetime, zone: str, window: Window, days: int = DAYS) -> dict[date, list[datetime]]:
    """Day → hours at which a meeting may begin (aware, of that IANA zone), of the next working days after today.

    A meeting of an hour fits before the window closes; an hour that a clock change leaves out or doubles is out.
    """
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    found: dict[date, list[datetime]] = {}
    for number in range(1, _AHEAD):
        day = today + number * _DAY
        if window.workdays.is_open(day):
            found[day] = list(_hours(day, place, window))
        if len(found) == days:
            break
    return {day: hours for day, hours in found.items() if hours}


def chosen(said: str, offered: dict[date, list[datetime]]) -> datetime | None:
    """The hour that a name tells, if it is offered."""
    return next((one for hours in offered.values() for one in hours if name(one) == said), None)


def name(slot: datetime) -> str:
    """How a form names an hour: `2025-07-01T10:00`, local time."""
    return f"{slot:%Y-%m-%dT%H:%M}"


def _hours(day: date, place: ZoneInfo, window: Window) -> Iterator[datetime]:
    """The full hours of a day."""
    first = window.opens.hour + (1 if window.opens > time(window.opens.hour) else 0)
    last = datetime.combine(day, window.closes)
    for hour in range(first, 24):
        local = datetime.combine(day, time(hour))
        if local + _HOUR > last:
            return
        aware = local.replace(tzinfo=place)
        if aware.utcoffset() == aware.replace(fold=1).utcoffset():
            yield aware
