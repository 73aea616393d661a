"""What must hold whatever happens: the invariants of a night, told by the books and by what is so."""

from collections import Counter
from datetime import timedelta
from typing import Any

from models.decision import Plan
from models.touches import is_touch
from tests.books import Books
from tests.oracle_steps import counted, works
from tests.playbook import root
from tests.world import World

DAY = timedelta(days=1)


def watch(world: World, books: Books, plan: Plan) -> None:
    """All of them, before the plan is applied."""
    hashes = {id_: line.play_hash for id_, line in books.lines.items()}
    hashes |= {item.enrollment_id: item.play_hash for item in plan.enroll}
    _no_step_twice(books, plan)
    _one_version(world, plan, hashes)
    _caps(world, books, plan)
    _nothing_after(world, books, plan)
    _notice_goes(world, books, plan, hashes)
    _one_arm(books, plan)


def _no_step_twice(books: Books, plan: Plan) -> None:
    """What was taken for an occurrence is not taken again, under whatever name, in whatever version."""
    whose = {id_: line.enroll for id_, line in books.lines.items()} | {one.enrollment_id: one for one in plan.enroll}
    taken = [(entry.enrollment, entry.step) for entry in books.log.values() if entry.kind == "taken"]
    taken += [(one.enrollment_id, one.step) for one in plan.verdicts if one.verdict == "due"]
    times = Counter((whose[id_].play, whose[id_].occurrence.split("~")[0], root(step)) for id_, step in taken)
    assert not [key for key, count in times.items() if count > 1], "a step twice"


def _one_version(world: World, plan: Plan, hashes: dict[str, str]) -> None:
    """A verdict is about a step of the version that its enrollment follows."""
    for one in plan.verdicts:
        script = world.scripts[hashes[one.enrollment_id]]
        assert one.step in {step["id"] for step in script["steps"]}, "a step of another version"


def _caps(world: World, books: Books, plan: Plan) -> None:
    """Once a day, three times in seven days; what has a deadline counts, and is not kept."""
    mails = [one for one in plan.verdicts if is_touch(one)]
    week = [day for day, *_ in books.touches if world.today - day < 7 * DAY]
    if any(one.deadline_on is None for one in mails):
        assert len(mails) == 1, "more than one touch a day"
        assert len(week) < 3, "more than three touches in seven days"


def _nothing_after(world: World, books: Books, plan: Plan) -> None:
    """Nothing of what has ended, nothing to whom it may not go."""
    ended = {id_ for id_, line in books.lines.items() if line.ended_on}
    out = {one.key for one in world.people.values() if one.out}
    there = {one.key for one in world.people.values()}
    for one in plan.verdicts:
        assert one.enrollment_id not in ended, "after its end"
        keys = {person.address_key for person in one.recipients}
        assert not keys & out, "to a suppressed address"
        assert keys <= there, "to somebody who has left"


def _notice_goes(world: World, books: Books, plan: Plan, hashes: dict[str, str]) -> None:
    """On a night of its time that nobody stops, the last notice that is open goes, as a mail or as a task."""
    busy = {move.enrollment_id for move in plan.migrations} | {end.enrollment_id for end in plan.ends}
    stopped = world.stopped & {"*", "life", "m/notice"}
    for id_, line in books.lines.items():
        steps: list[dict[str, Any]] = world.scripts[hashes[id_]]["steps"]
        last = next((step for step in steps if root(step["id"]) == "last"), None)
        if last is None or line.ended_on or id_ in busy or stopped or not world.end or last["id"] in line.steps:
            continue
        left = (world.end - world.today).days
        if counted(world.end, last) <= world.today <= world.end and (works(world.today) or left <= 3):
            went = {one.step for one in plan.verdicts if one.enrollment_id == id_ and one.verdict == "due"}
            assert last["id"] in went, "a notice is not sent, though its time has come"


def one_outcome(world: World, books: Books) -> None:
    """Every step of an enrollment that ended tonight has ended; only a task may stay, when the term is over."""
    for line in books.lines.values():
        if line.ended_on != world.today:
            continue
        steps = line.steps
        for step in world.scripts[line.play_hash]["steps"]:
            one = steps.get(step["id"])
            assert one is not None, f"{step['id']} has no outcome"
            assert one.outcome or line.outcome == "finished", f"{step['id']} is open after its enrollment"


def _one_arm(books: Books, plan: Plan) -> None:
    """Held out or not: the same for each enrollment of a play, in every version."""
    arms = {(line.enroll.play, line.enroll.arm) for line in books.lines.values()}
    arms |= {(item.play, item.arm) for item in plan.enroll}
    assert len({play for play, _ in arms}) == len(arms), "two arms"
