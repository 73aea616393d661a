"""What comes back: received once, told without personal data, its words kept apart."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select

from models.ids import made_of
from models.tables import event, inbound
from tasks.store import inbound as coming_back
from tasks.store.engine import begin, read
from tasks.store.inbound import Received, Words
from tasks.store.rebuild import rebuild

NOW = datetime(2024, 12, 31, 6, tzinfo=UTC)
ANSWER = Received(
    made_of("survey", "M-1", 0), NOW, "survey", account="A-1", contact="C-1", address_key="key", message_id="M-1",
    score="3", answer="nps",
)  # fmt: skip


def test_what_came_in_twice_is_received_once(store: Engine) -> None:
    """A second delivery of the same thing changes nothing, not even the words."""
    with begin(store) as conn:
        assert coming_back.receive(conn, ANSWER, Words(text="Too slow."))
        assert not coming_back.receive(conn, replace(ANSWER, score="9"), Words(text="Great."))
        assert coming_back.of_message(conn, "M-1") == [ANSWER]
        assert coming_back.texts_of(conn, [ANSWER.inbound_id]) == {ANSWER.inbound_id: "Too slow."}


def test_the_log_has_no_words(store: Engine) -> None:
    """What a person wrote is in the person area alone."""
    with begin(store) as conn:
        coming_back.receive(conn, ANSWER, Words("jane@customer.example", "Re: hello", "Too slow.", b"raw"))
        told = str(conn.execute(select(event.c.payload, event.c.subject, event.c.key)).all())
        found = coming_back.words_of(conn, ANSWER.inbound_id)
    assert "slow" not in told
    assert "jane" not in told
    assert found == Words("jane@customer.example", "Re: hello", "Too slow.", b"raw")


def test_what_came_in_is_found_by_message_account_and_kind(store: Engine) -> None:
    """Oldest first; a booking keeps its day."""
    booking = Received(made_of("booking", "M-2"), NOW, "booking", account="A-1", meets_on=date(2025, 1, 3))
    with begin(store) as conn:
        coming_back.receive(conn, booking)
        coming_back.receive(conn, replace(ANSWER, at=NOW.replace(hour=5)))
        assert [one.kind for one in coming_back.of_account(conn, "A-1")] == ["survey", "booking"]
        assert coming_back.of_kinds(conn, ["booking"]) == [booking] == [coming_back.get(conn, booking.inbound_id)]
        assert coming_back.of_kinds(conn, ["survey"], NOW) == []
        assert coming_back.of_message(conn, "M-1", "booking") == []


def test_what_came_in_is_rebuilt_equal(store: Engine) -> None:
    """The table is a projection of the log."""
    with begin(store) as conn:
        coming_back.receive(conn, ANSWER)
    with read(store) as conn:
        before = conn.execute(select(inbound)).all()
    with begin(store) as conn:
        rebuild(conn)
        assert conn.execute(select(inbound)).all() == before
