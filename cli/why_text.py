"""The answer of `perennial why` in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cli.account_health import health_text
from cli.table import plural

if TYPE_CHECKING:
    from tasks.why.views import BlameView, ClauseView, ConditionView, GreenView, PlayWhy, StepWhy, WayView, Why

SHOWN = 3
"""Subjects of a play that it is not in, told one by one; of tickets and contacts there may be many."""
MARKS = {"held": "+", "failed": "-", "unknown": "?"}
JOINS = {"all": "all of", "any": "any of", "not": "none of"}
ENDED = frozenset({"sent", "done", "skipped", "suppressed", "late", "superseded", "trapped", "stopped", "refused"})


def why_text(found: "Why", *, whole: bool) -> str:
    """For people; `whole` tells every clause of what was asked for, else only those of what is at stake tonight."""
    lines = [f"{found.name} ({found.account_id}) on the night of {found.as_of}"]
    lines += [] if found.decided else ["  That night has decided nothing; this is what it would have decided."]
    lines += [f"  It could not be decided: {found.error}"] if found.error else []
    if not whole:
        lines += ["", "Health", health_text(found.health), *_green(found.green)]
    inside = [one for one in found.plays if one.state != "out"]
    for play in inside:
        lines += ["", *_play(play, whole=whole)]
    lines += _outside([one for one in found.plays if one.state == "out"], whole=whole)
    return "\n".join(lines)


def _green(green: "GreenView | None") -> list[str]:
    """What green would take."""
    if green is None:
        return []
    if not green.ways:
        return [f"  to green, from {green.limit:g} points on: {green.said}"]
    head = f"  to green, from {green.limit:g} points on, the smallest single change first:"
    return [head, *(f"    {_way(way)}" for way in green.ways)]


def _way(way: "WayView") -> str:
    """One input that would do it."""
    what = way.component.replace("_", " ") + (" days since" if way.input == "days" else "")
    before = "unknown" if way.now is None else f"{way.now:.4g}"
    reads = ", ".join(f"{name} {value}" for name, value in way.reads.items() if value is not None)
    points = f"{0 if way.points_now is None else way.points_now:.0f} → {way.points:.0f} points"
    return f"{what} {before} → {way.then:.4g} ({points})" + (f"; now {reads}" if reads else "")


def _play(play: "PlayWhy", *, whole: bool) -> Iterator[str]:
    """One conversation: its exits and its steps."""
    since = f" since {play.enrolled_on}" if play.enrolled_on else ""
    also = f", also for {', '.join(play.members)}" if play.members else ""
    held_out = ", held out to compare with" if play.arm == "held_out" else ""
    why = f": {play.reason}" if play.reason else ""
    yield f"{play.play} of {play.subject}{also}: {play.state}{since}{held_out}{why}"
    for condition in play.conditions:
        yield from _condition(condition, "  ")
    for step in play.steps:
        yield from _step(step, whole=whole)


def _step(step: "StepWhy", *, whole: bool) -> Iterator[str]:
    """One step with its verdict; its conditions where they are asked for or may still count."""
    when = (
        f", not before {step.not_before}"
        if step.not_before
        else f", planned {step.planned_on}"
        if step.planned_on
        else ""
    )
    to = f", to {plural(step.recipients, 'address', 'addresses')}" if step.recipients else ""
    yield f"  {step.step} ({step.kind}): {step.state.replace('_', ' ')}{when}{to}: {step.reason}"
    if whole or (step.state not in ENDED and step.state not in ("to_come", "void", "waits")):
        for condition in step.conditions:
            yield from _condition(condition, "    ")


def _condition(condition: "ConditionView", indent: str) -> Iterator[str]:
    """One condition, clause by clause."""
    stale = f", on data stale for {condition.stale_hours:.0f} h" if condition.stale_hours else ""
    name = condition.where.split(".", 1)[1] if indent == "    " else condition.where
    yield f"{indent}{name} {condition.state}{stale}{_blamed(condition.blame)}"
    yield from _clause(condition.clause, indent + "  ")


def _clause(clause: "ClauseView", indent: str) -> Iterator[str]:
    """One clause, with its parts below."""
    if clause.parts:
        yield f"{indent}{MARKS[clause.state]} {JOINS[clause.joined]}"
        for part in clause.parts:
            yield from _clause(part, indent + "  ")
        return
    values = ", ".join(f"{name} = {'unknown' if value is None else value}" for name, value in clause.values.items())
    yield f"{indent}{MARKS[clause.state]} {clause.text}" + (f"   [{values}]" if values else "") + _blamed(clause.blame)


def _blamed(blame: Iterable["BlameView"]) -> str:
    """Whose source it is."""
    said = dict.fromkeys(
        f"{one.source} ({one.status}{f', last good {one.hours:.0f} h before' if one.hours else ''})" for one in blame
    )
    return f"   from {', '.join(said)}" if said else ""


def _outside(plays: list["PlayWhy"], *, whole: bool) -> Iterator[str]:
    """The plays that the account is not in, and what keeps it out."""
    if not plays:
        return
    yield from ("", "Not in")
    grouped: dict[str, list[PlayWhy]] = defaultdict(list)
    for one in plays:
        grouped[one.play].append(one)
    for name, found in grouped.items():
        for one in found if whole else found[:SHOWN]:
            yield f"  {name} of {one.subject}: {one.reason}"
            yield from _keeps_out(one, whole=whole)
        if not whole and len(found) > SHOWN:
            yield f"  {name}: {len(found) - SHOWN} more; --step {name} tells all"


def _keeps_out(play: "PlayWhy", *, whole: bool) -> Iterator[str]:
    """The conditions, or the clauses of the audience that do not hold."""
    for condition in play.conditions:
        if whole:
            yield from _condition(condition, "    ")
        elif condition.where == "audience" and condition.state != "held":
            yield from (line for part in _open(condition.clause) for line in _clause(part, "    "))


def _open(clause: "ClauseView") -> list["ClauseView"]:
    """Of clauses that must all hold those that do not."""
    return [part for part in clause.parts if part.state != "held"] if clause.joined == "all" else [clause]
