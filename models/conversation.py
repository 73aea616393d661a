"""Conversations: an enrollment with all that has joined it, e.g. contracts whose terms end together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from models.case import Case, Enrolled
from models.decision import Enroll
from models.ids import enrollment_id
from models.play import Play

FAR = date.max
RESTARTED = "~"
"""What follows it in an occurrence says which version began the enrollment anew."""


@dataclass(frozen=True)
class Conversation:
    """One conversation with a customer: the lead's case, and those of the members that joined it."""

    lead: Case
    enrolled: Enrolled
    members: tuple[Case, ...] = ()
    new: tuple[Enroll, ...] = field(default=())

    @property
    def id(self) -> str:
        """The lead's enrollment."""
        return self.enrolled.enrollment_id

    @property
    def play(self) -> Play:
        """The play it follows."""
        return self.lead.play

    @property
    def cases(self) -> tuple[Case, ...]:
        """The lead's case, and the members'."""
        return self.lead, *self.members

    @cached_property
    def live(self) -> tuple[Case, ...]:
        """The cases that are still spoken for: neither ended, nor over, nor a success; all of them if none is."""
        return tuple(case for case in self.cases if not (stopped(case) or past(case) or succeeded(case))) or self.cases

    def logged(self, step: str) -> str:
        """The id under which the log has a step, or will have it: its own, unless that is another step's there."""
        taken, renamed = self.lead.taken.get(step), self.enrolled.renamed
        if taken is not None:
            return taken.logged or step
        if renamed.get(step, step) == step:
            return step
        return min((logged for logged, name in renamed.items() if name == step), default=step)

    @property
    def brought(self) -> bool:
        """Whether it began under another account, which was merged into this one: its id says of whom it was."""
        return self.id != enrollment_id(self.play.play, self.lead.subject, self.enrolled.occurrence)

    def holds(self, where: str) -> bool | None:
        """Whether a condition holds for any of the live cases: what one still needs, another does not cancel."""
        found = [case.truth.get(where) for case in self.live]
        return True if True in found else None if None in found else False

    def anchor(self, name: str) -> date | None:
        """The earliest date of that anchor: what must not be missed for one is not missed for the others."""
        return min((found for case in self.live if (found := case.anchors.get(name))), default=None)


def running(cases: Sequence[Case]) -> dict[str, Conversation]:
    """Enrollment id → the conversation, of those that run already."""
    talks = {
        case.enrolled.enrollment_id: Conversation(case, case.enrolled)
        for case in cases
        if case.enrolled and not case.enrolled.lead
    }
    for case in cases:
        if case.enrolled and case.enrolled.lead in talks:
            lead = talks[case.enrolled.lead]
            talks[case.enrolled.lead] = replace(lead, members=(*lead.members, case))
    return talks


def conversations(cases: Sequence[Case], as_of: date = date.min) -> list[Conversation]:
    """The conversations of one account: the running ones, and those that start tonight."""
    return joined(running(cases), [case for case in cases if may_enroll(case)], as_of)


def joined(talks: dict[str, Conversation], starting: Sequence[Case], as_of: date) -> list[Conversation]:
    """The running conversations and those that start, in order of precedence.

    Cases of a play with `coterm` whose anchors lie within that many days of a conversation's join it, unless it has
    nothing to say any more by which theirs would be told in time.
    """
    found = dict(talks)
    for case in sorted(starting, key=_urgency):
        _enroll(case, found, as_of)
    return sorted(found.values(), key=_rank)


def _rank(talk: Conversation) -> tuple[int, str, date, str, str]:
    """Precedence first, then what is known of it: never its id, which is a hash."""
    lead = talk.lead
    urgent = talk.anchor(talk.play.anchor) or FAR
    return -talk.play.precedence, talk.play.play, urgent, lead.subject, talk.enrolled.occurrence


def may_enroll(case: Case) -> bool:
    """Whether a case starts tonight, as far as it alone says.

    Its audience holds on fresh data (of a play that begins on leaving it, it does not), or a person asked for it; it
    has an occurrence, and a term that is long enough.
    """
    if case.enrolled or not case.occurrence or case.gone or case.truth.get("exit.stop") is True:
        return False
    if not case.requested and (case.truth.get("audience") is not (not case.on_leaving) or "audience" in case.stale):
        return False
    least = case.play.min_term
    return least is None or (case.term_months is not None and case.term_months >= least)


def _urgency(case: Case) -> tuple[str, date, str]:
    """Earliest anchor first: it leads the conversation."""
    return case.play.play, case.anchors.get(case.play.anchor) or FAR, case.subject


def _enroll(case: Case, talks: dict[str, Conversation], as_of: date) -> None:
    """Let the case join a conversation, or start one."""
    own = enrollment_id(case.play.play, case.subject, case.occurrence or "")
    lead_id = next((key for key, talk in talks.items() if _together(case, talk, as_of)), None)
    play = talks[lead_id].play if lead_id else case.play  # who joins a conversation follows its version
    enroll = Enroll(
        enrollment_id=own, subject=case.subject, account=case.account, play=case.play.play, play_hash=play.hash,
        occurrence=case.occurrence or "", arm=arm(case.play, case.account), lead=lead_id,
        trigger="csm" if case.requested else case.play.trigger, baseline=case.goal,
    )  # fmt: skip
    if lead_id is None:
        talks[own] = Conversation(case, Enrolled(own, enroll.occurrence, enroll.arm), new=(enroll,))
        return
    lead = talks[lead_id]
    talks[lead_id] = replace(lead, members=(*lead.members, case), new=(*lead.new, enroll))


def _together(case: Case, talk: Conversation, as_of: date) -> bool:
    """Whether the case's anchor is within the co-term span of the conversation's, which can still speak for it."""
    if talk.play.coterm is None or talk.play.play != case.play.play or over(talk):
        return False
    mine, theirs = case.anchors.get(case.play.anchor), talk.anchor(talk.play.anchor)
    if not mine or not theirs or abs(mine - theirs) > timedelta(days=talk.play.coterm):
        return False
    notices = {step.id for step in talk.play.steps if step.deadline}
    said = bool(notices) and notices <= talk.lead.taken.keys()
    return not said and not theirs < as_of <= mine


def over(talk: Conversation) -> bool:
    """Whether the terms or entries that the conversation was about are past, of all that have not been stopped."""
    return any(map(past, talk.cases)) and all(past(case) or stopped(case) for case in talk.cases)


def past(case: Case) -> bool:
    """Whether tonight's occurrence is another one than the enrollment's."""
    own = case.enrolled.occurrence.split(RESTARTED)[0] if case.enrolled else case.occurrence
    return bool(case.occurrence) and case.occurrence != own


def stopped(case: Case) -> bool:
    """Whether the subject is gone, or its stop holds, on stale data too."""
    return bool(case.gone) or case.truth.get("exit.stop") is True


def succeeded(case: Case) -> bool:
    """Whether the success holds, on fresh data."""
    return case.truth.get("exit.success") is True and "exit.success" not in case.stale


def arm(play: Play, account: str) -> str:
    """The stable arm of an account in a play: `treated` or `held_out`."""
    digest = hashlib.sha256(f"holdout:{play.play}:{account}".encode()).digest()
    return "held_out" if int.from_bytes(digest[:8]) / 2**64 < play.holdout else "treated"
