"""The event log: appending once, refusing change, and projections that can be derived again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from models.event import KINDS
from models.tables import PROJECTIONS, event, metadata
from tasks.store.copy import copy_events
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append, append_all, events_since, last_seq, of_account
from tasks.store.meta import remember_address_key
from tasks.store.project import project
from tasks.store.rebuild import rebuild
from tasks.store.rules import RULES
from tests.store_story import COMMANDS, NOW, Command, Story, enrolled, happening


def snapshot(conn: Connection) -> dict[str, list[Any]]:
    """Every row of every projection."""
    return {
        table.name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key))]
        for table in PROJECTIONS
    }


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """A write transaction that is rolled back: each example begins with an empty store."""
    with engine.connect().execution_options(writer=True) as conn, conn.begin() as transaction:
        yield conn
        transaction.rollback()


def test_every_kind_is_projected_or_lives_in_the_log_alone() -> None:
    """A kind without a rule would vanish silently; triggers, stages and removals are read from the log."""
    assert set(KINDS) - set(RULES) == {"triggered", "stage_changed", "erased", "retained"}
    assert set(RULES) <= set(KINDS)


@given(commands=COMMANDS, cut=st.integers(0, 60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_projections_are_rebuilt_equal(store: Engine, commands: list[Command], cut: int) -> None:
    """In two batches, replayed in one, and replayed event by event: the same rows."""
    story = Story()
    for command in commands:
        story.tell(command)
    with undone(store) as conn:
        append_all(conn, story.events[:cut])
        append_all(conn, story.events[cut:])
        before = snapshot(conn)
        assert rebuild(conn) == last_seq(conn) - _holes(conn)
        assert snapshot(conn) == before
        for table in PROJECTIONS:
            conn.execute(table.delete())
        for record in events_since(conn):
            project(conn, [record])
        assert snapshot(conn) == before


def _holes(conn: Connection) -> int:
    return last_seq(conn) - len(list(events_since(conn)))


def test_an_event_is_appended_once(store: Engine) -> None:
    """The same key again does nothing, whether in one batch, in a later one or alone."""
    with begin(store) as conn:
        assert append_all(conn, [enrolled("e1"), enrolled("e1"), enrolled("e2")]) == 2
        assert append_all(conn, [enrolled("e2"), enrolled("e3")]) == 1
        assert append(conn, enrolled("e3")) is None
        assert append(conn, enrolled("e4")) == last_seq(conn)
    with read(store) as conn:
        assert [record.key[-2:] for record in events_since(conn)] == ["e1", "e2", "e3", "e4"]
        assert [row.enrollment_id for row in conn.execute(select(PROJECTIONS[2]))] == ["e1", "e2", "e3", "e4"]
        assert [record.key[-2:] for record in of_account(conn, "A-1", limit=2)] == ["e4", "e3"]


def test_a_record_is_read_as_it_was_written(store: Engine) -> None:
    """Times come back aware, payloads unchanged, ranges as asked."""
    payload = {"text": "Grüße, 東京", "n": 3, "flag": True, "none": None, "list": [1, "a"]}
    with begin(store) as conn:
        first = append(conn, happening("a", "triggered", **payload))
        append(conn, happening("b", "triggered"))
    assert first is not None
    with read(store) as conn:
        (record,) = events_since(conn, first - 1, up_to=first)
    assert (record.payload, record.effective_at, record.account) == (payload, NOW, "A-1")
    assert record.recorded_at.tzinfo is UTC


def test_a_failed_transaction_leaves_neither_event_nor_row(store: Engine) -> None:
    """Appending and projecting are one."""
    with suppress(RuntimeError), begin(store) as conn:
        append(conn, enrolled("e1"))
        raise RuntimeError
    with read(store) as conn:
        assert last_seq(conn) == 0
        assert not any(snapshot(conn).values())


@pytest.mark.parametrize("change", ["UPDATE event SET subject = 'x'", "DELETE FROM event"])
def test_history_cannot_be_changed(store: Engine, change: str) -> None:
    """The database itself refuses to update or delete an event."""
    with begin(store) as conn:
        append(conn, enrolled("e1"))
    with pytest.raises(DBAPIError, match="append-only"), begin(store) as conn:
        conn.execute(text(change))


def test_history_cannot_be_replaced_on_sqlite(tmp_path: Path) -> None:
    """INSERT OR REPLACE, which deletes without being asked, is refused as well."""
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with begin(engine) as conn:
        append(conn, enrolled("e1"))
    with pytest.raises(DBAPIError, match="append-only"), begin(engine) as conn:
        conn.execute(text("INSERT OR REPLACE INTO event SELECT * FROM event"))
    engine.dispose()


def test_an_unknown_kind_is_refused_with_the_nearest(store: Engine) -> None:
    """A typing error does not become history."""
    with pytest.raises(ValueError, match="did you mean 'enrolled'"), begin(store) as conn:
        append(conn, happening("x", "enroled"))


def test_events_are_appended_by_writers_only(store: Engine) -> None:
    """A reader that would write is told where to."""
    with pytest.raises(RuntimeError, match="begin"), read(store) as conn:
        append(conn, enrolled("e1"))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_no_payload(store: Engine, number: float) -> None:
    """NaN and infinity are no JSON."""
    with pytest.raises(Exception, match="not JSON compliant"), begin(store) as conn:
        append(conn, happening("x", "triggered", value=number))


def test_numbers_rise_in_the_order_of_commits(store: Engine) -> None:
    """Writers take turns, so that whoever has seen number n will never see a lower one appear."""

    def write(writer: int) -> None:
        for nth in range(10):
            with begin(store) as conn:
                before = last_seq(conn)
                assert append(conn, happening(f"{writer}:{nth}", "triggered")) == before + 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with read(store) as conn:
        assert [record.seq for record in events_since(conn)] == list(range(1, 41))


def test_a_copy_is_an_equal_store(store: Engine, tmp_path: Path) -> None:
    """Numbers, stamps, rows and the address key's fingerprint; the person area stays behind."""
    story = Story()
    for command in [("night", 0, 1), ("queue", 0, 0), ("queue", 0, 1), ("move", 0, 3), ("play", 1, 0), ("land", 0, 1)]:
        story.tell(command)
    with begin(store) as conn:
        append_all(conn, story.events)
    remember_address_key(store, b"secret")
    target = open_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copy_events(store, target) == len(story.events)
    with read(store) as old, read(target) as new:
        assert snapshot(new) == snapshot(old)
        assert list(events_since(new)) == list(events_since(old))
        assert new.execute(select(metadata.tables["meta"])).all() == old.execute(select(metadata.tables["meta"])).all()
    with begin(target) as conn:
        assert append(conn, enrolled("e9")) == len(story.events) + 1
    target.dispose()


def test_a_date_without_zone_is_refused(store: Engine) -> None:
    """Nobody can know which zone it meant."""
    with pytest.raises(Exception, match="without time zone"), begin(store) as conn:
        conn.execute(select(event).where(event.c.recorded_at == datetime.combine(date(2024, 1, 1), NOW.time())))
