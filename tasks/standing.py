"""Where an installation stands: nights, sources, messages, and what waits for a person."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from models.landing import Landing
from models.ledger import Message
from tasks.store import csm_tasks, landings, messages, runs, switches
from tasks.store.csm_tasks import CsmTask
from tasks.store.runs import Run

NIGHTLY_WITHIN = timedelta(hours=26)
RUNS = 5
FOR_A_PERSON = ("held", "uncertain")


@dataclass(frozen=True)
class Standing:
    """What `perennial status` says.

    Attributes:
        last_done: the nightly that ended done last, by the wall clock.
        waiting: the night that waits for approval, if the newest one does.
        held: messages that only a person can decide on.
        stopped: kill switch → since when; why_stopped: those of which somebody said why.
        planned: messages that were ever queued, by the log: each must be in one state.
    """

    now: datetime
    runs: list[Run]
    last_done: Run | None
    waiting: Run | None
    sources: list[Landing]
    messages: dict[str, int]
    held: list[Message]
    tasks: list[CsmTask]
    stopped: dict[str, datetime]
    why_stopped: dict[str, str]
    planned: int

    @property
    def alive(self) -> bool:
        """Whether a nightly has ended done in the last 26 hours."""
        ended = self.last_done.ended_at if self.last_done else None
        return ended is not None and self.now - ended <= NIGHTLY_WITHIN

    @property
    def balanced(self) -> bool:
        """Whether all that was planned is somewhere: sent, or in another state with its reason."""
        return self.planned == sum(self.messages.values())

    @property
    def newest(self) -> date | None:
        """The newest night's date."""
        return self.runs[0].as_of if self.runs else None

    @property
    def overdue(self) -> list[CsmTask]:
        """Open tasks whose day had passed with the newest night."""
        day = self.newest or self.now.date()
        return [task for task in self.tasks if task.due_on and task.due_on < day]


def standing(conn: Connection, now: datetime | None = None) -> Standing:
    """Where it stands at the wall clock `now` (aware UTC)."""
    nights = runs.recent(conn, RUNS)
    newest = nights[0] if nights else None
    waits = newest is not None and newest.state == "awaiting_approval" and not newest.approval
    return Standing(
        now=now or datetime.now(UTC),
        runs=nights,
        last_done=runs.last_done(conn),
        waiting=newest if waits else None,
        sources=landings.newest_of_sources(conn),
        messages=messages.by_state(conn),
        held=messages.in_states(conn, FOR_A_PERSON),
        tasks=csm_tasks.open_tasks(conn),
        stopped=switches.stopped(conn),
        why_stopped=switches.reasons(conn),
        planned=messages.planned(conn),
    )
