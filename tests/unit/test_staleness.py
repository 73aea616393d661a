"""Staleness follows lineage: a fact by its entities, a rule by what it reads, a score by its weight."""

import pytest

from models.staleness import Lineage

LINEAGE = Lineage(
    facts={"uses": ("usage",), "tickets": ("tickets",), "mrr": ("contracts",)},
    derived={
        "touch": frozenset({"mrr"}),
        "health_band": frozenset({"health"}),
        "signal": frozenset({"health_band", "uses"}),
    },
    score=((60, frozenset({"uses"})), (30, frozenset({"tickets"})), (10, frozenset({"mrr"}))),
)


@pytest.mark.parametrize(
    ("column", "late", "behind"),
    [
        ("uses", {"usage"}, {"usage"}),
        ("uses", {"tickets"}, set()),
        ("touch", {"contracts"}, {"contracts"}),
        ("health_band", {"tickets"}, set()),
        ("health_band", {"tickets", "contracts"}, {"tickets", "contracts"}),
        ("health_band", {"usage"}, {"usage"}),
        ("signal", {"tickets"}, set()),
        ("signal", {"usage", "events"}, {"usage"}),
    ],
)
def test_a_score_is_stale_only_when_too_little_of_its_weight_is_fresh(
    column: str, late: set[str], behind: set[str]
) -> None:
    """70 % fresh is enough; a fact is stale with any of its entities."""
    assert LINEAGE.stale(column, frozenset(late)) == behind
