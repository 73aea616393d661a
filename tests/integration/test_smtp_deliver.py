"""Delivering over real SMTP: every queued message ends in one state, with a reason, and its step with it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from models.clock import Clock
from models.errors import Busy
from models.event import Event
from tasks.deliver import deliver
from tasks.mail.mailbox import find
from tasks.mail.mime import message_id_header
from tasks.mail.sender_lock import sender_lock
from tasks.night import Night
from tasks.store.engine import begin, read
from tasks.store.events import append
from tasks.store.messages import get
from tasks.store.suppressions import suppress
from tasks.store.switches import stop
from tests.mailroom import (
    MIDNIGHT,
    NINE,
    address,
    key_of,
    land_contacts,
    outcome,
    queue,
    reasons,
    received,
    room,
    states,
)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played night with ten contacts."""
    made = room(tmp_path)
    land_contacts(made, 10)
    yield made
    made.engine.dispose()


def test_a_played_day_delivers_to_the_mailbox(night: Night) -> None:
    """Each message is in the mailbox once, readable, and its step has ended sent; a second run does nothing."""
    ids = [queue(night, number) for number in range(5)]
    assert deliver(night) == {"sent": 5}
    assert deliver(night) == {}
    assert states(night) == {"sent": 5}
    mails = [message_from_bytes(content, policy=policy.default) for content in received(night.settings.mailbox_dir)]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mails) == sorted(address(n) for n in range(5))
    assert {mail["From"].addresses[0].display_name for mail in mails} == {"Nina Park"}
    assert all(find(night.settings.mailbox_dir, message_id_header(id_, night.settings.mail_from)) for id_ in ids)
    assert {outcome(night, number) for number in range(5)} == {"sent"}


def test_what_is_not_due_stays(night: Night) -> None:
    """Tomorrow's message waits for tomorrow; a real clock does not run ahead."""
    queue(night, 0, not_before=(NINE + timedelta(days=1)).isoformat())
    queue(night, 1)
    assert deliver(replace(night, clock=Clock(night.as_of, NINE - timedelta(minutes=1), played=False))) == {}
    assert deliver(night) == {"sent": 1}
    assert states(night) == {"queued": 1, "sent": 1}


def test_what_is_too_late_expires(night: Night) -> None:
    """Nothing stale is sent; its step has ended expired."""
    queue(night, 0, expires=(NINE - timedelta(hours=1)).isoformat())
    queue(night, 1, expires=(MIDNIGHT - timedelta(hours=1)).isoformat(), state="held", reason="a value is missing")
    assert deliver(night) == {"expired": 2}
    assert outcome(night, 0) == outcome(night, 1) == "expired"
    assert reasons(night)["M-1"] == "a value is missing"
    assert not received(night.settings.mailbox_dir)


@pytest.mark.parametrize("name", ["*", "renewal", "renewal/day-90-notice"])
def test_a_kill_switch_holds_everything_play_or_template(night: Night, name: str) -> None:
    """It is looked at in every claim; what it stops stays queued."""
    queue(night, 0)
    queue(night, 1, play="onboarding", template="onboarding/day-01-intro")
    with begin(night.engine) as conn:
        stop(conn, name, MIDNIGHT)
    counts = deliver(night)
    assert counts["queued"] == (2 if name == "*" else 1)
    assert counts.get("sent", 0) == (0 if name == "*" else 1)
    assert "kill switch" in reasons(night)["M-0"]


@pytest.mark.parametrize(
    ("contact", "message", "state", "reason"),
    [
        ({"consent": None}, {"klass": "marketing"}, "suppressed", "consent"),
        ({"consent": "withdrawn"}, {"klass": "marketing"}, "suppressed", "consent"),
        ({"consent": "granted"}, {"klass": "marketing"}, "sent", ""),
        ({"consent": "withdrawn"}, {"klass": "service"}, "suppressed", "objected"),
        ({"consent": "withdrawn"}, {"klass": "contractual"}, "sent", ""),
        ({"left_on": NINE.date()}, {"klass": "contractual"}, "suppressed", "has left"),
        ({"left_on": NINE.date() + timedelta(days=1)}, {}, "sent", ""),
        ({"address_key": "another"}, {}, "held", "another address"),
        ({}, {"contact": "C-99"}, "suppressed", "is gone"),
        ({}, {"recipient": "no address"}, "refused", "not valid"),
        ({}, {"recipient": "b@x.example>\r\nRCPT TO:<evil@x.example"}, "refused", "not valid"),
    ],
)
def test_the_last_look_at_the_contact(
    tmp_path: Path, contact: dict[str, Any], message: dict[str, Any], state: str, reason: str
) -> None:
    """Consent, leaving and a changed address count until the moment of the claim."""
    made = room(tmp_path)
    land_contacts(made, 2, **contact)
    queue(made, 0, **message)
    assert deliver(made) == {state: 1}
    assert reason in reasons(made)["M-0"]
    assert len(received(made.settings.mailbox_dir)) == (state == "sent")
    assert outcome(made, 0) == (None if state == "held" else state)
    made.engine.dispose()


@pytest.mark.parametrize(
    ("hour", "zone", "goes", "waits_until"),
    [
        (10, "UTC", 2, None),
        (18, "UTC", 1, NINE + timedelta(days=1)),  # past five: tomorrow at nine
        (18, "America/New_York", 2, None),  # early afternoon there
        (10, "Asia/Tokyo", 2, None),  # evening there, but so was the hour that a person queued it for
    ],
)
def test_the_hours_of_the_contact_are_looked_at_in_the_claim(
    tmp_path: Path, hour: int, zone: str, goes: int, waits_until: datetime | None
) -> None:
    """A sender that comes late waits for the next opening; deadline mail goes at once."""
    made = room(tmp_path)
    land_contacts(made, 2, timezone=zone)
    queue(made, 0)
    queue(made, 1, deadline=True)
    late = replace(made, clock=Clock(made.as_of, MIDNIGHT + timedelta(hours=hour), played=False))
    assert deliver(late).get("sent") == goes
    with read(made.engine) as conn:
        message = get(conn, "M-0")
    assert message is not None
    if waits_until:
        assert (message.state, message.not_before) == ("queued", waits_until)
        assert "outside of the hours" in (message.reason or "")
    made.engine.dispose()


def test_two_senders_do_not_work_at_once(night: Night, tmp_path: Path) -> None:
    """The second is told so, and what is queued stays queued."""
    queue(night, 0)
    path = tmp_path / "sender.lock"
    with (
        sender_lock(night.engine, path),
        pytest.raises(Busy, match="nothing was sent"),
        sender_lock(night.engine, path, patience=0.1),
    ):
        pass
    assert states(night) == {"queued": 1}


def test_a_suppressed_address_gets_nothing(night: Night) -> None:
    """Not even a contract notice."""
    queue(night, 0, klass="contractual", deadline=True)
    with begin(night.engine) as conn:
        suppress(conn, [key_of(night, 0)], "unsubscribed", MIDNIGHT)
    assert deliver(night) == {"suppressed": 1}
    assert outcome(night, 0) == "suppressed"


def test_an_exit_between_the_decision_and_the_sending_stops_the_mail(night: Night) -> None:
    """Whoever ended the enrollment: the last look sees it."""
    queue(night, 0)
    told: dict[str, Any] = {"enrollment_id": "E-0", "on": "2024-12-31"}
    start = {**told, "account": "A-0", "play": "renewal", "play_hash": "h", "occurrence": "1", "arm": "treated"}
    end = {**told, "outcome": "stopped", "reason": "exit.stop: left"}
    with begin(night.engine) as conn:
        append(conn, Event("e", "enrolled", "contract:1", MIDNIGHT, "A-0", start))
        append(conn, Event("x", "enrollment_ended", "enrollment:E-0", MIDNIGHT, "A-0", end))
    assert deliver(night) == {"canceled": 1}
    assert outcome(night, 0) == "canceled"


def test_a_step_ends_sent_if_one_of_its_recipients_got_it(night: Night) -> None:
    """Two recipients of one step are one touch; one of them suppressed does not end the step twice."""
    queue(night, 0, enrollment_id="E-0", account="A-0")
    queue(night, 1, enrollment_id="E-0", account="A-0")
    with begin(night.engine) as conn:
        suppress(conn, [key_of(night, 0)], "unsubscribed", MIDNIGHT)
    assert deliver(night) == {"sent": 1, "suppressed": 1}
    assert outcome(night, 0) == "sent"


def test_an_account_is_touched_once_a_day(night: Night) -> None:
    """The second touch waits for the next working day's window; a deadline does not."""
    queue(night, 0, account="A", enrollment_id="E-0")
    queue(night, 1, account="A", enrollment_id="E-1")
    queue(night, 2, account="A", enrollment_id="E-2", deadline=True)
    assert deliver(night) == {"sent": 1, "queued": 2}
    with read(night.engine) as conn:
        sent = get(conn, "M-2")
        waiting = get(conn, "M-0")
    assert sent is not None
    assert waiting is not None
    assert sent.state == "sent"
    assert waiting.not_before == NINE + timedelta(days=1)
    assert "of 1 messages today" in (waiting.reason or "")


def test_an_account_is_touched_three_times_a_week(night: Night) -> None:
    """The fourth touch in seven days waits, whichever day it is."""
    for number in range(3):
        at = (NINE - timedelta(days=2 * number + 1)).isoformat()
        queue(night, number, account="A", not_before=at)
    early = replace(night, clock=Clock(night.as_of, NINE, played=False))
    for number in range(3):
        day = NINE - timedelta(days=2 * (2 - number) + 1)
        deliver(replace(early, clock=Clock(day.date(), day, played=False)))
    assert states(night) == {"sent": 3}
    queue(night, 3, account="A", enrollment_id="E-3")
    assert deliver(night) == {"queued": 1}
    assert "3 messages in 7 days" in reasons(night)["M-3"]


def test_an_address_gets_one_message_a_day(night: Night) -> None:
    """Whatever account it stands in."""
    queue(night, 0)
    queue(night, 1, address_key=key_of(night, 0), contact="C-0", recipient=address(0))
    assert deliver(night) == {"sent": 1, "queued": 1}
