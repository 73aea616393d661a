"""Walk one subject through a shipped play, night by night, against the real engine: what happens on which day.

The conditions are judged by DuckDB over the facts that the walk tells of; a fact it does not tell of is unknown.
Day 0 is the play's anchor. `facts` holds a value, or a function of the day; `changes` lays others over
it from a day on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from config.conditions import Expression
from config.files import ROOT
from models.case import AccountCase, Answer, Case, Enrolled, Policy, Recipient, Taken
from models.company import Caps
from models.decide import decide
from models.decision import Plan, Verdict
from models.fact import Kind
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays

MONDAY = date(2025, 6, 2)
DAY = timedelta(days=1)
CONTROL = {"wait", "branch", "start", "stop"}
PEOPLE = tuple(
    Recipient(f"P-{role}", role, f"key-{role}", consent="granted")
    for role in ("sponsor", "champion", "power_user", "executive", "billing", "user")
)


class Names(dict[str, Kind]):
    """Every column there may be: what is checked here is what happens, not how the sheet is spelled."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return None  # no kind, so that none is compared with another


def shipped(name: str) -> Play:
    """The play as it ships."""
    return Play.model_validate(yaml.safe_load((ROOT / f"config/plays/{name}.yaml").read_text(encoding="utf-8")))


@dataclass
class Walk:
    """One subject in one play.

    Attributes:
        anchors: anchor name → day, 0 for the play's own.
        changes: day → facts from that day on.
        answers: day → (kind, the step it answers or None), e.g. ("reply", "ask").
        work: step → days until its task is done (None: never); others take `pace`.
        people: who can be written to.
        surveyed: address key → the day of its newest survey.
        fades: the day from which the anchors are missing, as those of a signal that went off.
    """

    play: Play
    facts: Mapping[str, Any]
    changes: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)
    work: Mapping[str, int | None] = field(default_factory=dict)
    pace: int | None = 1
    people: tuple[Recipient, ...] = PEOPLE
    anchors: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    start: date = MONDAY
    taken: dict[str, Taken] = field(default_factory=dict)
    told: list[tuple[int, str, str]] = field(default_factory=list)
    touches: list[date] = field(default_factory=list)
    surveyed: dict[str, date] = field(default_factory=dict)
    fades: int | None = None
    ended: str = ""

    def __post_init__(self) -> None:
        self.policy = Policy(Caps(), Workdays(), fallback_roles=("champion", "sponsor"), classes=self.classes)

    def run(self, first: int, last: int) -> "Walk":
        """The nights of these days, until the play ends."""
        for day, truth in zip(range(first, last + 1), self._truths(first, last), strict=True):
            if not self.ended:
                self._night(day, truth)
        return self

    @property
    def table(self) -> str:
        """Day, what happens, to which steps: a line for each day and kind of happening."""
        lines: dict[tuple[int, str], list[str]] = {}
        for day, what, name in self.told:
            lines.setdefault((day, what), []).append(name)
        return "\n".join(f"{day:>4}  {what:<8} {', '.join(names)}" for (day, what), names in lines.items())

    def _night(self, day: int, truth: dict[str, bool | None]) -> None:
        """Tasks that were done the day before, then what the engine decides."""
        self._worked(day)
        plan = decide(self._account(truth, day), self.policy, self.start + day * DAY)
        assert not plan.enroll or not self.taken, "enrolled twice"
        for verdict in plan.verdicts:
            self._apply(verdict, day)
        for one in plan.resolves:
            self._end(one.step, "done", day, "resolved")
        self._finish(plan, day)

    def _truths(self, first: int, last: int) -> list[dict[str, bool | None]]:
        """Every condition over the facts of each of these days, in one scan."""
        parsed = {where: Expression.parse(text, Names()) for where, text in self.play.conditions.items()}
        columns = sorted({name for one in parsed.values() for name in one.columns_read})
        known, rows = dict(self.facts), []
        for day in range(first, last + 1):
            known |= self.changes.get(day, {})
            rows.append({"walk_day": day} | {name: _on(known.get(name), day) for name in columns})
        asked = ", ".join(f'CAST(({one.sql}) AS BOOLEAN) AS "{where}"' for where, one in parsed.items())
        with duckdb.connect() as con:
            con.register("sheet", pa.Table.from_pylist(rows))
            found = con.execute(f"SELECT {asked} FROM sheet ORDER BY walk_day").fetchall()
        return [dict(zip(parsed, row, strict=True)) for row in found]

    def _account(self, truth: dict[str, bool | None], day: int) -> AccountCase:
        """What decide is told."""
        own, tonight = enrollment_id(self.play.play, "account:A", "1"), self.start + day * DAY
        faded = self.fades is not None and day >= self.fades
        names = {name: None if faded else self.start + self.anchors.get(name, 0) * DAY for name in self.play.anchors}
        case = Case(
            "account:A", "A", self.play, None if faded else "1", names, truth, term_months=12,
            enrolled=Enrolled(own, "1", on=self.start) if self.told else None, taken=dict(self.taken),
        )  # fmt: skip
        answers = tuple(
            Answer(kind, self.start + on * DAY, own if step else None, step)
            for on, (kind, step) in sorted(self.answers.items())
            if on < day
        )
        week = tuple(one for one in self.touches if tonight - one < 7 * DAY)
        return AccountCase("A", (case,), self.people, week, answers=answers, surveyed=dict(self.surveyed))

    def _apply(self, verdict: Verdict, day: int) -> None:
        """Take what is due, end what ends; what waits or is held comes up again."""
        step = self.play.step(verdict.step)
        if verdict.outcome:
            word = _word(verdict)
            self._begin(verdict.step, day, verdict.choice)
            self._end(verdict.step, verdict.outcome, day, word, f": {verdict.choice}" if verdict.choice else "")
        elif verdict.verdict == "due" and verdict.instead:
            self._begin(verdict.step, day)
            self.told.append((day, "instead", f"{verdict.step} ({step.owner})"))
        elif verdict.verdict == "due":
            self._begin(verdict.step, day)
            self._act(verdict, day)

    def _act(self, verdict: Verdict, day: int) -> None:
        """A mail goes at once; a task waits for its owner."""
        step = self.play.step(verdict.step)
        if step.kind in ("task", "meeting"):
            self.told.append((day, step.kind, f"{step.id} ({step.owner})"))
            return
        word = "mail" if step.kind == "email" else step.kind
        roles = sorted(one.role for one in verdict.recipients)
        self._end(step.id, "sent", day, word, f" → {', '.join(roles)}" if roles else "")
        if roles:
            self.touches.append(self.start + day * DAY)
        if step.kind == "survey":
            self.surveyed |= {one.address_key: self.start + day * DAY for one in verdict.recipients}

    def _begin(self, step: str, day: int, choice: str | None = None) -> None:
        """A step is taken once."""
        assert step not in self.taken, f"{step} is taken twice"
        self.taken[step] = Taken(self.start + day * DAY, choice=choice)

    def _end(self, step: str, outcome: str, day: int, word: str, more: str = "") -> None:
        """A step ends once."""
        before = self.taken[step]
        assert before.outcome is None, f"{step} has two outcomes"
        self.taken[step] = Taken(before.on, outcome, self.start + day * DAY, choice=before.choice)
        self.told.append((day, word, f"{step}{more}"))

    def _worked(self, day: int) -> None:
        """What the owners have done by now."""
        for step, taken in list(self.taken.items()):
            takes = self.work.get(step, self.pace)
            if taken.outcome is None and takes is not None and (self.start + day * DAY - taken.on).days >= takes:
                self._end(step, "done", day, "done")

    def _finish(self, plan: Plan, day: int) -> None:
        """The end of the enrollment, and of the steps that were open."""
        for end in plan.ends:
            self.ended = end.outcome
            self.told.append((day, "end", f"{end.outcome}: {end.reason}"))
        if plan.ends:
            still_open = {step.id for step in self.play.steps} - {id_ for id_, one in self.taken.items() if one.outcome}
            assert set(plan.ends[0].open_steps) | {*self.taken} >= still_open, "a step without an outcome"
        if not self.told and plan.enroll:
            self.told.append((day, "enroll", self.play.play))


def lines(table: str) -> list[str]:
    """The lines of a table without the spaces that lay it out."""
    return [" ".join(line.split()) for line in table.strip().splitlines()]


def _word(verdict: Verdict) -> str:
    """What a step that ends tonight is called in the table."""
    if verdict.kind == "wait" and verdict.outcome in ("done", "expired"):
        return "met" if verdict.outcome == "done" else "not met"
    return verdict.kind if verdict.kind in CONTROL and verdict.outcome == "done" else str(verdict.outcome)


def _on(value: Any, day: int) -> Any:
    """A fact on a day."""
    return value(day) if callable(value) else value
