"""A year of nights on the synthetic company; how many of them, YEAR_NIGHTS says (`make year`: all)."""

import os
from pathlib import Path

from tasks.demo.company import AS_OF
from tests.year_history import History
from tests.year_run import Year

NIGHTS = int(os.environ.get("YEAR_NIGHTS", "60"))
SEED = int(os.environ.get("YEAR_SEED", "7"))


def test_the_nights_run_clean_under_the_invariants(place: Path, history: History) -> None:
    """Outages, late runs, broken nights, edits, merges, answers: no invariant is broken by any night."""
    year = Year.of(place, history, SEED)
    found = year.run(AS_OF, NIGHTS)
    assert not found, "\n".join([*found[:20], f"seed {SEED}; what happened:", *year.told])
