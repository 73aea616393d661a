"""The world of a life: what is so tonight, and how happenings change it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from models.play import Play
from tests.books import Books, Entry
from tests.happenings import INTO, ROLES, Life
from tests.playbook import LIFE, SCRIPTS, Script, edited
from tests.rehearsal import Sheet

START = date(2024, 1, 31)
DAY = timedelta(days=1)
CLOSED = frozenset(START + day * DAY for day in (20, 21, 22, 47, 61, 62, 90))
"""Holidays, beside the weekends."""
ASKED = {"when": "w", "until": "u", "resolve": "r", "arm.big": "b", "arm.small": "s"}
"""What a step asks → the condition behind it."""


@dataclass
class Person:
    """Somebody at the customer; `out` when the address may not be written to."""

    key: str
    consent: str = ""
    out: bool = False


@dataclass
class World:
    """What is so tonight; happenings change it.

    Attributes:
        scripts: hash → the play's version; live: play → the version in its file.
        people: role → who has it.
        stale: place → hours; of a condition each step that asks it is stale.
        answers: kind, day, whether it names the hello mail, and of which enrollment.
    """

    account: str
    today: date
    start: date | None
    end: date | None
    kept: dict[str, date] = field(default_factory=dict)
    term: int = 1
    truth: dict[str, bool | None] = field(default_factory=lambda: dict.fromkeys(("w", "s", "audience"), True))
    stale: dict[str, float] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=lambda: {role: Person(role) for role in ROLES})
    stopped: set[str] = field(default_factory=set)
    signals: dict[str, tuple[int, date]] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    live: dict[str, Script] = field(default_factory=lambda: dict(SCRIPTS))
    scripts: dict[str, Script] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)
    ids: set[str] = field(default_factory=lambda: {step["id"] for step in LIFE["steps"]})
    answers: list[tuple[str, date, str | None]] = field(default_factory=list)
    bounces: bool = False

    @classmethod
    def of(cls, life: Life) -> "World":
        """The first night of a life."""
        end = START + life.ends_after * DAY
        world = cls(life.account, START, START, end, kept={"start": START, "end": end})
        world.read(*SCRIPTS)
        if life.loud:
            world.signal("loud", True)
        return world

    def read(self, *names: str) -> None:
        """Read these plays from their files; each version is remembered by its hash."""
        for name in names:
            self.plays[name] = Play.model_validate(self.live[name])
            self.scripts[self.plays[name].hash] = self.live[name]

    def sheets(self, books: Books) -> tuple[Sheet, ...]:
        """What is known of the customer tonight."""
        asked = [day for play, _, day in books.requests.values() if play == "extra"]
        found = [self._life()]
        for name in ("loud", "rescue", "praise"):
            since = self.signals.get(name, (0, None))[1]
            entry = f"{name}/{self.entries.get(name, 0)}" if self.entries.get(name) else None
            anchor = {"start": since, "since": since}
            found.append(Sheet(f"account:{self.account}", name, entry, anchor, {"audience": name in self.signals}))
        newest = max(asked, default=None)
        return (*found, Sheet(f"account:{self.account}", "extra", None, {"asked": newest}, {"audience": False}))

    def _life(self) -> Sheet:
        """The sheet of the play that has everything."""
        truth = {f"{id_}.{where}": self.truth.get(name) for id_ in self.ids for where, name in ASKED.items()}
        truth |= {"exit.success": self.truth.get("success"), "exit.stop": self.truth.get("stop")}
        old = {f"{id_}.{where}": self.stale.get(where.split(".")[0]) for id_ in self.ids for where in ASKED}
        old |= {"exit.success": self.stale.get("success"), "audience": self.stale.get("audience")}
        old |= {place: self.stale.get(place) for place in ("anchor:start", "anchor:end")}
        stale = {place: hours for place, hours in old.items() if hours}
        truth["audience"] = self.truth.get("audience")
        return Sheet(
            f"account:{self.account}", "life", f"t/{self.term}", {"start": self.start, "end": self.end}, truth, stale
        )

    def happen(self, what: str, *more: Any, books: Books) -> None:
        """One happening, before tonight."""
        if what in ("answer", "work", "ask", "merge"):
            getattr(self, what)(*more, books)
        else:
            getattr(self, what)(*more)

    def move(self, side: str, days: int) -> None:
        """A date is moved; it is known again, if it was not."""
        self.kept[side] += days * DAY
        self.find(side)

    def lose(self, side: str) -> None:
        """A date is missing."""
        setattr(self, side, None)

    def find(self, side: str) -> None:
        """It is there again."""
        setattr(self, side, self.kept[side])

    def outage(self, nights: int) -> None:
        """Nights that do not run."""
        self.today += nights * DAY

    def renew(self, days: int) -> None:
        """Another term has begun, maybe early."""
        self.term += 1
        self.kept |= {"start": self.today, "end": self.today + days * DAY}
        self.find("start")
        self.find("end")

    def answer(self, kind: str, named: bool, books: Books) -> None:
        """They reply; to the newest enrollment's first mail, or nobody knows to what."""
        mine = [id_ for id_, line in books.lines.items() if line.enroll.play == "life"]
        self.answers.append((kind, self.today - DAY, mine[-1] if named and mine else None))

    def habits(self, books: Books, life: Life) -> None:
        """What people do of themselves between two nights."""
        yesterday = self.today - DAY
        for id_, line in books.lines.items():
            for step, one in list(line.logged.items()):
                days = (self.today - one.on).days
                if one.outcome is None and life.pace and days >= life.pace:
                    books.write([books.done(id_, step, yesterday)])
                if step == "hello" and one.outcome == "sent" and life.replies and days == life.replies:
                    self.answers.append(("reply", yesterday, id_))

    def work(self, which: int, outcome: str, books: Books) -> None:
        """A person does one of the open tasks, or puts it away."""
        tasks = sorted(
            (id_, step) for id_, line in books.lines.items() for step, one in line.logged.items() if one.outcome is None
        )
        for id_, step in tasks[which : which + 1]:
            books.write([books.done(id_, step, self.today - DAY, outcome)])

    def ask(self, play: str, books: Books) -> None:
        """Somebody asks for a play."""
        key = f"request:{len(books.requests)}"
        books.write([Entry(key, "requested", self.today, "", told=(play, f"account:{self.account}", self.today))])

    def merge(self, books: Books) -> None:
        """The CRM merges the account into another, which had nothing with us: all that was its own is that one's."""
        before, self.account = self.account, INTO.get(self.account, self.account)
        books.move(before, self.account)

    def age(self, place: str, hours: float) -> None:
        """Data is old by so many hours."""
        self.stale[place] = hours

    def flip(self, name: str, value: bool | None) -> None:
        """A condition is true, false or unknown from now on."""
        self.truth[name] = value

    def turn(self, name: str) -> None:
        """What does not hold holds."""
        self.flip(name, self.truth.get(name) is not True)

    def fresh(self) -> None:
        """All data is fresh again."""
        self.stale.clear()

    def leave(self, role: str) -> None:
        """Somebody leaves."""
        self.people.pop(role, None)

    def come(self, role: str) -> None:
        """Somebody new has the role; the address is another one's."""
        self.people[role] = Person(f"{role}-{self.today}", "granted")

    def suppress(self, role: str) -> None:
        """An address may not be written to any more."""
        if role in self.people:
            self.people[role].out = True

    def object(self, role: str) -> None:
        """Somebody does not want to be written to."""
        if role in self.people:
            self.people[role].consent = "withdrawn"

    def consent(self, role: str) -> None:
        """Somebody agrees to it."""
        if role in self.people:
            self.people[role].consent = "granted"

    def kill(self, name: str) -> None:
        """An operator stops a play, a template or all."""
        self.stopped.add(name)

    def resume(self) -> None:
        """And lets it go on."""
        self.stopped.clear()

    def edit(self, what: str, which: int, how: str) -> None:
        """Somebody changes the play's file."""
        new = edited(self.live["life"], what, which, how, self.ids, len(self.scripts))
        self.live["life"] = new
        self.ids |= {step["id"] for step in new["steps"]}
        self.read("life")

    def signal(self, name: str, on: bool) -> None:
        """A signal comes on for another time, or goes."""
        if on and name not in self.signals:
            self.entries[name] = self.entries.get(name, 0) + 1
            self.signals[name] = (self.entries[name], self.today)
        elif not on:
            self.signals.pop(name, None)

    def again(self, name: str) -> None:
        """A signal comes on anew, whether it was on or not."""
        self.signal(name, False)
        self.signal(name, True)

    def bounce(self) -> None:
        """The mails of tonight are refused."""
        self.bounces = True
