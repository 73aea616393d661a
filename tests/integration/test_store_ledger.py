"""The mail ledger: one winner a claim, no state out of turn, caps counted once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from models.event import Event
from models.ledger import PersonMessage
from tasks.store import messages
from tasks.store.engine import begin, read
from tasks.store.events import append, append_all, events_since

NOW = datetime(2024, 12, 31, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def queued(name: str, **changes: Any) -> Event:
    """A message of that id, queued."""
    payload = {
        "message_id": name, "send_key": f"key-{name}", "revision": 1, "account": "A-1", "enrollment_id": "e1",
        "play": "renewal", "step": "outlook", "template": "renewal/day-180-outlook", "klass": "contractual",
        "address_key": "ab12", "not_before": NOW.isoformat(), "expires": (NOW + DAY).isoformat(), "deadline": False,
        "touch": True, "as_of": "2024-12-31", **changes,
    }  # fmt: skip
    return Event(f"queued:{name}", "message_queued", "contract:S-1", NOW, "A-1", payload)


def queue(store: Engine, *events: Event) -> None:
    """Queue them."""
    with begin(store) as conn:
        append_all(conn, events)


def claim(store: Engine, name: str) -> bool:
    """Try to claim it, as a sender does."""
    with begin(store) as conn:
        return messages.claim(conn, name, NOW)


CLAIM_ALL = """
import sys
from datetime import UTC, datetime
from tasks.store import messages
from tasks.store.engine import begin, connect
engine = connect(sys.argv[1])
won = 0
for nth in range(int(sys.argv[2])):
    with begin(engine) as conn:
        won += messages.claim(conn, f"m{nth}", datetime(2024, 12, 31, 6, tzinfo=UTC))
engine.dispose()
print(won)
"""


def test_a_message_is_claimed_once_by_threads(store: Engine) -> None:
    """Eight senders want the same twelve messages: each goes to one of them."""
    names = [f"m{nth}" for nth in range(12)]
    queue(store, *map(queued, names))
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda name: (name, claim(store, name)), names * 8))
    assert sorted(name for name, mine in won if mine) == sorted(names)
    with read(store) as conn:
        assert sum(record.kind == "message_claimed" for record in events_since(conn)) == len(names)


def test_a_message_is_claimed_once_by_processes(store: Engine, store_url: str) -> None:
    """Three processes want the same thirty messages: together they get thirty."""
    queue(store, *(queued(f"m{nth}") for nth in range(30)))
    command = [sys.executable, "-c", CLAIM_ALL, store_url, "30"]
    senders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    won = [int(sender.communicate(timeout=60)[0]) for sender in senders]
    assert sum(won) == 30
    with read(store) as conn:
        assert messages.by_state(conn) == {"claimed": 30}


def test_only_what_is_due_is_claimed(store: Engine) -> None:
    """A message whose time has not come waits; deadline mail comes first; expired mail is handed out to be ended."""
    later = (NOW + DAY).isoformat()
    over, held = (NOW - DAY).isoformat(), "nps is missing"
    queue(store, queued("soon"), queued("later", not_before=later), queued("urgent", deadline=True))
    queue(store, queued("held", state="held", reason=held), queued("over", expires=over))
    with read(store) as conn:
        assert [one.message_id for one in messages.due(conn, NOW, 10)] == ["urgent", "over", "soon"]
        assert [one.message_id for one in messages.due(conn, NOW, 1)] == ["urgent"]
    assert not claim(store, "later")
    assert not claim(store, "held")


def test_a_transition_is_made_by_one_and_leaves_one_event(store: Engine) -> None:
    """The second who moves a message is told so; columns follow the event."""
    queue(store, queued("m"))
    assert claim(store, "m")
    with begin(store) as conn:
        moved = [
            messages.move(conn, "m", expected={"claimed"}, kind="message_transmitting", effective_at=NOW)
            for _ in range(2)
        ]
        assert moved == [True, False]
        answered = {"reply": "451", "not_before": (NOW + DAY).isoformat()}
        assert messages.move(
            conn, "m", expected={"transmitting"}, kind="message_deferred", effective_at=NOW, payload=answered
        )
        found = messages.get(conn, "m")
    assert found is not None
    assert (found.state, found.attempts, found.reply, found.claimed_at) == ("deferred", 1, "451", None)
    assert found.not_before == NOW + DAY


def test_the_same_transition_may_come_again(store: Engine) -> None:
    """Deferred and tried twice: two events of each kind, two attempts."""
    queue(store, queued("m"))
    steps = [("message_claimed", "queued"), ("message_transmitting", "claimed"), ("message_deferred", "transmitting")]
    again = [("message_claimed", "deferred"), *steps[1:]]
    with begin(store) as conn:
        for kind, before in steps + again:
            assert messages.move(conn, "m", expected={before}, kind=kind, effective_at=NOW)
        assert [found.attempts for found in messages.in_states(conn, ["deferred"])] == [2]


@pytest.mark.parametrize("kind", ["message_sent", "message_uncertain"])
def test_a_message_takes_no_way_the_ledger_does_not_know(store: Engine, kind: str) -> None:
    """Queued mail cannot be sent without being claimed, whatever the caller expects."""
    queue(store, queued("m"))
    with begin(store) as conn:
        assert not messages.move(conn, "m", expected={"queued"}, kind=kind, effective_at=NOW)


def test_one_revision_of_a_send_key_lives(store: Engine) -> None:
    """A second live row is refused by the database; once the first is superseded the next may come."""
    queue(store, queued("m1", send_key="k"))
    with pytest.raises(IntegrityError):
        queue(store, queued("m2", send_key="k", revision=2))
    with begin(store) as conn:
        assert messages.move(conn, "m1", expected={"queued"}, kind="message_superseded", effective_at=NOW)
        append(conn, queued("m2", send_key="k", revision=2))
        assert {key: one.message_id for key, one in messages.live(conn, ["k", "other"]).items()} == {"k": "m2"}


def test_what_a_dead_sender_left_is_found(store: Engine) -> None:
    """Claimed and transmitting rows are stuck, waiting ones are not."""
    queue(store, queued("m1"), queued("m2"), queued("m3"))
    assert claim(store, "m1")
    assert claim(store, "m2")
    with begin(store) as conn:
        messages.move(conn, "m2", expected={"claimed"}, kind="message_transmitting", effective_at=NOW)
    with read(store) as conn:
        assert [(one.message_id, one.state) for one in messages.stuck(conn)] == [
            ("m1", "claimed"),
            ("m2", "transmitting"),
        ]
        assert messages.by_state(conn, date(2024, 12, 31)) == {"claimed": 1, "queued": 1, "transmitting": 1}
        assert messages.by_state(conn, date(2024, 12, 30)) == {}


def test_a_step_is_one_touch_whatever_its_recipients(store: Engine) -> None:
    """Two mails of one step are one touch; tasks and waiting mail are none."""
    queue(store, queued("m1"), queued("m2", address_key="cd34"), queued("m3", step="plan"),
          queued("m4", step="invite", touch=False), queued("m5", step="waiting"))  # fmt: skip
    for name in ("m1", "m2", "m3", "m4"):
        assert claim(store, name)
    with read(store) as conn:
        found = messages.touches(conn, "A-1", NOW.date())
        assert sorted((touch.step, touch.message_id) for touch in found) == [("outlook", "m1"), ("plan", "m3")]
        assert messages.touches(conn, "A-1", NOW.date() + DAY) == []
        assert messages.touches(conn, "A-2", NOW.date()) == []
        assert list(messages.touches_of_all(conn, NOW.date() - DAY)) == ["A-1"]


def test_an_address_counts_all_that_reached_it_that_day(store: Engine) -> None:
    """Over all accounts and plays, without the message that asks."""
    queue(store, queued("m1"), queued("m2", step="plan"), queued("m3", step="notice"))
    assert claim(store, "m1")
    assert claim(store, "m2")
    with read(store) as conn:
        assert messages.address_sent(conn, "ab12", NOW.date()) == 2
        assert messages.address_sent(conn, "ab12", NOW.date(), but="m2") == 1
        assert messages.address_sent(conn, "ab12", NOW.date() + DAY) == 0


def test_what_is_no_touch_counts_for_no_address(store: Engine) -> None:
    """Invitations, notices and updates leave room for the day's message; what says no channel is an e-mail."""
    queue(store, queued("m1", touch=False), queued("m2", channel="notify", touch=False), queued("m3", channel="inapp"))
    assert all(claim(store, name) for name in ("m1", "m2", "m3"))
    with read(store) as conn:
        assert messages.address_sent(conn, "ab12", NOW.date()) == 1
        assert [one.channel for one in messages.in_states(conn, {"claimed"})] == ["email", "notify", "inapp"]
        assert [one.invites for one in messages.in_states(conn, {"claimed"})] == [True, False, False]


def test_a_trapped_message_stays_what_it_is(store: Engine) -> None:
    """It is no touch that reached anybody, is never due, and nothing leads away from it."""
    queue(store, queued("m", state="trapped", reason="held out"))
    assert not claim(store, "m")
    with begin(store) as conn:
        assert messages.due(conn, NOW, 10) == []
        assert messages.touches(conn, "A-1", NOW.date()) == []
        assert not messages.move(conn, "m", expected={"trapped"}, kind="message_canceled", effective_at=NOW)
        assert messages.by_state(conn) == {"trapped": 1}


def test_words_and_bytes_are_frozen(store: Engine) -> None:
    """What a message says, and the bytes it first went out as, cannot be replaced."""
    first = PersonMessage(
        "m", "ann@example.org", "Ann", None, None, "Hello", "text", "<p>html</p>",
        calendar="BEGIN:VCALENDAR", thread="key-of-another",
    )  # fmt: skip
    with begin(store) as conn:
        messages.keep_person(conn, first)
        messages.keep_person(conn, PersonMessage("m", "eve@example.org", "Eve", None, None, "Bye", "t", "h"))
        assert messages.person(conn, "m") == first
        assert messages.keep_bytes(conn, "m", b"first") == b"first"
        assert messages.keep_bytes(conn, "m", b"second") == b"first"
        assert messages.person(conn, "unknown") is None
