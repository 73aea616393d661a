"""Night after night on the synthetic company: the stages as they are, but for what they are given to know."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from config.files import LAYER_FILE, ROOT, Files, read_files
from config.load import Rules
from config.settings import Settings
from models.errors import SourceFailed
from models.night import run_key
from tasks.land import export_events, fail
from tasks.night import Night
from tasks.opening import Place, night_of, open_place, read_rules, sealed_night
from tasks.stages import Ended, Stages, failing, run_night
from tasks.store import runs
from tasks.store.engine import begin, read
from tasks.store.lock import night_lock
from tests.year_history import History, land_rows, table_of

DAY = timedelta(days=1)
WALL = datetime(2031, 1, 1, tzinfo=UTC)
"""No night of a span is today: its day is played through, and mail goes to the loopback mailbox."""
MAILS = re.compile(r"\bmails: \d+")
Rows = dict[str, list[dict[str, Any]]]


class BrokenOff(Exception):
    """The night was broken off here, as a kill would."""


@dataclass
class Given(Stages):
    """The stages of a night that is given its rows; pages are written on Mondays only."""

    give: Callable[[Night], None] = lambda night: None  # noqa: ARG005

    def take_in(self) -> None:
        """What became known, already checked; then what we did ourselves."""
        self.run("give", self.give, self.night)
        self.run("export", export_events, self.night)

    def report(self) -> None:
        """The pages, once a week."""
        if self.night.as_of.weekday() == 0:
            super().report()


@dataclass
class Span:
    """An installation in which the nights of a span are run.

    Attributes:
        history: what the company's systems tell.
        given: up to which night the history has landed.
        waiting: rows by entity that the next night is to be given.
        down: sources that do not answer tonight.
        seconds: stage → seconds of all nights.
    """

    var: Path
    layer: Path
    history: History
    given: date | None = None
    waiting: Rows = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    _rules: tuple[Files, Rules] | None = None

    def __post_init__(self) -> None:
        """The layer is ours, but for a ceiling of mails that the first nights of so many plays just exceed."""
        (self.layer / "config").mkdir(parents=True, exist_ok=True)
        ours = (ROOT / LAYER_FILE).read_text(encoding="utf-8")
        (self.layer / LAYER_FILE).write_text(MAILS.sub("mails: 400", ours, count=1), encoding="utf-8")

    @cached_property
    def settings(self) -> Settings:
        """The settings of this installation, nothing of the environment's."""
        return Settings(var=self.var, config=self.layer, _env_file=None)

    @contextmanager
    def open(self) -> Iterator[Place]:
        """Its database and lake."""
        with open_place(self.settings) as place:
            yield place

    def rules(self) -> Rules:
        """The rules as they lie on the disk, wholly checked once after each edit."""
        files = read_files(self.layer)
        if self._rules is None or self._rules[0] != files:
            self._rules = files, read_rules(self.settings)
        return self._rules[1]

    def run(self, day: date, *, break_after: str = "", late: bool = False) -> Ended:
        """Run the night of that date, or finish it; broken off after a stage, if one is named; a late one observes.

        Raises:
            BrokenOff: that stage was reached.
        """
        with self.open() as place, night_lock(place.engine, self.settings.lock_path):
            with read(place.engine) as conn:
                before, decided = runs.get(conn, run_key(day)), runs.newest_decided(conn)
            sealed = before is not None and before.seal is not None
            later = decided is not None and decided > day
            night = sealed_night(place, day) if sealed else night_of(place, self.rules(), day, WALL)
            with begin(place.engine) as conn:
                runs.start_run(conn, night.run_key, day, night.clock.now)
            stages = Given(night, _breaking(break_after), give=self._give)
            with failing(stages):
                ended = run_night(stages, sealed=sealed, decides=not (late or later))
            self._count(stages.seconds)
            return ended

    def _give(self, night: Night) -> None:
        """Land what the history tells since the last night, and what waits; a late night is given nothing new."""
        if self.given is None or self.given < night.as_of:
            self.history.land(night, self.given)
            for name, rows in self.waiting.items():
                land_rows(night, name, table_of(name, rows), replaces=True)
            self.given, self.waiting = night.as_of, {}
        for name in sorted(self.down & night.rules.sources.keys()):
            fail(night, night.rules.sources[name], SourceFailed("it does not answer"))

    def _count(self, seconds: dict[str, float]) -> None:
        """Add up what the stages took."""
        for name, value in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value


def _breaking(after: str) -> Callable[..., Any]:
    """A seam that breaks off after a stage."""

    def through(name: str, function: Callable[..., Any], *args: Any, retries: int = 0) -> Any:
        found = function(*args)
        if name == after:
            raise BrokenOff(name)
        return found

    return through


def told(seconds: dict[str, float]) -> str:
    """What the stages took, the longest first."""
    return json.dumps(dict(sorted(seconds.items(), key=lambda item: -item[1])))
