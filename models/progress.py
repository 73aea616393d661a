"""How a running enrollment gets on: on track, behind, or stuck, with the reason in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from models.conversation import Conversation
from models.decision import Stuck
from models.play import Play
from models.schedule import Planned
from models.step import TASKS

State = Literal["on_track", "behind", "stuck"]


@dataclass(frozen=True)
class Progress:
    """Where an enrollment stands; `reason` is empty on track."""

    state: State = "on_track"
    reason: str = ""


ON_TRACK = Progress()


def progress(talk: Conversation, planned: Sequence[Planned], as_of: date) -> Progress:
    """How the conversation gets on.

    Behind: past the play's `expected` days, a task of it overdue, or a step held for longer than it may be late; a
    wait is held for longer only when its time-out is over. Stuck: behind, and no step was taken or ended for the
    play's `stuck_after` days; who is behind by `expected` alone is not stuck as long as a wait has time left.
    """
    if talk.enrolled.arm == "held_out":
        return ON_TRACK
    faults = [*_overdue(talk, as_of), *_held(talk.play, planned, as_of)]
    reasons = [*_too_long(talk, as_of), *faults]
    if not reasons:
        return ON_TRACK
    quiet = (as_of - _last(talk, as_of)).days
    if quiet < talk.play.stuck_after or (not faults and _waits(planned, as_of)):
        return Progress("behind", "; ".join(reasons))
    return Progress("stuck", "; ".join([*reasons, f"nothing has happened for {quiet} days"]))


def stuck(talk: Conversation, planned: Sequence[Planned], as_of: date) -> Stuck | None:
    """What its owner is to be told, once for an enrollment; None where there is nothing to tell."""
    found = progress(talk, planned, as_of)
    if found.state != "stuck" or talk.enrolled.alerted:
        return None
    lead = talk.lead
    return Stuck(talk.enrolled.enrollment_id, lead.subject, lead.account, talk.play.play, found.reason)


def _too_long(talk: Conversation, as_of: date) -> Iterator[str]:
    """Longer than the play is expected to take, from its anchor, or from its enrollment where that came later."""
    expected = talk.play.expected
    if expected is None:
        return
    began = max(filter(None, (talk.anchor(talk.play.anchor), talk.enrolled.on)), default=as_of)
    if as_of > began + timedelta(days=expected):
        yield f"it takes {(as_of - began).days} days, expected are {expected}"


def _overdue(talk: Conversation, as_of: date) -> Iterator[str]:
    """Tasks that are open after their day."""
    for id_, taken in talk.lead.taken.items():
        step = talk.play.by_id.get(id_)
        task = step is not None and step.kind in TASKS
        if task and taken.outcome is None and taken.due_on is not None and taken.due_on < as_of:
            yield f"the task of {id_} was due on {taken.due_on}"


def _held(play: Play, planned: Iterable[Planned], as_of: date) -> Iterator[str]:
    """Steps whose date lies back by more days than they may be late, and that are open still."""
    for item in planned:
        patience = item.step.wait.timeout if item.step.wait else play.lateness(item.step).after
        if item.on is not None and (as_of - item.on).days > patience:
            yield f"{item.step.id} was planned for {item.on}"


def _waits(planned: Iterable[Planned], as_of: date) -> bool:
    """Whether a wait has begun and its time-out is still to come."""
    return any(
        item.step.wait is not None and item.on is not None and 0 <= (as_of - item.on).days <= item.step.wait.timeout
        for item in planned
    )


def _last(talk: Conversation, as_of: date) -> date:
    """The last day on which anything happened in it."""
    days = (day for taken in talk.lead.taken.values() for day in (taken.on, taken.ended_on))
    return max(filter(None, (talk.enrolled.on, *days)), default=as_of)
