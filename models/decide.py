"""The one place that decides: plain data about one account in, decisions with reasons out.

Order: new versions, entry, exits, what is pending, lateness, holds, recipients, precedence, caps. No clock, no
database.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.case import AccountCase, Case, Policy, Taken
from models.conversation import RESTARTED, Conversation, joined, over, running, stopped, succeeded
from models.decision import End, Enroll, Migrate, Plan, Resolve, Verdict
from models.entry import entering
from models.ids import enrollment_id
from models.migration import Carried, apart, came_back, migration, names_after
from models.play import Play
from models.progress import stuck
from models.schedule import Planned, open_steps
from models.step import TASKS
from models.touches import capped
from models.verdicts import ByHand, verdicts_of, waits_for_people
from models.workdays import Workdays

__all__ = ["ByHand", "decide"]


def decide(account: AccountCase, policy: Policy, as_of: date, by_hand: ByHand | None = None) -> Plan:
    """All decisions for one account on one night (or for the one step that is taken by hand)."""
    known = running(account.cases)
    starting, kept_out = entering(account, known.values(), policy, as_of)
    talks = joined(known, starting, as_of)
    if by_hand:
        talks = [talk for talk in talks if talk.id == by_hand.enrollment_id]
    workdays = policy.days_of(account.country)
    planned = {talk.id: open_steps(talk, workdays) for talk in talks}
    endings = ((talk.id, _end(talk, planned[talk.id], workdays, as_of)) for talk in talks)
    ends = {id_: end for id_, end in endings if end}
    ends |= {} if by_hand else _doubled([talk for talk in talks if talk.id not in ends], planned)
    moved = _Moves.of(talk for talk in talks if talk.lead.successor and talk.id not in ends)
    settled = ends.keys() | moved.ids
    verdicts = [
        verdict
        for talk in talks
        if talk.id not in settled
        for verdict in verdicts_of(talk, planned[talk.id], account, policy, as_of, by_hand)
    ]
    verdicts = capped(verdicts, talks, account, policy, as_of)
    return Plan(
        enroll=(*(item for talk in talks for item in talk.new), *moved.enroll),
        verdicts=tuple(verdicts),
        ends=(*ends.values(), *moved.ends, *_stopped(talks, verdicts, planned)),
        migrations=moved.migrations,
        resolves=tuple(item for talk in talks if talk.id not in ends for item in _resolved(talk)),
        stuck=tuple(
            found
            for talk in talks
            if talk.id not in settled and not by_hand
            if (found := stuck(talk, planned[talk.id], as_of))
        ),
        not_enrolled=tuple(kept_out),
    )


def _end(talk: Conversation, still_open: Sequence[Planned], workdays: Workdays, as_of: date) -> End | None:
    """The end of a conversation, if tonight ends it: when none of its cases is left to speak for."""
    lead = talk.lead
    end = _ending(talk, "stopped", "", still_open)
    if all(case.gone for case in talk.cases):
        return replace(end, reason=lead.gone)
    if all(map(stopped, talk.cases)):
        return replace(end, reason=f"exit.stop: {talk.play.exit.stop}")
    if over(talk):
        reason = f"{talk.enrolled.occurrence} is over, {lead.occurrence} has begun"
        return replace(end, outcome="finished", reason=reason, step_outcome="expired", keeps_tasks=True)
    if all(map(succeeded, talk.live)) and not any(_shifted_past(item, workdays, as_of) for item in still_open):
        return replace(
            end, outcome="success", reason=f"exit.success: {talk.play.exit.success}", step_outcome="canceled"
        )
    if not still_open and all(taken.outcome for taken in lead.taken.values()):
        return replace(end, outcome="finished", reason="every step has ended", step_outcome="canceled")
    return None


def _doubled(talks: Sequence[Conversation], planned: Mapping[str, Sequence[Planned]]) -> dict[str, End]:
    """The ends of conversations that a merged account has brought along where the account has the same play already.

    Its own goes on, else the one that began first; what people were asked to do stays with them.
    """
    same: dict[tuple[str, str], list[Conversation]] = defaultdict(list)
    for talk in talks:
        same[talk.play.play, talk.lead.subject].append(talk)
    found = {}
    for (play, subject), doubles in same.items():
        kept, *rest = sorted(doubles, key=lambda one: (one.brought, one.enrolled.on or date.max, one.id))
        for talk in rest if rest and rest[-1].brought else ():
            reason = f"its account was merged into {subject}, where {play} of {kept.enrolled.on} goes on"
            end = _ending(talk, "superseded", reason, planned[talk.id])
            found[talk.id] = replace(end, step_outcome="superseded", keeps_tasks=True)
    return found


def _ending(talk: Conversation, outcome: str, reason: str, still_open: Sequence[Planned]) -> End:
    """The end of a conversation, with what was still open and the goal's number."""
    return End(
        enrollment_id=talk.id, account=talk.lead.account, play=talk.play.play,
        outcome=outcome, reason=reason,  # type: ignore[arg-type]
        open_steps=tuple(talk.logged(item.step.id) for item in still_open),
        step_outcome="stopped", result=talk.lead.goal,
    )  # fmt: skip


def _shifted_past(item: Planned, workdays: Workdays, as_of: date) -> bool:
    """Whether only a weekend or a holiday has kept a step from coming before the exit: then it still runs first."""
    if item.on is None or item.raw is None or item.raw >= as_of:
        return False
    first = workdays.shifted(item.on, "next_working_day") if waits_for_people(item.step) else item.on
    return item.raw < first and as_of <= first


def _stopped(
    talks: Sequence[Conversation], verdicts: Sequence[Verdict], planned: Mapping[str, Sequence[Planned]]
) -> list[End]:
    """The ends of conversations whose `stop` step is due."""
    by_id = {talk.id: talk for talk in talks}
    found = []
    for verdict in (one for one in verdicts if one.kind == "stop" and one.verdict == "due"):
        talk = by_id[verdict.enrollment_id]
        spoken_of = {one.step for one in verdicts if one.enrollment_id == verdict.enrollment_id and one.outcome}
        rest = [item for item in planned[verdict.enrollment_id] if item.step.id not in spoken_of]
        why = talk.play.step(verdict.step).stop or ""
        found.append(replace(_ending(talk, "finished", f"stop: {why}", rest), step_outcome="canceled"))
    return found


def _resolved(talk: Conversation) -> list[Resolve]:
    """Open tasks whose `resolve` condition holds on fresh data."""
    lead = talk.lead
    found = []
    for step in talk.play.steps:
        taken, where = lead.taken.get(step.id), f"{step.id}.resolve"
        waiting = step.kind in TASKS and taken is not None and taken.outcome is None
        if waiting and lead.truth.get(where) is True and where not in lead.stale:
            reason = f"holds: {step.resolve}"
            found.append(Resolve(talk.id, lead.account, talk.play.play, step.id, reason))
    return found


@dataclass(frozen=True)
class _Moves:
    """Running conversations that move to their play's new version tonight; its steps act from the next night on."""

    migrations: tuple[Migrate, ...] = ()
    ends: tuple[End, ...] = ()
    enroll: tuple[Enroll, ...] = ()

    @classmethod
    def of(cls, talks: Iterable[Conversation]) -> "_Moves":
        """Each by the new version's `migrate`."""
        found = [_move(talk) for talk in talks]
        return cls(
            tuple(item for item in found if isinstance(item, Migrate)),
            tuple(item[0] for item in found if isinstance(item, tuple)),
            tuple(one for item in found if isinstance(item, tuple) for one in item[1]),
        )

    @property
    def ids(self) -> frozenset[str]:
        """The enrollments that move."""
        return frozenset({item.enrollment_id for item in self.migrations} | {item.enrollment_id for item in self.ends})


def _move(talk: Conversation) -> Migrate | tuple[End, tuple[Enroll, ...]]:
    """Go on under the new version, or end and begin anew with what was done carried over."""
    lead, new = talk.lead, talk.lead.successor or talk.play
    step = migration(talk.play, new)
    enrolled = talk.enrolled
    if step.how == "map":
        dropped = tuple(talk.logged(id_) for id_ in step.dropped if id_ not in lead.taken)
        now = names_after(enrolled.renamed, lead.taken, talk.play, new)
        return Migrate(enrolled.enrollment_id, lead.account, new.play, new.hash, now, dropped)
    names = step.renamed | {id_: apart(talk.play.step(id_)) for id_ in step.dropped}
    known = {came_back(names.get(id_, id_), new): taken for id_, taken in lead.taken.items()}
    carried = tuple(_carried(id_, known[id_]) for id_ in sorted(known))
    still_open = tuple(talk.logged(one.id) for one in talk.play.steps if one.id not in lead.taken)
    end = replace(
        _ending(talk, "superseded", f"its play has a new version, {new.hash}", ()),
        open_steps=still_open, step_outcome="superseded",
    )  # fmt: skip
    begin = replace(_anew(lead, enrolled.occurrence, new), arm=enrolled.arm, carried=carried)
    joined_it = (_anew(case, case.enrolled.occurrence, new) for case in talk.members if case.enrolled)
    return end, (begin, *(replace(one, arm=enrolled.arm, lead=begin.enrollment_id) for one in joined_it))


def _carried(step: str, taken: Taken) -> Carried:
    """A step of the version before: it happened, or it did not; work that was begun is put away with the enrollment."""
    outcome = "done" if taken.outcome == "sent" else taken.outcome or "canceled"
    reason = f"{taken.outcome or 'begun'} on {taken.on} in the version before"
    return Carried(step, outcome, reason, taken.choice)


def _anew(case: Case, before: str, new: Play) -> Enroll:
    """The enrollment that takes the place of another; a version that comes back makes another one again."""
    occurrence = f"{before}{RESTARTED}{new.hash[:8]}"
    return Enroll(
        enrollment_id=enrollment_id(new.play, case.subject, occurrence), subject=case.subject, account=case.account,
        play=new.play, play_hash=new.hash, occurrence=occurrence, trigger=new.trigger, baseline=case.goal,
    )  # fmt: skip
