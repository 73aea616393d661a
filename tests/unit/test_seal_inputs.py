"""The hash of a night's inputs: equal for equal inputs, another for any other."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.night import Seal

SEAL = Seal(
    "nightly:2025-06-30", date(2025, 6, 30), "2025-06-30T05:00:00+00:00", False, 7, 9, "c", {"a": "1", "b": "2"}
)


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": date(2025, 7, 1)}, {"landing_seq": 8}, {"event_seq": 10}, {"config_hash": "d"},
        {"hashes": {"a": "1", "b": "3"}},
    ],
)  # fmt: skip
def test_any_other_input_gives_another_hash(changes: dict[str, Any]) -> None:
    """Date, landings, events, configuration, and each of the sealed files."""
    assert replace(SEAL, **changes).inputs != SEAL.inputs


@pytest.mark.parametrize(
    "changes", [{"clock": "2025-06-30T06:00:00+00:00"}, {"versions": {"duckdb": "9"}}, {"hashes": {"b": "2", "a": "1"}}]
)
def test_the_clock_and_the_order_are_no_input(changes: dict[str, Any]) -> None:
    """Read back from its event it is the same, too."""
    assert replace(SEAL, **changes).inputs == SEAL.inputs
    assert Seal.of(SEAL.payload()).inputs == SEAL.inputs
