"""What comes next for an account, and why: the open steps of its conversations, by now, on the night's sheets."""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from models.conversation import Conversation, over, running
from models.progress import Progress, progress
from models.schedule import Planned, open_steps
from models.step import Step, Wait
from models.workdays import Workdays
from tasks.cases import account_cases, workspace
from tasks.decide import policy
from tasks.gather import gather
from tasks.lake.lake import Lake
from tasks.night import Night
from tasks.store import landings
from tasks.store.engine import read
from tasks.versions import versions

SEALED = "truth_account.parquet"
FOLLOWED = {"happened": "has happened", "missed": "was missed", "ended": "has ended"}


@dataclass(frozen=True)
class Coming:
    """One open step.

    Attributes:
        what: the mail's template, or the task's or meeting's title.
        planned_on: ISO date; None while it has none, `why` says what it waits for.
    """

    step: str
    kind: str
    what: str
    planned_on: str | None
    why: str


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of a running enrollment, how it gets on, and its goal's number tonight."""

    steps: list[Coming]
    progress: Progress
    goal: float | None


def ahead(night: Night, accounts: Collection[str]) -> dict[str, Ahead]:
    """Enrollment id → its open steps, the next first; nothing for a night that was not judged."""
    if not accounts or not night.lake.exists(night.path(SEALED)):
        return {}
    with tempfile.TemporaryDirectory(prefix="perennial-report-") as folder:
        above = replace(night, lake=Lake(folder, under=night.lake.url))
        gather(above)
        with read(night.engine) as conn:
            landed, alive = landings.landed(conn, night.landing_seq), versions(conn, night.rules.plays)
        con = workspace(above, landed)
        try:
            cases = account_cases(con, above, alive, only=sorted(accounts))
            rules = policy(above, {case.country for case in cases})
        finally:
            con.close()
    return {
        talk.enrolled.enrollment_id: _ahead(talk, rules.days_of(case.country), night.as_of)
        for case in cases
        for talk in running(case.cases).values()
        if not over(talk)
    }


def _ahead(talk: Conversation, days: Workdays, as_of: date) -> Ahead:
    """The conversation's open steps by date, those without one last."""
    planned = open_steps(talk, days)
    by_date = sorted(planned, key=lambda item: item.on or date.max)
    steps = [_coming(talk, item) for item in by_date if item.state != "void"]
    return Ahead(steps, progress(talk, planned, as_of), talk.lead.goal)


def _coming(talk: Conversation, item: Planned) -> Coming:
    """One step in words."""
    return Coming(
        step=item.step.id, kind=item.step.kind, what=what(item.step),
        planned_on=item.on.isoformat() if item.on else None, why=item.reason or why_then(talk, item.step),
    )  # fmt: skip


def why_then(talk: Conversation, step: Step) -> str:
    """Where the date comes from."""
    if step.after:
        return f"{_span(step)} after {step.after} {FOLLOWED[step.follows]}"
    name = talk.play.anchor_of(step)
    days = step.offset.days + step.offset.months
    side = "on" if days == 0 else f"{_span(step)} {'after' if days > 0 else 'before'}"
    return f"{side} {name.replace('_', ' ')} ({talk.anchor(name)})"


def _span(step: Step) -> str:
    """`the day`, `3 days`, `1 month`: how far the step stands from what it counts from."""
    months, days = abs(step.offset.months), abs(step.offset.days)
    if months:
        return f"{months} month{'' if months == 1 else 's'}"
    return "the day" if days == 1 else f"{days} days"


def what(step: Step) -> str:
    """What the step does, in a word; the first line of what a person is told at length."""
    if step.wait:
        return f"{_awaited(step.wait)}, at most {step.wait.timeout} days"
    if step.branch:
        return " or ".join(step.branch)
    if step.update:
        return ", ".join(f"{name} = {value}" for name, value in step.update.items())
    agenda = step.meeting.agenda if step.meeting else ""
    said = agenda or step.email or step.inapp or step.task or step.notify or step.start or step.stop or ""
    return said.strip().partition("\n")[0]


def _awaited(wait: Wait) -> str:
    """What is waited for."""
    if wait.until:
        return f"until {wait.until}"
    return f"for {'a reply to' if wait.reply else 'a booking from' if wait.booking else 'the task of'} {wait.step}"
