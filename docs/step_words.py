"""A step of a play in words, for the pages of plays."""  # noqa: INP001 — scripts, no package

from docs.sql_words import in_words
from models.play import Play
from models.step import CONTROL, Step

SHIFTS = {"next_working_day": " (or the next working day)", "previous_working_day": " (or the working day before)"}
TEAMS = {
    "csm": "the CSM", "sales": "sales", "support": "support", "product": "product", "finance": "finance",
    "team": "the team's lead",
}  # fmt: skip
FOLLOWS = {"happened": "", "missed": ", if that did not come about", "ended": ", however that ended"}


def when(step: Step) -> str:
    """When the step is planned, in words."""
    return _day(step) + SHIFTS.get(step.shift, "")


def _day(step: Step) -> str:
    """The day, before a shift."""
    if step.after:
        count = step.offset.days if not step.offset.months else 0
        gap = f"{_many(count, 'day')} after" if count else f"{_many(step.offset.months, 'month')} after"
        arm = f", arm {step.arm}" if step.arm else ""
        return f"{gap} `{step.after}`{arm}{FOLLOWS[step.follows]}"
    unit, count = (
        ("month", step.month)
        if step.month is not None
        else ("week", step.week)
        if step.week is not None
        else ("day", step.day or 0)
    )
    counted = f", counted from `{step.anchor}`" if step.anchor else ""
    return f"{_many(-count, unit)} before{counted}" if count < 0 else f"{unit} {count}{counted}"


def what(step: Step) -> str:
    """The one thing the step does, in words."""
    doing = {
        "email": _mail, "inapp": _mail, "survey": _mail, "meeting": _meeting, "task": _task, "wait": _wait,
        "branch": _branch, "update": _update,
    }  # fmt: skip
    return doing[step.kind](step) if step.kind in doing else _word(step)


def _word(step: Step) -> str:
    """What needs no more than a word: a notice, the start of another play, a stop."""
    if step.start:
        return f"starts [{step.start}]({step.start}.md)"
    return f"notice: {step.notify}" if step.notify else f"stops: {step.stop}"


def _mail(step: Step) -> str:
    """A mail, a message in the product, a survey."""
    kind = {"survey": f"{(step.survey or '').upper()} survey", "inapp": "message in the product"}.get(
        step.kind, "e-mail"
    )
    thread = f", in the thread of `{step.thread}`" if step.thread else ""
    notice = "; a deadline: never capped, never lost" if step.deadline else ""
    return f"{kind} `{step.template}`{thread}{notice}"


def _meeting(step: Step) -> str:
    """A meeting to arrange, and its invitation."""
    meeting = step.meeting
    if meeting is None:
        return ""
    invited = (
        f", with an invitation for {meeting.time}, {_many(meeting.in_days, 'day')} later" if meeting.invite else ""
    )
    first, *_ = meeting.agenda.strip().splitlines()
    return f"meeting of {meeting.minutes} minutes: {first.rstrip('.')}{invited}{_due(step)}"


def _task(step: Step) -> str:
    """Work for a person."""
    resolved = f"; resolves itself when {in_words(step.resolve)}" if step.resolve else ""
    return f"task: {step.task}{_due(step)}{resolved}"


def _due(step: Step) -> str:
    """By when."""
    return f"; due in {_many(step.due_in, 'day')}" if step.due_in is not None else ""


def _wait(step: Step) -> str:
    """What is waited for, and how long."""
    wait = step.wait
    if wait is None:
        return ""
    told = f"until {in_words(wait.until)}" if wait.until else f"for {_awaited(step)} `{wait.step}`"
    return f"waits {told}, {_many(wait.timeout, 'day')} at most"


def _awaited(step: Step) -> str:
    """The kind of answer."""
    wait = step.wait
    return (
        "a reply to" if wait and wait.reply else "a booking after" if wait and wait.booking else "the end of the task"
    )


def _branch(step: Step) -> str:
    """The arms, in order."""
    arms = [
        f"**{arm}** if {in_words(text)}" if text.strip() != "true" else f"else **{arm}**"
        for arm, text in (step.branch or {}).items()
    ]
    return f"takes the first arm that holds: {'; '.join(arms)}"


def _update(step: Step) -> str:
    """What is written back."""
    return f"writes to the CRM: {', '.join(f'{field} = {value}' for field, value in (step.update or {}).items())}"


def who(step: Step) -> str:
    """Whom it reaches, or whose work it is."""
    if step.kind in CONTROL or step.kind == "start":
        return ""
    names = {"csm": "the CSM", "sales": "sales", "team": "the team"}
    to = f"{', '.join(role.replace('_', ' ') for role in step.to)}, from {names[step.sender]}" if step.to else ""
    owner = "" if step.kind in ("email", "inapp", "survey") else TEAMS[step.owner]
    return "; to ".join(part for part in (owner, to) if part)


def late_rule(play: Play, step: Step) -> str:
    """What becomes of the step when its day has long passed."""
    if step.kind in CONTROL:
        return ""
    rule = play.lateness(step)
    if rule.do == "run":
        return "runs all the same"
    left = f"left out after {_many(rule.after, 'day')}"
    return f"{left}; only the latest that is due goes" if rule.do == "collapse" else left


def _many(count: int, unit: str) -> str:
    """1 day, 2 days."""
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
