"""Entering and leaving the audience of a play, told from one night to the next."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import create_engine

from config.settings import Settings
from models.clock import Clock, midnight
from models.play import Play
from tasks.audiences import AUDIENCES, audiences
from tasks.lake.lake import Lake
from tasks.night import Night
from tests.fact_room import shipped

FIRST = date(2025, 6, 1)
PLAY = Play.model_validate(
    {
        "play": "watch", "per": "account", "audience": "health_score > 50", "anchor": "audience_entered",
        "steps": [{"id": "do", "day": 0, "task": "Look"}],
    }
)  # fmt: skip


def nights(folder: Path, truths: list[bool | None], play: Play = PLAY) -> list[tuple[object, ...]]:
    """(entered_on, entered_entry, left_on, left_entry) of one account after each night, days counted from the first."""
    rules = replace(shipped(), plays={play.play: play})
    lake, found, previous = Lake(str(folder)), [], None
    for number, holds in enumerate(truths):
        as_of = FIRST + timedelta(days=number)
        clock = Clock.at(as_of, midnight(as_of))
        night = Night(Settings(), rules, clock, create_engine("sqlite://"), lake, previous)
        truth = {"account_id": ["A-1"], f"{play.hash}.audience": pa.array([holds], pa.bool_())}
        lake.write(night.path("truth_account.parquet"), pa.table(truth))
        audiences(night)
        (row,) = lake.read(night.path(AUDIENCES)).to_pylist()
        found.append(tuple(_counted(row[name]) for name in ("entered_on", "entered_entry", "left_on", "left_entry")))
        previous = as_of
    return found


def _counted(value: object) -> object:
    """A date as its number of days since the first night."""
    return (value - FIRST).days if isinstance(value, date) else value


@pytest.mark.parametrize(
    ("truths", "last"),
    [
        ([True], (None, None, None, None)),
        ([True, True], (None, None, None, None)),
        ([False, True], (1, 1, None, None)),
        ([False, True, True], (1, 1, None, None)),
        ([False, True, False], (1, 1, 2, 1)),
        ([False, True, False, True], (3, 2, 2, 1)),
        ([False, True, None, True], (1, 1, None, None)),
        ([False, None, True], (2, 1, None, None)),
        ([True, False], (None, None, 1, 1)),
    ],
)
def test_an_entry_is_a_change_from_out_to_in(
    tmp_path: Path, truths: list[bool | None], last: tuple[object, ...]
) -> None:
    """Who was in on the play's first night has not entered; while nothing is known nobody moves."""
    assert nights(tmp_path, truths)[-1] == last


def test_a_play_of_another_anchor_keeps_no_audience(tmp_path: Path) -> None:
    """Nothing is written that nobody reads."""
    with pytest.raises(FileNotFoundError):
        nights(tmp_path, [True], PLAY.model_copy(update={"anchor": "first_contract_start"}))
