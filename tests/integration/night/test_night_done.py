"""A night from its sources to its mails: what was sent arrived, nothing else did, and a second run changes nothing."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

from sqlalchemy import select

from models.errors import Busy
from models.message import TERMINAL
from models.tables import landing, message, step, task
from tasks.nightly import Request, nightly
from tasks.opening import open_place
from tasks.store.engine import begin
from tasks.store.rebuild import rebuild
from tests.night_house import MONDAY, House, promises


def test_a_night_ends_done_and_what_it_sent_has_arrived(done: House) -> None:
    """A mail in the mailbox for each message that is marked sent, and none besides."""
    run = done.run()
    assert (run.state, run.exit_code, run.reason) == ("done", 0, "")
    assert done.mailbox() == done.sent()
    assert len(set(done.mailbox())) == len(done.mailbox()) > 10


def test_every_step_that_was_taken_has_its_message_task_or_outcome(done: House) -> None:
    """Nothing is taken without a trace: what leaves has messages, work has a task, a wait or branch itself."""
    steps = {(row.enrollment_id, row.step): row for row in done.rows(select(step))}
    mails = Counter((row.enrollment_id, row.step) for row in done.rows(select(message)))
    tasks = Counter((row.enrollment_id, row.step) for row in done.rows(select(task)))
    taken = {key for key, row in steps.items() if row.taken_on}
    traced = {key for key, row in steps.items() if row.kind in ("wait", "branch", "start", "stop")}
    assert taken == {*mails, *tasks, *(traced & taken)}
    assert all(row.outcome for key, row in steps.items() if key not in {*tasks, *traced})
    assert max(tasks.values()) == 1


def test_every_planned_mail_has_one_end_and_a_reason_unless_it_was_sent(done: House) -> None:
    """The day is played through: nothing is left under way."""
    run = done.run()
    found = done.rows(select(message))
    assert sum(row.channel in ("email", "inapp") and row.state != "trapped" for row in found) == run.messages
    assert {row.state for row in found} <= TERMINAL | {"held"}
    assert all(row.reason for row in found if row.state != "sent")
    assert sum((run.verdicts or {}).values()) == len(done.rows(select(step))) + _waiting(run.verdicts or {})


def _waiting(verdicts: dict[str, int]) -> int:
    """Steps that come up again and leave no row."""
    return sum(count for name, count in verdicts.items() if name in ("held", "capped", "waiting"))


def test_pulled_is_good_and_quarantined(done: House) -> None:
    """Each source's rows are accounted for, and its bad ones were found."""
    found = done.rows(select(landing))
    assert all(row.pulled == row.good + row.quarantined for row in found)
    assert {row.status for row in found} == {"ok", "unchanged"}
    assert sum(row.quarantined for row in found) > 0


def test_no_account_is_written_to_twice_in_a_night(done: House) -> None:
    """One touch a day, whatever its recipients; a deadline's may come on top."""
    found = [row for row in done.rows(select(message)) if row.touch and not row.deadline and row.state != "trapped"]
    touches = {(row.account, row.enrollment_id, row.step) for row in found}
    assert max(Counter(account for account, _, _ in touches).values()) == 1


def test_the_same_night_again_changes_nothing(house: House) -> None:
    """Rows, lake and mailbox stay as they are, byte by byte."""
    before = house.everything()
    assert (house.night().state, house.night().exit_code) == ("done", 0)
    assert house.everything() == before


def test_projections_rebuilt_from_the_log_are_equal(house: House) -> None:
    """Every table but the log can be dropped and rebuilt."""
    before = house.everything()
    with house.open() as place, begin(place.engine) as conn:
        rebuild(conn)
    assert house.everything() == before


def test_of_two_nights_at_once_one_goes_and_one_is_told(fresh: House, done: House) -> None:
    """The second finds the lock held and does nothing at all."""
    assert sorted(_both(fresh)) == ["busy", "done"]
    assert fresh.story() == done.story()


def _both(house: House) -> list[str]:
    """How two runs end that start at the same moment."""
    with house.open():
        barrier = Barrier(2)

    def one(_: int) -> str:
        with open_place(house.settings) as place:
            barrier.wait()
            try:
                return nightly(place, Request(MONDAY))[1].state
            except Busy:
                return "busy"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


def test_a_night_on_postgresql_comes_to_the_same(
    company: Path, done: House, tmp_path: Path, postgresql_url: Callable[[], str]
) -> None:
    """Both databases: one of two runs wins, equal plan, equal events, equal mails; again, nothing."""
    house = House(tmp_path / "var", company / "layer", {"database_url": postgresql_url()})
    assert sorted(_both(house)) == ["busy", "done"]
    assert house.story() == done.story()
    before = house.everything()
    assert house.night().state == "done"
    with house.open() as place, begin(place.engine) as conn:
        rebuild(conn)
    assert house.everything() == before


def test_the_next_night_does_not_repeat_a_step(house: House) -> None:
    """What was taken is not taken again, and nobody enrolls twice."""
    before = set(house.mailbox())
    assert house.night(MONDAY + timedelta(days=1)).state == "done"
    promises(house)
    assert before < set(house.mailbox())
