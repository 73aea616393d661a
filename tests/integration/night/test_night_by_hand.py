"""A renewal taken by hand: through the same rules as at night, once, and the night does not repeat it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.errors import Busy, UsageError
from models.event import Event
from models.tables import enrollment, message, step, task
from tasks.by_hand import ByHandStep, show, take
from tasks.errands import renew
from tasks.store.engine import begin
from tasks.store.events import append
from tasks.store.lock import night_lock
from tests.night_house import MONDAY, House, at, promises

TUESDAY = MONDAY + timedelta(days=1)


def on(house: House, deed: Callable[..., ByHandStep], account: str) -> ByHandStep:
    """Show or take on Monday's seal."""
    with house.sealed() as night:
        return deed(night, account)


def renewing(house: House, *, untouched: bool = True) -> str:
    """An account in a renewal that was not written to tonight (or was), whose next step is a mail."""
    touched = {row.account for row in house.rows(select(message))}
    running = select(enrollment).where(enrollment.c.play == "renewal", enrollment.c.ended_on.is_(None))
    for row in house.rows(running.order_by(enrollment.c.account)):
        if (row.account not in touched) is untouched and on(house, show, row.account).letters:
            return str(row.account)
    pytest.fail("nobody is in a renewal")


def step_rows(house: House) -> dict[tuple[str, str], Any]:
    """All steps."""
    return {(row.enrollment_id, row.step): row for row in house.rows(select(step))}


def test_looking_changes_nothing(house: House) -> None:
    """The step, its mail, and not a byte of the installation."""
    before = house.everything()
    shown = on(house, show, renewing(house))
    assert shown.goes
    assert shown.verdict is not None
    assert (shown.verdict.verdict, shown.verdict.by_hand) == ("due", True)
    assert all(letter.kept for letter in shown.letters)
    assert house.everything() == before


def test_a_step_is_taken_once_and_the_night_goes_on_behind_it(house: House) -> None:
    """Pressed again it says what was taken; the next night neither repeats it nor writes to the account too soon."""
    account = renewing(house)
    shown, before = on(house, show, account), step_rows(house)
    assert on(house, take, account).verdict == shown.verdict
    new = {key: row for key, row in step_rows(house).items() if key not in before}
    assert [(key[1], row.by_hand, row.taken_on, row.outcome) for key, row in new.items()] == [
        (shown.verdict.step if shown.verdict else "", True, MONDAY, "sent")]  # fmt: skip
    mails = house.rows(select(message).where(message.c.account == account))
    assert len(mails) == len(shown.letters)
    promises(house)

    everything = house.everything()
    again = on(house, take, account)
    assert (list(again.taken), again.goes) == ([next(iter(new))[1]], False)
    assert house.everything() == everything

    looked = on(house, show, account)
    assert not looked.goes
    assert looked.verdict != shown.verdict
    assert house.everything() == everything

    assert house.night(TUESDAY).state == "done"
    later = {key: row for key, row in step_rows(house).items() if key in new}
    assert later == new
    promises(house)


def test_caps_hold_by_hand(house: House) -> None:
    """An account that had its message today gets no second one; what it would say can be read."""
    account = renewing(house, untouched=False)
    before = house.everything()
    found = on(house, take, account)
    assert found.verdict is not None
    if found.verdict.deadline_on is None:
        assert (found.verdict.verdict, found.goes) == ("capped", False)
        assert found.letters
        assert house.everything() == before


def test_a_suppressed_address_gets_nothing_by_hand(house: House) -> None:
    """Suppressed since the seal: the step's mail goes to nobody; a notice becomes the CSM's task."""
    account = renewing(house)
    verdict = on(house, show, account).verdict
    assert verdict is not None
    keys = {person.address_key for person in verdict.recipients}
    with house.open() as place, begin(place.engine) as conn:
        for key in keys:
            append(conn, Event(f"suppressed:{key}", "suppressed", f"address:{key}", at(MONDAY, 12), None,
                               {"address_key": key, "reason": "asked"}))  # fmt: skip
    mails = house.mailbox()
    found = on(house, take, account)
    assert house.mailbox() == mails
    assert found.letters == ()
    assert found.verdict is not None
    assert found.verdict.verdict == "suppressed" or found.verdict.instead
    tasks = house.rows(select(task).where(task.c.account == account, task.c.step == found.verdict.step))
    assert bool(tasks) is (found.verdict.instead is not None)


def test_while_a_night_works_the_button_does_nothing(house: House) -> None:
    """Exit 6; and an account that is not there is told with the nearest."""
    account = renewing(house)
    with house.open() as place:
        with night_lock(place.engine, place.settings.lock_path), pytest.raises(Busy) as caught:
            renew(place, account, press=True)
        assert caught.value.exit_code == 6
        with pytest.raises(UsageError, match="there is no account 'A0000'; did you mean"):
            renew(place, "A0000")
        with pytest.raises(UsageError, match="has not been sealed"):
            renew(place, account, as_of=TUESDAY)
