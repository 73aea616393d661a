"""A night above its ceiling waits for a person, and what is released is exactly what was shown."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config.files import ROOT
from models.errors import UsageError
from models.night import run_key
from models.tables import enrollment, message, run, step
from tasks.nightly import approve
from tasks.stages import Ended
from tasks.store.engine import begin
from tasks.store.lock import night_lock
from tests.night_house import MONDAY, House, promises

ALL: frozenset[str] = frozenset()
RENEWAL = frozenset({"renewal"})


@pytest.fixture(scope="module")
def careful(company: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation whose night waits, for one mail is too many; not to be changed."""
    folder = tmp_path_factory.mktemp("careful")
    shutil.copytree(company / "layer", folder / "layer")
    text = (ROOT / "config/perennial.yaml").read_text(encoding="utf-8").replace("mails: 200", "mails: 1")
    (folder / "layer/config/perennial.yaml").write_text(text, encoding="utf-8")
    house = House(folder / "var", folder / "layer")
    house.night()
    return house


@pytest.fixture
def waiting(careful: House, tmp_path: Path) -> House:
    """A copy of it."""
    return careful.to(tmp_path / "var")


def release(house: House, hold: frozenset[str] = ALL, drop: frozenset[str] = ALL) -> Ended:
    """Approve the night."""
    with house.open() as place:
        return approve(place, MONDAY, hold, drop)[1]


def letters(house: House) -> set[tuple[str, str]]:
    """Play and id of every message there is."""
    return {(row.play, row.message_id) for row in house.rows(select(message))}


def others(house: House) -> set[tuple[str, str]]:
    """Those of all plays but the renewal, which there must be as well."""
    found = {one for one in letters(house) if one[0] not in RENEWAL}
    assert found < letters(house)
    assert len({play for play, _ in found}) > 1
    return found


def test_above_the_ceiling_the_night_waits(waiting: House, done: House) -> None:
    """Exit 4; the plan is stored with its hash, nothing of it has happened, and the lock is free."""
    run_ = waiting.run()
    assert (run_.state, run_.exit_code) == ("awaiting_approval", 4)
    assert f"{run_.messages} mails are planned, the ceiling is 1" in (run_.reason or "")
    assert run_.plan_hash == done.run().plan_hash
    assert waiting.rows(select(enrollment)) == waiting.rows(select(message)) == waiting.mailbox() == []
    with waiting.open() as place, night_lock(place.engine, place.settings.lock_path):
        pass
    before = waiting.everything()
    assert waiting.night().exit_code == 4
    assert waiting.everything() == before


def test_a_release_does_what_the_night_would_have_done(waiting: House, done: House) -> None:
    """Events, messages and mails of a night without a ceiling, and the approval with the hash."""
    assert (release(waiting).state, waiting.run().exit_code) == ("done", 0)
    ours, theirs = waiting.story(), done.story()
    (approved,) = waiting.events("approved")
    assert approved.payload["plan_hash"] == theirs["plan"]
    assert [one for one in ours["events"] if one[1] != "approved"] == theirs["events"]
    assert (ours["messages"], ours["mailbox"]) == (theirs["messages"], theirs["mailbox"])
    with pytest.raises(UsageError, match="does not await approval"):
        release(waiting)


def test_what_is_held_comes_up_with_the_next_night(waiting: House, done: House) -> None:
    """Nothing of the play has happened tonight, and all of the others; the next night plans it, and waits again."""
    release(waiting, hold=RENEWAL)
    assert "renewal" not in {row.play for row in waiting.rows(select(enrollment))}
    assert letters(waiting) == others(done)
    promises(waiting)
    assert waiting.night(MONDAY + timedelta(days=1)).state == "awaiting_approval"
    with waiting.open() as place:
        approve(place, MONDAY + timedelta(days=1), ALL, ALL)
    assert others(waiting) >= others(done)
    promises(waiting)


def test_what_is_dropped_ends_skipped(waiting: House, done: House) -> None:
    """Its due steps have an outcome and never come again; the other plays are untouched."""
    release(waiting, drop=RENEWAL)
    due = {(row.enrollment_id, row.step) for row in done.rows(select(message).where(message.c.play == "renewal"))}
    steps = {(row.enrollment_id, row.step): row for row in waiting.rows(select(step))}
    assert due
    assert {(steps[key].outcome, steps[key].reason) for key in due} == {("skipped", "dropped at approval")}
    assert letters(waiting) == others(done)
    promises(waiting)


def test_only_what_was_shown_is_released(waiting: House) -> None:
    """Another plan than that of the hash is refused, and so is a play that is not in it."""
    with pytest.raises(UsageError, match="has nothing of the play 'renewals'"):
        release(waiting, hold=frozenset({"renewals"}))
    with waiting.open() as place, begin(place.engine) as conn:
        conn.execute(update(run).where(run.c.run_key == run_key(MONDAY)).values(plan_hash="0" * 64))
    with pytest.raises(UsageError, match="another than the one that was shown"):
        release(waiting)
    assert waiting.mailbox() == []


def test_the_next_seal_ends_what_waits(waiting: House) -> None:
    """It is refused with a word, the night is told as missed, and the next one has all of it in its own plan."""
    assert waiting.night(MONDAY + timedelta(days=1)).state == "awaiting_approval"
    with pytest.raises(UsageError, match="has expired and is due anew"):
        release(waiting)
    assert waiting.mailbox() == []
    ended = waiting.night()
    assert (ended.state, ended.exit_code, ended.reason) == ("missed", 0, "a later night has decided")


def test_a_release_that_broke_off_is_finished_as_it_was_given(waiting: House, done: House) -> None:
    """Killed after it was recorded: the nightly finishes exactly that, and another release is refused."""

    def dying(name: str, function: Callable[..., Any], *args: Any, retries: int = 0) -> Any:
        if name == "apply":
            raise KeyboardInterrupt
        return function(*args)

    with waiting.open() as place, pytest.raises(KeyboardInterrupt):
        approve(place, MONDAY, RENEWAL, ALL, dying)
    with pytest.raises(UsageError, match="has been released before --hold renewal"):
        release(waiting)
    assert waiting.night().state == "done"
    assert letters(waiting) == others(done)
    promises(waiting)


def test_a_night_of_today_that_is_released_tomorrow_goes_to_the_real_server(careful: House, tmp_path: Path) -> None:
    """It is no played day: with a server that is away nothing is put into the loopback mailbox instead."""
    wall = datetime.now(UTC)
    house = replace(careful, var=tmp_path / "var", more={"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_tls": "none"})
    waits = house.night(MONDAY, wall=wall.replace(year=MONDAY.year, month=MONDAY.month, day=MONDAY.day))
    assert waits.state == "awaiting_approval"
    release(house)
    assert house.mailbox() == []
    mails = house.rows(select(message).where(message.c.channel == "email"))
    assert {row.state for row in mails} <= {"queued", "expired"}
    assert mails
