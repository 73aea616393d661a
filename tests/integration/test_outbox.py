"""What does not go by mail: the same ledger, a file or a POST for each message, and none of it twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from models.clock import Clock
from models.event import Event
from tasks.deliver import deliver
from tasks.mail.smtp import MailServerAway, Server
from tasks.mail.transport import Transport
from tasks.night import Night
from tasks.outbox.folder import path_of
from tasks.store.engine import begin
from tasks.store.events import append
from tasks.store.messages import claim, keep_bytes, move
from tasks.store.suppressions import suppress
from tasks.store.switches import stop
from tests.mailroom import MIDNIGHT, NINE, key_of, land_contacts, outcome, queue, reasons, received, room, states

OURS: dict[str, Any] = {"contact": None, "klass": None, "template": None, "touch": False}
NOTIFY: dict[str, Any] = {**OURS, "channel": "notify", "address_key": "team:nina", "recipient": "nina"}
UPDATE: dict[str, Any] = {**OURS, "channel": "update", "address_key": "crm", "recipient": "crm", "text": '{"nps": "9"}'}
INAPP: dict[str, Any] = {"channel": "inapp"}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played night with contacts."""
    made = room(tmp_path)
    land_contacts(made, 4)
    yield made
    made.engine.dispose()


def written(night: Night, channel: str, number: int) -> dict[str, Any]:
    """What lies in the outbox of message n."""
    path = path_of(night.settings.outbox_dir, channel, f"M-{number}")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_each_channel_leaves_a_file_and_mail_goes_by_mail(night: Night) -> None:
    """One file a message, with what its channel carries; a second run does nothing."""
    for number, more in enumerate((INAPP, NOTIFY, UPDATE, {})):
        queue(night, number, **more)
    assert deliver(night) == {"sent": 4}
    assert deliver(night) == {}
    assert len(received(night.settings.mailbox_dir)) == 1
    inapp, notify = written(night, "inapp", 0), written(night, "notify", 1)
    assert inapp["to"] == {"contact": "C-0", "email": "contact.0@customer-0.example", "name": "Contact 0"}
    assert (inapp["subject"], inapp["html"]) == ("Your contract", "<p>Hello 0</p>")
    assert notify["to"]["owner"] == "nina"
    assert (notify["account"], notify["text"]) == ("A-1", "Hello 1\n")
    assert written(night, "update", 2)["fields"] == {"nps": "9"}
    assert [outcome(night, number) for number in range(4)] == ["sent"] * 4


def test_what_a_dead_sender_left_is_written_again_as_it_was(night: Night) -> None:
    """Nobody need be asked: the same id is the same file, with the bytes that were kept the first time."""
    id_ = queue(night, 0, **NOTIFY)
    with begin(night.engine) as conn:
        assert claim(conn, id_, NINE)
        keep_bytes(conn, id_, b'{"id": "M-0", "kept": true}')
        assert move(conn, id_, expected={"claimed"}, kind="message_transmitting", effective_at=NINE)
    assert deliver(night) == {"sent": 1}
    assert written(night, "notify", 0) == {"id": "M-0", "kept": True}
    assert [path.name for path in (night.settings.outbox_dir / "notify").iterdir()] == ["M-0.json"]


@pytest.mark.parametrize(
    ("channel", "state"), [(INAPP, "suppressed"), (NOTIFY, "sent"), (UPDATE, "sent")], ids=["inapp", "notify", "update"]
)
def test_suppression_holds_for_customers_only(night: Night, channel: dict[str, Any], state: str) -> None:
    """What reaches our own people and systems has no contact who could object."""
    queue(night, 0, **channel)
    with begin(night.engine) as conn:
        suppress(conn, [key_of(night, 0), "team:nina", "crm"], "unsubscribed", MIDNIGHT)
    assert deliver(night) == {state: 1}


def test_an_in_app_message_is_a_touch_and_a_notice_is_none(night: Night) -> None:
    """One touch a day for an account, mail or not; notices, updates and invitations neither count nor wait."""
    queue(night, 0, account="A")
    queue(night, 1, account="A", **INAPP)
    queue(night, 2, account="A", **NOTIFY)
    queue(night, 3, account="A", touch=False)
    assert deliver(night) == {"sent": 3, "queued": 1}
    assert "of 1 messages today" in reasons(night)["M-1"]


def test_hours_are_the_customers(night: Night) -> None:
    """Past five an in-app message waits for tomorrow, a notice goes."""
    late = replace(night, clock=Clock(night.as_of, MIDNIGHT + timedelta(hours=18), played=False))
    queue(night, 0, **INAPP)
    queue(night, 1, **NOTIFY)
    assert deliver(late) == {"queued": 1, "sent": 1}


def test_a_kill_switch_stops_notices_too(night: Night) -> None:
    """Stopped is stopped."""
    queue(night, 0, **NOTIFY)
    with begin(night.engine) as conn:
        stop(conn, "*", MIDNIGHT)
    assert deliver(night) == {"queued": 1}


def test_a_full_disk_puts_a_message_off(night: Night) -> None:
    """What cannot be written is tried again later, and nothing is half there."""
    queue(night, 0, **NOTIFY)
    night.settings.outbox_dir.write_text("in the way")
    assert deliver(night) == {"deferred": 1}


def test_a_mail_server_that_is_away_stops_only_mail(night: Night) -> None:
    """The outbox is emptied all the same, and the trouble is told."""
    queue(night, 0)
    queue(night, 1, **NOTIFY)
    with pytest.raises(MailServerAway):
        deliver(night, Transport(Server("127.0.0.1", 1), None))
    assert states(night) == {"queued": 1, "sent": 1}


@pytest.mark.parametrize(("enrolled", "state"), [("2024-12-20", "sent"), ("2024-12-10", "suppressed")])
def test_a_conversation_begun_after_the_customer_left_goes_on(night: Night, enrolled: str, state: str) -> None:
    """Winning back writes to those who left; a conversation from before does not."""
    left = {"account_id": "A-0", "contract_status": "churned", "stage": "churned", "stage_since": date(2024, 12, 15)}
    night.lake.write(night.path("sheet_account.parquet"), pa.Table.from_pylist([left]))
    queue(night, 0)
    told = {"enrollment_id": "E-0", "play": "win-back", "play_hash": "h", "occurrence": "1", "on": enrolled}
    with begin(night.engine) as conn:
        append(conn, Event("enroll:E-0", "enrolled", "account:A-0", MIDNIGHT, "A-0", told))
    assert deliver(night) == {state: 1}
