"""A time zone as a calendar file defines it: each change of its clock around a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from models.clock import midnight

AROUND = timedelta(days=400)
"""How far a definition reaches to both sides: a meeting that is moved stays inside."""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@lru_cache(maxsize=512)
def definition(zone: str, day: date) -> Timezone:
    """The zone's VTIMEZONE around that day.

    Onsets are told in the time before the change, as RFC 5545 3.6.5 wants them; the library's own are told in the
    time after it, which is an hour late in spring.
    """
    place, first = ZoneInfo(zone), midnight(day) - AROUND
    found = Timezone()
    found.add("TZID", zone)
    found.add_component(_observance(place, first, first))
    for at in changes(place, first, midnight(day) + AROUND):
        found.add_component(_observance(place, at - _MINUTE, at))
    return found


def changes(place: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants (UTC, whole minutes) in that time at which the zone's clock changes."""
    before = first
    while before < last:
        after = before + _DAY
        if before.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            yield _between(place, before, after)
        before = after


def _between(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The minute of the change between two instants, by halving."""
    was = before.astimezone(place).utcoffset()
    while after - before > _MINUTE:
        middle = before + _MINUTE * ((after - before) // (2 * _MINUTE))
        if middle.astimezone(place).utcoffset() == was:
            before = middle
        else:
            after = middle
    return after


def _observance(place: ZoneInfo, before: datetime, at: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What the clock shows from an instant on."""
    was, now = before.astimezone(place), at.astimezone(place)
    offset = was.utcoffset() or timedelta(0)
    found = TimezoneDaylight() if now.dst() else TimezoneStandard()
    found.add("DTSTART", at.astimezone(UTC).replace(tzinfo=None) + offset)
    found.add("TZOFFSETFROM", offset)
    found.add("TZOFFSETTO", now.utcoffset() or timedelta(0))
    found.add("TZNAME", now.tzname() or "")
    return found
