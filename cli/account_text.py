"""An account in words."""

from typing import TYPE_CHECKING, Any

from cli.account_health import health_text
from cli.table import section, table
from tasks.report.words import measured

if TYPE_CHECKING:
    from tasks.report.account_views import AccountView, EnrollmentView, GoalView

EVENTS = 15
MESSAGES = 10


def account_text(view: "AccountView") -> str:
    """What a CSM wants to know before a call."""
    parts = [
        f"{view.name} ({view.account_id}), as of {view.as_of}, CSM {view.csm or 'nobody'}\n",
        _place(view),
        section("Health", health_text(view.health)),
        section(
            "Signals", "\n".join(f"  {one.name} since {one.since}: {one.plan or 'no plan'}" for one in view.signals)
        ),
        section("Conversations", "\n".join(_enrollment(one) for one in view.enrollments)),
        section("Open tasks", _tasks(view)),
        section("Messages", _messages(view)),
        section("Contracts", _contracts(view)),
        section("What happened", _events(view)),
        section("Fact sheet", _facts(view.facts)),
    ]
    return "\n".join(part for part in parts if part).rstrip()


def _place(view: "AccountView") -> str:
    """Segment, touch and stage, each with the rule that decided."""
    rows = [
        ("segment", view.segment.get("segment"), view.segment.get("segment_rule")),
        ("focus", view.segment.get("focus"), None),
        ("touch", view.touch.get("touch"), view.touch.get("touch_rule")),
        ("stage", view.stage.get("stage"), f"since {view.stage.get('stage_since')}"),
    ]
    rows += [("milestone", name, f"on {day}") for name, day in view.milestones.items() if day]
    return section("Where it stands", table(("what", "is", "because"), rows))


def _enrollment(one: "EnrollmentView") -> str:
    """One conversation: how it gets on, what was done and what comes."""
    state = f"ended {one.ended_on}: {one.outcome}, {one.reason}" if one.ended_on else f"since {one.enrolled_on}"
    progress = f", {one.progress.replace('_', ' ')}" if one.progress else ""
    lines = [f"  {one.title or one.play} ({one.subject}, {one.occurrence}), {state}{progress}"]
    lines += [f"    {one.progress_reason}"] if one.progress_reason else []
    lines += [f"    goal: {_goal(one.goal)}"] if one.goal else []
    lines += [f"    {step.on or '-':<10}  {step.step}: {step.outcome} {step.reason}".rstrip() for step in one.done]
    lines += [f"    tonight     {step.step}: {step.outcome}, {step.reason}" for step in one.tonight]
    lines += [
        f"    {step.planned_on or 'open':<10}  next: {step.step} ({step.what}) {step.why}".rstrip()
        for step in one.coming[:3]
    ]
    return "\n".join(lines)


def _goal(goal: "GoalView") -> str:
    """`usage_trend, higher is better: 0.8 → 0.95`."""
    before, now = ("unknown" if value is None else measured(value) for value in (goal.baseline, goal.now))
    when = f" after {goal.window} days" if goal.window is not None else ""
    return f"{goal.metric}, {goal.better} is better: {before} → {now}{when}"


def _tasks(view: "AccountView") -> str:
    """Tasks that somebody still has to do."""
    rows = [(one.task_id[:8], one.due_on, one.state, one.csm, one.title) for one in view.tasks if one.open]
    return table(("task", "due", "state", "owner", "what is to be done"), rows) if rows else ""


def _messages(view: "AccountView") -> str:
    """The messages that changed last."""
    rows = [(one.at, one.template, one.role, one.state, one.reason) for one in view.messages[:MESSAGES]]
    return table(("at (UTC)", "template", "to", "state", "reason"), rows) if rows else ""


def _contracts(view: "AccountView") -> str:
    """Running contracts first."""
    names = ("contract_id", "contract_plan", "term_start", "term_end", "opt_out_deadline", "contract_active")
    rows = [tuple(row.get(name) for name in names) for row in view.contracts]
    return table(("contract", "plan", "term from", "to", "opt out by", "active"), rows) if rows else ""


def _events(view: "AccountView") -> str:
    """The latest happenings."""
    rows = [(one.at[:10], one.title, one.detail) for one in view.events[:EVENTS]]
    more = f"\n  and {len(view.events) - EVENTS} more: --json" if len(view.events) > EVENTS else ""
    return table(("day", "what", "detail"), rows) + more if rows else ""


def _facts(facts: dict[str, Any]) -> str:
    """Every fact that is known, and how many are not."""
    known = {name: value for name, value in facts.items() if value is not None}
    rows = [(name, value if isinstance(value, bool) else str(value)) for name, value in known.items()]
    missing = len(facts) - len(known)
    return table(("fact", "value"), rows) + (f"\n  {missing} more are not known" if missing else "") if rows else ""
