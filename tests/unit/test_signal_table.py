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
