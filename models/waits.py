"""Waits and branches: what an answer, a finished task or a condition decides inside a play."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.case import Answer, Case, Taken
from models.step import Step, Wait

ANSWERS = {"reply": ("reply", "booking", "meeting"), "booking": ("booking", "meeting")}
"""What counts as an answer: who books or comes to a meeting has answered as well."""


@dataclass(frozen=True)
class Awaited:
    """Whether a wait is over: met, timed out, or neither yet."""

    state: str
    reason: str


def awaited(step: Step, case: Case, answers: Sequence[Answer], since: date, as_of: date) -> Awaited:
    """What has become of a wait that began on `since`."""
    wait = step.wait or Wait(until="false")
    met = _met(wait, step, case, answers)
    if met:
        return Awaited("met", met)
    if as_of > since + timedelta(days=wait.timeout):
        return Awaited("expired", f"{_what(wait)} did not come in {wait.timeout} days")
    return Awaited("waiting", f"waits for {_what(wait)} until {since + timedelta(days=wait.timeout)}")


def _met(wait: Wait, step: Step, case: Case, answers: Sequence[Answer]) -> str:
    """Why the wait is met, in words; empty if it is not. Stale data meets no condition."""
    if wait.until:
        where = f"{step.id}.until"
        return f"holds: {wait.until}" if case.truth.get(where) is True and where not in case.stale else ""
    awaited_step = case.taken.get(wait.step or "")
    if wait.task:
        return f"{wait.task} is done" if awaited_step and awaited_step.outcome == "done" else ""
    kinds = ANSWERS["reply" if wait.reply else "booking"]
    found = next((one for one in answers if one.kind in kinds and _answers(one, case, wait.step, awaited_step)), None)
    return f"{found.kind} on {found.on}" if found else ""


def _answers(answer: Answer, case: Case, step: str | None, taken: Taken | None) -> bool:
    """Whether it answers that step: it names our message, or names none and came after the step was taken."""
    if taken is None:
        return False
    if answer.step is not None:
        mine = case.enrolled is not None and answer.enrollment_id == case.enrolled.enrollment_id
        return mine and answer.step == step
    return answer.on >= taken.on


def _what(wait: Wait) -> str:
    """What is waited for, in words."""
    if wait.until:
        return f"'{wait.until}'"
    return f"{'a reply to' if wait.reply else 'a booking after' if wait.booking else 'the task'} {wait.step}"


def chosen_arm(step: Step, case: Case) -> tuple[str, str] | None:
    """The first arm whose condition holds, and the condition; None if none does. Unknown is not true."""
    for arm, condition in (step.branch or {}).items():
        if case.truth.get(f"{step.id}.arm.{arm}") is True:
            return arm, condition
    return None
