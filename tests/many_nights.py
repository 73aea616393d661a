"""One customer's life over many nights, drawn at random, and an oracle that says what each night must bring."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from models.case import AccountCase, Case, Enrolled, Policy, Recipient, Taken
from models.company import Caps
from models.decision import Plan, Verdict
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays

START = date(2025, 1, 1)
DAY = timedelta(days=1)
HORIZON = 120
STEPS: tuple[dict[str, Any], ...] = (
    {"id": "hello", "day": 1, "email": "m/hello", "to": ["sponsor"]},
    {"id": "value", "day": 7, "email": "m/value", "to": ["champion"], "shift": "next_working_day"},
    {"id": "call", "day": 8, "task": "Call"},
    {"id": "thanks", "after": "call", "email": "m/thanks", "to": ["sponsor"]},
    {"id": "survey", "day": 20, "email": "m/survey", "to": ["sponsor", "champion"], "when": "w"},
    {"id": "first", "day": -60, "anchor": "end", "email": "m/notice", "to": ["sponsor"], "deadline": True,
     "shift": "previous_working_day", "if_late": {"after": "20 days", "do": "collapse"}},
    {"id": "last", "day": -30, "anchor": "end", "email": "m/notice", "to": ["sponsor"], "deadline": True,
     "shift": "previous_working_day", "if_late": {"after": "30 days", "do": "collapse"}},
)  # fmt: skip
PLAY = Play.model_validate(
    {"play": "life", "per": "account", "audience": "a", "anchor": "start", "precedence": 10, "steps": list(STEPS)}
)
LOUD = Play.model_validate(
    {
        "play": "loud", "per": "account", "audience": "a", "anchor": "start", "precedence": 90,
        "steps": [{"id": f"d{day}", "day": day, "email": "m/loud", "to": ["user"]} for day in range(0, 30, 2)],
    }
)  # fmt: skip
PLAYS = (PLAY, LOUD)


@dataclass(frozen=True)
class World:
    """What happens to one customer: drawn by hypothesis, plain values only."""

    ends_after: int
    end_missing: frozenset[int]
    down: frozenset[int]
    holidays: frozenset[int]
    stopped: frozenset[int]
    stale: dict[int, int]
    survey: dict[int, bool | None]
    call_takes: int | None
    sponsor_leaves: int
    sponsor_objects: bool
    loud: bool
    wakes: int
    behind: int

    @property
    def end(self) -> date:
        """The deadline of both notices."""
        return START + timedelta(days=self.ends_after)

    def open(self, day: date) -> bool:
        """Whether people work."""
        return day.weekday() < 5 and (day - START).days not in self.holidays

    def hours(self, number: int) -> int:
        """By how much the deadline's data is stale."""
        return self.stale.get(number, self.behind if number > self.ends_after - 65 else 0)

    def nights(self) -> Iterator[tuple[int, date]]:
        """The nights that run."""
        for number in range(HORIZON):
            asleep = self.wakes and self.ends_after - 65 < number < self.ends_after + 3 - self.wakes
            if number not in self.down and not asleep:
                yield number, START + number * DAY


def numbers(most: int = 25) -> Any:
    """Some nights."""
    return st.frozensets(st.integers(0, HORIZON - 1), max_size=most)


WORLDS = st.builds(
    World,
    ends_after=st.integers(10, 120),
    end_missing=numbers(10),
    down=numbers(60),
    holidays=numbers(20),
    stopped=numbers(10),
    stale=st.dictionaries(st.integers(0, HORIZON - 1), st.sampled_from([24, 48, 49, 200]), max_size=20),
    survey=st.dictionaries(st.integers(0, HORIZON - 1), st.sampled_from([True, False, None]), max_size=40),
    call_takes=st.one_of(st.none(), st.integers(0, 10)),
    sponsor_leaves=st.integers(0, 2 * HORIZON),
    sponsor_objects=st.booleans(),
    loud=st.booleans(),
    wakes=st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 12]),
    behind=st.sampled_from([0, 0, 24, 48, 49]),
)


@dataclass
class Life:
    """What the nights have done so far; the driver's memory, not decide's."""

    world: World
    taken: dict[str, dict[str, Taken]] = field(default_factory=lambda: {"life": {}, "loud": {}})
    outcomes: list[tuple[str, str, str]] = field(default_factory=list)
    touches: list[date] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    def case(self, play: Play, number: int) -> Case:
        """What decide is told of a play tonight."""
        world, own = self.world, enrollment_id(play.play, "account:A", "1")
        hours = {"anchor:end": float(world.hours(number))} if world.hours(number) else {}
        return Case(
            "account:A", "A", play, "1",
            {"start": START, "end": None if number in world.end_missing else world.end},
            {"audience": True, "survey.when": world.survey.get(number, True)},
            stale=hours, enrolled=Enrolled(own, "1"), taken=dict(self.taken[play.play]),
        )  # fmt: skip

    def account(self, number: int) -> AccountCase:
        """What decide is told of the account tonight."""
        people = [Recipient("P-2", "champion", "key-2"), Recipient("P-3", "user", "key-3")]
        if number < self.world.sponsor_leaves:
            consent = "withdrawn" if self.world.sponsor_objects else ""
            people.append(Recipient("P-1", "sponsor", "key-1", consent=consent))
        plays = PLAYS if self.world.loud else PLAYS[:1]
        cases = tuple(self.case(play, number) for play in plays if play.play not in self.ended)
        return AccountCase("A", cases, tuple(people), tuple(self.touches))

    def policy(self, number: int) -> Policy:
        """The limits tonight."""
        days = Workdays(holidays=frozenset(START + day * DAY for day in self.world.holidays))
        stopped = frozenset({"life"}) if number in self.world.stopped else frozenset()
        return Policy(Caps(), days, classes={"m/notice": "contractual"}, stopped=stopped)

    def apply(self, plan: Plan, night: date) -> None:
        """Take what is due and end what ends; a step that is taken or ended twice is an error."""
        for verdict in plan.verdicts:
            mine = self.taken[verdict.play]
            if verdict.verdict == "due":
                assert verdict.step not in mine, f"{verdict.step} taken twice"
                mine[verdict.step] = Taken(night)
                if verdict.recipients:
                    self.touches.append(night)
                    self._end(verdict.play, verdict.step, "sent", night)
            elif verdict.outcome:
                assert verdict.step not in mine, f"{verdict.step} ended after it was taken"
                mine[verdict.step] = Taken(night)
                self._end(verdict.play, verdict.step, verdict.outcome, night)
        for end in plan.ends:
            for step in end.open_steps:
                self._end(end.play, step, end.step_outcome, night)
            self.ended.add(end.play)

    def morning(self, night: date) -> None:
        """The CSM does what has lain long enough."""
        waits = self.world.call_takes
        for play, steps in self.taken.items():
            for step, taken in steps.items():
                if taken.outcome is None and waits is not None and (night - taken.on).days >= waits:
                    self._end(play, step, "done", night)

    def _end(self, play: str, step: str, outcome: str, night: date) -> None:
        """One outcome, ever."""
        assert (play, step) not in {(known, name) for known, name, _ in self.outcomes}, f"{step} has two outcomes"
        self.outcomes.append((play, step, outcome))
        self.taken[play][step] = Taken(self.taken[play].get(step, Taken(night)).on, outcome, night)


def expected(life: Life, number: int, night: date) -> dict[str, str]:
    """The oracle: step of `life` → verdict tonight, caps left aside, from the rules as they are worded."""
    world, taken = life.world, life.taken["life"]
    days = {step["id"]: planned(world, step, number, taken) for step in STEPS if step["id"] not in taken}
    dated = {id_: day for id_, day in days.items() if isinstance(day, date) and day <= night}
    told = {id_: day for id_, day in days.items() if isinstance(day, str)}
    notices = sorted((day, id_) for id_, day in dated.items() if id_ in ("first", "last"))
    told |= {id_: "superseded" for _, id_ in notices[:-1]}
    return told | {id_: _tonight(world, id_, day, number, night) for id_, day in dated.items() if id_ not in told}


def planned(world: World, step: dict[str, Any], number: int, taken: dict[str, Taken]) -> date | str | None:
    """The step's date, its verdict without one, or None as long as it waits for another."""
    if "after" in step:
        before = taken.get(step["after"])
        if before is None or before.ended_on is None:
            return None
        return before.ended_on + DAY if before.outcome in ("sent", "done") else "skipped"
    if "anchor" in step and number in world.end_missing:
        return "held"
    day: date = (world.end if "anchor" in step else START) + step["day"] * DAY
    way = {"next_working_day": DAY, "previous_working_day": -DAY}.get(step.get("shift", ""))
    while way and not world.open(day):
        day += way
    return day


def _tonight(world: World, id_: str, day: date, number: int, night: date) -> str:  # noqa: PLR0911 - a list of rules
    """The verdict of a step whose date has come."""
    notice, mail = id_ in ("first", "last"), id_ != "call"
    possible = day
    while mail and not world.open(possible):
        possible += DAY
    if (notice and night > world.end) or (night - possible).days > {"first": 20, "last": 30}.get(id_, 3):
        return "late"
    if number in world.stopped:
        return "held"
    if notice and world.hours(number) > 48:
        return "task"
    if id_ == "survey" and world.survey.get(number, True) is not True:
        return "held" if world.survey[number] is None else "skipped"
    if not mail:
        return "task"
    if not world.open(night) and not (notice and (world.end - night).days <= 3):
        return "waiting"
    if id_ in ("value", "survey"):
        return "mail"
    if number >= world.sponsor_leaves:
        return "task"
    return "mail" if notice or not world.sponsor_objects else "suppressed"


def word(verdict: Verdict) -> str:
    """A verdict in the oracle's words."""
    if verdict.verdict != "due":
        return verdict.verdict
    return "mail" if verdict.recipients else "task"
