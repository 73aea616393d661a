"""The decision table of signals, and the sizes it may name: holes, overlaps and wrong names are said."""

import pytest

from models.segments import Segments
from models.signals import Signals, table_faults

SIGNALS = Signals.model_validate(
    {
        "tenures": [{"tenure": "new", "when": "days < 30"}, {"tenure": "mature", "when": "true"}],
        "engagements": [{"engagement": "any", "when": "true"}],
        "signals": [{"signal": "drop", "when": "trend < 60", "plans": [{"plan": "call", "tenure": ["mature"]}]}],
    }
)


def test_an_empty_cell_is_reported() -> None:
    """It fires without a plan, which somebody should know."""
    assert table_faults(SIGNALS, ("large",)) == ["drop | new | large | any: no plan"]


def test_overlaps_of_the_table_are_reported() -> None:
    """Two plans for a cell: the first counts, and somebody should look."""
    plans = [{"plan": "call"}, {"plan": "write", "tenure": ["new"]}]
    signals = Signals.model_validate(
        SIGNALS.model_dump() | {"signals": [{"signal": "drop", "when": "true", "plans": plans}]}
    )
    assert table_faults(signals, ("large",)) == ["drop | new | large | any: overlap: call, write"]


def table(**signal: object) -> Signals:
    """The file with this one signal."""
    return Signals.model_validate(SIGNALS.model_dump() | {"signals": [{"signal": "drop", "when": "true", **signal}]})


def test_what_is_declared_is_no_fault() -> None:
    """Empty cells by no_plan, overlaps by first_match; each covers its own kind only."""
    old, every = {"plan": "call", "tenure": ["mature"]}, {"plan": "write"}
    assert table_faults(table(plans=[old], no_plan=[{"tenure": ["new"]}]), ("large",)) == []
    assert table_faults(table(plans=[old, every], first_match=True), ("large",)) == []
    assert table_faults(table(plans=[old], first_match=True), ("large",)) == ["drop | new | large | any: no plan"]
    assert table_faults(table(plans=[old, every], no_plan=[{"size": ["small"]}]), ("large",)) == [
        "drop | mature | large | any: overlap: call, write"
    ]


def test_a_cell_is_not_both_planned_and_declared_empty() -> None:
    """One of the two is a slip."""
    assert table_faults(table(plans=[{"plan": "call"}], no_plan=[{"tenure": ["new"]}]), ("large",)) == [
        "drop | new | large | any: declared no_plan, and yet: call"
    ]


def test_what_a_plan_names_exists() -> None:
    """A tenure that is not in the file is refused with the nearest one."""
    with pytest.raises(ValueError, match="tenure 'matur' is not known; did you mean 'mature'"):
        Signals.model_validate(
            SIGNALS.model_dump()
            | {"signals": [{"signal": "s", "when": "true", "plans": [{"plan": "p", "tenure": ["matur"]}]}]}
        )


def test_sizes_are_named_once() -> None:
    """Several rules may lead to one size."""
    sizes = [
        {"size": "large", "when": "days > 1"},
        {"size": "large", "when": "uses > 1"},
        {"size": "small", "when": "true"},
    ]
    rest = {"segments": [{"segment": "s", "when": "true"}], "focus": [{"focus": "price", "when": "true"}]}
    assert Segments.model_validate({"sizes": sizes, **rest}).size_names == ("large", "small")
