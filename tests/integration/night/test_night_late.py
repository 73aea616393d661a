"""Nights that come too late observe; the newest due date decides, and its steps follow `if_late`."""

from datetime import timedelta

from sqlalchemy import select

from config.files import read_files
from config.load import load_rules
from models.tables import landing, message, step
from tasks.land import OURS
from tests.night_house import MONDAY, House, at, promises

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=day) for day in (1, 2, 3))
FRIDAY_BEFORE = MONDAY - timedelta(days=3)


def test_an_earlier_night_after_a_later_one_is_missed(house: House) -> None:
    """It has landed and scored, decides nothing, and says so with exit 0; told again it stays missed."""
    before = house.mailbox()
    ended = house.night(FRIDAY_BEFORE)
    assert (ended.state, ended.exit_code, ended.reason) == ("missed", 0, "a later night is due or has decided")
    assert (house.var / "lake/nights" / FRIDAY_BEFORE.isoformat() / "memory.parquet").exists()
    sources = load_rules(read_files(house.layer)).sources
    landed = [row.source for row in house.rows(select(landing).where(landing.c.as_of == FRIDAY_BEFORE))]
    assert sorted(landed) == sorted([*sources, OURS])
    assert house.run(FRIDAY_BEFORE).seal is None
    assert house.mailbox() == before
    everything = house.everything()
    assert house.night(FRIDAY_BEFORE).state == "missed"
    assert house.everything() == everything


def test_after_a_stop_of_the_scheduler_the_newest_date_decides(house: House) -> None:
    """Prefect works through every missed run, oldest first: these observe, and nobody gets three days' mail at once."""
    now = at(THURSDAY, 2)
    states = [house.night(None, scheduled=at(day, 2), wall=now).state for day in (TUESDAY, WEDNESDAY, THURSDAY)]
    assert states == ["missed", "missed", "done"]
    assert {row.as_of for row in house.rows(select(message))} == {MONDAY, THURSDAY}
    taken = house.rows(select(step).where(step.c.taken_on == THURSDAY))
    assert {row.planned_on for row in taken} & {TUESDAY, WEDNESDAY}
    lateness = [row for row in house.rows(select(step).where(step.c.ended_on == THURSDAY)) if row.outcome == "late"]
    assert all(row.reason for row in lateness)
    promises(house)
