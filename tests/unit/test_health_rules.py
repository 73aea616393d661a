"""config/health.yaml: what is refused when it is loaded."""

from typing import Any

import pytest

from models.health import Health, Transform

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


def test_an_age_needs_a_limit() -> None:
    """Or it would never be stale."""
    with pytest.raises(ValueError, match="age: and stale_after: belong together"):
        Health.model_validate(WHOLE | {"components": [PARTS[0] | {"age": "b"}, *PARTS[1:]]})
