"""An account is merged into another while plays run for both: what was begun goes on, nothing begins twice."""

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.tables import PROJECTIONS, enrollment, event, task
from tasks.store.engine import begin
from tasks.store.rebuild import rebuild
from tests.night_house import MONDAY, House, with_plays

PLAY = """
play: {name}
per: account
audience: "{audience}"
anchor: {anchor}
precedence: {rank}
cool_down: {rest} days
steps:
  - {{id: look, day: 0, task: Look at the account, owner: csm, if_late: {{do: run}}}}
  - {{id: again, day: 60, task: Look again, owner: csm, if_late: {{do: run}}}}
"""


def days(number: int) -> date:
    """That many days after the first night."""
    return MONDAY + timedelta(days=number)


@pytest.fixture
def house(company: Path, tmp_path: Path) -> House:
    """An installation of its own, with a play that all are in and one that a few are in."""
    shutil.copytree(company / "company", tmp_path / "company")
    shutil.copytree(company / "layer", tmp_path / "layer")
    sources = tmp_path / "layer/config/sources.yaml"
    sources.write_text(sources.read_text().replace(str(company / "company"), str(tmp_path / "company")))
    with_plays(tmp_path / "layer")
    (tmp_path / "layer/config/plays").mkdir()
    write(tmp_path / "layer", "all", "true", "quarter", 1)
    return House(tmp_path / "var", tmp_path / "layer")


def write(layer: Path, name: str, audience: str, anchor: str, rank: int, rest: int = 0) -> None:
    """A play's file."""
    text = PLAY.format(name=name, audience=audience, anchor=anchor, rank=rank, rest=rest)
    (layer / f"config/plays/{name}.yaml").write_text(text, encoding="utf-8")


def merge(house: House, one: str, into: str, day: date) -> None:
    """The CRM tells of a merge."""
    (path,) = (house.layer.parent / "company").rglob("merges.csv")
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([one, into, day.isoformat()])


def running(house: House, play: str) -> list[Any]:
    """The enrollments of a play that run, by account."""
    rows = house.rows(select(enrollment).where(enrollment.c.play == play, enrollment.c.ended_on.is_(None)))
    return sorted(rows, key=lambda row: row.account)


def test_what_ran_for_the_absorbed_account_goes_on(house: House) -> None:
    """Its only conversation as it was, of two one; its tasks with it; rebuilt equal, and nothing a second time."""
    first, second = "A00006", "A00007"
    write(house.layer, "few", f"account_id = '{first}'", "half_year", 2)
    house.night(days(1))
    (few,) = running(house, "few")
    assert {first, second} <= {row.account for row in running(house, "all")}
    merge(house, first, second, days(1))
    house.night(days(2))
    (moved,) = running(house, "few")
    assert (moved.enrollment_id, moved.account, moved.subject) == (few.enrollment_id, second, f"account:{second}")
    assert first not in {row.account for row in running(house, "all")}
    (lost,) = house.rows(select(enrollment).where(enrollment.c.outcome == "superseded"))
    assert (lost.play, lost.account) == ("all", second)
    assert lost.reason.startswith(f"its account was merged into account:{second}, where all of")
    tasks = house.rows(select(task).where(task.c.account.in_((first, second))))
    assert {row.account for row in tasks} == {second}
    assert {(row.play, row.state) for row in tasks} == {("all", "open"), ("few", "open")}
    assert len(tasks) == 3
    before = {table.name: house.rows(select(table)) for table in PROJECTIONS}
    with house.open() as place, begin(place.engine) as conn:
        rebuild(conn)
    assert {name: sorted(map(repr, rows)) for name, rows in before.items()} == {
        table.name: sorted(map(repr, house.rows(select(table)))) for table in PROJECTIONS
    }
    house.night(days(3))
    assert len(house.rows(select(event).where(event.c.kind == "enrollment_moved"))) == 2
    assert len(house.rows(select(event).where(event.c.kind == "task_moved"))) == 2
    assert len(running(house, "few")) == 1
    assert sum(row.account == second for row in running(house, "all")) == 1
