"""What `decide` is given: plain data about one account and its conversations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.company import Caps
from models.play import Play
from models.workdays import Workdays


@dataclass(frozen=True)
class Recipient:
    """A contact who may be written to; no personal data."""

    contact: str
    role: str
    address_key: str
    language: str = ""
    timezone: str = ""
    consent: str = ""
    suppressed: bool = False


@dataclass(frozen=True)
class Enrolled:
    """A running enrollment; `lead` is the enrollment whose conversation it has joined (co-term)."""

    enrollment_id: str
    occurrence: str
    arm: str = "treated"
    lead: str | None = None


@dataclass(frozen=True)
class Taken:
    """A step that was taken or has ended: on which day, and its outcome once there is one."""

    on: date
    outcome: str | None = None
    ended_on: date | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class Case:
    """One subject in one play, on one night.

    Attributes:
        occurrence: what tonight's fact sheet says; another than the enrollment's means that its time is over.
        anchors: anchor name → date, None where the fact is missing.
        truth: where → true, false or None (unknown), e.g. `audience`, `exit.stop`, `check-in.when`.
        stale: where or `anchor:<name>` → hours since its source passed its limit.
        taken: step id → Taken.
    """

    subject: str
    account: str
    play: Play
    occurrence: str | None
    anchors: Mapping[str, date | None]
    truth: Mapping[str, bool | None]
    stale: Mapping[str, float] = field(default_factory=dict)
    term_months: int | None = None
    enrolled: Enrolled | None = None
    taken: Mapping[str, Taken] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountCase:
    """One account on one night: its cases in all plays, its contacts, and the days it was touched on lately."""

    account: str
    cases: tuple[Case, ...]
    recipients: tuple[Recipient, ...] = ()
    touches: tuple[date, ...] = ()


@dataclass(frozen=True)
class Policy:
    """The limits that hold for every account.

    Attributes:
        classes: template → contractual, service or marketing.
        stopped: names of the kill switches that are on: `*`, plays, templates.
        deadline_stale_hours: how stale the data of a deadline step may be before it becomes a task.
    """

    caps: Caps
    workdays: Workdays
    fallback_roles: tuple[str, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    deadline_stale_hours: int = 48
