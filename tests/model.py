"""The model: a life replayed night by night, every plan held against the oracle, every night under the invariants."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from models.case import Answer, Policy, Recipient
from models.company import Caps
from models.decide import decide
from models.decision import Plan
from models.touches import is_touch
from models.workdays import Workdays
from tests.books import Books
from tests.happenings import Life
from tests.oracle import Forecast, forecast
from tests.oracle_steps import FALLBACK
from tests.playbook import CLASSES, root
from tests.rehearsal import Decide, Tonight, night
from tests.watch import one_outcome, watch
from tests.world import CLOSED, World

DAY = timedelta(days=1)


def replay(life: Life, engine: Decide = decide) -> Books:
    """All nights of a life; raises AssertionError where a night breaks the model."""
    world, books = World.of(life), Books()
    for gap, (what, *more) in life.story:
        for _ in range(gap):
            _night(world, books, life, engine)
        world.happen(what, *more, books=books)
    for _ in range(life.rest):
        _night(world, books, life, engine)
    world.renew(30)
    _night(world, books, life, engine)
    return books


def _night(world: World, books: Books, life: Life, engine: Decide) -> None:
    """One night: foretold, decided, decided again, applied in parts and again, watched."""
    world.habits(books, life)
    tonight = _tonight(world, books)
    arms = {line.enroll.play: line.enroll.arm == "held_out" for line in books.lines.values()}
    plan = night(books, tonight, engine)
    if world.today.day % 4 == 0:
        assert night(books, tonight, engine, backwards=True).hash == plan.hash, "the same night, another plan"
    arms |= {item.play: item.arm == "held_out" for item in plan.enroll if item.play not in arms}
    _compare(forecast(world, books, tonight.sheets, arms), plan, world.today)
    watch(world, books, plan)
    entries = list(books.plan_entries(plan, world.today, bounces=world.bounces))
    books.write(entries[: len(entries) // 2])
    books.write(reversed(entries))
    one_outcome(world, books)
    world.bounces = False
    world.today += DAY


def _tonight(world: World, books: Books) -> Tonight:
    """What the engine is given."""
    people = tuple(
        Recipient(f"P-{one.key}", role, one.key, consent=one.consent, suppressed=one.out)
        for role, one in sorted(world.people.items())
    )
    policy = Policy(
        Caps(), Workdays(holidays=CLOSED), FALLBACK, classes=CLASSES, stopped=frozenset(world.stopped),
        groups={name: play.group for name, play in world.plays.items() if play.group},
        precedence={name: play.precedence for name, play in world.plays.items()},
    )  # fmt: skip
    return Tonight(
        world.today,
        world.sheets(books),
        world.plays,
        people,
        tuple(_answers(world, books)),
        policy,
        account=world.account,
    )


def _answers(world: World, books: Books) -> Iterator[Answer]:
    """What they said; a message that is named is known by what its step is called now."""
    for kind, on, whose in world.answers:
        script = world.scripts[books.lines[whose].play_hash] if whose else {"steps": ()}
        names = [step["id"] for step in script["steps"] if root(step["id"]) == "hello"]
        yield Answer(kind, on, whose, names[0] if names else "hello" if whose else None)


def told(plan: Plan) -> Forecast:
    """The plan in the oracle's words."""
    new = {item.enrollment_id: f"{item.play} {item.occurrence}" for item in plan.enroll}
    restarts = {item.enrollment_id for item in plan.enroll if "~" in item.occurrence}
    found = Forecast(
        begins={(item.play, item.occurrence) for item in plan.enroll if item.enrollment_id not in restarts}
    )
    found.moves = {item.enrollment_id: "map" for item in plan.migrations}
    for end in plan.ends:
        ending = found.moves if end.outcome == "superseded" else found.ends
        ending[new.get(end.enrollment_id, end.enrollment_id)] = (
            "restart" if end.outcome == "superseded" else end.outcome
        )
    assert len(restarts) == sum(how == "restart" for how in found.moves.values())
    for one in plan.verdicts:
        word = "instead" if one.instead else "sent" if is_touch(one) else one.outcome or one.verdict
        key = new.get(one.enrollment_id, one.enrollment_id), one.step
        assert key not in found.words, "two verdicts"
        found.words[key] = f"{word} {one.choice}" if one.choice else word
    found.resolved = {(one.enrollment_id, one.step) for one in plan.resolves}
    return found


def _compare(foretold: Forecast, plan: Plan, tonight: date) -> None:
    """Each part as the oracle says."""
    found = told(plan)
    for part in ("begins", "ends", "moves", "words", "resolved"):
        engine, oracle = (_lines(getattr(one, part)) for one in (found, foretold))
        assert engine == oracle, f"{tonight} {part}: engine {engine - oracle}, oracle {oracle - engine}"


def _lines(part: Mapping[Any, str] | set[Any]) -> set[Any]:
    """A part as a set of lines."""
    return set(part.items()) if isinstance(part, Mapping) else part
