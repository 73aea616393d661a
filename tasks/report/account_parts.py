"""Rows of lake and database as the parts of an account's view."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from models.health_memory_sql import DAYS
from models.ledger import Message
from models.play import Play
from tasks.report.account_views import (
    ChangeView,
    Contribution,
    GoalView,
    HealthView,
    MessageView,
    SignalView,
    StepView,
    TaskView,
)
from tasks.report.reading import Row
from tasks.store.csm_tasks import CsmTask
from tasks.store.enrollments import Enrollment, Step

SIGNAL = "signal_"
ENDINGS = ("_entry", "_since", "_plan")


def iso(value: Any) -> Any:
    """Dates and times as ISO texts."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def some(row: Row, *names: str) -> dict[str, Any]:
    """These columns, JSON-ready; a column that is not there is None."""
    return {name: iso(row.get(name)) for name in names}


def health(
    sheet: Row, contributions: Iterable[Row], order: list[str], changes: Iterable[ChangeView] = ()
) -> HealthView:
    """The account's health; components in the order of health.yaml."""
    rows = sorted(contributions, key=lambda row: order.index(row["component"]) if row["component"] in order else 99)
    band = sheet.get("health_band") or "insufficient_data"
    return HealthView(
        score=sheet.get("health_score"), band=band, effective=sheet.get("health_band_effective") or band,
        before=sheet.get("health_band_before"), score_before=sheet.get("health_score_before"),
        reason=sheet.get("health_reason") or "",
        contributions=[_contribution(row) for row in rows], changes=list(changes),
        trends={days: sheet.get(f"health_trend_{days}d") for days in DAYS},
        oldest_days=sheet.get("health_oldest_days"), oldest=_oldest(rows),
    )  # fmt: skip


def _oldest(contributions: Iterable[Row]) -> str:
    """The component whose value is the oldest of those that count."""
    aged = [row for row in contributions if row["state"] == "present" and row.get("age") is not None]
    return str(max(aged, key=lambda row: row["age"])["component"]) if aged else ""


def _contribution(row: Row) -> Contribution:
    """One component's row."""
    return Contribution(**{name: row[name] for name in Contribution.__dataclass_fields__})


def signals(sheet: Row) -> list[SignalView]:
    """Signals that fire tonight."""
    names = [name.removeprefix(SIGNAL) for name, value in sheet.items() if _fires(name, value)]
    return [SignalView(name, *(iso(sheet.get(f"{SIGNAL}{name}{end}")) for end in ENDINGS)) for name in names]


def _fires(name: str, value: Any) -> bool:
    """Whether the column is a signal's own, and true."""
    return name.startswith(SIGNAL) and value is True


def milestones(sheet: Row) -> dict[str, str | None]:
    """Milestone → the first day it held."""
    return {
        name.removeprefix("milestone_"): iso(value) for name, value in sheet.items() if name.startswith("milestone_")
    }


def roles(contacts: Iterable[Row]) -> dict[str, int]:
    """Role → contacts who are there."""
    found = Counter(row.get("contact_role") or "no role" for row in contacts if row.get("contact_active") is not False)
    return dict(sorted(found.items()))


def steps(one: Enrollment) -> list[StepView]:
    """What became of an enrollment's steps, in the order of time."""
    done = sorted(one.steps.values(), key=lambda step: (step.taken_on or step.ended_on or date.max, step.step))
    return [_step(step) for step in done]


def _step(step: Step) -> StepView:
    """One step that was taken or has ended."""
    outcome = step.outcome or "taken, open"
    return StepView(step.step, iso(step.planned_on), iso(step.taken_on or step.ended_on), outcome, step.reason or "")


def verdict(row: Row) -> StepView:
    """Tonight's verdict on a step."""
    return StepView(
        row["step"], row.get("planned_on"), None, row["verdict"], row.get("instead") or row.get("reason") or ""
    )


def task_view(one: CsmTask, csms: Mapping[str, str]) -> TaskView:
    """One task."""
    team = f"{one.owner_team} team" if one.owner_team else ""
    return TaskView(
        task_id=one.task_id, title=one.title or "", csm=csms.get(one.csm or "", one.csm or "") or team,
        due_on=iso(one.due_on), opened_on=iso(one.opened_on), state=one.state, reason=one.reason or "",
        done_on=one.done_at.date().isoformat() if one.done_at else None, changed_by=one.changed_by,
        changed_on=one.changed_at.date().isoformat() if one.changed_at else None, details=one.details or "",
    )  # fmt: skip


def goal_view(one: Enrollment, play: Play | None, now: float | None) -> GoalView | None:
    """The goal of an enrollment's play: its number at the beginning, and now, or when its window was over."""
    if play is None or play.goal is None:
        return None
    measured, goal = one.result is not None, play.goal
    return GoalView(
        goal.metric, goal.better, one.baseline, one.result if measured else now, goal.window if measured else None
    )


def message_view(one: Message, contact_roles: Mapping[str, str]) -> MessageView:
    """One message."""
    return MessageView(
        message_id=one.message_id, template=one.template or "", contact=one.contact or "",
        role=contact_roles.get(one.contact or "", ""), play=one.play or "", step=one.step or "", state=one.state,
        reason=one.reason or "", at=iso(one.sent_at or one.queued_at),
    )  # fmt: skip
