"""The year: which nights run, which do not, which break off or come late, and what changes in between."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from models.errors import PerennialError
from models.night import EXIT_GATE
from tasks.nightly import Request, approve, nightly
from tests.year_history import History
from tests.year_life import People, edit
from tests.year_nights import DAY, WALL, BrokenOff, Span
from tests.year_watch import Watch

OUTAGES = (1, 1, 2, 3, 5, 8, 13, 20)
STAGES = ("give", "measure", "score", "judge", "seal", "decide", "apply", "deliver")
SOURCES = ("contracts", "usage", "contacts", "tickets")
FIRST = 5
"""Nights before anything odd happens."""


@dataclass
class Year:
    """One installation's year, drawn from a seed.

    Attributes:
        told: what happened besides plain nights, for the reader of a failure.
    """

    span: Span
    rng: Random
    people: People
    watch: Watch
    told: list[str] = field(default_factory=list)
    edits: int = 0

    @classmethod
    def of(cls, folder: Path, history: History, seed: int) -> "Year":
        """A new installation for the company of that history."""
        span = Span(folder / "var", folder / "layer", history)
        people = People(Random(f"people {seed}"), WALL)
        return cls(span, Random(f"year {seed}"), people, Watch(span.rules().company.caps))

    def run(self, end: date, nights: int) -> list[str]:
        """Run the span's nights up to `end`; what breaks an invariant, after the night in which it did."""
        day, down = end - (nights - 1) * DAY, 0
        for number in range(nights):
            if down:
                down -= 1
            else:
                found = self._night(day, number)
                if found:
                    return [f"after {day}: {one}" for one in found]
                down = self._outage(day, number, nights)
            day += DAY
        with self.span.open() as place:
            return self.watch.whole(place)

    def _outage(self, day: date, number: int, nights: int) -> int:
        """How many nights from tomorrow on do not run; the last one of the span always does."""
        if number < FIRST or self.rng.random() > 1 / 15:
            return 0
        length = max(0, min(self.rng.choice(OUTAGES), nights - number - 2))
        self.told += [f"{day}: down for {length} nights"] if length else []
        return length

    def _night(self, day: date, number: int) -> list[str]:
        """One night with all that surrounds it; what it breaks."""
        if number >= FIRST:
            self._morning(day)
        self._late(day)
        self._run(day, number)
        with self.span.open() as place:
            found = self.watch.night(place, day)
            for name, rows in self.people.after(place, day).items():
                self.span.waiting.setdefault(name, []).extend(rows)
        return found

    def _morning(self, day: date) -> None:
        """Before a night: accounts merge or go, CS operations edit, a source may not answer."""
        for name, rows in self.people.gather_accounts(self.span.history.accounts(day), day).items():
            self.told.append(f"{day}: {name} {rows}")
            self.span.waiting.setdefault(name, []).extend(rows)
        if self.rng.random() < 1 / 7:
            self._edit(day)
        self.span.down = {self.rng.choice(SOURCES)} if self.rng.random() < 1 / 15 else set()

    def _edit(self, day: date) -> None:
        """Change a play or a text; what the checker refuses is taken back, as anybody would."""
        self.edits += 1
        before = self.span.rules()
        path = edit(self.rng, before.files, self.span.layer, self.edits)
        name = path.relative_to(self.span.layer).as_posix()
        try:
            self.span.rules()
            self.told.append(f"{day}: edited {name}")
        except PerennialError as error:
            path.write_text(before.files[name], encoding="utf-8")
            self.told.append(f"{day}: an edit of {name} was refused: {error}")

    def _late(self, day: date) -> None:
        """After an outage the late runs may come first, oldest first, and only observe."""
        given = self.span.given
        missed = [given + n * DAY for n in range(1, (day - given).days)] if given else []
        if missed and len(missed) <= max(OUTAGES) // 4 and self.rng.random() < 0.5:
            for one in missed:
                self.span.run(one, late=True)
            self.told.append(f"{day}: {len(missed)} late runs")

    def _run(self, day: date, number: int) -> None:
        """The night: whole, or broken off and finished; released by a person, or not; now and then called again."""
        if number >= FIRST and self.rng.random() < 1 / 8:
            stage = self.rng.choice(STAGES)
            self.told.append(f"{day}: broken off after {stage}")
            with suppress(BrokenOff):
                self.span.run(day, break_after=stage)
        ended = self.span.run(day)
        if ended.state == "awaiting_approval":
            self._release(day, ended.reason)
        elif ended.state != "done" or ended.exit_code not in (0, EXIT_GATE):
            raise AssertionError(f"{day} ended {ended}")
        elif self.rng.random() < 1 / 20:
            self._again(day)

    def _release(self, day: date, reason: str) -> None:
        """A person releases the night, or lets it expire."""
        released = self.rng.random() < 0.8
        self.told.append(f"{day}: {reason}; {'released' if released else 'left to expire'}")
        if released:
            with self.span.open() as place:
                approve(place, day, frozenset(), frozenset())

    def _again(self, day: date) -> None:
        """A night that is done is called again: nothing happens."""
        with self.span.open() as place:
            nightly(place, Request(day, wall=WALL))
