"""Gates on a batch: counts, columns, age."""

from datetime import date

import pytest

from models.source import SourceSpec, Volume
from tasks.quality import gates

SNAPSHOT = SourceSpec(
    name="crm",
    entity="accounts",
    adapter="files",
    path="x",
    columns=("id", "name"),
    volume=Volume(min=5, max=50),
    freshness_days=3,
)
EVENTS = SNAPSHOT.model_copy(update={"entity": "usage", "cursor": True})


@pytest.mark.parametrize(
    ("total", "history", "held"),
    [
        (10, [], False),
        (4, [], True),
        (51, [], True),
        (40, [100] * 6, False),
        (40, [100] * 7, True),
        (80, [100] * 7, False),
        (125, [100] * 7, False),
        (126, [100] * 7, True),
        (0, [], True),
    ],
)
def test_a_snapshot_has_about_as_many_rows_as_usual(total: int, history: list[int], held: bool) -> None:
    """80-125 % of the median of seven pulls, the declared limits before that; none at all is never 'all are gone'."""
    assert bool(gates.volume(SNAPSHOT, total, history)) == held


def test_events_may_be_many_or_none() -> None:
    """A source of events has no expected count."""
    assert gates.volume(EVENTS, 0, [100] * 7) is None


def test_a_renamed_column_is_told_with_the_new_name() -> None:
    """Whoever renamed it finds it at once."""
    assert gates.gone(SNAPSHOT, "crm.csv", ["id", "names"]) == "crm.csv has no column 'name'; did you mean 'names'?"
    assert gates.gone(SNAPSHOT, "crm.csv", ["name", "id", "more"]) is None
    assert gates.undeclared(SNAPSHOT, ["id", "name", "more"]) == ["more"]


def test_a_column_that_emptied_is_told() -> None:
    """A column that had values and has none any more is a broken export, not news."""
    assert gates.emptied({"a", "b"}, {"b", "c"}) == "no row has a value of 'a' any more"
    assert gates.emptied(set(), {"a"}) is None


@pytest.mark.parametrize(
    ("newest", "stale"), [("2024-12-28", False), ("2024-12-27", True), ("2024-12-28 23:59:00", False), (None, False)]
)
def test_a_source_grows_stale(newest: str | None, stale: bool) -> None:
    """Its newest row may be three days old, and not four."""
    assert gates.is_stale(SNAPSHOT, date(2024, 12, 31), newest) == stale
