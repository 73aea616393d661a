"""The answer of `perennial plan`, as plain data; dates are ISO texts, so that `asdict` is JSON."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class PlayPlan:
    """What the night does in one play: enrollments that begin and end, steps by verdict, messages and tasks."""

    begin: int = 0
    end: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    tasks: int = 0


@dataclass
class CsmPlan:
    """What the night puts on one person's desk, against their hours.

    Attributes:
        tasks, minutes: opened tonight.
        open_tasks, open_minutes: to be done within seven days, tonight's among them.
        hours_per_week: None where nobody has said.
    """

    csm: str
    name: str
    tasks: int = 0
    minutes: int = 0
    open_tasks: int = 0
    open_minutes: int = 0
    hours_per_week: float | None = None

    @property
    def over(self) -> bool:
        """Whether the week's tasks take more than the week's hours."""
        return self.hours_per_week is not None and self.open_minutes > 60 * self.hours_per_week


@dataclass(frozen=True)
class MessagePlan:
    """One message as it would be queued; whom it goes to and its words only where they were asked for."""

    message_id: str
    play: str
    step: str
    channel: str
    template: str
    contact: str
    state: str
    not_before: str | None
    reason: str = ""
    recipient: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""


@dataclass
class CustomerPlan:
    """Everything that happens to one account tonight."""

    account: str
    name: str = ""
    band: str = ""
    band_before: str | None = None
    begin: list[dict[str, Any]] = field(default_factory=list)
    end: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    messages: list[MessagePlan] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    not_begun: list[dict[str, Any]] = field(default_factory=list)

    @property
    def acted(self) -> bool:
        """Whether anything is done, rather than said."""
        return bool(self.begin or self.end or self.messages or self.tasks)
