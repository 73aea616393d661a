"""What a server answers, and what it does not: states, limits on who may be written to, and ledgers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.clock import Clock
from tasks.deliver import deliver
from tasks.mail.mailbox import find, store
from tasks.mail.mime import message_id_header
from tasks.mail.smtp import MailServerAway, Server
from tasks.mail.transport import Transport, choose
from tasks.night import Night
from tasks.store.engine import begin
from tasks.store.messages import claim, keep_bytes, move
from tests.mailroom import NINE, address, land_contacts, outcome, queue, reasons, received, room, states
from tests.smtp_desk import serving

TODAY = datetime(2024, 12, 31, 10, tzinfo=UTC)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played night with ten contacts."""
    made = room(tmp_path)
    land_contacts(made, 10)
    yield made
    made.engine.dispose()


class Scripted:
    """An aiosmtpd handler that answers DATA, recipient by recipient, as told."""

    def __init__(self, replies: Callable[[str], str]) -> None:
        self.replies = replies
        self.recipients: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """Remember the recipient, answer by script; an answer `drop` closes the connection."""
        self.recipients += envelope.rcpt_tos
        reply = self.replies(envelope.rcpt_tos[0])
        if reply == "drop":
            server.transport.abort()
        return reply


def live(night: Night, **settings: Any) -> Night:
    """The same installation, today at ten, with a mail server configured."""
    given = night.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_tls": "none", **settings})
    return replace(night, settings=given, clock=Clock(night.as_of, TODAY, played=False))


def test_answers_become_states(night: Night) -> None:
    """Later, never, sent: neighbors of a refused message go; a deferred one goes later with the same bytes."""
    replies = {address(0): "452 4.3.1 full", address(1): "550 5.1.1 unknown"}
    handler = Scripted(lambda recipient: replies.get(recipient, "250 2.0.0 ok"))
    for number in range(5):
        queue(night, number)
    with serving(handler) as port:
        today = live(night, smtp_port=port, allow_recipients=",".join(address(n).split("@")[1] for n in range(5)))
        assert deliver(today) == {"sent": 3, "deferred": 1, "refused": 1}
        assert outcome(night, 0) is None
        assert outcome(night, 1) == "refused"
        replies.clear()
        assert deliver(today) == {}
        later = replace(today, clock=Clock(night.as_of, TODAY + timedelta(minutes=6), played=False))
        assert deliver(later) == {"sent": 1}
    assert sorted(handler.recipients) == sorted([address(0), *(address(n) for n in range(5))])
    assert outcome(night, 0) == "sent"


def test_nothing_leaves_unless_allowed(night: Night) -> None:
    """LIVE is false: a configured server gets allowed recipients only; the others are held and say why."""
    queue(night, 0)
    queue(night, 1)
    handler = Scripted(lambda _: "250 ok")
    with serving(handler) as port:
        assert deliver(live(night, smtp_port=port, allow_recipients=address(1).upper())) == {"sent": 1, "held": 1}
    assert handler.recipients == [address(1)]
    assert "ALLOW_RECIPIENTS" in reasons(night)["M-0"]


def test_a_played_day_never_uses_a_configured_server(night: Night) -> None:
    """Another day than today stays on this machine, whatever is configured."""
    with_server = night.settings.model_copy(update={"smtp_host": "mail.example", "allow_recipients": "example"})
    assert choose(with_server, night.clock).server is None
    assert choose(with_server, Clock(night.as_of, TODAY, played=False)).barred


def test_a_server_that_is_away_changes_nothing(night: Night) -> None:
    """Messages stay queued, and the error names the server."""
    queue(night, 0)
    with serving(Scripted(lambda _: "250 ok")) as port:
        pass
    with pytest.raises(MailServerAway, match=str(port)):
        deliver(live(night, smtp_port=port, allow_recipients=address(0)))
    assert states(night) == {"queued": 1}


def _left_behind(night: Night, number: int, via: str, **changes: Any) -> str:
    """A message whose sender died after DATA began."""
    id_ = queue(night, number, **changes)
    content = f"Message-ID: {message_id_header(id_, night.settings.mail_from)}\r\n\r\nfirst bytes\r\n".encode()
    with begin(night.engine) as conn:
        assert claim(conn, id_, NINE)
        keep_bytes(conn, id_, content)
        payload = {"attempt": 1, "via": via}
        move(conn, id_, expected={"claimed"}, kind="message_transmitting", effective_at=NINE, payload=payload)
    return id_


def test_a_ledger_tells_what_arrived(night: Night) -> None:
    """Found is sent without sending; not found goes again, with the bytes of the first time."""
    found = _left_behind(night, 0, "loopback")
    _left_behind(night, 1, "loopback")
    header = message_id_header(found, night.settings.mail_from)
    store(night.settings.mailbox_dir, header, b"as it came")
    assert deliver(night) == {"sent": 1}
    assert states(night) == {"sent": 2}
    mails = sorted(received(night.settings.mailbox_dir))
    assert mails[1] == b"as it came"
    assert b"first bytes" in mails[0]
    assert outcome(night, 0) == outcome(night, 1) == "sent"


def test_without_a_ledger_only_contracts_go_again(night: Night) -> None:
    """A contract notice once more, marked; all else waits for a person, and says what it waits for."""
    _left_behind(night, 0, "relay", klass="contractual")
    _left_behind(night, 1, "relay", klass="service")
    handler = Scripted(lambda _: "drop")
    with serving(handler) as port:
        today = live(night, smtp_port=port, allow_recipients=address(0))
        assert deliver(today) == {"uncertain": 1}
        assert states(night) == {"held": 1, "uncertain": 1}
        assert deliver(today) == {}
    assert states(night) == {"held": 2}
    assert handler.recipients == [address(0)]
    assert "may have arrived" in reasons(night)["M-1"]


def test_a_claimed_message_of_a_dead_sender_goes(night: Night) -> None:
    """It never left, so nothing is asked."""
    id_ = queue(night, 0)
    with begin(night.engine) as conn:
        claim(conn, id_, NINE)
    assert deliver(night) == {"sent": 1}


def test_the_mailbox_takes_a_message_id_once(tmp_path: Path) -> None:
    """Also after a mail program has read it."""
    assert store(tmp_path, "<1@x.example>", b"one")
    assert not store(tmp_path, "<1@x.example>", b"one")
    (only,) = (tmp_path / "new").iterdir()
    only.rename(tmp_path / "cur" / f"{only.name}:2,S")
    assert find(tmp_path, " <1@x.example> ")
    assert not store(tmp_path, "<1@x.example>", b"one")


def test_an_external_sink_with_a_ledger_is_asked_too(night: Night, tmp_path: Path) -> None:
    """The transport says where its ledger lies, whoever runs the server."""
    sink = tmp_path / "sink"
    handler = Scripted(lambda _: "250 ok")
    id_ = _left_behind(night, 0, "loopback")
    store(sink, message_id_header(id_, night.settings.mail_from), b"x")
    with serving(handler) as port:
        assert deliver(night, Transport(Server("127.0.0.1", port), sink)) == {}
    assert states(night) == {"sent": 1}
    assert not handler.recipients
