"""The answer of `perennial why`, as plain data; dates are ISO texts, so that `asdict` is JSON."""

from dataclasses import dataclass, field
from typing import Any

from tasks.report.account_views import HealthView


@dataclass(frozen=True)
class BlameView:
    """Where a column comes from that is not known, or stale.

    Attributes:
        source: declared source, and its status that night.
        hours: hours since its last good night, where it is late.
    """

    column: str
    source: str
    entity: str
    status: str
    hours: float | None = None


@dataclass(frozen=True)
class ClauseView:
    """A clause: held, failed or unknown, with the values that it read.

    Attributes:
        joined: all, any or not, of its parts.
    """

    text: str
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    joined: str = ""
    parts: list["ClauseView"] = field(default_factory=list)
    blame: list[BlameView] = field(default_factory=list)


@dataclass(frozen=True)
class ConditionView:
    """A condition: audience, exit.success, exit.stop, or a step's when, until, resolve, arm.NAME.

    Attributes:
        state: as the night judged it; the clauses say why.
        stale_hours: how stale what it reads was; 0 where it was fresh.
    """

    where: str
    state: str
    clause: ClauseView
    stale_hours: float = 0.0
    blame: list[BlameView] = field(default_factory=list)


@dataclass(frozen=True)
class StepWhy:
    """One step on that night.

    Attributes:
        state: its verdict; the outcome it had before; or to_come, waits, void.
        not_before: the first day on which it may act, of what is to come.
        recipients: how many addresses it goes to.
    """

    step: str
    kind: str
    what: str
    state: str
    reason: str
    planned_on: str | None = None
    not_before: str | None = None
    recipients: int = 0
    conditions: list[ConditionView] = field(default_factory=list)


@dataclass(frozen=True)
class PlayWhy:
    """One subject in one play.

    Attributes:
        state: running, begins, ends, or out.
        reason: why it ends, or why it is out.
        version: hash of the play's text that it follows.
        members: the other subjects that the conversation speaks for.
    """

    play: str
    subject: str
    state: str
    reason: str
    version: str
    occurrence: str | None = None
    enrollment_id: str | None = None
    enrolled_on: str | None = None
    arm: str | None = None
    members: list[str] = field(default_factory=list)
    conditions: list[ConditionView] = field(default_factory=list)
    steps: list[StepWhy] = field(default_factory=list)


@dataclass(frozen=True)
class WayView:
    """One input that would make the account green alone.

    Attributes:
        input: the component's value, or the days since.
        now, then: what it is, and what it would have to be.
        reads: the columns that the value is made of.
    """

    component: str
    input: str
    now: float | None
    then: float
    points_now: float | None
    points: float
    reads: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GreenView:
    """What the smallest change to green would be; `ways` has the smallest first, `said` why there is none."""

    limit: float
    ways: list[WayView]
    said: str = ""


@dataclass(frozen=True)
class Why:
    """Everything that a night says of one account, from what was sealed."""

    account_id: str
    name: str
    as_of: str
    inputs: dict[str, Any]
    decided: bool
    health: HealthView
    green: GreenView | None
    plays: list[PlayWhy]
    error: str = ""
