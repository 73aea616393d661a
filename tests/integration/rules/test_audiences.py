"""Entering and leaving the audience of a play, told from one night to the next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pytest

from config.settings import Settings
from models.clock import Clock, midnight
from models.play import Play
from tasks.audiences import AUDIENCES, audiences
from tasks.lake.lake import Lake
from tasks.night import Night
from tasks.store.engine import begin, open_store
from tasks.store.runs import end_run, previous_scored, start_run
from tests.fact_room import shipped

FIRST = date(2025, 6, 1)
PLAY = Play.model_validate(
    {
        "play": "watch", "per": "account", "audience": "health_score > 50", "anchor": "audience_entered",
        "steps": [{"id": "do", "day": 0, "task": "Look"}],
    }
)  # fmt: skip

MOVES = ("entered_on", "entered_entry", "left_on", "left_entry")


def nights(
    folder: Path,
    truths: list[bool | str | None],
    play: Play = PLAY,
    edits: Mapping[int, str] = MappingProxyType({}),
    scores: Sequence[float | None] = (),
) -> list[tuple[object, ...]]:
    """(entered_on, entered_entry, left_on, left_entry) of one account after each night, days counted from the first.

    What is told of a night: the audience's truth; or `away` (the account is not in the sheet), `old` (its data is
    stale, and the truth says no), `off` (the play is not configured), `missed` (nothing was judged).
    """
    lake, found, engine = Lake(str(folder)), [], open_store(f"sqlite:///{folder}/nights.db")
    for number, told in enumerate(truths):
        as_of = FIRST + timedelta(days=number)
        play = play.model_copy(update={"audience": edits.get(number, play.audience)})
        play = Play.model_validate(play.model_dump(by_alias=True))  # another text, another hash
        rules = replace(shipped(), plays={} if told == "off" else {play.play: play})
        with begin(engine) as conn:
            previous = previous_scored(conn, as_of)
            start_run(conn, f"nightly:{as_of}", as_of, midnight(as_of))
            end_run(conn, f"nightly:{as_of}", "missed", 0, "", midnight(as_of))
        night = Night(Settings(), rules, Clock.at(as_of, midnight(as_of)), engine, lake, previous)
        if told == "missed":
            continue
        _judged(night, play, told, scores[number] if scores else None)
        audiences(night)
        rows = {one["subject"]: one for one in lake.read(night.path(AUDIENCES)).to_pylist()}
        row = rows.get("account:A-1", {})
        found.append(tuple(_counted(row.get(name)) for name in MOVES))
    return found


def _judged(night: Night, play: Play, told: bool | str | None, score: float | None) -> None:
    """The night's truth and sheet: of the account, and of another one that is never in."""
    ids = ["A-2"] if told == "away" else ["A-1", "A-2"]
    holds = [told if isinstance(told, bool) else None if told is None else False, False][-len(ids) :]
    truth = {"account_id": ids, f"{play.hash}.audience": pa.array(holds, pa.bool_())}
    night.lake.write(night.path("truth_account.parquet"), pa.table(truth))
    scored = {"account_id": ids, "health_score": pa.array([score, 0.0][-len(ids) :], pa.float64())}
    night.lake.write(night.path("sheet_account.parquet"), pa.table(scored))
    conditions = {f"{play.hash}.audience": {"stale": told == "old"}}
    night.lake.write_text(night.path("conditions.json"), json.dumps(conditions))


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
        ([True, None], (None, None, None, None)),
        ([True, None, False], (None, None, 2, 1)),
        ([True, "old"], (None, None, None, None)),
        ([True, "old", False], (None, None, 2, 1)),
        ([True, "old", True], (None, None, None, None)),
        ([False, True, "missed", "missed", False, True], (5, 2, 4, 1)),
        ([False, True, "away", True], (1, 1, None, None)),
        ([False, True, "away", False, True], (4, 2, 3, 1)),
        (["away", True], (1, 1, None, None)),
        (["away", False], (None, None, None, None)),
        ([False, True, "off", "off", False, True], (5, 2, None, None)),
        ([False, True, "off", True, False], (1, 1, 4, 1)),
    ],
)
def test_an_entry_is_a_change_from_out_to_in(
    tmp_path: Path, truths: list[bool | str | None], last: tuple[object, ...]
) -> None:
    """Who was in on the play's first night has not entered; while nothing is known nobody moves, nor is forgotten."""
    assert nights(tmp_path, truths)[-1] == last


LOW, NEW = "health_score > 50", "health_score > 80"


@pytest.mark.parametrize(
    ("words", "scores", "truths", "last"),
    [
        (NEW, [60, 60], [True, False], (None, None, None, None)),
        (NEW, [60, 90], [True, True], (1, 1, None, None)),
        (NEW, [60, 60, 90], [True, False, True], (2, 1, None, None)),
        (NEW, [90, 60], [True, False], (None, None, 1, 1)),
        ("health_score > 20", [30, 30], [False, True], (None, None, None, None)),
        ("health_score > 20", [10, 30], [False, True], (1, 1, None, None)),
        ("health_score > 20", [None, 30], [None, True], (None, None, None, None)),
        ("mrr_minor > 5", [90, 90], [True, False], (None, None, None, None)),
        ("mrr_minor > 5", [90, 90, 90], [True, False, True], (2, 1, None, None)),
    ],
    ids=["narrower, in before", "narrower, risen", "narrower, risen later", "narrower, fallen", "wider, in now",
         "wider, risen", "unknown before", "another fact", "another fact, later"],
)  # fmt: skip
def test_an_edit_moves_nobody(
    tmp_path: Path, words: str, scores: list[float | None], truths: list[bool | str | None], last: tuple[object, ...]
) -> None:
    """Under other words tonight is held against what the night before would have said under the same."""
    assert nights(tmp_path, truths, edits={1: words}, scores=scores)[-1] == last


def test_a_play_of_another_anchor_keeps_no_audience(tmp_path: Path) -> None:
    """Nothing is written that nobody reads."""
    with pytest.raises(FileNotFoundError):
        nights(tmp_path, [True], PLAY.model_copy(update={"anchor": "first_contract_start"}))
