"""Plays: what config/plays/*.yaml may say."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from models.duration import Days, Months, Reentry, Share
from models.fact import Grain
from models.nearest import did_you_mean
from models.step import IfLate, Step
from models.strict import Strict

Trigger = Literal["customer", "scheduled", "csm"]


class Exit(Strict):
    """When an enrollment ends before its last step; both are SQL conditions."""

    success: str | None = None
    stop: str | None = None


class Goal(Strict):
    """What the play is for: a number of the fact sheet, measured when an enrollment starts and `window` days later."""

    metric: str
    better: Literal["higher", "lower"]
    window: Days = 28


class Migrate(Strict):
    """What becomes of running enrollments when the play's text changes.

    finish_old: they end in the version they began with. map: they go on in the new one, a step taken under an old id
    counts as taken under its new id. restart: they end, and a new enrollment begins; what was done stays done.
    """

    how: Literal["finish_old", "restart", "map"] = "finish_old"
    steps: dict[str, str] = Field(default_factory=dict)


def _migrate(value: object) -> object:
    """`migrate: restart` for `migrate: {how: restart}`."""
    return {"how": value} if isinstance(value, str) else value


class Play(Strict):
    """One play."""

    play: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    about: str = ""
    trigger: Trigger = "scheduled"
    per: Grain
    goal: Goal | None = None
    audience: str
    anchor: str
    precedence: int = 0
    reentry: Reentry = "occurrence"
    group: str | None = None
    cool_down: Days | None = None
    exit: Exit = Exit()
    holdout: Share = Field(default=0.0, ge=0, le=0.9)
    coterm: Days | None = None
    min_term: Months | None = None
    expected: Days | None = None
    stuck_after: Days = 14
    if_late: IfLate = IfLate()
    migrate: Annotated[Migrate, BeforeValidator(_migrate)] = Migrate()
    steps: tuple[Step, ...] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _named_once(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Ids are unique, and what a step names comes earlier in the play."""
        seen: dict[str, Step] = {}
        for step in steps:
            if step.id in seen:
                raise ValueError(f"step id '{step.id}' stands twice")
            for other in (step.after, step.thread, step.wait.step if step.wait else None):
                if other and other not in seen:
                    raise ValueError(
                        f"step '{step.id}' follows '{other}', no earlier step; {did_you_mean(other, seen)}"
                    )
            _check_arm(step, seen)
            seen[step.id] = step
        return steps

    @model_validator(mode="after")
    def _mapped(self) -> Self:
        """A step map leads to steps of this version."""
        known = [step.id for step in self.steps]
        for old, new in self.migrate.steps.items():
            if new not in known:
                raise ValueError(f"migrate: '{old}' becomes '{new}', which is no step; {did_you_mean(new, known)}")
            if old in known:
                raise ValueError(f"migrate: '{old}' becomes '{new}', and yet a step of this version is called '{old}'")
        return self

    @cached_property
    def hash(self) -> str:
        """Content hash, which an enrollment pins; words about the play, and how it changes versions, are no content."""
        return hashlib.sha256(self._json("title", "about", "migrate").encode()).hexdigest()[:16]

    @cached_property
    def text(self) -> str:
        """Canonical JSON; the play can be read back from it."""
        return self._json()

    def _json(self, *without: str) -> str:
        """The play as JSON, what is left at its default left out."""
        left_out = set(without)
        return json.dumps(
            self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=left_out), sort_keys=True
        )

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """Step id → step."""
        return {step.id: step for step in self.steps}

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError if there is none."""
        return self.by_id[step_id]

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
        """Where → SQL condition: audience, exit.success, exit.stop, <step>.when, .resolve, .until, .arm.<name>."""
        found = {"audience": self.audience, "exit.success": self.exit.success, "exit.stop": self.exit.stop}
        for step in self.steps:
            found |= step.conditions
        return {where: text for where, text in found.items() if text}


def _check_arm(step: Step, seen: dict[str, Step]) -> None:
    """The arm is one of the branch that the step comes after."""
    if step.arm is None or step.after is None:
        return
    arms = seen[step.after].branch
    if not arms:
        raise ValueError(f"step '{step.id}' names the arm '{step.arm}', but '{step.after}' is no branch")
    if step.arm not in arms:
        raise ValueError(f"'{step.after}' has no arm '{step.arm}'; {did_you_mean(step.arm, arms)}")


@dataclass(frozen=True)
class PlayCondition:
    """A condition to be judged tonight, or a goal's number; `id` is `<play hash>.<where>`."""

    id: str
    grain: Grain
    text: str
    kind: Literal["truth", "number"] = "truth"


def conditions_of(plays: list[Play]) -> list[PlayCondition]:
    """Every condition and every goal of these plays, in the order of their ids."""
    found = [
        PlayCondition(f"{play.hash}.{where}", play.per, text)
        for play in plays
        for where, text in play.conditions.items()
    ]
    found += [PlayCondition(f"{play.hash}.goal", play.per, play.goal.metric, "number") for play in plays if play.goal]
    return sorted(found, key=lambda condition: condition.id)
