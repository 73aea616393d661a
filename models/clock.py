"""One clock a run: every stage asks it, nobody asks the machine."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Clock:
    """The time of a run.

    Attributes:
        as_of: the date the night decides for; data before its 00:00 UTC counts.
        now: the aware UTC instant of the run; for another day than today the start of that day.
        played: the day is played through (as_of is not today): its sending windows are passed in one go.
    """

    as_of: date
    now: datetime
    played: bool

    @classmethod
    def at(cls, as_of: date, wall: datetime) -> "Clock":
        """The clock for as_of, given the wall clock (aware UTC)."""
        if as_of == wall.date():
            return cls(as_of, wall, played=False)
        return cls(as_of, midnight(as_of), played=True)

    def moved(self, wall: datetime) -> "Clock":
        """The clock of the same night at a later instant (aware UTC): a played day stays at its start."""
        return self if self.played else Clock(self.as_of, wall, played=False)

    @property
    def until(self) -> datetime:
        """The last instant at which this run may send: now, or the end of the played day."""
        return midnight(self.as_of) + timedelta(days=1) if self.played else self.now


def midnight(day: date) -> datetime:
    """00:00 UTC of the day."""
    return datetime.combine(day, time(), UTC)
