"""Caps and floors of the band, and points that hang on the days since."""

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


@pytest.mark.parametrize(
    ("value", "age", "points", "worst"),
    [
        (5, 0, 75, "yellow"),
        (5, 10, 50, "yellow"),
        (5, -5, 75, "yellow"),
        (10, 0, 100, "green"),
        (None, 0, 75, "yellow"),
        (None, 10, 50, "yellow"),
        (5, None, None, "insufficient_data"),
    ],
)
def test_a_share_may_hang_on_the_days_since(
    value: float | None, age: float | None, points: float | None, worst: str
) -> None:
    """Halved every half-life; it alone is enough to count, with a neutral rest that makes nobody green."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": LINE,
         "recency": {"days": "age", "half_life": 10, "share": "50%"}}
        for name in "abcd"
    ]  # fmt: skip
    sheet, found = scored(rules(components=parts, bands={"green": 76, "yellow": 40}), a=value, age=age)
    assert found[0]["points"] == points
    assert (found[0]["state"], sheet["health_band"]) == ("missing" if points is None else "present", worst)
    if value is None:
        assert found[0]["reason"] == f"a by its days since alone, {age}"


def test_an_unknown_value_beside_its_recency_makes_nobody_green() -> None:
    """Green is asked for with the unknown at its worst, as with all that is missing."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": LINE,
         "recency": {"days": "age", "half_life": 10, "share": 0.5}}
        for name in "abcd"
    ]  # fmt: skip
    sheet, _ = scored(rules(components=parts), a=None, age=0)
    assert (float(sheet["health_score"]), sheet["health_band"]) == (75, "yellow")
