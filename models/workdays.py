"""Working days and sending windows: when a customer may be written to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Shift = Literal["none", "next_working_day", "previous_working_day"]

_ONE_DAY = timedelta(days=1)
_LONGEST_BREAK = 31  # days; a calendar without any working day in a month is a mistake


@dataclass(frozen=True)
class Workdays:
    """The days on which people work; weekday 0 is Monday.

    Attributes:
        blackouts: days on which nobody is written to, with the reason.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()
    blackouts: Mapping[date, str] = field(default_factory=dict)

    def is_open(self, day: date) -> bool:
        """Whether people work on that day."""
        return day.weekday() in self.weekdays and day not in self.holidays and day not in self.blackouts

    def why_closed(self, day: date) -> str:
        """Why nobody is written to on that day, in words."""
        if day in self.blackouts:
            return f"{day} is a blackout day: {self.blackouts[day]}"
        return f"{day} is {'a holiday' if day in self.holidays else 'no working day'}"

    def shifted(self, day: date, shift: Shift) -> date:
        """The day itself if it is open or nothing shifts, else the next or previous open one."""
        if shift == "none":
            return day
        step = _ONE_DAY if shift == "next_working_day" else -_ONE_DAY
        for distance in range(_LONGEST_BREAK):
            if self.is_open(day + distance * step):
                return day + distance * step
        return day


@dataclass(frozen=True)
class Window:
    """The hours of a working day, local time, half-open."""

    opens: time
    closes: time
    workdays: Workdays

    def next_open(self, now: datetime, zone: str) -> datetime:
        """The first instant from `now` (aware UTC) on that lies in the window of that IANA zone, in UTC."""
        place = ZoneInfo(zone)
        local = now.astimezone(place)
        if self.workdays.is_open(local.date()) and self.opens <= local.time() < self.closes:
            return now
        first = local.date() if local.time() < self.opens else local.date() + _ONE_DAY
        day = self.workdays.shifted(first, "next_working_day")
        return datetime.combine(day, self.opens, place).astimezone(UTC)
