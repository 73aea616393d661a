"""Plays: what config/plays/*.yaml may say."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from models.duration import Days, Months, Share
from models.nearest import did_you_mean
from models.strict import Strict

Grain = Literal["account", "contract"]
Kind = Literal["email", "task", "meeting"]
Role = Literal["sponsor", "champion", "power_user", "executive", "billing", "user"]


class IfLate(Strict):
    """What becomes of a step whose date lies more than `after` days back.

    skip: it ends late. run: it goes all the same. collapse: of several pending steps only the latest goes, the
    earlier ones are superseded; one that is older than `after` ends late.
    """

    after: Days = 3
    do: Literal["skip", "run", "collapse"] = "skip"


class Meeting(Strict):
    """A meeting to arrange: a task for its owner with an agenda."""

    agenda: str
    minutes: int = Field(default=30, ge=5, le=480)


class Step(Strict):
    """One step of a play: when it is planned, and the one thing it does."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    day: int | None = None
    after: str | None = None
    anchor: str | None = None
    shift: Literal["none", "next_working_day", "previous_working_day"] = "none"
    email: str | None = None
    task: str | None = None
    meeting: Meeting | None = None
    to: tuple[Role, ...] = ()
    sender: Literal["csm", "sales", "company"] = Field(default="csm", alias="from")
    owner: Literal["csm"] = "csm"
    thread: str | None = None
    when: str | None = None
    if_late: IfLate | None = None
    deadline: bool = False
    resend_to_new: bool = False

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        """A step has one date and does one thing."""
        if (self.day is None) == (self.after is None):
            raise ValueError(f"step '{self.id}' needs either day: or after:")
        if sum(thing is not None for thing in (self.email, self.task, self.meeting)) != 1:
            raise ValueError(f"step '{self.id}' does one thing: email:, task: or meeting:")
        if self.email and not self.to:
            raise ValueError(f"step '{self.id}' sends an e-mail and needs to: [roles]")
        return self

    @property
    def kind(self) -> Kind:
        """What the step does."""
        return "email" if self.email else "task" if self.task else "meeting"


class Exit(Strict):
    """When an enrollment ends before its last step; both are SQL conditions."""

    success: str | None = None
    stop: str | None = None


class Goal(Strict):
    """What the play is for."""

    metric: str
    better: Literal["higher", "lower"]


class Play(Strict):
    """One play."""

    play: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    per: Grain
    goal: Goal | None = None
    audience: str
    anchor: str
    precedence: int = 0
    exit: Exit = Exit()
    holdout: Share = Field(default=0.0, ge=0, le=0.9)
    coterm: Days | None = None
    min_term: Months | None = None
    if_late: IfLate = IfLate()
    migrate: Literal["finish_old"] = "finish_old"
    steps: tuple[Step, ...] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _named_once(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Ids are unique, and what `after` and `thread` name comes earlier in the play."""
        seen: list[str] = []
        for step in steps:
            if step.id in seen:
                raise ValueError(f"step id '{step.id}' stands twice")
            for other in filter(None, (step.after, step.thread)):
                if other not in seen:
                    raise ValueError(
                        f"step '{step.id}' follows '{other}', no earlier step; {did_you_mean(other, seen)}"
                    )
            seen.append(step.id)
        return steps

    @cached_property
    def hash(self) -> str:
        """Content hash, which an enrollment pins."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @cached_property
    def text(self) -> str:
        """Canonical JSON; the play can be read back from it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True, exclude_defaults=True), sort_keys=True)

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def lateness(self, step: Step) -> IfLate:
        """The step's rule for being late, or the play's."""
        return step.if_late or self.if_late

    def anchor_of(self, step: Step) -> str:
        """The anchor a step counts from."""
        return step.anchor or self.anchor

    @property
    def anchors(self) -> tuple[str, ...]:
        """Every anchor the play needs, each once."""
        return tuple(dict.fromkeys([self.anchor, *(step.anchor for step in self.steps if step.anchor)]))

    @property
    def conditions(self) -> dict[str, str]:
        """Where → SQL condition: audience, exit.success, exit.stop, <step>.when."""
        found = {"audience": self.audience, "exit.success": self.exit.success, "exit.stop": self.exit.stop}
        found |= {f"{step.id}.when": step.when for step in self.steps}
        return {where: text for where, text in found.items() if text}


@dataclass(frozen=True)
class PlayCondition:
    """A condition to be judged tonight; `id` is `<play hash>.<where>`."""

    id: str
    grain: Grain
    text: str


def conditions_of(plays: list[Play]) -> list[PlayCondition]:
    """Every condition of these plays, in the order of their ids."""
    return sorted(
        (
            PlayCondition(f"{play.hash}.{where}", play.per, text)
            for play in plays
            for where, text in play.conditions.items()
        ),
        key=lambda condition: condition.id,
    )
