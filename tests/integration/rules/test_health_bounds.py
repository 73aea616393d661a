"""Caps and floors of the band, and points that fade."""

import pytest

from tests.health_room import LINE, rules, scored

BOUNDS = {
    "caps": [
        {"when": "tenure = 1", "band": "yellow", "because": "one"},
        {"when": "tenure in (1, 2)", "band": "red", "because": "two"},
    ],
    "floors": [{"when": "tenure = 3", "band": "yellow", "because": "three"}],
}


@pytest.mark.parametrize(
    ("points", "tenure", "band", "said"),
    [
        (10, 400, "green", None),
        (10, 1, "red", "held at red: two"),
        (5, 1, "red", "held at red: two"),
        (10, 2, "red", "held at red: two"),
        (1, 2, "red", None),
        (1, 3, "yellow", "held at yellow: three"),
        (5, 3, "yellow", None),
        (1, 400, "red", None),
        (None, 3, "insufficient_data", None),
    ],
)
def test_caps_and_floors_hold_the_band_and_leave_the_score(
    points: float | None, tenure: int, band: str, said: str | None
) -> None:
    """The strictest cap counts; nothing is lifted that is not known."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": LINE} for name in "abcd"
    ]  # fmt: skip
    sheet, _ = scored(rules(components=parts, **BOUNDS), a=points, tenure=tenure)
    assert sheet["health_band"] == band
    assert ("held at" in sheet["health_reason"]) == bool(said)
    assert said is None or sheet["health_reason"].endswith(said)
    assert sheet["health_score"] is None or float(sheet["health_score"]) == (points or 0) * 10


@pytest.mark.parametrize(("age", "points"), [(0, 50), (10, 25), (20, 12.5), (-5, 50), (None, None)])
def test_points_may_fade_with_the_days_since(age: float | None, points: float | None) -> None:
    """Halved every half-life; when the days are not known, nothing is."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": LINE,
         "fades": {"days": "age", "half_life": 10}}
        for name in "abcd"
    ]  # fmt: skip
    _, found = scored(rules(components=parts), a=5, age=age)
    assert found[0]["points"] == points
    assert found[0]["state"] == ("missing" if points is None else "present")
