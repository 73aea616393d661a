"""When the steps of a conversation are planned; pure dates, always counted from the anchor."""

from dataclasses import dataclass
from datetime import date

from models.case import Taken
from models.conversation import Conversation
from models.play import Play
from models.step import Step
from models.workdays import Workdays

HAPPENED = frozenset({"sent", "done", "trapped"})
"""It happened; or it would have, in the arm that is left alone to compare with."""
MISSED = frozenset({"expired", "late", "refused", "suppressed"})
"""It was to happen and did not; what was skipped, superseded or trapped was not to happen."""


@dataclass(frozen=True)
class Planned:
    """A step that is still open: its date, or the reason why it has none (yet).

    `state`: dated | no_anchor | waits (for an earlier step) | void (it will never come). `raw` is the date before it
    was shifted to a working day.
    """

    step: Step
    on: date | None
    state: str = "dated"
    reason: str = ""
    raw: date | None = None


def taken_in(talk: Conversation) -> dict[str, Taken]:
    """The steps that the conversation has taken or ended."""
    return dict(talk.lead.taken)


def open_steps(talk: Conversation, workdays: Workdays) -> list[Planned]:
    """The steps neither taken nor ended, in the order of the play.

    What follows a step that will never come is void in the same night, all the way down.
    """
    taken, found, void = taken_in(talk), [], set[str]()
    for step in talk.play.steps:
        if step.id in taken:
            continue
        item = _planned(talk, step, workdays, taken)
        if step.after in void and step.follows != "ended":
            item = Planned(step, None, "void", f"{step.after} will not come")
        if item.state == "void":
            void.add(step.id)
        found.append(item)
    return found


def _planned(talk: Conversation, step: Step, workdays: Workdays, taken: dict[str, Taken]) -> Planned:
    """The step with its date."""
    if step.after:
        return _after(step, taken.get(step.after), workdays)
    name = talk.play.anchor_of(step)
    anchor = talk.anchor(name)
    if anchor is None:
        return Planned(step, None, "no_anchor", f"{name} is missing")
    raw = step.offset.of(anchor)
    return Planned(step, shifted(step, raw, anchor, workdays), raw=raw)


def shifted(step: Step, raw: date, anchor: date, workdays: Workdays) -> date:
    """The working day of a step; never from before its anchor to after it, where a deadline would be passed."""
    day = workdays.shifted(raw, step.shift)
    if raw <= anchor < day and (step.deadline or raw < anchor):
        return workdays.shifted(raw, "previous_working_day")
    return day


def _after(step: Step, earlier: Taken | None, workdays: Workdays) -> Planned:
    """A step that follows another: from the day after that one has ended, if it ended as it should."""
    if earlier is None or earlier.ended_on is None:
        return Planned(step, None, "waits", f"waits for {step.after}")
    if problem := _mismatch(step, earlier):
        return Planned(step, None, "void", problem)
    raw = step.offset.of(earlier.ended_on)
    return Planned(step, workdays.shifted(raw, step.shift), raw=raw)


def _mismatch(step: Step, earlier: Taken) -> str:
    """Why the step does not follow from how the earlier one ended."""
    wanted = {"happened": HAPPENED, "missed": MISSED}.get(step.follows)
    if wanted is not None and earlier.outcome not in wanted:
        return f"{step.after} ended {earlier.outcome}"
    if step.arm and earlier.choice != step.arm:
        return f"{step.after} chose {earlier.choice or 'no arm'}, not {step.arm}"
    return ""


def collapsed(pending: list[Planned], play: Play) -> dict[str, str]:
    """Step id → the later pending step that supersedes it (steps whose lateness rule is `collapse`)."""
    able = [item for item in pending if item.on and play.lateness(item.step).do == "collapse"]
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

    What is past its own lateness, has no date, or whose `when` is false, is passed over; so are waits and branches.
    """
    able = [
        item
        for item in open_steps(talk, workdays)
        if talk.lead.truth.get(f"{item.step.id}.when") is not False and item.step.kind not in ("wait", "branch", "stop")
    ]
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
