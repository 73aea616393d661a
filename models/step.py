"""A step of a play: when it is planned, whom it reaches, and the one thing it does."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from models.duration import Days
from models.offset import Offset
from models.strict import Strict

Kind = Literal[
    "email", "inapp", "survey", "meeting", "task", "wait", "branch", "notify", "update", "start", "stop"
]  # fmt: skip
Role = Literal["sponsor", "champion", "power_user", "executive", "billing", "user"]
Team = Literal["csm", "sales", "support", "product", "finance", "team"]
Survey = Literal["nps", "csat", "ces"]

TOUCHES: frozenset[Kind] = frozenset({"email", "inapp", "survey"})
"""Kinds that reach the customer, and count against the caps."""
TASKS: frozenset[Kind] = frozenset({"task", "meeting"})
"""Kinds that are work for a person; the step ends when the task does."""
CONTROL: frozenset[Kind] = frozenset({"wait", "branch", "update", "stop"})
"""Kinds that nobody sees: they are never too late."""
DOING: tuple[Kind, ...] = ("email", "inapp", "meeting", "task", "wait", "branch", "notify", "update", "start", "stop")


class IfLate(Strict):
    """What becomes of a step whose date lies more than `after` days back.

    skip: it ends late. run: it goes all the same. collapse: of several pending steps only the latest goes, the
    earlier ones are superseded; one that is older than `after` ends late.
    """

    after: Days = 3
    do: Literal["skip", "run", "collapse"] = "skip"


class Meeting(Strict):
    """A meeting to arrange: a task for its owner with an agenda, and an invitation if there is a template for one.

    The invitation (RFC 5545) is for `time` in the contact's zone, on the first working day `in_days` after the step's.
    """

    agenda: str
    minutes: int = Field(default=30, ge=5, le=480)
    invite: str | None = None
    time: str = Field(default="10:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    in_days: Days = 3


class Wait(Strict):
    """Wait for an answer to a step, for a task, or until a condition holds; after `timeout` the wait expires."""

    reply: str | None = None
    booking: str | None = None
    task: str | None = None
    until: str | None = None
    timeout: Days = 7

    @model_validator(mode="after")
    def _one(self) -> Self:
        """One thing is waited for."""
        if sum(thing is not None for thing in (self.reply, self.booking, self.task, self.until)) != 1:
            raise ValueError("a wait is for one thing: reply:, booking:, task: or until:")
        return self

    @property
    def step(self) -> str | None:
        """The step that is waited for."""
        return self.reply or self.booking or self.task


class Step(Strict):
    """One step of a play."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    day: int | None = None
    week: int | None = None
    month: int | None = None
    after: str | None = None
    follows: Literal["happened", "missed", "ended"] = "happened"
    arm: str | None = None
    anchor: str | None = None
    shift: Literal["none", "next_working_day", "previous_working_day"] = "none"
    email: str | None = None
    inapp: str | None = None
    survey: Survey | None = None
    meeting: Meeting | None = None
    task: str | None = None
    details: str | None = None
    due_in: Days | None = None
    resolve: str | None = None
    wait: Wait | None = None
    branch: dict[str, str] | None = None
    notify: str | None = None
    update: dict[str, str] | None = None
    start: str | None = None
    stop: str | None = None
    to: tuple[Role, ...] = ()
    sender: Literal["csm", "sales", "team"] = Field(default="csm", alias="from")
    owner: Team = "csm"
    thread: str | None = None
    when: str | None = None
    if_late: IfLate | None = None
    deadline: bool = False
    resend_to_new: bool = False

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        """A step has one date and does one thing."""
        given = sum(value is not None for value in (self.day, self.week, self.month))
        if given > 1 or (given == 0 and self.after is None):
            raise ValueError(f"step '{self.id}' needs one of day:, week: or month:, or after: another step")
        if self.after is not None and (self.anchor or self.offset.days + self.offset.months < 1):
            raise ValueError(
                f"step '{self.id}' comes after '{self.after}': no anchor:, and the next day at the earliest"
            )
        if sum(getattr(self, thing) is not None for thing in DOING) != 1:
            raise ValueError(
                f"step '{self.id}' does one thing: {', '.join(f'{thing}:' for thing in DOING[:-1])} or stop:"
            )
        return self._parts_fit()

    def _parts_fit(self) -> Self:
        """What belongs to a kind of step stands with it."""
        if (self.email or self.inapp or (self.meeting and self.meeting.invite)) and not self.to:
            raise ValueError(f"step '{self.id}' writes to the customer and needs to: [roles]")
        if self.survey and not self.email:
            raise ValueError(f"step '{self.id}' asks for {self.survey} and needs email: with the words")
        if self.arm and not self.after:
            raise ValueError(f"step '{self.id}' names the arm '{self.arm}' and needs after: the branch")
        if self.branch is not None and not self.branch:
            raise ValueError(f"step '{self.id}' is a branch without arms")
        if (self.details or self.resolve or self.due_in is not None) and not (self.task or self.meeting):
            raise ValueError(f"step '{self.id}': details:, resolve: and due_in: belong to a task or a meeting")
        return self

    @cached_property
    def kind(self) -> Kind:
        """What the step does."""
        if self.survey:
            return "survey"
        return next(thing for thing in DOING if getattr(self, thing) is not None)

    @cached_property
    def offset(self) -> Offset:
        """How far from its anchor, or from the day on which the step before ended: then the next day, if not said."""
        if self.month is not None:
            return Offset(months=self.month)
        if self.week is not None:
            return Offset(days=7 * self.week)
        return Offset(days=self.day if self.day is not None else 1 if self.after else 0)

    @property
    def template(self) -> str | None:
        """The template of what it sends, if it sends anything that is written."""
        return self.email or self.inapp or (self.meeting.invite if self.meeting else None)

    @property
    def channel(self) -> Literal["email", "inapp", "notify", "update"] | None:
        """How it leaves, if anything leaves."""
        if self.email or (self.meeting and self.meeting.invite):
            return "email"
        return "inapp" if self.inapp else "notify" if self.notify else "update" if self.update else None

    @property
    def conditions(self) -> dict[str, str]:
        """Where → SQL condition: when, resolve, until, arm.<name>."""
        found = {"when": self.when, "resolve": self.resolve, "until": self.wait.until if self.wait else None}
        found |= {f"arm.{arm}": text for arm, text in (self.branch or {}).items()}
        return {f"{self.id}.{where}": text for where, text in found.items() if text}
