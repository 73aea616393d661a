"""What `decide` answers: plain data, each with its reason."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from models.case import Recipient
from models.migration import Carried

VerdictName = Literal[
    "due", "skipped", "held", "suppressed", "capped", "late", "superseded", "trapped", "waiting", "stopped"
]
Outcome = Literal[
    "sent", "done", "skipped", "suppressed", "late", "superseded", "trapped", "stopped", "refused", "expired",
    "canceled",
]  # fmt: skip


@dataclass(frozen=True)
class Enroll:
    """Start an enrollment; `lead` is set when it only joins another one's conversation.

    Attributes:
        trigger: what began it: customer, scheduled or csm.
        baseline: the goal's number on that night.
        carried: what was done already (a restart does nothing twice).
    """

    enrollment_id: str
    subject: str
    account: str
    play: str
    play_hash: str
    occurrence: str
    arm: str = "treated"
    lead: str | None = None
    trigger: str = "scheduled"
    baseline: float | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True)
class NotEnrolled:
    """Who would have begun a play tonight and does not, and why."""

    subject: str
    account: str
    play: str
    occurrence: str
    reason: str


@dataclass(frozen=True)
class Migrate:
    """A running enrollment goes on in its play's new version.

    Attributes:
        steps: step id in the log → its id in the new version, where they differ.
        dropped: open steps that the new version does not have; they end superseded.
    """

    enrollment_id: str
    account: str
    play: str
    play_hash: str
    steps: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolve:
    """A task whose reason is gone: its condition holds."""

    enrollment_id: str
    account: str
    play: str
    step: str
    reason: str


@dataclass(frozen=True)
class Stuck:
    """An enrollment that goes nowhere; its owner is told once."""

    enrollment_id: str
    subject: str
    account: str
    play: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of one planned step tonight.

    Attributes:
        outcome: set when the step ends tonight: nothing was done, or what it does is done with that.
        choice: the arm that a branch chose.
        instead: the mail's step becomes a task of the CSM, for this reason.
        deadline_on: the day a deadline step must not pass.
        logged: the step's id in the log, where it is another than in the version that the enrollment follows.
    """

    enrollment_id: str
    subject: str
    account: str
    play: str
    occurrence: str
    step: str
    kind: str
    planned_on: date | None
    verdict: VerdictName
    reason: str
    outcome: Outcome | None = None
    recipients: tuple[Recipient, ...] = ()
    instead: str | None = None
    deadline_on: date | None = None
    by_hand: bool = False
    members: tuple[str, ...] = ()
    choice: str | None = None
    logged: str | None = None

    @property
    def log_step(self) -> str:
        """The step as the log calls it: what is done once is done once under this name."""
        return self.logged or self.step


@dataclass(frozen=True)
class End:
    """End an enrollment; its open steps end with `outcome`'s counterpart.

    Attributes:
        result: the goal's number on that night.
        keeps_tasks: what people have been asked to do stays with them; else it is closed.
    """

    enrollment_id: str
    account: str
    play: str
    outcome: Literal["success", "stopped", "superseded", "finished"]
    reason: str
    open_steps: tuple[str, ...] = ()
    step_outcome: Outcome = "canceled"
    result: float | None = None
    keeps_tasks: bool = False


@dataclass(frozen=True)
class Plan:
    """All decisions of a night, in a fixed order."""

    enroll: tuple[Enroll, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    ends: tuple[End, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    migrations: tuple[Migrate, ...] = ()
    resolves: tuple[Resolve, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    not_enrolled: tuple[NotEnrolled, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Verdict → how many."""
        return dict(sorted(Counter(verdict.verdict for verdict in self.verdicts).items()))

    @property
    def mails(self) -> int:
        """How many messages this plan would queue."""
        return sum(
            len(verdict.recipients) for verdict in self.verdicts if verdict.verdict == "due" and not verdict.instead
        )

    @property
    def plays(self) -> frozenset[str]:
        """The plays that have a part in it."""
        parts: tuple[Any, ...] = (
            *self.enroll,
            *self.verdicts,
            *self.ends,
            *self.migrations,
            *self.resolves,
            *self.stuck,
        )
        return frozenset(item.play for item in parts)

    def dump(self) -> dict[str, Any]:
        """JSON-ready, with counts and the plan's hash."""
        text = self._text()
        return {"plan_hash": _sha256(text), "counts": self.counts, "mails": self.mails, **json.loads(text)}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the decisions: what an approval releases is exactly this."""
        return _sha256(self._text())

    def _text(self) -> str:
        """The decisions as JSON. A plan may hold hundreds of thousands: `asdict` would copy each value of each."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return json.dumps(parts, default=_plain, sort_keys=True)


def _plain(value: object) -> object:
    """What JSON does not know: a decision or a recipient as its fields, a date as text."""
    return vars(value) if is_dataclass(value) else str(value)


def _sha256(text: str) -> str:
    """In hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


RELEASED = ("enroll", "ends", "migrations", "resolves", "stuck")


def chosen(plan: Plan, held: frozenset[str], dropped: frozenset[str]) -> Plan:
    """The plan without what an approval holds back (it comes up again), and with what it drops ended as skipped."""
    verdicts = []
    for verdict in plan.verdicts:
        if verdict.play in held:
            continue
        verdicts.append(_dropped(verdict) if verdict.play in dropped and verdict.verdict == "due" else verdict)
    rest: dict[str, Any] = {name: _without(getattr(plan, name), held) for name in RELEASED}
    return replace(plan, verdicts=tuple(verdicts), **rest)


def _without(items: tuple[Any, ...], held: frozenset[str]) -> tuple[Any, ...]:
    """What does not belong to the plays held back."""
    return tuple(item for item in items if item.play not in held)


def _dropped(verdict: Verdict) -> Verdict:
    """A due step that the approver does not want."""
    changes: dict[str, Any] = {
        "verdict": "skipped",
        "outcome": "skipped",
        "reason": "dropped at approval",
        "recipients": (),
    }
    return Verdict(**{**verdict.__dict__, **changes})
