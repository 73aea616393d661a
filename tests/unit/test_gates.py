"""When a night waits for a person."""

import pytest

from models.company import Gates
from models.gates import ceiling, reasons

GATES = Gates(mails=200, band_changes=0.15)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([], 200),
        ([1000] * 27, 200),
        ([0] * 28, 50),
        ([10] * 28, 50),
        ([100] * 28, 300),
        ([100] * 28 + [9000] * 50, 300),
    ],
)
def test_the_ceiling_is_declared_until_there_is_history(sent: list[int], expected: int) -> None:
    """Then it is three times the usual most of the newest 28 runs, never under fifty."""
    assert ceiling(sent, GATES) == expected


@pytest.mark.parametrize(
    ("mails", "changed", "count"),
    [(200, 0, 0), (201, 0, 1), (0, 15, 0), (0, 16, 1), (201, 16, 2)],
)
def test_what_is_above_a_gate_waits(mails: int, changed: int, count: int) -> None:
    """At the gate is not above it; both reasons are said."""
    assert len(reasons(mails, 200, 100, changed, GATES)) == count


def test_without_bands_nobody_can_have_changed_one() -> None:
    """The first night."""
    assert reasons(0, 200, 0, 0, GATES) == []
