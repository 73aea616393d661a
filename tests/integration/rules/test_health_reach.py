"""What green would take, held against the score as DuckDB counts it: the change does it, a smaller one does not."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.health import Health
from models.health_change import Part
from models.health_reach import Way, held, is_green, score_of, ways
from tests.health_room import rules, scored

VALUE = st.one_of(st.none(), st.floats(0, 10).map(lambda value: round(value, 3)))
MIXED = rules(
    components=[
        one | ({"recency": {"days": "age", "half_life": 20, "share": 0.5}} if one["component"] == "a" else {})
        for one in rules().model_dump(exclude_defaults=True)["components"]
    ]
)


def parts_of(health: Health, values: dict[str, Any]) -> tuple[dict[str, Any], list[Part]]:
    """The sheet and the components as DuckDB counts them."""
    sheet, rows = scored(health, **values)
    names = ("value", "points", "weight", "base", "contribution", "days")
    found = [
        Part(row["component"], state=row["state"], rule=row["rule"], **{name: _decimal(row[name]) for name in names})
        for row in rows
    ]
    return sheet, found


def _decimal(value: Any) -> Any:
    """As contributions are read."""
    return None if value is None else Decimal(str(value))


def green_with(health: Health, values: dict[str, Any], way: Way, back: float = 0.0) -> bool:
    """Whether the account is green with that one input changed, or with a part of the way left out."""
    column = "age" if way.input == "days" else way.component
    then = way.then if way.now is None else way.then + back * (way.now - way.then)
    return bool(scored(health, **{**values, column: then})[0]["health_band"] == "green")


@given(st.fixed_dictionaries(dict.fromkeys("abcd", VALUE) | {"age": st.integers(0, 50)}), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_score_is_counted_as_the_database_counts_it(values: dict[str, Any], mixed: bool) -> None:
    """Score and green, whatever is missing."""
    health = MIXED if mixed else rules()
    sheet, parts = parts_of(health, values)
    now = [held(part, health) for part in parts]
    score = score_of(now, health)
    assert (score is None) == (sheet["health_score"] is None)
    assert score is None or abs(score - float(sheet["health_score"])) < 1e-6
    assert is_green(now, health, 70) == (sheet["health_band"] == "green")


@given(st.fixed_dictionaries(dict.fromkeys("abcd", VALUE) | {"age": st.integers(0, 50)}), st.booleans())
@settings(max_examples=60, deadline=None)
def test_each_way_leads_to_green_and_a_shorter_one_does_not(values: dict[str, Any], mixed: bool) -> None:
    """One input alone; the smallest comes first."""
    health = MIXED if mixed else rules()
    found = ways(parts_of(health, values)[1], health, 70)
    assert [way.far for way in found] == sorted(way.far for way in found)
    for way in found:
        if values[way.component] is not None:
            assert green_with(health, values, way)
            assert not green_with(health, values, way, back=0.02)


def test_no_single_input_may_be_enough() -> None:
    """Then there is no way."""
    assert ways(parts_of(rules(), {"a": 0, "b": 60, "c": 0, "d": 0})[1], rules(), 70) == []


@pytest.mark.parametrize("values", [{"a": 10, "b": 0, "c": 4, "d": 10}])
def test_who_is_green_needs_nothing(values: dict[str, Any]) -> None:
    """No way is told."""
    assert ways(parts_of(rules(), values)[1], rules(), 70) == []
