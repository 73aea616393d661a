"""The verdicts of one conversation on one night: one for each step whose time has come, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.case import AccountCase, Policy
from models.conversation import Conversation
from models.decision import Outcome, Verdict
from models.recipients import Addressed, addressed
from models.schedule import Planned, collapsed
from models.step import CONTROL, TOUCHES, Step
from models.waits import awaited, chosen_arm
from models.workdays import Workdays

DEADLINE_NEAR = 3  # days: this close to its deadline a mail no longer waits for a working day


@dataclass(frozen=True)
class ByHand:
    """A step that a person takes now, its date not awaited."""

    enrollment_id: str
    step: str


def verdicts_of(
    talk: Conversation,
    planned: Sequence[Planned],
    account: AccountCase,
    policy: Policy,
    as_of: date,
    by_hand: ByHand | None = None,
) -> list[Verdict]:
    """One verdict for each open step that is planned for tonight or earlier; by hand just for the chosen one."""
    desk = _Talk(talk, account, policy, as_of, by_hand)
    pending = [item for item in planned if desk.is_pending(item)]
    if by_hand:
        return [replace(desk.due(item), by_hand=True) for item in pending]
    superseded = collapsed(pending, talk.play)
    return [*(desk.verdict(item, superseded) for item in pending), *desk.again()]


def waits_for_people(step: Step) -> bool:
    """Whether the step goes out on working days only, because somebody is to read it."""
    return step.kind in TOUCHES or bool(step.meeting and step.meeting.invite)


@dataclass(frozen=True)
class _Talk:
    """One conversation on one night."""

    talk: Conversation
    account: AccountCase
    policy: Policy
    as_of: date
    by_hand: ByHand | None

    @property
    def workdays(self) -> Workdays:
        """Those of the account's country."""
        return self.policy.days_of(self.account.country)

    def is_pending(self, item: Planned) -> bool:
        """Whether the step asks for a verdict: by hand just the chosen one, else all up to tonight."""
        if self.by_hand:
            return item.step.id == self.by_hand.step
        return item.state in ("no_anchor", "void") or (item.on is not None and item.on <= self.as_of)

    def verdict(self, item: Planned, superseded: dict[str, str]) -> Verdict:
        """Lateness first: what is past is past, whatever its conditions say."""
        if item.state == "no_anchor":
            return self._say(item, "held", item.reason)
        if item.state == "void":
            return self._ends(item, "skipped", item.reason)
        if item.step.id in superseded:
            return self._ends(item, "superseded", f"{superseded[item.step.id]} is due as well and goes instead")
        if late := self._late(item):
            return self._ends(item, "late", late)
        return self.due(item)

    def due(self, item: Planned) -> Verdict:
        """The step's verdict once its date has come: switches, data, condition, then what it does; the arm at last."""
        stopped = self.policy.stopped & {"*", self.talk.play.play, item.step.template or ""}
        if stopped:
            return self._say(item, "held", f"stopped by an operator: {', '.join(sorted(stopped))}")
        found = self._stale(item) or self._condition(item) or self._doing(item)
        held_out = self.talk.enrolled.arm == "held_out" and not item.step.deadline and not self._is_control(item.step)
        if held_out and found.verdict == "due":
            reason = "held out to measure the play's effect"
            return replace(found, verdict="trapped", outcome="trapped", reason=reason, instead=None)
        return found

    def again(self) -> list[Verdict]:
        """Steps that were sent, once more for those who have come since (`resend_to_new`)."""
        found = []
        for step in self.talk.play.steps:
            taken = self.talk.lead.taken.get(step.id)
            if not step.resend_to_new or taken is None or taken.outcome != "sent":
                continue
            verdict = self.due(Planned(step, taken.on))
            fresh = tuple(
                one for one in verdict.recipients if one.address_key not in self.talk.lead.reached.get(step.id, ())
            )
            if verdict.verdict == "due" and fresh:
                found.append(replace(verdict, recipients=fresh, reason=f"new since {taken.on}: {verdict.reason}"))
        return found

    def _late(self, item: Planned) -> str:
        """Why the step is too late, if it is."""
        if item.step.kind in CONTROL:
            return ""
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
        return self.workdays.shifted(planned, "next_working_day" if waits_for_people(item.step) else "none")

    def _stale(self, item: Planned) -> Verdict | None:
        """On stale data a step is held; a deadline's goes out up to a limit, then it becomes the CSM's task."""
        places = [f"anchor:{self.talk.play.anchor_of(item.step)}"] if item.step.after is None else []
        places += [where for where in item.step.conditions if not where.endswith((".resolve", ".until"))]
        hours = max((self.talk.lead.stale[place] for place in places if place in self.talk.lead.stale), default=None)
        if hours is None or (item.step.deadline and hours <= self.policy.deadline_stale_hours):
            return None
        reason = f"its data is stale for {hours:.0f} h"
        return self._instead(item, reason) if item.step.deadline else self._say(item, "held", reason)

    def _condition(self, item: Planned) -> Verdict | None:
        """`when` must hold; unknown fires nothing, but close to a deadline the CSM is asked."""
        if item.step.when is None:
            return None
        holds = self.talk.holds(f"{item.step.id}.when")
        if holds is None:
            reason = f"unknown: {item.step.when}"
            return self._instead(item, reason) if self._urgent(item) else self._say(item, "held", reason)
        return None if holds else self._ends(item, "skipped", f"not so: {item.step.when}")

    def _doing(self, item: Planned) -> Verdict:
        """By kind: waits and branches decide, mails look for people, all else is simply due."""
        if item.step.kind == "wait":
            return self._wait(item)
        if item.step.kind == "branch":
            return self._branch(item)
        if waits_for_people(item.step):
            return self._people(item)
        due = self._say(item, "due", "planned for this day" if item.on == self.as_of else "planned earlier")
        return replace(due, outcome="done") if item.step.kind in ("start", "stop") else due

    def _wait(self, item: Planned) -> Verdict:
        """Met, expired, or waiting."""
        found = awaited(item.step, self.talk.lead, self.account.answers, item.on or self.as_of, self.as_of)
        if found.state == "met":
            return replace(self._say(item, "due", found.reason), outcome="done")
        if found.state == "expired":
            return replace(self._say(item, "late", found.reason), outcome="expired")
        return self._say(item, "waiting", found.reason)

    def _branch(self, item: Planned) -> Verdict:
        """The arm that is chosen."""
        found = chosen_arm(item.step, self.talk.lead)
        if found is None:
            return self._ends(item, "skipped", "no arm's condition holds")
        arm, condition = found
        return replace(self._say(item, "due", f"{arm}: {condition}"), outcome="done", choice=arm)

    def _people(self, item: Planned) -> Verdict:
        """Whom it may go to, on a working day; a mail that reaches nobody becomes a task."""
        if not self.workdays.is_open(self.as_of) and not self._urgent(item) and not self.by_hand:
            return self._say(item, "waiting", self.workdays.why_closed(self.as_of))
        klass = self.policy.classes.get(item.step.template or "", "service")
        only = self.talk.lead.subject.removeprefix("contact:") if self.talk.play.per == "contact" else ""
        found = addressed(
            item.step, klass, self.account.recipients, self.policy.fallback_roles, only, self.talk.play.play
        )
        if found.recipients and item.step.kind == "survey":
            found = self._rested(found, item.step)
        if found.recipients or item.step.kind == "meeting":
            return replace(self._say(item, "due", found.reason), recipients=found.recipients)
        if found.verdict == "rests":
            return self._ends(item, "skipped", found.reason)
        if found.verdict == "suppressed" and klass != "contractual" and not item.step.deadline:
            return self._ends(item, "suppressed", found.reason)
        if item.step.kind != "email":
            return self._ends(item, "skipped", found.reason)
        return self._instead(item, found.reason)

    def _rested(self, found: Addressed, step: Step) -> Addressed:
        """Without those who were asked lately: nobody is asked twice within the days of fatigue.

        A survey in the thread of another is its reminder: it goes to those whom that one has asked, and to nobody else.
        """
        asked, limit = self.account.surveyed, self.policy.survey_fatigue
        first = self.talk.lead.taken.get(step.thread or "")
        days = {one: asked.get(one.address_key) for one in found.recipients}
        if first is not None and self.talk.play.step(step.thread or "").kind == "survey":
            kept = tuple(one for one, last in days.items() if last is not None and last >= first.on)
            return replace(found, recipients=kept) if kept else Addressed((), f"{step.thread} asked nobody", "rests")
        kept = tuple(one for one, last in days.items() if last is None or (self.as_of - last).days >= limit)
        if kept:
            return replace(found, recipients=kept)
        newest = max(filter(None, days.values()))
        return Addressed((), f"asked on {newest}, and again after {limit} days at the earliest", "rests")

    def _is_control(self, step: Step) -> bool:
        """Waits, branches and stops go on in the arm that is left alone, so that both arms last alike."""
        return step.kind in ("wait", "branch", "stop")

    def _urgent(self, item: Planned) -> bool:
        """Whether the deadline is so near that the mail no longer waits."""
        deadline = self._deadline(item)
        return deadline is not None and (deadline - self.as_of).days <= DEADLINE_NEAR

    def _deadline(self, item: Planned) -> date | None:
        """The day a deadline step must not pass."""
        if not item.step.deadline:
            return None
        return self.talk.anchor(self.talk.play.anchor_of(item.step))

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
