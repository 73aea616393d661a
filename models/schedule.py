"""When the steps of a conversation are planned; pure dates, always counted from the anchor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.case import Taken
from models.conversation import Conversation
from models.step import Step
from models.workdays import Workdays

HAPPENED = frozenset({"sent", "done"})


@dataclass(frozen=True)
class Planned:
    """A step that is still open: its date, or the reason why it has none (yet).

    `state`: dated | no_anchor | waits (for an earlier step) | void (that earlier step did not happen).
    """

    step: Step
    on: date | None
    state: str = "dated"
    reason: str = ""


def taken_in(talk: Conversation) -> Mapping[str, Taken]:
    """The steps that the conversation has taken or ended."""
    return talk.lead.taken


def open_steps(talk: Conversation, workdays: Workdays) -> list[Planned]:
    """The steps neither taken nor ended, in the order of the play."""
    taken = taken_in(talk)
    return [_planned(talk, step, workdays) for step in talk.play.steps if step.id not in taken]


def _planned(talk: Conversation, step: Step, workdays: Workdays) -> Planned:
    """The step with its date."""
    if step.after:
        return _after(step, taken_in(talk).get(step.after), workdays)
    name = talk.play.anchor_of(step)
    anchor = talk.anchor(name)
    if anchor is None:
        return Planned(step, None, "no_anchor", f"{name} is missing")
    return Planned(step, workdays.shifted(anchor + timedelta(days=step.day or 0), step.shift))


def _after(step: Step, earlier: Taken | None, workdays: Workdays) -> Planned:
    """A step that follows another: the day after that one has happened."""
    if earlier is None or earlier.ended_on is None:
        return Planned(step, None, "waits", f"waits for {step.after}")
    if earlier.outcome not in HAPPENED:
        return Planned(step, None, "void", f"{step.after} ended {earlier.outcome}")
    return Planned(step, workdays.shifted(earlier.ended_on + timedelta(days=1), step.shift))


def collapsed(pending: list[Planned], talk: Conversation) -> dict[str, str]:
    """Step id → the later pending step that supersedes it (steps whose lateness rule is `collapse`)."""
    able = [item for item in pending if item.on and talk.play.lateness(item.step).do == "collapse"]
    latest: dict[str, Planned] = {}
    for item in able:
        best = latest.get(item.step.kind)
        latest[item.step.kind] = item if best is None or _when(item) >= _when(best) else best
    return {item.step.id: latest[item.step.kind].step.id for item in able if latest[item.step.kind] is not item}


def _when(item: Planned) -> date:
    """The planned date; only dated steps come here."""
    return item.on or date.min


def next_step(talk: Conversation, workdays: Workdays, as_of: date) -> Step | None:
    """The step to take by hand: of those whose date has come the latest, else the one that comes next.

    What is past its own lateness, has no date, or whose `when` is false, is passed over.
    """
    able = [item for item in open_steps(talk, workdays) if talk.lead.truth.get(f"{item.step.id}.when") is not False]
    dated = [item for item in able if item.on is not None]
    past = [
        item
        for item in dated
        if _when(item) <= as_of and (as_of - _when(item)).days <= talk.play.lateness(item.step).after
    ]
    if past:
        return max(past, key=_when).step
    coming = [item for item in dated if _when(item) > as_of]
    return min(coming, key=_when).step if coming else None
