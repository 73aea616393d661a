"""What the nights of a rehearsal have written down: entries keyed by business facts, and what they add up to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from models.case import Taken
from models.decision import End, Enroll, Migrate, Plan, Verdict
from models.play import Play

WORK = ("task", "meeting")
TOUCH = ("email", "inapp", "survey")
ORDER = ("enrolled", "migrated", "taken", "ended", "requested", "over")


class Twice(AssertionError):
    """Something that happens once has happened again, and otherwise."""


@dataclass(frozen=True)
class Entry:
    """One line: what happened to an enrollment or to one of its steps; `told` is what the kind needs to say."""

    key: str
    kind: str
    on: date
    enrollment: str
    step: str = ""
    told: Any = None


@dataclass
class Line:
    """What the entries say of one enrollment.

    Attributes:
        logged: step as the log has it → what became of it.
        renamed: step as the log has it → its name in the version that the enrollment follows, where they differ.
    """

    enroll: Enroll
    on: date
    play_hash: str
    logged: dict[str, Taken] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    ended_on: date | None = None
    outcome: str = ""

    @property
    def steps(self) -> dict[str, Taken]:
        """Step of today's version → what became of it."""
        found = {}
        for step, one in self.logged.items():
            name = self.renamed.get(step, step)
            found[name] = replace(one, logged=step if step != name else None)
        return found


@dataclass
class Books:
    """The log, and the lines of all enrollments.

    Attributes:
        versions: hash → play, of every version there ever was.
        touches: (day, play, enrollment, step), one item a touch.
        surveyed: address key → the day of its newest survey.
        requests: id → (play, subject, day) of what people or steps have asked for.
    """

    versions: dict[str, Play] = field(default_factory=dict)
    log: dict[str, Entry] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    touches: list[tuple[date, str, str, str]] = field(default_factory=list)
    surveyed: dict[str, date] = field(default_factory=dict)
    requests: dict[str, tuple[str, str, date]] = field(default_factory=dict)

    def write(self, entries: Iterable[Entry]) -> None:
        """Each key once: the same again is a re-run and changes nothing, anything else is a fault."""
        fresh: dict[str, Entry] = {}
        for entry in entries:
            known = self.log.get(entry.key) or fresh.setdefault(entry.key, entry)
            if known != entry:
                raise Twice(f"{entry.key}: {known.kind} {known.told} on {known.on}, and {entry.told} on {entry.on}")
        for entry in sorted(fresh.values(), key=lambda one: (ORDER.index(one.kind), one.key)):
            self.log[entry.key] = entry
            getattr(self, f"_{entry.kind}")(entry)

    def plan_entries(self, plan: Plan, night: date, *, bounces: bool = False) -> Iterator[Entry]:
        """What a plan writes; a mail leaves at once, unless its enrollment ends tonight."""
        canceled = {(end.enrollment_id, step) for end in plan.ends for step in end.open_steps}
        for item in plan.enroll:
            yield from _enrolled(item, night)
        for moved in plan.migrations:
            yield from _migrated(moved, night)
        for one in plan.verdicts:
            yield from self._verdict(one, night, "refused" if bounces else "sent", canceled)
        for found in plan.resolves:
            yield self._end(found.enrollment_id, self._logged(found.enrollment_id, found.step), "done", night)
        resolved = {(one.enrollment_id, one.step) for one in plan.resolves}
        for end in plan.ends:
            yield from self._close(end, night, resolved)

    def done(self, enrollment: str, step: str, on: date, outcome: str = "done") -> Entry:
        """Somebody has done the task of a step, or put it away."""
        return self._end(enrollment, step, outcome, on)

    def move(self, account: str, into: str) -> None:
        """All that was an account's is another's from now on."""
        for line in self.lines.values():
            line.enroll = replace(line.enroll, subject=f"account:{into}", account=into)
        for id_, (play, subject, on) in self.requests.items():
            self.requests[id_] = play, subject.replace(f"account:{account}", f"account:{into}"), on

    def _verdict(self, one: Verdict, night: date, left: str, canceled: set[tuple[str, str]]) -> Iterator[Entry]:
        """Taken, sent, ended; what is held or waits writes nothing."""
        id_, step = one.enrollment_id, one.log_step
        if one.verdict == "due" and not self._had(id_, step, night):
            yield Entry(f"step:{id_}:{step}", "taken", night, id_, step, None)
        if one.kind == "start" and one.verdict == "due":
            follow = self._step(one).start
            told = (follow, f"account:{one.account}", night)
            yield Entry(f"request:{id_}/{step}", "requested", night, id_, step, told)
        work = one.kind in WORK or one.instead
        if one.outcome:
            yield self._end(id_, step, one.outcome, night, one.choice)
        elif one.verdict == "due" and not work and (id_, step) not in canceled:
            yield self._end(id_, step, left, night, [(r.address_key) for r in one.recipients] or None)

    def _had(self, enrollment: str, step: str, night: date) -> bool:
        """Whether an earlier night has sent the step, which now goes to newcomers."""
        known = self.log.get(f"step_end:{enrollment}:{step}")
        line = self.lines.get(enrollment)
        name = line.renamed.get(step, step) if line else step
        again = self.versions[line.play_hash].step(name).resend_to_new if known and line else False
        return again and known is not None and known.on < night

    def _close(self, end: End, night: date, resolved: set[tuple[str, str]]) -> Iterator[Entry]:
        """The end of an enrollment: what is open ends, tasks with it."""
        line = self.lines.get(end.enrollment_id)
        steps = line.steps if line else {}
        taken = {
            step for step, one in steps.items() if one.outcome is None and (end.enrollment_id, step) not in resolved
        }
        work = {steps[step].logged or step for step in taken if not end.keeps_tasks}
        for step in end.open_steps:
            yield self._end(end.enrollment_id, step, end.step_outcome, night)
        for step in work - set(end.open_steps):
            yield self._end(end.enrollment_id, step, "canceled", night)
        yield Entry(
            f"enrollment_end:{end.enrollment_id}", "over", night, end.enrollment_id, told=(end.outcome, end.reason)
        )

    def _end(self, enrollment: str, step: str, outcome: str, on: date, more: Any = None) -> Entry:
        """The step's one outcome; `more` is a branch's choice, or the addresses of a mail."""
        told = (outcome, tuple(more) if isinstance(more, list) else more)
        return Entry(f"step_end:{enrollment}:{step}", "ended", on, enrollment, step, told)

    def _logged(self, enrollment: str, step: str) -> str:
        """A step of today's version as the log has it."""
        known = self.lines[enrollment].steps.get(step)
        return (known.logged if known else None) or step

    def _step(self, one: Verdict) -> Any:
        """The step of a verdict, in the version it follows."""
        return self.versions[self.lines[one.enrollment_id].play_hash].step(one.step)

    def _enrolled(self, entry: Entry) -> None:
        item: Enroll = entry.told
        self.lines[item.enrollment_id] = Line(item, entry.on, item.play_hash)

    def _migrated(self, entry: Entry) -> None:
        line = self.lines[entry.enrollment]
        line.play_hash, line.renamed = entry.told.play_hash, dict(entry.told.steps)

    def _taken(self, entry: Entry) -> None:
        self.lines[entry.enrollment].logged[entry.step] = Taken(entry.on)

    def _ended(self, entry: Entry) -> None:
        line, step = self.lines[entry.enrollment], entry.step
        outcome, more = entry.told
        kind = self._kind(line, line.renamed.get(step, step))
        before = line.logged.get(step, Taken(entry.on))
        line.logged[step] = Taken(before.on, outcome, entry.on, choice=more if kind == "branch" else None)
        if kind in TOUCH and isinstance(more, tuple):
            self.touches.append((entry.on, line.enroll.play, entry.enrollment, step))
            if kind == "survey":
                self.surveyed |= dict.fromkeys(more, entry.on)

    def _kind(self, line: Line, name: str) -> str:
        """The kind of a step, if its version still has it."""
        step = self.versions[line.play_hash].by_id.get(name)
        return step.kind if step else ""

    def _requested(self, entry: Entry) -> None:
        self.requests[entry.key] = entry.told

    def _over(self, entry: Entry) -> None:
        line = self.lines[entry.enrollment]
        line.ended_on, line.outcome = entry.on, entry.told[0]


def _enrolled(item: Enroll, night: date) -> Iterator[Entry]:
    """An enrollment begins; what it carries over is done, and who joins another ends at once."""
    id_ = item.enrollment_id
    yield Entry(f"enroll:{id_}", "enrolled", night, id_, told=item)
    for one in item.carried:
        yield Entry(f"step_end:{id_}:{one.step}", "ended", night, id_, one.step, (one.outcome, one.choice))
    if item.lead:
        yield Entry(f"enrollment_end:{id_}", "over", night, id_, told=("superseded", "joined"))


def _migrated(item: Migrate, night: date) -> Iterator[Entry]:
    """An enrollment goes on in another version."""
    id_ = item.enrollment_id
    for step in item.dropped:
        yield Entry(f"step_end:{id_}:{step}", "ended", night, id_, step, ("superseded", None))
    yield Entry(f"migrate:{id_}:{item.play_hash}:{night}", "migrated", night, id_, told=item)
