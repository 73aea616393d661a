"""What moved a score: the difference by cause, of every component, summing to the whole."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.health import Health
from models.health_change import Part, Standing, health_change

NAMES = "abcd"
LINE = [[0, 0], [10, 100]]
STEEP = [[0, 0], [5, 100]]


def rules(names: str = NAMES, **changes: dict[str, Any]) -> Health:
    """Components of equal weight; `changes` are laid over single ones."""
    parts = [
        {"component": name, "family": "usage", "weight": 100 / len(names), "value": name, "points": LINE}
        | changes.get(name, {})
        for name in names
    ]
    return Health.model_validate({"bands": {"green": 70, "yellow": 40}, "components": parts})


def standing(health: Health, values: Mapping[str, float | None], override: str | None = None) -> Standing:
    """Where an account stands whose components have these values: what is missing is spread, at most a fifth."""
    known = sum(one.weight for one in health.components if values.get(one.component) is not None)
    raised = min(1.2, 100 / known) if known else 1.0
    rest = (100 - known * raised) / (100 - known) if known < 100 else 0.0
    parts = []
    for one in health.components:
        value = values.get(one.component)
        weight = Decimal(repr(one.weight * (rest if value is None else raised)))
        points = None if value is None else Decimal(repr(one.points_at(value)))
        counted = Decimal(50) if points is None else points
        parts.append(
            Part(
                one.component,
                None if value is None else Decimal(repr(value)),
                points,
                weight,
                Decimal(repr(one.weight)),
                round(weight * counted / 100, 9),
                "missing" if value is None else "present",
                rule=one.rule,
            )
        )
    return Standing(tuple(parts), health, override)


SAME: dict[str, float | None] = {"a": 5.0, "b": 5.0, "c": 5.0, "d": 5.0}
MOVES: list[tuple[str, Health, dict[str, float | None], Health, dict[str, float | None], dict[str, Decimal]]] = [
    ("nothing", rules(), SAME, rules(), SAME, {}),
    ("a value fell", rules(), SAME, rules(), SAME | {"a": 3.0}, {"input": Decimal(-5)}),
    ("two values, against each other", rules(), SAME, rules(), SAME | {"a": 3.0, "b": 8.0}, {"input": Decimal("2.5")}),
    ("an easier threshold", rules(), SAME, rules(a={"points": STEEP}), SAME, {"threshold": Decimal("12.5")}),
    (
        "an easier threshold for a value that fell",
        rules(), SAME, rules(a={"points": STEEP}), SAME | {"a": 2.5},
        {"threshold": Decimal("12.5"), "input": Decimal("-12.5")},
    ),
    (
        "other weights",
        rules(), SAME | {"a": 10.0}, rules(a={"weight": 35}, b={"weight": 15}), SAME | {"a": 10.0},
        {"weight": Decimal(5)},
    ),
    ("a value went", rules(), SAME | {"a": 10.0}, rules(), SAME | {"a": None}, {"missing": Decimal("-12.5")}),
    ("a value came", rules(), SAME | {"a": None}, rules(), SAME | {"a": 10.0}, {"missing": Decimal("12.5")}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "old", "was", "new", "now", "causes"), MOVES, ids=[move[0] for move in MOVES])
def test_every_point_has_a_cause(what: str, old: Health, was: Any, new: Health, now: Any, causes: Any) -> None:
    """The causes of METRICS, to the point."""
    change = health_change(standing(old, was), standing(new, now))
    assert {cause: round(points, 6) for cause, points in change.causes.items()} == causes, what


def test_another_set_of_components_is_another_version() -> None:
    """What came in and what went out, whole."""
    change = health_change(standing(rules(), SAME), standing(rules("abce"), SAME | {"e": 10.0}))
    assert change.components == {"e": {"version": Decimal(25)}, "d": {"version": Decimal("-12.5")}}


def test_a_person_moves_the_band_and_no_score() -> None:
    """The override is named as a cause; the computed score is what it was."""
    change = health_change(standing(rules(), SAME), standing(rules(), SAME, "red"))
    assert (change.difference, change.causes) == (Decimal(0), {"override": Decimal(0)})


def test_without_a_score_there_is_no_difference() -> None:
    """Nor any cause: the bands say what happened."""
    nothing = Standing((), rules())
    assert health_change(nothing, standing(rules(), SAME)).difference is None


def test_days_that_pass_are_input() -> None:
    """A day more is something that happened, not another rule; another half-life is one."""
    recent: dict[str, Any] = {"a": {"recency": {"days": "n", "half_life": 10, "share": 0.5}}}
    parts = standing(rules(**recent), SAME).parts
    weights = (parts[0].weight, parts[0].base)
    fresh, old = (
        Part("a", Decimal(10), points, *weights, points / 4, "present", days, parts[0].rule)
        for points, days in ((Decimal(100), Decimal(0)), (Decimal(75), Decimal(10)))
    )
    was, now = (Standing((one, *parts[1:]), rules(**recent)) for one in (fresh, old))
    assert health_change(was, now).causes == {"input": Decimal("-6.25")}
    slower = rules(a={"recency": {"days": "n", "half_life": 20, "share": 0.5}})
    assert set(health_change(now, Standing(now.parts, slower)).causes) == {"threshold", "input"}


VALUES = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.integers(-20, 130).map(lambda ten: ten / 10)) for name in NAMES}
)
WEIGHTS = st.sampled_from(
    [rules(), rules(a={"weight": 40}, b={"weight": 10}), rules(c={"points": STEEP}), rules("abc" + "e")]
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(WEIGHTS, VALUES, WEIGHTS, VALUES)
def test_the_causes_sum_to_the_difference(old: Health, was: Any, new: Health, now: Any) -> None:
    """Within 1e-9, whatever changed at once."""
    before, after = standing(old, was), standing(new, now)
    change = health_change(before, after)
    assert change.difference is not None
    assert abs(sum(change.causes.values(), Decimal(0)) - change.difference) <= Decimal("1e-9")
