"""Why a score is another than on an earlier night: the difference split by cause, component by component.

METRICS, health, explain: a change since another date is split into input, weight, threshold, override and version.
The parts sum to the difference; what rounding leaves over goes to the last cause of a component.

- input: the value, or the days since, are another.
- threshold: the same value is worth other points, by another transform (edited, or the account has come under another
  tenure or segment).
- weight: the component's own weight has been edited.
- missing: a value has come or gone, here, or elsewhere so that weight is spread otherwise.
- version: the component is there on one of the nights only.
- override: a person has set the band, or lifted what was set. It moves no score: the computed one is always kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from models.health import Health
from models.transform import Recency, Transform

Cause = Literal["input", "threshold", "weight", "missing", "version", "override"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
Recencies = tuple[Recency | None, Recency | None]
NOTHING, HUNDRED = Decimal(0), Decimal(100)
DIGITS = Decimal("1e-9")


@dataclass(frozen=True)
class Part:
    """One component of one account on one night, as contributions.parquet has it.

    Attributes:
        value: what it measured; None when it is not known.
        points: what that is worth; None unless it counts.
        weight, base: percent after and before spreading.
        contribution: what it adds; None where there is no score.
        days: the days since, where a share of the points hangs on them.
        rule: short hash of the transform.
    """

    component: str
    value: Decimal | None
    points: Decimal | None
    weight: Decimal
    base: Decimal
    contribution: Decimal | None
    state: str
    days: Decimal | None = None
    rule: str = ""

    @property
    def counted(self) -> Decimal:
        """The points that counted, neutral ones among them."""
        if self.points is not None or not self.weight:
            return self.points or NOTHING
        return HUNDRED * (self.contribution or NOTHING) / self.weight

    @property
    def present(self) -> bool:
        """Whether a fresh value stood behind it."""
        return self.state == "present"


@dataclass(frozen=True)
class Standing:
    """Where an account stood on a night: its components, the rules, and what a person had set."""

    parts: tuple[Part, ...]
    health: Health
    override: str | None = None

    @property
    def score(self) -> Decimal | None:
        """The sum of the contributions."""
        given = [part.contribution for part in self.parts]
        return sum((one for one in given if one is not None), NOTHING) if None not in given and given else None


@dataclass(frozen=True)
class Change:
    """The difference of two scores.

    Attributes:
        difference: points; None where there was no score on one of the nights.
        components: component → cause → points, nothing that is zero.
        overridden: whether what a person has set is another.
    """

    difference: Decimal | None
    components: Mapping[str, Mapping[Cause, Decimal]]
    overridden: bool = False

    @property
    def causes(self) -> dict[Cause, Decimal]:
        """Cause → points over all components, the strongest first; override is named although it moves no score."""
        sums = {cause: sum((one.get(cause, NOTHING) for one in self.components.values()), NOTHING) for cause in CAUSES}
        found = {cause: points for cause, points in sums.items() if points or (cause == "override" and self.overridden)}
        return dict(sorted(found.items(), key=lambda item: (-abs(item[1]), CAUSES.index(item[0]))))


def health_change(before: Standing, now: Standing) -> Change:
    """What moved an account's score from one night to another."""
    overridden = before.override != now.override
    if before.score is None or now.score is None:
        return Change(None, {}, overridden)
    were, are = ({part.component: part for part in one.parts} for one in (before, now))
    transforms = before.health.transforms | now.health.transforms
    names = list(dict.fromkeys([*are, *were]))
    found = {name: _split(were.get(name), are.get(name), transforms, before.health, now.health) for name in names}
    return Change(now.score - before.score, {name: causes for name, causes in found.items() if causes}, overridden)


def _split(
    was: Part | None, now: Part | None, transforms: Mapping[str, Transform], before: Health, after: Health
) -> dict[Cause, Decimal]:
    """One component's difference by cause."""
    if was is None or now is None:
        whole = (now.contribution or NOTHING if now else NOTHING) - (was.contribution or NOTHING if was else NOTHING)
        return _without_zeros({"version": whole})
    whole = (now.contribution or NOTHING) - (was.contribution or NOTHING)
    spread = was.weight / was.base
    weight = _rounded((now.base - was.base) * spread * was.counted / HUNDRED)
    missing = _rounded((now.weight - now.base * spread) * was.counted / HUNDRED)
    points = _points(was, now, whole - weight - missing, transforms, _recencies(before, after, now.component))
    return _without_zeros(_sum([("weight", weight), ("missing", missing), *points]))


def _points(
    was: Part, now: Part, rest: Decimal, transforms: Mapping[str, Transform], recencies: Recencies
) -> list[tuple[Cause, Decimal]]:
    """What other points have made: a value that came or went, another rule, another value."""
    if was.present != now.present or (was.value is None) != (now.value is None):
        return [("missing", rest)]
    if not was.present:
        return [("threshold", rest)]
    if was.rule == now.rule and recencies[0] == recencies[1]:
        return [("input", rest)]
    worth = _worth(was, transforms.get(now.rule), recencies[1])
    threshold = _rounded(now.weight * (worth - was.counted) / HUNDRED) if worth is not None else rest
    return [("threshold", threshold), ("input", rest - threshold)]


def _worth(was: Part, transform: Transform | None, recency: Recency | None) -> Decimal | None:
    """What the earlier value would be worth by the later rule."""
    if transform is None or was.value is None:
        return None
    points = transform.points_at(float(was.value))
    return Decimal(repr(recency.mixed(points, float(was.days)) if recency and was.days is not None else points))


def _recencies(before: Health, after: Health, name: str) -> Recencies:
    """How much of a component hung and hangs on the days since."""
    found = (next((each for each in rules.components if each.component == name), None) for rules in (before, after))
    was, now = (each.recency if each else None for each in found)
    return was, now


def _rounded(points: Decimal) -> Decimal:
    """To the digits that contributions have."""
    return points.quantize(DIGITS)


def _sum(parts: Iterable[tuple[Cause, Decimal]]) -> dict[Cause, Decimal]:
    """Cause → points."""
    found: dict[Cause, Decimal] = {}
    for cause, points in parts:
        found[cause] = found.get(cause, NOTHING) + points
    return found


def _without_zeros(parts: Mapping[Cause, Decimal]) -> dict[Cause, Decimal]:
    """What moved anything."""
    return {cause: points for cause, points in parts.items() if points}
