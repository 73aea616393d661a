"""The steps of a play that nobody has begun yet, in words: when, what, whom, and what would keep them from going."""

from dataclasses import dataclass
from datetime import date

from models.case import AccountCase, Policy
from models.conversation import Conversation
from models.owner import owner_of
from models.recipients import addressed
from models.schedule import Planned, open_steps
from models.step import CONTROL, TASKS, Step
from tasks.people import People
from tasks.report.coming import what


@dataclass(frozen=True)
class StartStep:
    """One step as it would come.

    Attributes:
        whom: roles and ids of contacts, or the owner of the task.
        note: why it has no date, would not go, or waits.
    """

    step: str
    kind: str
    what: str
    planned_on: date | None
    whom: str
    note: str


@dataclass(frozen=True)
class StepWords:
    """Puts the steps of a conversation that would begin into words; `first` is the night that would begin it."""

    talk: Conversation
    account: AccountCase
    policy: Policy
    known: People
    first: date

    def steps(self) -> tuple[StartStep, ...]:
        """All of them, in the order of the play."""
        return tuple(self._step(item) for item in open_steps(self.talk, self.policy.days_of(self.account.country)))

    def _step(self, item: Planned) -> StartStep:
        """One step."""
        step = item.step
        whom = "; ".join(filter(None, (self._owner(step), self._recipients(step))))
        return StartStep(step.id, step.kind, what(step), item.on, whom, self._note(item))

    def _owner(self, step: Step) -> str:
        """Who would have to do it, or would be told."""
        if step.kind not in TASKS and step.kind != "notify":
            return ""
        staff = {id_: row.get("team") for id_, row in self.known.csms.items()}
        row = self.known.accounts.get(self.account.account, {})
        owner = owner_of(step.owner, {**row, "sales_id": self.known.sales.get(self.account.account)}, staff)
        return owner.id or f"the {owner.team} team"

    def _recipients(self, step: Step) -> str:
        """Whom it would reach by what is known tonight."""
        if not step.to or not step.template:
            return ""
        only = self.talk.lead.subject.partition(":")[2] if self.talk.play.per == "contact" else ""
        klass = self.policy.classes.get(step.template, "service")
        found = addressed(step, klass, self.account.recipients, self.policy.fallback_roles, only, self.talk.play.play)
        return ", ".join(f"{one.role} {one.contact}" for one in found.recipients) or f"nobody: {found.reason}"

    def _note(self, item: Planned) -> str:
        """What would keep it from going on its day."""
        if item.on is None:
            return item.reason
        rule = self.talk.play.lateness(item.step)
        late = (self.first - item.on).days
        if late > rule.after and rule.do != "run" and item.step.kind not in CONTROL:
            return f"too late: its day lies {late} days back, allowed are {rule.after}"
        if item.step.when is None:
            return ""
        holds = self.talk.lead.truth.get(f"{item.step.id}.when")
        return "" if holds else f"{'not so' if holds is False else 'unknown'} tonight: {item.step.when}"
