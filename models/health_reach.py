"""What it would take to be green: of one component's input, the smallest change that does it alone.

The score is counted here as models/health_sql.py has DuckDB count it (a test holds the one against the other), so that
one input can be varied in the mind. A component's points rise and fall with its input alone, and green can only come
nearer when they rise: each is searched for the fewest points that are enough, and then for the nearest input that is
worth them.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.health import Component, Health
from models.health_change import Part
from models.transform import Recency, Transform, halved

STEPS = 60
SURE = 1e-6
"""Points that are added to be on the safe side of rounding."""


@dataclass(frozen=True)
class Way:
    """One component's input, changed as little as makes the account green.

    Attributes:
        input: what changes: the `value`, or the `days` since.
        now, then: what it is (None: not known), and what it would have to be.
        points_now, points: what the component is worth, and would be.
    """

    component: str
    input: str
    now: float | None
    then: float
    points_now: float | None
    points: float

    @property
    def far(self) -> float:
        """How many points it has to gain."""
        return self.points - (self.points_now or 0)


@dataclass(frozen=True)
class Held:
    """A component as it counts.

    Attributes:
        points: None unless a fresh value stands behind it.
        worst: its points with everything unknown at its worst.
        whole: whether all its parts are known.
    """

    rule: Component
    points: float | None
    worst: float
    whole: bool = True


def held(part: Part, health: Health) -> Held:
    """The component of that night as it counts."""
    rule = next(each for each in health.components if each.component == part.component)
    if not part.present or part.points is None:
        return Held(rule, None, health.missing_at_worst, rule.recency is None)
    points, share = float(part.points), rule.recency.share if rule.recency else 0
    if rule.recency and part.value is None:
        lost = (1 - share) * (health.neutral - health.missing_at_worst)
        return Held(rule, points, points - lost, whole=False)
    return Held(rule, points, points)


def score_of(parts: Sequence[Held], health: Health) -> float | None:
    """The score; None where too little is known."""
    known = sum(one.rule.weight for one in parts if one.points is not None)
    spread = sum(one.rule.weight for one in parts if one.points is None and one.rule.missing == "redistribute")
    essential = any(one.points is None and one.rule.missing == "unknown" for one in parts)
    if essential or not known or known < health.enough:
        return None
    raised = min(1 + health.raise_at_most / 100, 1 + spread / known)
    rest = 1 - (raised - 1) * known / spread if spread else 1.0
    return sum(_weight(one, raised, rest) * _counted(one, health) for one in parts) / 100


def is_green(parts: Sequence[Held], health: Health, green: float) -> bool:
    """Whether the score is enough, and what is missing could not have kept it from that."""
    score = score_of(parts, health)
    if score is None or score < green:
        return False
    worst = sum(one.rule.weight * one.worst for one in parts) / 100
    return all(one.points is not None and one.whole for one in parts) or worst >= green


def ways(parts: Iterable[Part], health: Health, green: float) -> list[Way]:
    """Every component that can make the account green alone, the one that has to gain the fewest points first."""
    known = list(parts)
    now = [held(part, health) for part in known]
    if is_green(now, health, green):
        return []
    found = (
        _found(lever, now, place, health, green)
        for place, part in enumerate(known)
        for lever in _levers(part, now[place], health)
    )
    return sorted(filter(None, found), key=lambda way: way.far)


@dataclass(frozen=True)
class _Lever:
    """One input of a component; `at` tells how it counts when the input is worth so many points of its own."""

    part: Part
    input: str
    low: float
    high: float
    at: Callable[[float], Held]
    input_worth: Callable[[float], float]


def _levers(part: Part, now: Held, health: Health) -> list[_Lever]:
    """The value; and the days since, where a share hangs on them."""
    transform, recency = health.transforms.get(part.rule, now.rule), now.rule.recency
    value = None if part.value is None else float(part.value)
    days = None if part.days is None else float(part.days)
    low = transform.points_at(value) if value is not None and part.present else 0.0

    def by_value(worth: float) -> Held:
        points = recency.mixed(worth, days) if recency and days is not None and part.present else worth
        return replace(now, points=points, worst=points, whole=True)

    levers = [_Lever(part, "value", low, _best(transform), by_value, lambda worth: _nearest(transform, value, worth))]
    if recency and days is not None and part.present:
        levers.append(_by_days(part, now, recency, days))
    return levers


def _by_days(part: Part, now: Held, recency: Recency, days: float) -> _Lever:
    """The days since, the value left as it is."""
    recent = halved(days, recency.half_life)

    def at(worth: float) -> Held:
        gained = recency.share * (worth - recent)
        return replace(now, points=(now.points or 0) + gained, worst=now.worst + gained)

    def nearest(worth: float) -> float:
        return max(0.0, -recency.half_life * math.log2(worth / 100))

    return _Lever(part, "days", recent, 100.0, at, nearest)


def _found(lever: _Lever, now: Sequence[Held], place: int, health: Health, green: float) -> Way | None:
    """The fewest points of that input that are enough, if any are."""

    def does(worth: float) -> bool:
        return is_green([*now[:place], lever.at(worth), *now[place + 1 :]], health, green)

    low, high = lever.low, lever.high
    if not does(high):
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if does(middle) else (middle, high)
    worth = min(high + SURE, lever.high)
    part, before = lever.part, now[place].points
    given = part.value if lever.input == "value" else part.days
    return Way(
        part.component, lever.input, None if given is None else float(given), lever.input_worth(worth),
        before, lever.at(worth).points or 0.0,
    )  # fmt: skip


def _weight(one: Held, raised: float, rest: float) -> float:
    """Its percent after what is missing was spread."""
    if one.points is not None:
        return one.rule.weight * raised
    return one.rule.weight * (rest if one.rule.missing == "redistribute" else 1)


def _counted(one: Held, health: Health) -> float:
    """Its points, or the neutral ones."""
    return health.neutral if one.points is None else one.points


def _best(transform: Transform) -> float:
    """The most that a value can be worth."""
    return max((points for _, points in transform.points), default=100.0)


def _nearest(transform: Transform, value: float | None, worth: float) -> float:
    """The value nearest to the given one that is worth at least so many points; the lowest one where none is known."""
    if transform.half_life is not None:
        limit = max(0.0, -transform.half_life * math.log2(worth / 100)) if worth > 0 else math.inf
        return limit if value is None else min(value, limit)
    able = [x for x, points in transform.points if points >= worth]
    for (x0, y0), (x1, y1) in pairwise(transform.points):
        if min(y0, y1) < worth <= max(y0, y1):
            able.append(x0 + (worth - y0) * (x1 - x0) / (y1 - y0))
    return min(able, key=lambda x: abs(x - value) if value is not None else x)
