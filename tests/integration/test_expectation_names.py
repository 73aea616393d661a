"""Our list of expectations against Great Expectations itself."""

import json
import subprocess
import sys

import pytest

from config.expectation_names import EXPECTATIONS, FIGURES, ROWS, about_columns, takes

ASK = """
import json
from great_expectations.expectations.expectation import ColumnAggregateExpectation
from great_expectations.expectations.registry import get_expectation_impl, list_registered_expectation_implementations
kinds = {name: get_expectation_impl(name) for name in list_registered_expectation_implementations()}
print(json.dumps({
    name: {"fields": sorted(kind.__fields__), "figure": issubclass(kind, ColumnAggregateExpectation)}
    for name, kind in kinds.items()
}))
"""


@pytest.fixture(scope="module")
def library() -> dict[str, dict[str, object]]:
    """What the library knows: name → its fields, and whether it is about a column as a whole."""
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", ASK], capture_output=True, text=True, check=True)
    found: dict[str, dict[str, object]] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", EXPECTATIONS)
def test_the_library_has_the_expectation_and_its_arguments(library: dict[str, dict[str, object]], name: str) -> None:
    """What the check lets pass can be evaluated."""
    fields = library[name]["fields"]
    assert isinstance(fields, list)
    assert set(takes(name)) <= set(fields)
    assert about_columns(name) or "column" in fields
    assert library[name]["figure"] == (name in FIGURES) != (name in ROWS)
