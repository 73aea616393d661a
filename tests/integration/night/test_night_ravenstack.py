"""RavenStack, night after night: the year's end, and quiet days on which nothing may alarm a customer."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from config.files import ROOT
from models.tables import enrollment, landing, message
from tasks.stages import Ended
from tests.night_house import House, promises
from tests.year_watch import Watch

DATA = Path(os.environ.get("RAVENSTACK_DIR") or ROOT.parent / "shared/data/ravenstack")
LAST, QUIET, BEHIND = date(2024, 12, 31), date(2025, 1, 2), date(2025, 1, 6)
EVENTS = {"contracts", "usage", "tickets", "churn"}

pytestmark = pytest.mark.skipif(
    not (DATA / "contacts.csv").exists(), reason=f"the RavenStack set is not at {DATA}; set RAVENSTACK_DIR"
)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[date, Ended]]]:
    """The set's last day, a quiet day, and one on which the limits of all event sources have passed."""
    house = House(tmp_path_factory.mktemp("ravenstack") / "var", ROOT / "examples/ravenstack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAVENSTACK_DIR", str(DATA))
        yield house, {day: house.night(day) for day in (LAST, QUIET, BEHIND)}


def statuses(house: House, day: date) -> dict[str, set[str]]:
    """Status → sources, on a night."""
    found: dict[str, set[str]] = {}
    for row in house.rows(select(landing).where(landing.c.as_of == day)):
        found.setdefault(row.status, set()).add(row.source)
    return found


def test_every_account_is_scored_or_says_why_not(nights: tuple[House, dict[date, Ended]]) -> None:
    """All 500, each with a band."""
    house, _ = nights
    with house.sealed(LAST) as night:
        rows = night.lake.read(night.path("sheet_account.parquet")).to_pylist()
    assert len(rows) == 500
    assert all(row["health_score"] is not None or row["health_reason"] for row in rows)
    assert {row["health_band"] for row in rows} <= {"green", "yellow", "red", "insufficient_data"}


def test_each_night_is_done_and_says_what_is_stale(nights: tuple[House, dict[date, Ended]]) -> None:
    """Unchanged within its limit, stale with exit 3 behind it; snapshots are never stale; the gate is not hit."""
    house, ended = nights
    assert {day: (one.state, one.exit_code) for day, one in ended.items()} == {
        LAST: ("done", 0), QUIET: ("done", 0), BEHIND: ("done", 3)}  # fmt: skip
    assert statuses(house, QUIET)["unchanged"] >= {"accounts", "contacts", "csms"}
    assert statuses(house, BEHIND)["stale"] == {name for name in EVENTS if f"{name} is stale" in ended[BEHIND].reason}
    assert "usage" in statuses(house, BEHIND)["stale"]
    assert not statuses(house, BEHIND).keys() & {"held", "failed"}


def test_nobody_is_written_to_twice_about_a_thing(nights: tuple[House, dict[date, Ended]]) -> None:
    """Over all nights: mails are messages, steps go once, enrollments do not repeat."""
    house, _ = nights
    promises(house)
    assert len(house.mailbox()) > 100


def test_the_nights_break_no_invariant(nights: tuple[House, dict[date, Ended]]) -> None:
    """No step twice or of two versions, caps, exits, deadlines, one outcome each: by log, mailbox and terms."""
    house, ended = nights
    with house.sealed(LAST) as night:
        watch = Watch(night.rules.company.caps)
    with house.open() as place:
        for day in ended:
            watch.read(place, day)
        assert watch.terms
        assert watch.whole(place) == []


def test_quiet_days_alarm_no_customer(nights: tuple[House, dict[date, Ended]]) -> None:
    """What goes out is what the calendar planned or a ticket's end asked for.

    On stale data only notices go, and what follows a mail and asks nothing of the data; and nobody is enrolled.
    """
    house, _ = nights
    with house.sealed(LAST) as night:
        plays = night.rules.plays
    calm = {name for name, play in plays.items() if play.trigger == "scheduled"} | {"csat-after-ticket"}
    quiet = house.rows(select(message).where(message.c.as_of > LAST))
    assert {row.play for row in quiet} <= calm
    steps = {(name, step.id): step for name, play in plays.items() for step in play.steps}
    behind = [steps[row.play, row.step] for row in quiet if row.as_of == BEHIND and not row.deadline]
    assert all(step.after and not (step.when or step.anchor) for step in behind)
    assert house.rows(select(enrollment).where(enrollment.c.enrolled_on == BEHIND)) == []


def test_silence_alone_makes_nobody_a_case(nights: tuple[House, dict[date, Ended]]) -> None:
    """What fires on a quiet day held on the last day with data already: a signal needs two nights."""
    house, _ = nights
    fired = 0
    with house.sealed(LAST) as night, night.lake.duckdb() as con:
        quiet, last = (
            f"read_parquet('{night.lake.resolve(f'nights/{day}/sheet_account.parquet')}')" for day in (QUIET, LAST)
        )
        for signal in night.rules.signals.signals:
            now = f"SELECT account_id FROM {quiet} WHERE signal_{signal.signal}"
            assert con.execute(f"{now} EXCEPT SELECT account_id FROM {last} WHERE {signal.when}").fetchall() == []
            fired += len(con.execute(now).fetchall())
    assert fired > 0
