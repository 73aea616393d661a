"""Several senders at once: each message is claimed once; what the living have is theirs, what the dead had goes."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.errors import Busy
from models.event import Event
from models.ledger import Message
from tasks.deliver import deliver
from tasks.mail.resolve import release_stuck
from tasks.mail.sender_lock import sender_lock
from tasks.night import Night
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append_all
from tasks.store.messages import due_ids, in_states, of_ids
from tasks.store.moves import Move, move_all
from tasks.store.switches import stop
from tests.mailroom import NINE, address, land_contacts, queue, reasons, states
from tests.smtp_desk import TODAY, Told, ids, serving, today

WORKERS, ROWS = 8, 400


def fill(engine: Engine, count: int) -> None:
    """Queue that many messages, without words."""
    with begin(engine) as conn:
        append_all(conn, (Event(f"q:{n}", "message_queued", "contract:1", NINE, "A", {
            "message_id": f"M-{n:04}", "send_key": f"S-{n}", "revision": 1, "not_before": NINE.isoformat(),
        }) for n in range(count)))  # fmt: skip


def claim_all(url: str, me: str) -> list[str]:
    """Claim whatever is there, ten at a time, as fast as it goes."""
    won: list[str] = []
    engine = open_store(url, wait=60)
    try:
        while True:
            with read(engine) as conn:
                batch = of_ids(conn, due_ids(conn, TODAY, 10))
            if not batch:
                return won
            with begin(engine) as conn:
                claims = [Move(one, "message_claimed", TODAY, {"by": me}) for one in batch]
                won += [one.message_id for one in move_all(conn, claims, {"queued", "deferred"})]
    finally:
        engine.dispose()


def test_each_message_is_claimed_by_one_of_eight(store_url: str) -> None:
    """The conditional UPDATE decides, on both databases, and every claim bears the id of whoever won it."""
    engine = open_store(store_url)
    fill(engine, ROWS)
    with ThreadPoolExecutor(WORKERS) as pool:
        won = list(pool.map(lambda number: claim_all(store_url, f"sender-{number}"), range(WORKERS)))
    assert Counter(id_ for mine in won for id_ in mine) == {f"M-{n:04}": 1 for n in range(ROWS)}
    with read(engine) as conn:
        claimed = {one.message_id: one.claimed_by for one in in_states(conn, ("claimed",))}
    assert claimed == {id_: f"sender-{number}" for number, mine in enumerate(won) for id_ in mine}
    engine.dispose()


def test_an_old_claim_moves_nothing(store: Engine) -> None:
    """A sender that was thought dead wakes up: the message has gone on, by whatever way, and is not its any more."""
    fill(store, 1)
    with begin(store) as conn:
        (mine,) = move_all(conn, [Move(_only(store_read(store)), "message_claimed", TODAY, {"by": "a"})], {"queued"})
    release_stuck(store, TODAY, {"b"})
    with begin(store) as conn:
        move_all(conn, [Move(_only(store_read(store)), "message_claimed", TODAY, {"by": "b"})], {"queued"})
        assert move_all(conn, [Move(mine, "message_transmitting", TODAY, {"by": "a"})], {"claimed"}) == []
    assert [(one.state, one.claimed_by) for one in store_read(store)] == [("claimed", "b")]


def store_read(engine: Engine) -> list[Message]:
    """All messages that are queued or claimed."""
    with read(engine) as conn:
        return in_states(conn, ("queued", "claimed"))


def _only(messages: Sequence[Message]) -> Message:
    (one,) = messages
    return one


@pytest.fixture
def url(postgresql_url: Callable[[str], str]) -> str:
    """A PostgreSQL."""
    return postgresql_url("store")


def test_senders_share_the_work_and_nothing_goes_twice(tmp_path: Path, url: str) -> None:
    """Three at once on PostgreSQL: all is sent, each once; none of them has to wait for another."""
    handler = Told()
    with serving(handler) as port:
        nights = [today(tmp_path, port, url, {"canary": 0}) for _ in range(3)]
        land_contacts(nights[0], 60)
        for number in range(60):
            queue(nights[0], number)
        with ThreadPoolExecutor(3) as pool:
            counts: Counter[str] = sum(map(Counter, pool.map(deliver, nights)), Counter())
    assert counts == {"sent": 60}
    assert Counter(handler.recipients) == {address(number): 1 for number in range(60)}
    for night in nights:
        night.engine.dispose()


def test_what_a_living_sender_has_is_left_to_it(tmp_path: Path, url: str) -> None:
    """Claimed or transmitting, it is nobody else's; a dead one's goes, or is asked for."""
    night = today(tmp_path, 1, url)
    for number in range(2):
        queue(night, number)
    with sender_lock(night.engine, tmp_path / "lock") as alive:
        _claim(night, "M-0", alive.me)
        _claim(night, "M-1", "somebody else")
        with sender_lock(night.engine, tmp_path / "lock") as other:
            assert other.living() == {alive.me, other.me}
            release_stuck(night.engine, TODAY, other.living())
        assert ids(night, "claimed") == {"M-0"}
        assert "sender died" in reasons(night)["M-1"]
    with sender_lock(night.engine, tmp_path / "lock") as last:
        assert last.living() == {last.me}
        release_stuck(night.engine, TODAY, last.living())
    assert states(night) == {"queued": 2}
    night.engine.dispose()


def _claim(night: Night, id_: str, me: str) -> None:
    with begin(night.engine) as conn:
        claims = [Move(one, "message_claimed", TODAY, {"by": me}) for one in of_ids(conn, [id_])]
        assert move_all(conn, claims, {"queued"})


def test_on_sqlite_the_second_sender_waits(tmp_path: Path) -> None:
    """One writer, one sender: whoever comes second is told so after a while."""
    night = today(tmp_path, 1)
    with (
        sender_lock(night.engine, tmp_path / "lock") as one,
        pytest.raises(Busy, match="nothing was sent"),
        sender_lock(night.engine, tmp_path / "lock", patience=0.1),
    ):
        pass
    assert one.living() == {one.me}


def test_a_switch_thrown_after_the_claim_still_stops(tmp_path: Path) -> None:
    """While the first waits for its answer, mail is stopped: what was claimed goes back as it was."""
    asked, stopped = threading.Event(), threading.Event()

    def reply(verb: str, _: str) -> str | None:
        if verb == "RCPT":
            asked.set()
            stopped.wait(20)
        return None

    handler = Told(reply)
    with serving(handler) as port:
        night = today(tmp_path, port, sending={"connections": 1, "canary": 0})
        land_contacts(night, 8)
        for number in range(8):
            queue(night, number)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(deliver, replace(night))
            assert asked.wait(20)
            with begin(night.engine) as conn:
                stop(conn, "mail", night.clock.now, "a person said so")
            stopped.set()
            running.result(60)
    assert handler.recipients == []
    assert states(night) == {"queued": 8}
    assert set(reasons(night).values()) == {"stopped by the kill switch 'mail'"}
