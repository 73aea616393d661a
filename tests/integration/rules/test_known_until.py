"""Up to which day an entity is known, by what became of its sources' pulls."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from models.landing import Landing
from models.night import run_key
from models.source import Status
from tasks.known_until import known_until
from tasks.store.engine import begin
from tasks.store.landings import close_landing, open_landing
from tests.store_story import NOW

FIRST = date(2025, 6, 20)
Pull = tuple[str, Status, str | None]


def landed(engine: Engine, nights: list[list[Pull]]) -> dict[str, date]:
    """What is known on the last of these nights, each with pulls (source, status, newest day)."""
    with begin(engine) as conn:
        for number, pulls in enumerate(nights):
            day = FIRST + timedelta(days=number)
            for source, status, newest in pulls:
                seq = open_landing(conn, run_key(day), source, "usage", day, NOW)
                closed = Landing(seq, run_key(day), source, "usage", day, status, cursor_max=newest)
                close_landing(conn, closed, NOW)
        last = FIRST + timedelta(days=len(nights) - 1)
        return known_until(conn, run_key(last), last)


@pytest.mark.parametrize(
    ("nights", "known"),
    [
        ([[("app", "ok", "2025-06-19")]], None),
        ([[("app", "ok", "2025-06-19")], [("app", "unchanged", "2025-06-19")]], None),
        ([[("app", "ok", "2025-06-19")], [("app", "failed", None)]], date(2025, 6, 20)),
        ([[("app", "ok", "2025-06-10")], [("app", "held", None)], [("app", "failed", None)]], date(2025, 6, 20)),
        ([[("app", "ok", "2025-06-17")], [("app", "unchanged", "2025-06-17")], [("app", "stale", "2025-06-17")]],
         date(2025, 6, 18)),
        ([[("app", "stale", "2025-06-17T22:00:00")], [("app", "failed", None)]], date(2025, 6, 18)),
        ([[("app", "failed", None)]], FIRST),
        ([[("app", "ok", "2025-06-19"), ("web", "ok", "2025-06-19")],
          [("app", "ok", "2025-06-20"), ("web", "failed", None)]], date(2025, 6, 20)),
    ],
)  # fmt: skip
def test_the_clock_of_an_entity_stops_with_its_source(
    store: Engine, nights: list[list[Pull]], known: date | None
) -> None:
    """Failed or held: at its last good night. Silent for too long: after its newest row. Never there: nothing."""
    assert landed(store, nights).get("usage") == known
