"""config/health.yaml: what is refused when it is loaded."""

from typing import Any

import pytest

from models.health import Health
from models.transform import Transform

LINE = [[0, 0], [10, 100]]
PARTS = [{"component": name, "family": "usage", "weight": 25, "value": "a", "points": LINE} for name in "abcd"]
WHOLE: dict[str, Any] = {"bands": {"green": 70, "yellow": 40}, "components": PARTS}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"bands": {"green": 40, "yellow": 40}}, "must be below green"),
        ({"enouhg": 70}, "Extra inputs are not permitted"),
        ({"components": []}, "at least 4"),
    ],
)
def test_a_broken_file_is_refused(changes: dict[str, Any], problem: str) -> None:
    """At load, not at night."""
    with pytest.raises(ValueError, match=problem):
        Health.model_validate(WHOLE | changes)


def test_weights_sum_to_a_hundred() -> None:
    """Or the contributions would not be percent."""
    parts = [{"component": name, "family": "usage", "weight": 20, "value": "a", "points": LINE} for name in "abcd"]
    with pytest.raises(ValueError, match="the weights sum to 80, not to 100"):
        Health.model_validate(WHOLE | {"components": parts})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"points": LINE, "half_life": 3},
        {"points": [[0, 0]]},
        {"points": [[1, 0], [0, 100]]},
        {"points": [[0, 0], [0, 9]]},
    ],
)
def test_a_transform_is_rising_points_or_a_half_life(given: dict[str, Any]) -> None:
    """One of the two, and no value twice."""
    with pytest.raises(ValueError, match="points:"):
        Transform.model_validate(given)


def test_a_component_nobody_has_data_for_is_left_out() -> None:
    """Without a source of what it needs; the others weigh in its place, and sum to a hundred."""
    parts = [PARTS[0] | {"needs": ["invoices"]}, PARTS[1] | {"weight": 35}, PARTS[2] | {"weight": 15}, PARTS[3]]
    health = Health.model_validate(WHOLE | {"components": parts})
    assert health.fitting({"invoices", "usage"}) is health
    fitted = health.fitting({"usage"})
    assert {one.component: one.weight for one in fitted.components} == {"b": 46.666667, "c": 20, "d": 33.333333}


@pytest.mark.parametrize(("value", "points"), [(-1, 0), (0, 0), (2.5, 25), (9, 90), (10, 100), (99, 100)])
def test_points_lie_on_straight_lines(value: float, points: float) -> None:
    """And hold outside."""
    assert Transform.model_validate({"points": LINE}).points_at(value) == points


def test_recency_is_halved_every_half_life() -> None:
    """METRICS: 100 · 0.5 ^ (days / half-life)."""
    assert [Transform(half_life=7).points_at(days) for days in (-1, 0, 7, 14)] == [100, 100, 50, 25]


def test_an_age_needs_a_limit() -> None:
    """Or it would never be stale."""
    with pytest.raises(ValueError, match="age: and stale_after: belong together"):
        Health.model_validate(WHOLE | {"components": [PARTS[0] | {"age": "b"}, *PARTS[1:]]})
