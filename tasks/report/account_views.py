"""One account for people, as plain data; dates are ISO texts, so that `asdict` is JSON."""

from dataclasses import dataclass, field
from typing import Any

from models.task_state import WORKED_ON
from tasks.report.coming import Coming


@dataclass(frozen=True)
class Contribution:
    """One component's share of the score; the contributions of an account sum to it.

    Attributes:
        value: the measured value; None where it is missing or stale, `state` says which.
        points: 0 to 100.
        weight: its weight after what is missing was spread, in percent.
        age: how many days old the value is, where that counts.
    """

    component: str
    family: str
    value: float | None
    points: float | None
    weight: float | None
    contribution: float | None
    state: str
    reason: str
    age: int | None = None


@dataclass(frozen=True)
class MoveView:
    """What one component has moved the score by, and cause by cause."""

    component: str
    points: float
    causes: dict[str, float]


@dataclass(frozen=True)
class ChangeView:
    """What moved the score since an earlier night: causes and components, the strongest first.

    Attributes:
        score: what it was then.
        difference: the causes sum to it, and so do the components; None where there is no score on one of the nights.
        overridden: whether a person has set the band since, or lifted what was set; it moves no points.
    """

    since: str
    score: float | None
    difference: float | None
    causes: dict[str, float]
    components: list[MoveView]
    overridden: bool = False


@dataclass(frozen=True)
class HealthView:
    """The score, its band and how it came about; `effective` differs from `band` when a person overrode it.

    Attributes:
        trends: days → points won or lost since the week so many days back.
        oldest_days, oldest: age of the oldest value that counts, and whose it is.
    """

    score: float | None
    band: str
    effective: str
    before: str | None
    score_before: float | None
    reason: str
    contributions: list[Contribution]
    changes: list[ChangeView] = field(default_factory=list)
    trends: dict[int, float | None] = field(default_factory=dict)
    oldest_days: int | None = None
    oldest: str = ""


@dataclass(frozen=True)
class SignalView:
    """A signal that fires tonight, and the action plan it calls for."""

    name: str
    entry: int | None
    since: str | None
    plan: str | None


@dataclass(frozen=True)
class StepView:
    """A step that was taken or has ended, or what tonight's verdict on it was."""

    step: str
    planned_on: str | None
    on: str | None
    outcome: str
    reason: str


@dataclass(frozen=True)
class GoalView:
    """What a play is for: the goal's number when the enrollment began, and now, or `window` days later."""

    metric: str
    better: str
    baseline: float | None
    now: float | None
    window: int | None = None


@dataclass(frozen=True)
class EnrollmentView:
    """One enrollment: what was done, what tonight decided, and what comes next and why.

    Attributes:
        trigger: what began it: customer, scheduled or csm.
        progress: on_track, behind or stuck, `progress_reason` says why; None once it has ended.
    """

    enrollment_id: str
    play: str
    title: str
    subject: str
    occurrence: str | None
    arm: str | None
    enrolled_on: str | None
    ended_on: str | None
    outcome: str | None
    reason: str | None
    done: list[StepView]
    tonight: list[StepView]
    coming: list[Coming]
    trigger: str | None = None
    progress: str | None = None
    progress_reason: str = ""
    goal: GoalView | None = None


@dataclass(frozen=True)
class MessageView:
    """One message, without the person it goes to."""

    message_id: str
    template: str
    contact: str
    role: str
    play: str
    step: str
    state: str
    reason: str
    at: str | None


@dataclass(frozen=True)
class TaskView:
    """One task; `csm` is its owner's name, or the name of the team that owns it."""

    task_id: str
    title: str
    csm: str
    due_on: str | None
    opened_on: str | None
    done_on: str | None
    state: str = "open"
    changed_by: str | None = None
    changed_on: str | None = None
    reason: str = ""
    details: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in WORKED_ON


@dataclass(frozen=True)
class Happening:
    """One line of the timeline; `tone` is good, bad or plain."""

    at: str
    kind: str
    title: str
    detail: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class AccountView:
    """All that is known of one account on one night."""

    account_id: str
    name: str
    as_of: str
    csm: str
    health: HealthView
    segment: dict[str, Any]
    touch: dict[str, Any]
    stage: dict[str, Any]
    signals: list[SignalView]
    milestones: dict[str, str | None]
    contracts: list[dict[str, Any]]
    contacts: dict[str, int]
    enrollments: list[EnrollmentView]
    tasks: list[TaskView]
    messages: list[MessageView]
    events: list[Happening]
    facts: dict[str, Any] = field(default_factory=dict)
