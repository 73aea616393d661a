"""The result of a goal is its number when the window is over: neither before, nor at the end of the enrollment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from config.settings import Settings
from models.clock import Clock, midnight
from models.event import Event
from models.play import Play
from tasks.goals import goals
from tasks.lake.lake import Lake
from tasks.land import close_one, open_one
from tasks.night import Night
from tasks.store import enrollments
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append, append_all
from tests.fact_room import shipped

BEGAN = date(2025, 6, 1)
PLAY = Play.model_validate(
    {
        "play": "grow", "per": "account", "audience": "true", "anchor": "manual",
        "goal": {"metric": "usage_users_28d", "better": "higher", "window": "10 days"},
        "steps": [{"id": "do", "day": 0, "task": "Look"}],
    }
)  # fmt: skip


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Night]:
    """The night on which an enrollment began, another one joined it, and a third was held out."""
    engine = open_store(f"sqlite:///{tmp_path}/goals.db")
    night = Night(Settings(), shipped(), Clock.at(BEGAN, midnight(BEGAN)), engine, Lake(str(tmp_path)))
    pinned = {"hash": PLAY.hash, "play": PLAY.play, "text": PLAY.text}
    told = {"play": PLAY.play, "play_hash": PLAY.hash, "occurrence": "1", "on": BEGAN.isoformat(), "baseline": 1.0}
    with begin(engine) as conn:
        append(conn, Event("pin", "play_pinned", "play:grow", night.clock.now, None, pinned))
        for name, more in (("A", {"members": []}), ("B", {"members": ["lead:E-A"]}), ("C", {"arm": "held_out"})):
            payload = {"enrollment_id": f"E-{name}", **told, **more}
            append(conn, Event(f"e{name}", "enrolled", f"account:{name}", night.clock.now, name, payload))
    yield night
    engine.dispose()


def after(first: Night, days: int, users: int | None = 7, *, stale: bool = False) -> dict[str, float | None]:
    """The results that are known once the night so many days later has measured."""
    as_of = BEGAN + timedelta(days=days)
    night = replace(first, clock=Clock.at(as_of, midnight(as_of)))
    sheet = {"account_id": ["A", "B", "C"], "usage_users_28d": pa.array([users] * 3, pa.int64())}
    night.lake.write(night.path("sheet_account.parquet"), pa.table(sheet))
    close_one(night, replace(open_one(night, "usage", "usage"), status="stale" if stale else "ok"))
    with begin(night.engine) as conn:
        append_all(conn, list(goals(night)))
    with read(night.engine) as conn:
        return {one.enrollment_id: one.result for one in enrollments.of_accounts(conn, ["A", "B", "C"])}


NONE = {"E-A": None, "E-B": None, "E-C": None}
SEVEN = {"E-A": 7.0, "E-B": None, "E-C": 7.0}


@pytest.mark.parametrize(
    ("days", "users", "stale", "results"),
    [(9, 7, False, NONE), (10, 7, False, SEVEN), (17, 7, False, SEVEN), (18, 7, False, NONE), (10, None, False, NONE),
     (10, 7, True, NONE)],
)  # fmt: skip
def test_the_result_is_the_number_when_the_window_is_over(
    first: Night, days: int, users: int | None, stale: bool, results: dict[str, float | None]
) -> None:
    """In both arms; within a week of it, on fresh data; of a conversation and not of who joined it."""
    assert after(first, days, users, stale=stale) == results


def test_a_result_is_measured_once(first: Night) -> None:
    """It is measured once, after an end as well, and an end measures nothing."""
    ended = {"enrollment_id": "E-A", "outcome": "finished", "reason": "r", "result": 3.0, "on": "2025-06-05"}
    with begin(first.engine) as conn:
        append(conn, Event("end", "enrollment_ended", "enrollment:E-A", first.clock.now, "A", ended))
    assert after(first, 5) == NONE
    assert after(first, 11, 8) == {"E-A": 8.0, "E-B": None, "E-C": 8.0}
    assert after(first, 12, 9) == {"E-A": 8.0, "E-B": None, "E-C": 8.0}
