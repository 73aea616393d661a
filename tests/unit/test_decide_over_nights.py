"""Many nights through `decide` alone, against an oracle that shares no code with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.case import AccountCase, Case, Enrolled, Policy, Recipient, Taken
from models.company import Caps
from models.decide import decide
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
    planned = {step["id"]: _planned(world, step, number, taken) for step in STEPS if step["id"] not in taken}
    dated = {id_: day for id_, day in planned.items() if isinstance(day, date) and day <= night}
    told = {id_: day for id_, day in planned.items() if isinstance(day, str)}
    notices = sorted((day, id_) for id_, day in dated.items() if id_ in ("first", "last"))
    told |= {id_: "superseded" for _, id_ in notices[:-1]}
    return told | {id_: _tonight(world, id_, day, number, night) for id_, day in dated.items() if id_ not in told}


def _planned(world: World, step: dict[str, Any], number: int, taken: dict[str, Taken]) -> date | str | None:
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


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_every_night_is_as_the_rules_say(world: World) -> None:
    """Verdicts equal the oracle's; only caps may turn a mail into `capped`, and never a notice."""
    life = Life(world)
    for number, night in world.nights():
        life.morning(night)
        account, policy = life.account(number), life.policy(number)
        plan = decide(account, policy, night)
        assert decide(account, policy, night).hash == plan.hash, "the same input, another plan"
        if "life" not in life.ended:
            _compare(life, plan, expected(life, number, night))
        _caps_hold(life, plan, night)
        life.apply(plan, night)
    _all_told(life)


def _compare(life: Life, plan: Plan, oracle: dict[str, str]) -> None:
    """Each verdict is the oracle's, or a mail that the caps hold back."""
    found = {verdict.step: word(verdict) for verdict in plan.verdicts if verdict.play == "life"}
    if plan.ends:
        assert not oracle or "life" not in {end.play for end in plan.ends}
        return
    capped = {step for step, told in found.items() if told == "capped"}
    assert capped <= {step for step, told in oracle.items() if told == "mail"} - {"first", "last"}
    assert {**found, **dict.fromkeys(capped, "mail")} == oracle


def _caps_hold(life: Life, plan: Plan, night: date) -> None:
    """One touch a day and three in seven days; what has a deadline counts, and goes all the same."""
    mails = [verdict for verdict in plan.verdicts if word(verdict) == "mail"]
    week = [day for day in life.touches if (night - day).days < 7]
    free = [verdict for verdict in mails if verdict.deadline_on is None]
    if free:
        assert len(mails) == 1 and len(week) < 3  # noqa: PT018
    if any(verdict.verdict == "capped" for verdict in plan.verdicts):
        assert mails or night in week or len(week) + len(mails) >= 3


def _all_told(life: Life) -> None:
    """At the end every step that could end has ended; each notice was sent, handed to the CSM, or is explained."""
    open_steps = {step["id"] for step in STEPS} - {step for play, step, _ in life.outcomes if play == "life"}
    tasks = {step for step, taken in life.taken["life"].items() if taken.outcome is None}
    follow_up = {"thanks"} if "call" in tasks else set()
    assert open_steps <= tasks | follow_up | _held_for_ever(life)


def _held_for_ever(life: Life) -> set[str]:
    """Steps whose date was missing on the very last night have not ended."""
    last = max((number for number, _ in life.world.nights()), default=0)
    return {"first", "last"} if last in life.world.end_missing else set()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_no_notice_is_lost(world: World) -> None:
    """The first night of its time that no operator stops brings a notice, or the later one that stands for it.

    It goes as a mail or as the CSM's task; only a notice that is first seen after its limit ends late.
    """
    life = Life(world)
    for number, night in world.nights():
        life.morning(night)
        life.apply(decide(life.account(number), life.policy(number), night), night)
    went = [taken.on for id_ in ("first", "last") if (taken := life.taken["life"].get(id_)) and _went(life, id_)]
    day = _planned(world, STEPS[-1], -1, {})
    assert isinstance(day, date)
    chances = [
        night
        for number, night in world.nights()
        if day <= night <= world.end and number not in world.stopped | world.end_missing
        and (world.open(night) or (world.end - night).days <= 3)
    ]  # fmt: skip
    if chances:
        assert any(day_ <= chances[0] for day_ in went), f"none went by {chances[0]}"
        assert all(day_ <= world.end for day_ in went)


def _went(life: Life, step: str) -> bool:
    """Whether the step was sent, done, or is the CSM's task."""
    told = {id_: outcome for play, id_, outcome in life.outcomes if play == "life"}
    return told.get(step) in (None, "sent", "done")


@settings(max_examples=10, deadline=None)
@given(WORLDS, st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_no_matter(world: World, number: int, chance: Any) -> None:
    """Cases and contacts may come in any order."""
    life = Life(world)
    account = life.account(number)
    mixed = AccountCase(
        "A", tuple(chance.sample(account.cases, len(account.cases))),
        tuple(chance.sample(account.recipients, len(account.recipients))), account.touches,
    )  # fmt: skip
    night = START + number * DAY
    assert decide(mixed, life.policy(number), night).hash == decide(account, life.policy(number), night).hash


@pytest.mark.parametrize(("night", "verdict"), [(4, "waiting"), (5, "mail"), (8, "mail"), (9, "late")])
def test_no_holiday_makes_a_mail_late(night: int, verdict: str) -> None:
    """Planned for the first of four days off, it has its three days from the first working day on."""
    world = replace(CALM, holidays=frozenset({1, 2}))
    found = decide(Life(world).account(night), Life(world).policy(night), START + night * DAY)
    assert {one.step: word(one) for one in found.verdicts}["hello"] == verdict


CALM = World(
    100, frozenset(), frozenset(), frozenset(), frozenset(), {}, {}, None, HORIZON, sponsor_objects=False, loud=False,
    wakes=0, behind=0,
)  # fmt: skip
NOTICE = {"id": "notice", "day": 0, "anchor": "end", "email": "m/news", "to": ["sponsor"], "deadline": True}


@pytest.mark.parametrize(
    ("truth", "consent", "left", "expected"),
    [
        (None, "", 10, "held"),
        (None, "", 3, "task"),
        (True, "withdrawn", 3, "task"),
        (True, "", 3, "mail"),
    ],
)
def test_a_notice_is_the_csms_before_it_is_lost(truth: bool | None, consent: str, left: int, expected: str) -> None:
    """A condition that stays unknown, or a sponsor who objected, whatever the template's class."""
    step = NOTICE | {"day": -30, "when": "w", "if_late": {"after": "30 days"}}
    play = Play.model_validate({"play": "p", "per": "account", "audience": "a", "anchor": "end", "steps": [step]})
    night = date(2025, 6, 30)
    case = Case(
        "account:A", "A", play, "1", {"end": night + left * DAY}, {"notice.when": truth},
        enrolled=Enrolled("e", "1"),
    )  # fmt: skip
    account = AccountCase("A", (case,), (Recipient("P", "sponsor", "k", consent=consent),))
    (found,) = decide(account, Policy(Caps(), Workdays()), night).verdicts
    assert word(found) == expected
