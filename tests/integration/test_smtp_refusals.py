"""What a server refuses, and whom: an address, a message, or us; and when a run stops by itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables import task
from tasks.deliver import deliver
from tasks.mail.smtp import MailServerAway
from tasks.store.engine import begin, read
from tasks.store.messages import get
from tasks.store.suppressions import suppressed
from tasks.store.switches import resume
from tests.mailroom import NINE, address, key_of, land_contacts, queue, reasons, states
from tests.smtp_desk import Told, ids, later, serving, today, why_mail_is_stopped


@pytest.mark.parametrize(
    ("reply", "suppresses"),
    [
        ("550 5.1.1 unknown", True), ("550 5.1.2 no such host", True), ("550 5.1.10 null mx", True),
        ("550 no", False), ("552 5.2.2 full", False), ("550 5.4.1 no", False),
    ],
)  # fmt: skip
def test_an_unknown_address_is_suppressed_alone(tmp_path: Path, reply: str, suppresses: bool) -> None:
    """Only 5.1.x bars an address, with the code as its reason; the neighbors go."""
    handler = Told(lambda verb, about: reply if (verb, about) == ("RCPT", address(1)) else None)
    with serving(handler) as port:
        night = today(tmp_path, port)
        land_contacts(night, 3)
        for number in range(3):
            queue(night, number)
        assert deliver(night) == {"sent": 2, "refused": 1}
    assert sorted(handler.recipients) == [address(0), address(2)]
    with read(night.engine) as conn:
        found = {one.address_key: (one.scope, one.source) for one in suppressed(conn).values()}
    assert found == ({key_of(night, 1): ("all", "smtp")} if suppresses else {})
    assert why_mail_is_stopped(night) == ""


@pytest.mark.parametrize(
    ("verb", "reply", "state"),
    [
        ("MAIL", "550 5.7.1 not you", "deferred"), ("MAIL", "530 5.7.0 authenticate", "deferred"),
        ("MAIL", "535 5.7.8 bad credentials", "deferred"), ("MAIL", "553 5.1.8 no such sender", "deferred"),
        ("RCPT", "530 authenticate first", "deferred"), ("RCPT", "550 5.1.8 your sender is unknown", "deferred"),
        ("RCPT", "554 5.7.1 relay access denied", "refused"), (".", "554 5.7.1 spam", "refused"),
    ],
)  # fmt: skip
def test_a_refusal_of_us_stops_mail_and_bars_nobody(tmp_path: Path, verb: str, reply: str, state: str) -> None:
    """One message bears the answer, the others stay queued; status tells why, and resuming sends them."""
    replies = {verb: reply}
    handler = Told(lambda asked, _: replies.get(asked))
    with serving(handler) as port:
        night = today(tmp_path, port, sending={"connections": 1})
        land_contacts(night, 4)
        for number in range(4):
            queue(night, number)
        assert deliver(night) == {state: 1}
        assert states(night) == {state: 1, "queued": 3}
        assert reply.split(maxsplit=1)[0] in why_mail_is_stopped(night)
        replies.clear()
        assert deliver(night) == {}, "nothing goes before a person has looked"
        with begin(night.engine) as conn:
            assert not suppressed(conn)
            assert resume(conn, "mail", night.clock.now)
        assert deliver(later(night, minutes=10))["sent"] == (4 if state == "deferred" else 3)


def test_a_refused_login_stops_mail(tmp_path: Path) -> None:
    """A server that offers no login for the one we have is away; nothing is claimed."""
    with serving(Told()) as port:
        night = today(tmp_path, port, smtp_username="perennial", smtp_password="wrong")
        land_contacts(night, 1)
        queue(night, 0)
        with pytest.raises(MailServerAway):
            deliver(night)
    assert states(night) == {"queued": 1}


def test_too_many_refusals_stop_the_run(tmp_path: Path) -> None:
    """After the canary, more than the share of errors: the rest waits for a person."""
    handler = Told(lambda verb, _: "550 5.1.1 unknown" if verb == "RCPT" else None)
    with serving(handler) as port:
        night = today(tmp_path, port, sending={"canary": 6, "errors": "20%"})
        land_contacts(night, 40)
        for number in range(40):
            queue(night, number)
        assert deliver(night) == {"refused": 6}
    assert states(night) == {"refused": 6, "queued": 34}
    assert "6 of 6 mails were refused" in why_mail_is_stopped(night)


def test_the_rest_waits_when_none_of_the_first_is_taken(tmp_path: Path) -> None:
    """All of the canary deferred: the run ends, nothing is stopped, the next one tries again."""
    full = {"RCPT": "452 4.3.1 full"}
    with serving(Told(lambda verb, _: full.get(verb))) as port:
        night = today(tmp_path, port, sending={"canary": 5})
        land_contacts(night, 20)
        for number in range(20):
            queue(night, number)
        assert deliver(night) == {"deferred": 5}
        assert states(night) == {"deferred": 5, "queued": 15}
        assert why_mail_is_stopped(night) == ""
        full.clear()
        assert deliver(later(night, minutes=6)) == {"sent": 20}


def test_what_is_put_off_waits_longer_each_time(tmp_path: Path) -> None:
    """5 minutes, doubling, 4 hours at the most; after 5 days it is over, and says what the server said."""
    with serving(Told(lambda verb, _: "451 4.3.0 later" if verb == "." else None)) as port:
        night = today(tmp_path, port)
        land_contacts(night, 1)
        queue(night, 0, expires=None, deadline=False, channel="forward", touch=False)
        waits = []
        for _ in range(9):
            before = night.clock.now
            deliver(night)
            with read(night.engine) as conn:
                message = get(conn, "M-0")
            assert message is not None
            assert message.not_before is not None
            waits.append(message.not_before - before)
            night = later(night, seconds=int(waits[-1].total_seconds()))
        minutes = [5, 10, 20, 40, 80, 160, 240, 240, 240]
        assert waits == [timedelta(minutes=number) for number in minutes]
        assert deliver(later(night, days=5)) == {"expired": 1}
    assert reasons(night)["M-0"] == "the server put it off for 5 days: 451 4.3.0"


def test_a_deadline_that_is_put_off_becomes_a_task(tmp_path: Path) -> None:
    """After four hours the CSM is to write himself: once, and the mail does not go as well."""
    with serving(Told(lambda verb, _: "451 4.3.0 later" if verb == "RCPT" else None)) as port:
        night = today(tmp_path, port)
        land_contacts(night, 1)
        enroll(night)
        queue(night, 0, deadline=True, klass="contractual", expires=(NINE + timedelta(days=30)).isoformat())
        assert deliver(night) == {"deferred": 1}
        assert deliver(later(night, hours=3)) == {"deferred": 1}
        assert deliver(later(night, hours=5)) == {"expired": 1}
        assert deliver(later(night, hours=6)) == {}
    with read(night.engine) as conn:
        (found,) = conn.execute(select(task.c.title, task.c.step)).all()
    assert found.step == "notice"
    assert "put it off for 4 hours: 451 4.3.0" in found.title
    assert ids(night, "expired") == {"M-0"}


def enroll(night: "object") -> None:
    """The conversation of message 0."""
    from models.event import Event
    from tasks.night import Night
    from tasks.store.events import append

    assert isinstance(night, Night)
    payload = {"enrollment_id": "E-0", "play": "renewal", "play_hash": "h", "occurrence": "1", "members": [], "arm": "",
               "trigger": "scheduled", "on": night.as_of.isoformat()}  # fmt: skip
    with begin(night.engine) as conn:
        append(conn, Event("enroll:E-0", "enrolled", "contract:1", night.clock.now, "A-0", payload))
