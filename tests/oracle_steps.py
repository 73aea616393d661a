"""The oracle, step by step: dates and verdicts from the rules as they are worded. It shares no code with the engine."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.playbook import CLASSES, Script
from tests.rehearsal import Sheet
from tests.world import CLOSED, World

DAY = timedelta(days=1)
NEVER, UNKNOWN = "never", "no date"
FALLBACK = ("champion", "sponsor")
HAPPENED, MISSED = ("sent", "done", "trapped"), ("expired", "late", "refused", "suppressed")
KINDS = ("survey", "email", "inapp", "meeting", "task", "wait", "branch", "notify", "update", "start", "stop")


def kind_of(step: Script) -> str:
    """What it does."""
    return next(kind for kind in KINDS if kind in step)


def works(day: date) -> bool:
    """Whether people work."""
    return day.weekday() not in (5, 6) and day not in CLOSED


def walked(day: date, way: str) -> date:
    """The next or the last working day, day by day."""
    while way != "none" and not works(day):
        day += DAY if way == "next_working_day" else -DAY
    return day


def counted(since: date, step: Script) -> date:
    """So many days, weeks or months on; the month's last day where it has no such day."""
    if "month" not in step:
        days: int = step.get("day", 1 if "after" in step else 0) + 7 * step.get("week", 0)
        return since + days * DAY
    months = since.year * 12 + since.month - 1 + step["month"]
    day = since.day
    while True:
        try:
            return date(months // 12, months % 12 + 1, day)
        except ValueError:
            day -= 1


@dataclass(frozen=True)
class Talk:
    """An enrollment on a night, before anything is decided; `steps` says what became of each."""

    id: str
    script: Script
    sheet: Sheet
    steps: dict[str, Any]
    held_out: bool
    world: World
    surveyed: dict[str, date]

    def dates(self) -> dict[str, date | str | None]:
        """Open step → its date; `never` if it cannot come, None as long as it waits for another."""
        found: dict[str, date | str | None] = {}
        for step in self.script["steps"]:
            if step["id"] not in self.steps:
                found[step["id"]] = self._date(step, found)
        return found

    def raw(self, step: Script) -> date | None:
        """The date before it is shifted."""
        since = self.steps[step["after"]].ended_on if "after" in step else self.anchor(step)
        return counted(since, step) if since else None

    def anchor(self, step: Script) -> date | None:
        """What it counts from."""
        return self.sheet.anchors.get(str(step.get("anchor", self.script["anchor"])))

    def _date(self, step: Script, found: dict[str, date | str | None]) -> date | str | None:
        way = step.get("shift", "none")
        if "after" in step:
            before = self.steps.get(step["after"])
            if before is None and found[step["after"]] == NEVER and step.get("follows") != "ended":
                return NEVER
            if before is None or before.outcome is None:
                return None
            return walked(self.raw(step) or date.max, way) if _follows(step, before) else NEVER
        anchor = self.anchor(step)
        if anchor is None:
            return UNKNOWN
        raw = counted(anchor, step)
        day = walked(raw, way)
        passed = raw < anchor < day or (step.get("deadline") and raw == anchor < day)
        return walked(raw, "previous_working_day") if passed else day

    def words(self) -> dict[str, str]:
        """Step → its verdict tonight, caps left aside."""
        tonight, steps = self.world.today, {step["id"]: step for step in self.script["steps"]}
        days = {id_: day for id_, day in self.dates().items() if isinstance(day, str) or (day and day <= tonight)}
        beaten = self._beaten({id_: day for id_, day in days.items() if isinstance(day, date)}, steps)
        found = {}
        for id_, day in days.items():
            if isinstance(day, str):
                found[id_] = "skipped" if day == NEVER else "held"
            else:
                found[id_] = "superseded" if id_ in beaten else self._word(steps[id_], day)
        return found

    def _beaten(self, days: dict[str, date], steps: dict[str, Script]) -> set[str]:
        """Of the steps of a kind that collapse all but the latest."""
        able = [id_ for id_ in days if self._late_rule(steps[id_]).get("do") == "collapse"]
        return {
            one for one in able for other in able
            if kind_of(steps[one]) == kind_of(steps[other])
            and (days[one], list(steps).index(one)) < (days[other], list(steps).index(other))
        }  # fmt: skip

    def _late_rule(self, step: Script) -> Script:
        """Its own rule, or the play's."""
        return dict(step.get("if_late") or self.script.get("if_late") or {})

    def first_day(self, step: Script, day: date) -> date:
        """The first day on which it can go: who is written to reads on working days."""
        read = kind_of(step) in ("email", "inapp", "survey") or step.get("meeting", {}).get("invite")
        return walked(day, "next_working_day") if read else day

    def left(self, step: Script) -> int | None:
        """Days to its deadline."""
        anchor = self.anchor(step)
        return (anchor - self.world.today).days if step.get("deadline") and anchor else None

    def _word(self, step: Script, day: date) -> str:
        """The verdict of a step whose date has come."""
        kind, left, tonight = kind_of(step), self.left(step), self.world.today
        rule, near = self._late_rule(step), left is not None and left <= 3
        late = (tonight - self.first_day(step, day)).days > int(str(rule.get("after", "3")).split()[0])
        over = (left is not None and left < 0) or (late and rule.get("do") != "run")
        if over and kind not in ("wait", "branch", "update", "stop"):
            return "late"
        template = step.get("email") or step.get("inapp") or step.get("meeting", {}).get("invite", "")
        if self.world.stopped & {"*", self.script["play"], template}:
            return "held"
        hours = self._stale(step)
        if hours and not (step.get("deadline") and hours <= 48):
            return self._unless(step, "instead") if step.get("deadline") else "held"
        holds = self.sheet.truth.get(f"{step['id']}.when") if "when" in step else True
        if holds is not True:
            return "skipped" if holds is False else self._unless(step, "instead") if near else "held"
        return self._unless(step, self._act(step, kind, day, near))

    def _unless(self, step: Script, word: str) -> str:
        """Who is held out gets nothing, save what has a deadline."""
        acts = word in ("sent", "due", "instead", "done") and kind_of(step) not in ("wait", "branch", "stop")
        return "trapped" if self.held_out and acts and not step.get("deadline") else word

    def _stale(self, step: Script) -> float:
        """How old the data of its date, its condition and its arms is."""
        places = [f"{step['id']}.{where}" for where in ("when", *(f"arm.{arm}" for arm in step.get("branch", ())))]
        asked = [place for place in places if "when" in step or not place.endswith(".when")]
        if "after" not in step:
            asked.append(f"anchor:{step.get('anchor', self.script['anchor'])}")
        return max((self.sheet.stale.get(place, 0) for place in asked), default=0)

    def _act(self, step: Script, kind: str, day: date, near: bool) -> str:
        """What comes of it."""
        if kind == "wait":
            over = self.world.today > day + int(step["wait"]["timeout"].split()[0]) * DAY
            return "done" if self._met(step) else "expired" if over else "waiting"
        if kind == "branch":
            arms = [arm for arm in step["branch"] if self.sheet.truth.get(f"{step['id']}.arm.{arm}") is True]
            return f"done {arms[0]}" if arms else "skipped"
        if kind in ("email", "inapp", "survey") or step.get("meeting", {}).get("invite"):
            return "waiting" if not works(self.world.today) and not near else self._written(step, kind)
        return "done" if kind in ("start", "stop") else "due"

    def _met(self, step: Script) -> bool:
        """Whether what a wait is for has come."""
        wait = step["wait"]
        if "until" in wait:
            return self.sheet.truth.get(f"{step['id']}.until") is True and not self.sheet.stale.get(
                f"{step['id']}.until"
            )
        asked = self.steps.get(wait.get("reply") or wait["task"])
        if "task" in wait:
            return asked is not None and asked.outcome == "done"
        return asked is not None and any(
            kind in ("reply", "booking") and (whose == self.id if whose else on >= asked.on)
            for kind, on, whose in self.world.answers
        )

    def _written(self, step: Script, kind: str) -> str:
        """To whom: the roles, else who stands in for them; suppressed, objected, asked lately."""
        people = self.world.people
        roles = [role for role in step["to"] if role in people] or [role for role in FALLBACK if role in people][:1]
        klass = {"m/grow": "marketing"}.get(step.get("email", ""), CLASSES.get(step.get("email", ""), "service"))
        wanted = {"service": lambda one: one.consent != "withdrawn", "marketing": lambda one: one.consent == "granted"}
        may = [people[role] for role in roles if not people[role].out and wanted.get(klass, bool)(people[role])]
        if may and kind == "survey":
            asked = [self.surveyed.get(one.key, date.min) for one in may]
            return "sent" if any((self.world.today - day).days >= 90 for day in asked) else "skipped"
        if may or kind == "meeting":
            return "sent" if kind != "meeting" else "due"
        if roles and klass != "contractual" and not step.get("deadline"):
            return "suppressed"
        return "instead" if kind == "email" else "skipped"


def _follows(step: Script, before: Any) -> bool:
    """Whether it follows from how the other one ended."""
    wanted = {"happened": HAPPENED, "missed": MISSED}.get(step.get("follows", "happened"))
    return (wanted is None or before.outcome in wanted) and step.get("arm") in (None, before.choice)
