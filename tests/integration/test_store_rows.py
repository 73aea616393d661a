"""What the night asks the database: runs, landings, enrollments, tasks, suppressions, switches."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from models.errors import UsageError
from models.event import Event
from models.landing import Landing
from models.night import Seal, run_key
from tasks.store import csm_tasks, enrollments, landings, runs, suppressions, switches
from tasks.store.engine import begin, read
from tasks.store.events import append, append_all
from tasks.store.meta import check_address_key, remember_address_key

NOW = datetime(2024, 12, 31, 6, tzinfo=UTC)
TONIGHT = date(2024, 12, 31)
DAY = timedelta(days=1)


def sealed(conn: Connection, as_of: date, landing_seq: int = 0) -> None:
    """Seal a night."""
    seal = Seal(
        run_key(as_of), as_of, NOW.isoformat(), played=True, landing_seq=landing_seq, event_seq=0, config_hash="c"
    )
    append(
        conn, Event(f"sealed:{as_of}", "sealed", "run", NOW, payload={"run_key": seal.run_key, "seal": seal.payload()})
    )


def night(conn: Connection, as_of: date, *, seal: bool = True, plan: str = "", end: str = "") -> None:
    """A night that came so far."""
    key = run_key(as_of)
    runs.start_run(conn, key, as_of, NOW)
    if seal:
        sealed(conn, as_of)
    if plan:
        runs.note_plan(conn, key, plan, {"due": 2}, 2, NOW)
    if end:
        runs.end_run(conn, key, end, 0, "", NOW)


def landing(conn: Connection, source: str, **changes: object) -> Landing:
    """A landing of ten rows, opened and closed."""
    seq = landings.open_landing(conn, run_key(TONIGHT), source, "usage", TONIGHT, NOW)
    good = Landing(seq, run_key(TONIGHT), source, "usage", TONIGHT, "ok", 10, 9, 1, 0, 100, "2024-12-30", written=True)
    closed = replace(good, **changes)  # type: ignore[arg-type]
    landings.close_landing(conn, closed, NOW)
    return closed


def test_a_run_is_what_its_events_say(store: Engine) -> None:
    """From running to done; a restart keeps the seal, and clears how it ended."""
    key = run_key(TONIGHT)
    with begin(store) as conn:
        assert runs.get(conn, key) is None
        runs.start_run(conn, key, TONIGHT, NOW)
        assert (found := runs.get(conn, key))
        assert (found.state, found.seal) == ("running", None)
        sealed(conn, TONIGHT, 7)
        runs.note_plan(conn, key, "hash", {"due": 2, "held": 1}, 2, NOW)
        runs.end_run(conn, key, "failed", 1, "SMTP", NOW)
        assert (found := runs.get(conn, key))
        assert (found.state, found.exit_code, found.reason) == ("failed", 1, "SMTP")
        runs.start_run(conn, key, TONIGHT, NOW)
        assert (found := runs.get(conn, key))
        assert (found.state, found.ended_at) == ("sealed", None)
        runs.end_run(conn, key, "done", 0, "", NOW)
        found = runs.get(conn, key)
    assert found is not None
    assert Seal.of(found.seal or {}).landing_seq == 7
    assert (found.plan_hash, found.verdicts, found.messages) == ("hash", {"due": 2, "held": 1}, 2)


def test_an_approval_names_its_plan(store: Engine) -> None:
    """Once; the same again says that it was done before."""
    with begin(store) as conn:
        night(conn, TONIGHT, plan="hash", end="awaiting_approval")
        assert runs.approve(conn, run_key(TONIGHT), "hash", ["renewal"], [], NOW)
        assert not runs.approve(conn, run_key(TONIGHT), "hash", ["renewal"], [], NOW)
        found = runs.get(conn, run_key(TONIGHT))
    assert found is not None
    assert found.approval is not None
    assert (found.approval["plan_hash"], found.approval["hold"]) == ("hash", ["renewal"])


def test_the_nights_before_are_told_apart(store: Engine) -> None:
    """Missed nights were scored but have not decided; a night that broke off before its seal counts for nothing."""
    with begin(store) as conn:
        assert runs.previous_scored(conn, TONIGHT) is None
        night(conn, TONIGHT - 3 * DAY, plan="a", end="done")
        night(conn, TONIGHT - 2 * DAY, seal=False, end="missed")
        night(conn, TONIGHT - DAY, seal=False, end="failed")
        assert runs.previous_scored(conn, TONIGHT) == TONIGHT - 2 * DAY
        assert runs.previous_scored(conn, TONIGHT - 2 * DAY) == TONIGHT - 3 * DAY
        assert runs.newest_decided(conn) == runs.newest_sealed(conn) == TONIGHT - 3 * DAY
        night(conn, TONIGHT, plan="b", end="awaiting_approval")
        assert runs.newest_decided(conn) == TONIGHT
        assert (done := runs.last_done(conn))
        assert done.as_of == TONIGHT - 3 * DAY
        assert [run.as_of.day for run in runs.recent(conn, 2)] == [31, 30]


def test_landings_are_read_up_to_the_watermark(store: Engine) -> None:
    """Written ones only, oldest first; open and held ones have nothing to read."""
    with begin(store) as conn:
        first = landing(conn, "usage")
        landing(conn, "usage", status="held", written=False, total=7, cursor_max=None)
        landings.open_landing(conn, run_key(TONIGHT), "tickets", "tickets", TONIGHT, NOW)
        mark = landings.watermark(conn)
        last = landing(conn, "usage", total=300, cursor_max="2024-12-31")
        assert landings.landed(conn, mark) == [first]
        assert landings.landed(conn, landings.watermark(conn)) == [first, last]
        assert landings.newest(conn, "usage") == last
        assert landings.totals(conn, "usage", 7) == [300, 100]
        assert landings.newest_cursor(conn, "usage") == "2024-12-31"
        assert landings.newest_cursor(conn, "tickets") is None
        assert landings.of_run(conn, run_key(TONIGHT)) == landings.newest_of_sources(conn) == [last]


def test_a_landing_is_closed_once(store: Engine) -> None:
    """What a second closing says is not heard."""
    with begin(store) as conn:
        first = landing(conn, "usage")
        landings.close_landing(conn, replace(first, good=0), NOW)
        assert landings.newest(conn, "usage") == first


def test_a_sealed_night_gets_no_new_rows(store: Engine) -> None:
    """A landing below the watermark that would close with rows after the seal is refused."""
    with begin(store) as conn:
        seq = landings.open_landing(conn, run_key(TONIGHT), "usage", "usage", TONIGHT, NOW)
        night(conn, TONIGHT, seal=False)
        sealed(conn, TONIGHT, seq)
        late = Landing(seq, run_key(TONIGHT), "usage", "usage", TONIGHT, "ok", 1, 1, written=True)
        with pytest.raises(UsageError, match="sealed"):
            landings.close_landing(conn, late, NOW)


def test_enrollments_carry_their_steps(store: Engine) -> None:
    """Active ones of some accounts or of all, with outcomes; nobody is unknown who ever was enrolled."""

    def enroll(name: str, account: str) -> Event:
        payload = {
            "enrollment_id": name,
            "play": "renewal",
            "members": ["S-1", "S-2"],
            "on": "2024-12-01",
            "play_hash": "h",
        }
        return Event(f"enrolled:{name}", "enrolled", f"contract:{name}", NOW, account, payload)

    def step(name: str, kind: str, /, **more: object) -> Event:
        return Event(
            f"{kind}:{name}", kind, name, NOW, "A-1", {"enrollment_id": "e1", "step": name, "on": "2024-12-31", **more}
        )

    with begin(store) as conn:
        append_all(conn, [enroll("e1", "A-1"), enroll("e2", "A-2"), enroll("e3", "A-1")])
        append_all(
            conn, [step("intro", "step_taken", kind="email", by_hand=True), step("intro", "step_ended", outcome="sent")]
        )
        append_all(conn, [step("late", "step_ended", outcome="skipped"), step("call", "step_taken", kind="task")])
        append(conn, Event("end", "enrollment_ended", "e3", NOW, payload={"enrollment_id": "e3", "on": "2024-12-31"}))
        assert [one.enrollment_id for one in enrollments.active(conn)] == ["e1", "e2"]
        (found,) = enrollments.active(conn, ["A-1"])
        assert [one.enrollment_id for one in enrollments.of_accounts(conn, ["A-1"])] == ["e1", "e3"]
        assert enrollments.get(conn, "e9") is None
    assert (found.subject, found.members, found.account) == ("contract:e1", ("S-1", "S-2"), "A-1")
    assert found.outcomes == {"intro": "sent", "late": "skipped"}
    assert (found.steps["call"].taken_on, found.steps["late"].taken_on) == (TONIGHT, None)


def test_a_task_is_done_once(store: Engine) -> None:
    """The most urgent first; a note stays in the person area; an unknown task is told with the nearest."""

    def opened(name: str, due: str | None, csm: str) -> Event:
        payload = {
            "task_id": name,
            "enrollment_id": "e1",
            "csm": csm,
            "title": "Call",
            "due_on": due,
            "on": "2024-12-31",
        }
        return Event(f"opened:{name}", "task_opened", "e1", NOW, "A-1", payload)

    with begin(store) as conn:
        append_all(
            conn, [opened("task-1", None, "C-1"), opened("task-2", "2025-01-05", "C-1"), opened("task-3", None, "C-2")]
        )
        assert [task.task_id for task in csm_tasks.open_tasks(conn)] == ["task-2", "task-1", "task-3"]
        assert [task.task_id for task in csm_tasks.open_tasks(conn, csm="C-2", account="A-1")] == ["task-3"]
        done = csm_tasks.Change("done", "C-1", NOW, note="They stay")
        assert csm_tasks.change(conn, "task-2", done)
        assert not csm_tasks.change(conn, "task-2", done)
        assert csm_tasks.notes_of(conn, ["task-1", "task-2"]) == {"task-2": "They stay"}
        with pytest.raises(UsageError, match="did you mean 'task-1'"):
            csm_tasks.get(conn, "tsk-1")


def test_a_suppression_stands(store: Engine) -> None:
    """The first reason stays; what was suppressed before is not counted again."""
    with begin(store) as conn:
        assert suppressions.suppress(conn, ["a", "b", "a"], "asked", NOW) == 2
        assert suppressions.suppress(conn, ["a"], "bounced", NOW) == 0
        assert suppressions.is_suppressed(conn, "a")
        assert not suppressions.is_suppressed(conn, "c")
        told = {key: one.reason for key, one in suppressions.suppressed(conn).items()}
        assert told == {("a", "all"): "asked", ("b", "all"): "asked"}


def test_a_switch_stops_until_it_is_resumed(store: Engine) -> None:
    """Any number of times; doing it twice says so."""
    with begin(store) as conn:
        for _ in range(2):
            assert switches.stop(conn, "renewal", NOW)
            assert not switches.stop(conn, "renewal", NOW)
            assert switches.is_stopped(conn, switches.EVERYTHING, "renewal", "renewal/day-90-notice")
            assert list(switches.stopped(conn)) == ["renewal"]
            assert switches.resume(conn, "renewal", NOW)
            assert not switches.resume(conn, "renewal", NOW)


def test_a_database_keeps_to_its_address_key(store: Engine) -> None:
    """Another key is refused: suppressions would silently cease to apply."""
    remember_address_key(store, b"one")
    remember_address_key(store, b"one")
    with pytest.raises(UsageError, match="PERENNIAL_ADDRESS_KEY"):
        remember_address_key(store, b"another")
    with read(store) as conn, pytest.raises(UsageError):
        check_address_key(conn, b"another")
