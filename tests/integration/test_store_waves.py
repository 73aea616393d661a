"""How events are put into few calls without changing what they mean; and times in the database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from models.message import FOLLOWS
from models.record import Record
from models.utc import Utc
from tasks.store.project import _waves
from tasks.store.rules import MESSAGES, RULES

NOW = datetime(2024, 12, 31, 6, tzinfo=UTC)


def record(seq: int, kind: str, **payload: Any) -> Record:
    """An event of that number."""
    return Record(seq, str(seq), NOW, NOW, kind, "A-1", "contract:S-1", payload)


def kinds(*records: Record) -> list[tuple[str, int]]:
    """(kind, rows) of each call."""
    return [(kind, len(rows)) for kind, rows in _waves(records)]


def test_events_of_different_rows_share_a_call() -> None:
    """However they are mixed, a kind is one call as long as no row has two of it."""
    steps = [
        record(n, kind, enrollment_id=f"e{n // 2}", step="s") for n, kind in enumerate(["step_taken", "step_ended"] * 3)
    ]
    assert kinds(*steps) == [("step_taken", 3), ("step_ended", 3)]


def test_events_of_one_row_keep_their_order() -> None:
    """Stopped, resumed, stopped is three calls."""
    events = [record(n, kind, name="renewal") for n, kind in enumerate(["stopped", "resumed", "stopped"])]
    assert kinds(*events) == [("stopped", 1), ("resumed", 1), ("stopped", 1)]


def test_a_revision_comes_after_its_forerunner_is_superseded() -> None:
    """They are different rows, but only one of them may live."""
    events = (
        record(1, "message_queued", message_id="m1", send_key="k", revision=1),
        record(2, "message_superseded", message_id="m1"),
        record(3, "message_queued", message_id="m2", send_key="k", revision=2),
        record(4, "message_queued", message_id="m3", send_key="k3", revision=1),
    )
    assert kinds(*events) == [("message_queued", 2), ("message_superseded", 1), ("message_queued", 1)]


def test_a_kind_without_rule_makes_no_call() -> None:
    """It lives in the log alone."""
    assert kinds(record(1, "triggered", account="A-1")) == []


def test_every_state_of_a_message_has_its_event() -> None:
    """What the ledger's states allow the projection can show: an event moves to each that may follow another.

    What follows nothing can only be begun in: the event that writes the message says so.
    """
    moved = {rule.values["state"](record(1, "x")) for rule in MESSAGES.values()}
    begin = MESSAGES["message_queued"].values["state"]
    assert moved == {state for following in FOLLOWS.values() for state in following}
    assert {begin(record(1, "x", state=state)) for state in FOLLOWS.keys() - moved} == {"trapped"}


def test_iso_text_becomes_what_the_column_holds() -> None:
    """Dates and instants are read from the payload's text; the rest stays as it is."""
    row = RULES["message_queued"].row(
        record(
            7, "message_queued", message_id="m", send_key="k", as_of="2024-12-31", expires="2025-01-01T07:00:00+01:00"
        )
    )
    assert row["as_of"].isoformat() == "2024-12-31"
    assert row["expires"] == NOW + timedelta(days=1)
    assert (row["subject"], row["account"], row["revision"], row["changed_seq"]) == ("contract:S-1", "A-1", 1, 7)


@pytest.mark.parametrize("dialect", [sqlite.dialect, postgresql.dialect], ids=["sqlite", "postgresql"])
def test_an_instant_is_stored_in_utc(dialect: Any) -> None:
    """Whatever zone it comes in, and never without one."""
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    assert Utc().process_bind_param(berlin, dialect()) == NOW
    assert Utc().process_result_value(NOW.replace(tzinfo=None), dialect()) == NOW
    with pytest.raises(ValueError, match="without time zone"):
        Utc().process_bind_param(NOW.replace(tzinfo=None), dialect())


def test_sqlite_texts_sort_like_their_instants() -> None:
    """Microseconds are always written, so that text compares as time does."""
    dialect: Any = sqlite.dialect()
    bind: Any = Utc().dialect_impl(dialect).bind_processor(dialect)
    assert bind(NOW) == "2024-12-31 06:00:00.000000"
    assert bind(NOW) < bind(NOW + timedelta(microseconds=1)) < bind(NOW + timedelta(seconds=1))
