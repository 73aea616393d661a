"""Plays that begin when somebody comes into their audience or goes out of it, over whole nights."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables import enrollment
from tests.cli_call import told
from tests.night_house import MONDAY, House, with_plays

PLAY = """
play: {name}
per: account
audience: "health_band_effective = 'red'"
anchor: audience_{how}
precedence: {rank}
steps:
  - {{id: look, day: 0, task: Look at the account, owner: csm}}
  - {{id: again, day: 60, task: Look again, owner: csm}}
"""


@pytest.fixture
def house(company: Path, tmp_path: Path) -> House:
    """An installation with a play for each way, before its first night."""
    shutil.copytree(company / "layer", tmp_path / "layer")
    with_plays(tmp_path / "layer")
    (tmp_path / "layer/config/plays").mkdir()
    for rank, how in enumerate(("entered", "left")):
        text = PLAY.format(name=f"watch-{how}", how=how, rank=rank)
        (tmp_path / f"layer/config/plays/watch-{how}.yaml").write_text(text, encoding="utf-8")
    return House(tmp_path / "var", tmp_path / "layer")


def nights(house: House, *numbers: int) -> None:
    """These nights, counted from Monday."""
    for number in numbers:
        house.night(MONDAY + timedelta(days=number))


def begun(house: House, account: str) -> dict[str, int]:
    """Play and occurrence → the night on which it began for the account, counted from Monday."""
    rows = house.rows(select(enrollment).where(enrollment.c.account == account))
    return {row.occurrence: (row.enrolled_on - MONDAY).days for row in rows}


def green(house: House) -> str:
    """An account that is not red."""
    with house.sealed() as night:
        sheet = night.lake.read(night.path("sheet_account.parquet")).to_pylist()
    return next(str(row["account_id"]) for row in sheet if row["health_band_effective"] == "green")


def test_coming_in_and_going_out_each_begin_their_play(house: House) -> None:
    """On its night, once each time; nobody on the first night, and nobody for what was already so."""
    nights(house, 0)
    assert house.rows(select(enrollment)) == []
    account = green(house)
    told(house, "override", account, "health", "red", "--reason", "r", "--author", "a")
    nights(house, 1)
    assert begun(house, account) == {"entered/1": 1}
    told(house, "override", account, "health", "--lift", "--reason", "r", "--author", "a")
    nights(house, 2, 3)
    assert begun(house, account) == {"entered/1": 1, "left/1": 2}
    told(house, "override", account, "health", "red", "--reason", "r", "--author", "a")
    nights(house, 4)
    assert begun(house, account) == {"entered/1": 1, "left/1": 2, "entered/2": 4}


def test_an_edited_audience_begins_nothing(house: House) -> None:
    """Everybody is in, then nobody: words have changed, no customer has."""
    nights(house, 0)
    for number, words in ((1, "health_score >= 0"), (2, "health_score < 0"), (3, "health_score >= 0")):
        for path in (house.layer / "config/plays").glob("watch-*.yaml"):
            lines = path.read_text(encoding="utf-8").splitlines()
            edited = [f'audience: "{words}"' if line.startswith("audience") else line for line in lines]
            path.write_text("\n".join(edited), encoding="utf-8")
        nights(house, number)
        assert house.rows(select(enrollment.c.occurrence)) == []
