"""What `decide` is given: plain data about one account and its conversations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.company import Caps
from models.play import Play
from models.workdays import Workdays


@dataclass(frozen=True)
class Recipient:
    """A contact who may be written to; no personal data.

    Attributes:
        suppressed: the address gets nothing at all.
        barred: scopes within which it gets nothing, e.g. `class:marketing`, `play:webinar`.
    """

    contact: str
    role: str
    address_key: str
    language: str = ""
    timezone: str = ""
    consent: str = ""
    suppressed: bool = False
    barred: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enrolled:
    """A running enrollment.

    Attributes:
        lead: the enrollment whose conversation it has joined (co-term).
        on: the night on which it began.
        alerted: its owner has been told that it is stuck.
        renamed: step id in the log → the id under which the case knows it.
    """

    enrollment_id: str
    occurrence: str
    arm: str = "treated"
    lead: str | None = None
    on: date | None = None
    alerted: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A step that was taken or has ended: on which day, and its outcome once there is one.

    Attributes:
        choice: the arm that a branch chose.
        due_on: the day by which its task is to be done, while it is open.
    """

    on: date
    outcome: str | None = None
    ended_on: date | None = None
    by_hand: bool = False
    choice: str | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """What the customer did: a reply, a booking; with the step it answers, where the answer names our message."""

    kind: str
    on: date
    enrollment_id: str | None = None
    step: str | None = None


@dataclass(frozen=True)
class Past:
    """An enrollment of the account that has ended."""

    subject: str
    play: str
    ended_on: date


@dataclass(frozen=True)
class Case:
    """One subject in one play, on one night.

    Attributes:
        occurrence: what tonight's fact sheet says; another than the enrollment's means that its time is over.
        anchors: anchor name → date, None where the fact is missing.
        truth: where → true, false or None (unknown), e.g. `audience`, `exit.stop`, `check-in.when`.
        stale: where or `anchor:<name>` → hours since its source passed its limit.
        taken: step id → Taken.
        goal: the number of the play's goal tonight.
        requested: a person asked for this enrollment: its audience is not asked.
        gone: why there is no such subject any more (merged, deleted), if so.
        successor: the play's newer version, if running enrollments move to it.
        reached: step id → address keys that have had it, of steps that go to newcomers too.
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
    goal: float | None = None
    requested: bool = False
    gone: str = ""
    successor: Play | None = None
    reached: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountCase:
    """One account on one night: its cases in all plays, its contacts, and what was said lately.

    Attributes:
        touches: the days of the last seven on which it was touched, one item a touch.
        spoke: play → the last day on which it spoke to the customer.
        answers: what the customer did lately, oldest first.
        past: enrollments that have ended.
        surveyed: address key → the day of its newest survey.
    """

    account: str
    cases: tuple[Case, ...]
    recipients: tuple[Recipient, ...] = ()
    touches: tuple[date, ...] = ()
    spoke: Mapping[str, date] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    past: tuple[Past, ...] = ()
    surveyed: Mapping[str, date] = field(default_factory=dict)
    country: str = ""


@dataclass(frozen=True)
class Policy:
    """The limits that hold for every account.

    Attributes:
        workdays: the company's working days; `calendars` has those of a country.
        classes: template → contractual, service or marketing.
        stopped: names of the kill switches that are on: `*`, plays, templates.
        deadline_stale_hours: how stale the data of a deadline step may be before it becomes a task.
        groups: play → the group of which an account has one at a time.
        precedence: play → who speaks first.
        survey_fatigue: days in which an address is asked once.
    """

    caps: Caps
    workdays: Workdays
    fallback_roles: tuple[str, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    deadline_stale_hours: int = 48
    calendars: Mapping[str, Workdays] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    precedence: Mapping[str, int] = field(default_factory=dict)
    survey_fatigue: int = 90

    def days_of(self, country: str) -> Workdays:
        """The working days of a country, else the company's."""
        return self.calendars.get(country, self.workdays)
