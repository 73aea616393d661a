"""What can be wrong between the steps of a play, and between plays: what no condition and no file alone can tell."""

from collections import defaultdict
from collections.abc import Iterator

from config.parts import Parts
from models.company import OURS, Company
from models.nearest import did_you_mean
from models.play import Play
from models.step import TOUCHES, Step

NEVER_MISSED = ("branch", "update", "stop")
"""Kinds of step that are never late and ask nobody: they cannot miss."""
Path = tuple[str | int, ...]


def check_plays(parts: Parts) -> None:
    """Note every fault with the play's file and the step's line."""
    plays: dict[str, Play] = parts.read["plays"]
    for play in plays.values():
        for problem, path in (*_unreachable(play), *_unanswered(parts, play), *_unknown_starts(play, plays)):
            parts.say(problem, _file(play), *path)
    _check_loops(parts, plays)
    _check_precedence(parts, plays)


def _file(play: Play) -> str:
    """Where the play stands."""
    return f"config/plays/{play.play}.yaml"


def _unreachable(play: Play) -> Iterator[tuple[str, Path]]:
    """Steps that can never come."""
    dead: set[str] = set()
    for place, step in enumerate(play.steps):
        why = _why_dead(play, step, dead)
        if why:
            dead.add(step.id)
            yield f"step '{step.id}' is never reached: {why}", ("steps", place, "id")


def _why_dead(play: Play, step: Step, dead: set[str]) -> str:
    """Why a step can never come; empty if it can."""
    if step.when and step.when.strip().lower() in ("false", "1 = 0"):
        return f"its condition is '{step.when}'"
    if not step.after:
        return _stopped(play, step)
    before = play.step(step.after)
    if before.id in dead:
        return f"'{before.id}', which it comes after, is never reached"
    if before.stop:
        return f"'{before.id}' stops the play"
    if step.follows == "missed" and before.kind in NEVER_MISSED:
        return f"'{before.id}' cannot be missed"
    return _hidden(step, before) if step.arm else ""


def _stopped(play: Play, step: Step) -> str:
    """Whether the play stops on an earlier day, whatever happens."""
    for other in play.steps:
        sure = other.stop and not other.after and not other.when and play.anchor_of(other) == play.anchor_of(step)
        earlier = other.offset.days < step.offset.days and not (step.offset.months or other.offset.months)
        if sure and earlier:
            return f"'{other.id}' stops the play on day {other.offset.days}"
    return ""


def _hidden(step: Step, branch: Step) -> str:
    """Whether an arm before it holds always."""
    for arm, condition in (branch.branch or {}).items():
        if arm == step.arm:
            return ""
        if condition.strip().lower() == "true":
            return f"'{branch.id}' always chooses '{arm}' before '{step.arm}'"
    return ""


def _unanswered(parts: Parts, play: Play) -> Iterator[tuple[str, Path]]:
    """Waits for answers that nothing brings."""
    if "company" not in parts.read:
        return
    company: Company = parts.read["company"]
    sources = {spec.entity for spec in parts.read["sources"].values()}
    for place, step in enumerate(play.steps):
        if step.wait is None or not (step.wait.reply or step.wait.booking):
            continue
        key = ("steps", place, "wait")
        if company.replies == "none":
            yield "it waits for an answer, and config/perennial.yaml says `replies: none`", key
        elif step.wait.booking and company.booking_url == OURS:
            continue
        elif company.replies == "crm" and sources and "engagement" not in sources:
            yield "it waits for an answer, and `replies: crm` needs a source of the entity engagement", key


def _unknown_starts(play: Play, plays: dict[str, Play]) -> Iterator[tuple[str, Path]]:
    """Plays that a step starts and that are not there, or are about something else."""
    for place, step in enumerate(play.steps):
        if step.start is None:
            continue
        if step.start not in plays:
            yield f"there is no play '{step.start}'; {did_you_mean(step.start, plays)}", ("steps", place, "start")
        elif plays[step.start].per not in ("account", play.per):
            yield f"'{step.start}' is per {plays[step.start].per}, this play per {play.per}", ("steps", place, "start")


def _check_loops(parts: Parts, plays: dict[str, Play]) -> None:
    """Plays that start each other in a circle, with nothing in it that waits or rests."""
    for play in plays.values():
        for place, step in enumerate(play.steps):
            circle = _circle(play, step, plays)
            if circle:
                said = (
                    f"a loop without a wait: {' → '.join(circle)}; let one of them wait, or give it a reentry: in days"
                )
                parts.say(said, _file(play), "steps", place, "start")


def _circle(play: Play, step: Step, plays: dict[str, Play]) -> list[str]:
    """The way from a start back to its own play without a rest; empty if there is none."""
    if step.start is None or _rests(play, step):
        return []
    ways = [[play.play, step.start]]
    seen = set()
    while ways:
        way = ways.pop()
        if way[-1] == play.play:
            return way
        if way[-1] in seen or way[-1] not in plays:
            continue
        seen.add(way[-1])
        here = plays[way[-1]]
        ways += [[*way, one.start] for one in here.steps if one.start and not _rests(here, one)]
    return []


def _rests(play: Play, step: Step) -> bool:
    """Whether time passes before the play starts the next: a wait before the step, or a rest before the play."""
    if play.reentry != "occurrence" or play.cool_down:
        return True
    before = step
    while before.after:
        before = play.step(before.after)
        if before.wait:
            return True
    return False


def _check_precedence(parts: Parts, plays: dict[str, Play]) -> None:
    """Two plays that can write to the same address on one day need an order, or one group."""
    ranks: dict[int, list[Play]] = defaultdict(list)
    for play in plays.values():
        if any(step.kind in TOUCHES for step in play.steps):
            ranks[play.precedence].append(play)
    for rank, same in ranks.items():
        for play, other in zip(same[1:], same, strict=False):
            if play.group is None or play.group != other.group:
                said = f"'{other.play}' has the precedence {rank} too, and both write to customers: who speaks first?"
                parts.say(said, _file(play), "precedence")
