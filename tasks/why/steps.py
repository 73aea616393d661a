"""The steps of a conversation on that night: what had become of them, tonight's verdicts, and what is to come."""

from collections.abc import Iterable, Mapping
from datetime import date

from models.conversation import Conversation
from models.schedule import Planned, open_steps
from models.step import Step
from models.verdicts import waits_for_people
from models.workdays import Workdays
from tasks.report.account_parts import iso
from tasks.report.coming import what, why_then
from tasks.why.book import Row
from tasks.why.views import ConditionView, StepWhy

AFTERWARDS = {"waits": "waits", "void": "void", "no_anchor": "waits"}


def steps(
    talk: Conversation, verdicts: Iterable[Row], days: Workdays, as_of: date, asked: Mapping[str, list[ConditionView]]
) -> list[StepWhy]:
    """Every step, in the order of the play."""
    decided = {row["step"]: row for row in verdicts}
    still_open = {item.step.id: item for item in open_steps(talk, days)}
    found = []
    for step in talk.play.steps:
        conditions = asked.get(step.id, [])
        if step.id in decided:
            found.append(_decided(step, decided[step.id], conditions))
        elif step.id in still_open:
            found.append(_open(talk, still_open[step.id], days, as_of, conditions))
        else:
            found.append(_past(talk, step, conditions))
    return found


def _decided(step: Step, row: Row, conditions: list[ConditionView]) -> StepWhy:
    """What the night decided of it."""
    reason = row["reason"] + (f", it chose {row['choice']}" if row.get("choice") else "")
    return StepWhy(
        step.id, step.kind, what(step), row["verdict"], reason, iso(row["planned_on"]),
        recipients=len(row["recipients"]), conditions=conditions,
    )  # fmt: skip


def _open(talk: Conversation, item: Planned, days: Workdays, as_of: date, conditions: list[ConditionView]) -> StepWhy:
    """What is to come: not before its day, nor before a working day where somebody is to read it."""
    step, reason = item.step, item.reason or why_then(talk, item.step)
    if item.on is None:
        return StepWhy(step.id, step.kind, what(step), AFTERWARDS[item.state], reason, conditions=conditions)
    first = days.shifted(item.on, "next_working_day") if waits_for_people(step) else item.on
    state = "to_come" if item.on > as_of else "not_asked"
    return StepWhy(
        step.id, step.kind, what(step), state, reason, iso(item.on), iso(first) if item.on > as_of else None,
        conditions=conditions,
    )  # fmt: skip


def _past(talk: Conversation, step: Step, conditions: list[ConditionView]) -> StepWhy:
    """What had become of it before."""
    taken = talk.lead.taken[step.id]
    if taken.outcome is None:
        due = f", to be done by {taken.due_on}" if taken.due_on else ""
        return StepWhy(step.id, step.kind, what(step), "open", f"taken on {taken.on}{due}", conditions=conditions)
    by_hand = ", by hand" if taken.by_hand else ""
    chosen = f", it chose {taken.choice}" if taken.choice else ""
    reason = f"on {taken.ended_on or taken.on}{by_hand}{chosen}"
    return StepWhy(step.id, step.kind, what(step), taken.outcome, reason, conditions=conditions)
