"""The one place that decides: plain data about one account in, decisions with reasons out.

Order: enrollments, exits, what is pending, lateness, holds, recipients, precedence, caps. No clock, no database.
"""

from dataclasses import dataclass, replace
from datetime import date

from models.case import AccountCase, Policy
from models.conversation import Conversation, conversations, over
from models.decision import End, Outcome, Plan, Verdict
from models.recipients import addressed
from models.schedule import Planned, collapsed, open_steps
from models.touches import capped

DEADLINE_NEAR = 3  # days: this close to its deadline a mail no longer waits for a working day


@dataclass(frozen=True)
class ByHand:
    """A step that a person takes now, its date not awaited."""

    enrollment_id: str
    step: str


def decide(account: AccountCase, policy: Policy, as_of: date, by_hand: ByHand | None = None) -> Plan:
    """All decisions for one account on one night (or for the one step that is taken by hand)."""
    talks = conversations(account.cases)
    if by_hand:
        talks = [talk for talk in talks if talk.enrolled.enrollment_id == by_hand.enrollment_id]
    ends = {talk.enrolled.enrollment_id: end for talk in talks if (end := _end(talk, policy))}
    verdicts: list[Verdict] = []
    for talk in talks:
        if talk.enrolled.enrollment_id not in ends:
            verdicts += _Talk(talk, account, policy, as_of, by_hand).verdicts()
    return Plan(
        enroll=tuple(item for talk in talks for item in talk.new),
        verdicts=tuple(capped(verdicts, talks, account.touches, policy.caps, as_of)),
        ends=tuple(ends.values()),
    )


def _end(talk: Conversation, policy: Policy) -> End | None:
    """The end of a conversation, if tonight ends it. A stop counts on stale data too, a success does not."""
    lead = talk.lead
    still_open = tuple(item.step.id for item in open_steps(talk, policy.workdays))
    end = End(talk.enrolled.enrollment_id, lead.account, talk.play.play, "stopped", "", still_open, "stopped")
    if all(case.truth.get("exit.stop") is True for case in (lead, *talk.members)):
        return replace(end, reason=f"exit.stop: {talk.play.exit.stop}")
    if over(talk):
        reason = f"{talk.enrolled.occurrence} is over, {lead.occurrence} has begun"
        return replace(end, outcome="finished", reason=reason, step_outcome="expired")
    if lead.truth.get("exit.success") is True and "exit.success" not in lead.stale:
        return replace(
            end, outcome="success", reason=f"exit.success: {talk.play.exit.success}", step_outcome="canceled"
        )
    if not still_open and all(taken.outcome for taken in lead.taken.values()):
        return replace(end, outcome="finished", reason="every step has ended", step_outcome="canceled")
    return None


@dataclass(frozen=True)
class _Talk:
    """The verdicts of one conversation on one night."""

    talk: Conversation
    account: AccountCase
    policy: Policy
    as_of: date
    by_hand: ByHand | None

    def verdicts(self) -> list[Verdict]:
        """One verdict for each step that is planned for tonight or earlier."""
        pending = [item for item in open_steps(self.talk, self.policy.workdays) if self._pending(item)]
        if self.by_hand:
            return [replace(self._due(item), by_hand=True) for item in pending]
        superseded = collapsed(pending, self.talk)
        return [self._verdict(item, superseded) for item in pending]

    def _pending(self, item: Planned) -> bool:
        """Whether the step asks for a verdict: by hand just the chosen one, else all up to tonight."""
        if self.by_hand:
            return item.step.id == self.by_hand.step
        return item.state in ("no_anchor", "void") or (item.on is not None and item.on <= self.as_of)

    def _verdict(self, item: Planned, superseded: dict[str, str]) -> Verdict:
        """Lateness first: what is past is past, whatever its conditions say."""
        if item.state == "no_anchor":
            return self._say(item, "held", item.reason)
        if item.state == "void":
            return self._ends(item, "skipped", item.reason)
        if item.step.id in superseded:
            return self._ends(item, "superseded", f"{superseded[item.step.id]} is due as well and goes instead")
        late = self._late(item)
        if late:
            return self._ends(item, "late", late)
        return self._due(item)

    def _late(self, item: Planned) -> str:
        """Why the step is too late, if it is."""
        deadline = self._deadline(item)
        if deadline and self.as_of > deadline:
            return f"its deadline {deadline} has passed"
        rule = self.talk.play.lateness(item.step)
        days = (self.as_of - self._first_day(item)).days
        if rule.do != "run" and days > rule.after:
            return f"{days} days late, allowed are {rule.after}"
        return ""

    def _first_day(self, item: Planned) -> date:
        """The first day on which the step can be taken; a mail's is a working day, so that no holiday makes it late."""
        planned = item.on or self.as_of
        return self.policy.workdays.shifted(planned, "next_working_day" if item.step.kind == "email" else "none")

    def _due(self, item: Planned) -> Verdict:
        """The step's verdict once its date has come: arm, switches, data, condition, then people."""
        if self.talk.enrolled.arm == "held_out":
            return self._ends(item, "trapped", "held out to measure the play's effect")
        stopped = self.policy.stopped & {"*", self.talk.play.play, item.step.email or ""}
        if stopped:
            return self._say(item, "held", f"stopped by an operator: {', '.join(sorted(stopped))}")
        return self._stale(item) or self._condition(item) or self._people(item)

    def _stale(self, item: Planned) -> Verdict | None:
        """On stale data a step is held; a deadline's goes out up to a limit, then it becomes the CSM's task."""
        places = (f"{item.step.id}.when", f"anchor:{self.talk.play.anchor_of(item.step)}")
        hours = max((self.talk.lead.stale[place] for place in places if place in self.talk.lead.stale), default=None)
        if hours is None or (item.step.deadline and hours <= self.policy.deadline_stale_hours):
            return None
        reason = f"its data is stale for {hours:.0f} h"
        return self._instead(item, reason) if item.step.deadline else self._say(item, "held", reason)

    def _condition(self, item: Planned) -> Verdict | None:
        """`when` must hold; unknown fires nothing, but close to a deadline the CSM is asked."""
        if item.step.when is None:
            return None
        holds = self.talk.lead.truth.get(f"{item.step.id}.when")
        if holds is None:
            reason = f"unknown: {item.step.when}"
            return self._instead(item, reason) if self._urgent(item) else self._say(item, "held", reason)
        return None if holds else self._ends(item, "skipped", f"not so: {item.step.when}")

    def _people(self, item: Planned) -> Verdict:
        """Tasks go to the CSM; mails to whom they may go to, on a working day."""
        if item.step.kind != "email":
            return self._say(item, "due", "planned for this day" if item.on == self.as_of else "planned earlier")
        if not self.policy.workdays.is_open(self.as_of) and not self._urgent(item) and not self.by_hand:
            return self._say(item, "waiting", f"{self.as_of} is no working day")
        klass = self.policy.classes.get(item.step.email or "", "service")
        found = addressed(item.step, klass, self.account.recipients, self.policy.fallback_roles)
        if found.recipients:
            return replace(self._say(item, "due", found.reason), recipients=found.recipients)
        if found.verdict == "suppressed" and klass != "contractual" and not item.step.deadline:
            return self._ends(item, "suppressed", found.reason)
        return self._instead(item, found.reason)

    def _urgent(self, item: Planned) -> bool:
        """Whether the deadline is so near that the mail no longer waits."""
        deadline = self._deadline(item)
        return deadline is not None and (deadline - self.as_of).days <= DEADLINE_NEAR

    def _deadline(self, item: Planned) -> date | None:
        """The day a deadline step must not pass."""
        return self.talk.anchor(self.talk.play.anchor_of(item.step)) if item.step.deadline else None

    def _instead(self, item: Planned, reason: str) -> Verdict:
        """The mail becomes a task of the CSM: nothing is lost because nobody can be written to."""
        return replace(self._say(item, "due", f"a task for the CSM instead: {reason}"), instead=reason)

    def _ends(self, item: Planned, outcome: Outcome, reason: str) -> Verdict:
        """A step that ends tonight without anything being done."""
        return replace(self._say(item, "skipped", reason), verdict=outcome, outcome=outcome)  # type: ignore[arg-type]

    def _say(self, item: Planned, verdict: str, reason: str) -> Verdict:
        """The verdict with all that names the step."""
        lead = self.talk.lead
        return Verdict(
            enrollment_id=self.talk.enrolled.enrollment_id, subject=lead.subject, account=lead.account,
            play=self.talk.play.play, occurrence=self.talk.enrolled.occurrence, step=item.step.id, kind=item.step.kind,
            planned_on=item.on, verdict=verdict, reason=reason, deadline_on=self._deadline(item),  # type: ignore[arg-type]
            members=tuple(case.subject for case in self.talk.live if case is not lead),
        )  # fmt: skip
