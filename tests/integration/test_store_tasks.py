"""Tasks on both databases: what the night makes of them, and what another system says of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from sqlalchemy import Connection, Engine, select

from config.settings import Settings
from models.clock import Clock
from models.decision import Resolve, Stuck
from models.event import Event
from models.landing import Landing
from models.tables import step
from models.task_state import TaskState
from tasks.finish import change
from tasks.lake.lake import Lake
from tasks.lake.paths import landing_path
from tasks.night import Night
from tasks.store import csm_tasks, landings
from tasks.store.csm_tasks import Change
from tasks.store.engine import begin, read
from tasks.store.events import append, append_all
from tasks.task_answers import answers
from tasks.worklist import close_of, fall_due, resolve_all, stuck_tasks

TONIGHT = date(2025, 3, 14)
NOON = datetime(2025, 3, 13, 12, tzinfo=UTC)


def night_of(store: Engine, folder: Path, as_of: date = TONIGHT) -> Night:
    """A night of this store, with a lake of its own; of the rules only the plays' titles are asked."""
    rules = cast("Any", SimpleNamespace(plays={"renewal": SimpleNamespace(title="Renewal")}))
    clock = Clock.at(as_of, datetime(2026, 1, 1, tzinfo=UTC))
    return Night(Settings(var=folder), rules, clock, store, Lake(str(folder / "lake")))


def opened(conn: Connection, *names: str, due: str = "2025-03-20", **more: Any) -> None:
    """Tasks of enrollment E-<name>, whose step is `call`."""
    for name in names:
        payload = {
            "task_id": name, "enrollment_id": f"E-{name}", "step": "call", "title": "Call", "due_on": due,
            "csm": "C-1", "on": "2025-03-10", **more,
        }  # fmt: skip
        append(conn, Event(f"task:{name}", "task_opened", "s", datetime(2025, 3, 10, 5, tzinfo=UTC), "A-1", payload))


def told(store: Engine) -> dict[str, tuple[str, str | None, str | None]]:
    """Task → state, by whom, why."""
    with read(store) as conn:
        found = csm_tasks.chosen(conn)
    return {one.task_id: (one.state, one.changed_by, one.reason) for one in found}


def ends(store: Engine) -> dict[str, tuple[str, date]]:
    """Enrollment → outcome of its step, and when."""
    with read(store) as conn:
        return {row.enrollment_id: (row.outcome, row.ended_on) for row in conn.execute(select(step))}


def land(night: Night, *rows: tuple[str, str, datetime, str | None]) -> None:
    """What the CRM says."""
    now = night.clock.now
    with begin(night.engine) as conn:
        seq = landings.open_landing(conn, night.run_key, "crm-tasks", "task_states", night.as_of, now)
        found = Landing(seq, night.run_key, "crm-tasks", "task_states", night.as_of, "ok", written=True)
        landings.close_landing(conn, found, now)
    names = ("task_id", "state", "changed_at", "changed_by")
    table = [dict(zip(names, (id_, state, at.replace(tzinfo=None), by), strict=True)) for id_, state, at, by in rows]
    more = {"landing_seq": seq, "source": "crm-tasks"}
    night.lake.write(landing_path(found), pa.Table.from_pylist([{**row, **more} for row in table]))


def by_person(store: Engine, name: str, state: TaskState, at: datetime = NOON) -> None:
    """A person changes a task."""
    with begin(store) as conn:
        change(conn, csm_tasks.get(conn, name), Change(state, "C-1", at, "said so"), at.date())


def test_tasks_fall_due_once(store: Engine, tmp_path: Path) -> None:
    """On their day; a second pass of the night finds nothing to do."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a", "b", due="2025-03-14")
        opened(conn, "later")
    by_person(store, "b", "done")
    with begin(store) as conn:
        assert [fall_due(conn, night), fall_due(conn, night)] == [1, 0]
    assert told(store)["a"] == ("due", "perennial", "its day was 2025-03-14")
    assert (told(store)["b"][0], told(store)["later"][0]) == ("done", "open")


def test_the_end_of_an_enrollment_closes_what_is_open(store: Engine, tmp_path: Path) -> None:
    """Its steps end canceled; what had ended before, and other enrollments, stay as they are."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a", "b", "c")
    by_person(store, "b", "done")
    for _ in range(2):
        with begin(store) as conn:
            close_of(conn, night, ["E-a", "E-b"])
    found = told(store)
    assert found["a"] == ("closed", "perennial", "its enrollment has ended")
    assert (found["b"][0], found["c"][0]) == ("done", "open")
    assert ends(store) == {"E-a": ("canceled", TONIGHT), "E-b": ("done", NOON.date())}


def test_a_condition_resolves_a_task(store: Engine, tmp_path: Path) -> None:
    """Only that of the step; the step ends done."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a", "b")
        found = [Resolve("E-a", "A-1", "renewal", "call", "holds: x"), Resolve("E-b", "A-1", "renewal", "other", "y")]
        assert [resolve_all(conn, night, found), resolve_all(conn, night, found)] == [1, 0]
    assert told(store)["a"] == ("resolved", "perennial", "holds: x")
    assert told(store)["b"][0] == "open"
    assert ends(store) == {"E-a": ("done", TONIGHT)}


def test_a_condition_resolves_a_task_whose_step_has_another_name_by_now(store: Engine, tmp_path: Path) -> None:
    """A new version calls it otherwise; the task was opened under the old name."""
    night, at = night_of(store, tmp_path), datetime(2025, 3, 10, 5, tzinfo=UTC)
    begun = {"enrollment_id": "E-a", "play": "p", "play_hash": "1", "occurrence": "1", "arm": "treated",
             "trigger": "scheduled", "baseline": None, "on": "2025-03-10"}  # fmt: skip
    moved = {"enrollment_id": "E-a", "play_hash": "2", "steps": {"call": "ring"}, "on": "2025-03-12"}
    with begin(store) as conn:
        append(conn, Event("enroll:E-a", "enrolled", "account:A-1", at, "A-1", begun))
        append(conn, Event("migrate:E-a:2", "enrollment_migrated", "enrollment:E-a", at, "A-1", moved))
        opened(conn, "a")
        assert resolve_all(conn, night, [Resolve("E-a", "A-1", "p", "ring", "holds: x")]) == 1
    assert told(store)["a"][0] == "resolved"


def test_a_stuck_play_is_one_task_for_the_csm(store: Engine, tmp_path: Path) -> None:
    """However often it is told; it is closed with the enrollment."""
    night = night_of(store, tmp_path)
    found = [Stuck("E-a", "account:A-1", "A-1", "renewal", "nothing has happened for 20 days")]
    for _ in range(2):
        with begin(store) as conn:
            append_all(conn, stuck_tasks(night, found, {"A-1": {"csm_id": "C-9"}}, {}))
    with begin(store) as conn:
        (task,) = csm_tasks.open_tasks(conn)
        assert (task.csm, task.owner_team, task.kind, task.step) == ("C-9", "csm", "stuck", None)
        assert task.title == "The play Renewal is stuck: nothing has happened for 20 days"
        assert close_of(conn, night, ["E-a"]) == 1
    assert ends(store) == {}


@pytest.mark.parametrize(("state", "outcome"), [("done", "done"), ("RESOLVED", "done"), ("closed", "canceled")])
def test_a_task_ends_in_the_crm(store: Engine, tmp_path: Path, state: str, outcome: str) -> None:
    """By whom and on which day it was there; telling it again changes nothing."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a")
    land(night, ("a", state, NOON, "U-5"))
    assert [answers(night).changed, answers(night).changed] == [1, 0]
    assert told(store)["a"][:2] == (state.lower(), "crm:U-5")
    assert ends(store) == {"E-a": (outcome, NOON.date())}


def test_what_cannot_be_taken_over_is_told(store: Engine, tmp_path: Path) -> None:
    """Unknown tasks and unknown states by name; the others go on."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a", "b")
    land(night, ("a", "finished", NOON, None), ("b", "pending", NOON, None), ("nobody", "done", NOON, None))
    found = answers(night)
    assert found.changed == 1
    assert set(found.refused) == {"a", "nobody"}
    assert "there is no task state 'finished'" in found.trouble
    assert "nobody: there is no such task here" in found.trouble
    assert told(store)["b"][:2] == ("pending", "crm")


@pytest.mark.parametrize(
    ("ours", "theirs", "hours", "state"),
    [
        ("pending", "done", -1, "pending"),
        ("pending", "done", 1, "done"),
        ("done", "open", -1, "done"),
        ("done", "open", 1, "open"),
        ("done", "closed", 1, "done"),
        ("closed", "done", 1, "done"),
    ],
)
def test_the_later_word_counts(
    store: Engine, tmp_path: Path, ours: TaskState, theirs: str, hours: int, state: str
) -> None:
    """A person's change here stands against an earlier one there, and what has ended keeps its end."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a")
    by_person(store, "a", ours)
    land(night, ("a", theirs, NOON + timedelta(hours=hours), "U-5"))
    assert not answers(night).refused
    assert told(store)["a"][0] == state


def test_a_late_word_ends_a_task_that_fell_due_meanwhile(store: Engine, tmp_path: Path) -> None:
    """Our own hand on a task is no person's; but `open`, older than our change, opens nothing again."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a", "b", due="2025-03-12")
        fall_due(conn, night)
        close_of(conn, night, ["E-b"])
    land(night, ("a", "done", NOON, "U-5"), ("b", "open", NOON, "U-5"))
    assert answers(night).changed == 1
    assert (told(store)["a"][0], told(store)["b"][0]) == ("done", "closed")


def test_a_system_that_keeps_days_means_their_end(store: Engine, tmp_path: Path) -> None:
    """Closed there on the day on which somebody worked on it here."""
    night = night_of(store, tmp_path)
    with begin(store) as conn:
        opened(conn, "a")
    by_person(store, "a", "pending")
    land(night, ("a", "done", datetime(2025, 3, 13, tzinfo=UTC), None))
    assert answers(night).changed == 1


def test_without_a_source_nothing_is_asked(store: Engine, tmp_path: Path) -> None:
    """Most installations have none."""
    found = answers(night_of(store, tmp_path))
    assert (found.changed, found.refused, found.trouble) == (0, {}, "")
