"""SMTP in phases, against servers that misbehave on purpose: what may be repeated, and what nobody can know."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiosmtplib
import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from tasks.mail.smtp import Answer, Courier, MailServerAway, Server
from tests.mail_faults import Fault

CONTENT = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\n.\r\n..dots\r\nend\r\n"


@dataclass
class Told:
    """What the sender was told about the phases."""

    transmitting: int = 0

    async def before_data(self) -> bytes:
        """The last thing before DATA."""
        self.transmitting += 1
        return CONTENT


async def _with(fault: Fault, what: Callable[[int], Awaitable[Answer]]) -> Answer:
    server = await asyncio.start_server(fault, "127.0.0.1", 0)
    async with server:
        return await what(server.sockets[0].getsockname()[1])


def transmit(fault: Fault, told: Told, seconds: float = 5.0) -> Answer:
    """One message against the server."""

    async def one(port: int) -> Answer:
        courier = await Courier.connect(Server("127.0.0.1", port, reply_seconds=1.0, session_seconds=seconds))
        try:
            return await courier.send("a@b.example", "c@d.example", told.before_data)
        finally:
            courier.close()

    return asyncio.run(_with(fault, one))


@pytest.mark.parametrize(
    ("replies", "state", "reply", "transmitting"),
    [
        ({}, "sent", "250 2.0.0", 1),
        ({"MAIL": "451 4.3.0 later"}, "deferred", "sender refused: 451 4.3.0", 0),
        ({"MAIL": "550 5.7.1 not you"}, "deferred", "sender refused: 550 5.7.1", 0),
        ({"RCPT": "450 4.2.1 c@d.example busy"}, "deferred", "450 4.2.1", 0),
        ({"RCPT": "550 5.1.1 c@d.example unknown"}, "refused", "550 5.1.1", 0),
        ({"DATA": "451 4.3.0 later"}, "deferred", "451 4.3.0", 1),
        ({"DATA": "554 5.5.0 no"}, "refused", "554 5.5.0", 1),
        ({".": "452 4.3.1 full"}, "deferred", "452 4.3.1", 1),
        ({".": "554 5.7.1 spam"}, "refused", "554 5.7.1", 1),
        ({"RCPT": "421 4.3.2 closing"}, "deferred", "421 4.3.2", 0),
        ({".": "421 4.3.2 closing"}, "deferred", "421 4.3.2", 1),
        ({"DATA": "250 odd"}, "deferred", "250", 1),
    ],
)  # fmt: skip
def test_an_answer_is_taken_for_what_it_is(replies: dict[str, str], state: str, reply: str, transmitting: int) -> None:
    """4xx is later, 5xx is never, a sender that is refused is our own trouble; replies keep codes, no addresses."""
    told = Told()
    answer = transmit(Fault(replies), told)
    assert (answer.state, answer.reply) == (state, reply)
    assert told.transmitting == transmitting


@pytest.mark.parametrize(
    ("drops", "state", "transmitting"),
    [
        ("MAIL", "deferred", 0), ("RCPT", "deferred", 0), ("DATA", "deferred", 1), ("BODY", "uncertain", 1),
        (".", "uncertain", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["drops", "hangs"])
def test_a_fault_is_safe_before_the_message_and_uncertain_after(
    drops: str, state: str, transmitting: int, how: str
) -> None:
    """The phase decides, not the exception, which is the same everywhere."""
    if (how, drops) == ("hangs", "BODY"):
        return
    told = Told()
    answer = transmit(Fault(drops=drops) if how == "drops" else Fault(hangs=drops), told)
    assert (answer.state, answer.broken, told.transmitting) == (state, True, transmitting)


def test_a_session_has_an_end() -> None:
    """A server that says nothing after the message is left at the deadline, and the message is uncertain."""
    answer = transmit(Fault(hangs="."), Told(), seconds=0.4)
    assert answer.state == "uncertain"


def test_the_message_arrives_dot_for_dot() -> None:
    """Leading dots are doubled on the wire; one recipient is named."""
    fault = Fault()
    assert transmit(fault, Told()).state == "sent"
    assert fault.taken == [CONTENT.replace(b"\r\n.", b"\r\n..") + b".\r\n"]
    assert fault.recipients == ["RCPT TO:<c@d.example>"]


def test_the_next_message_goes_after_a_refusal() -> None:
    """A refused recipient leaves the connection usable."""
    fault = Fault({"RCPT": "550 5.1.1 no"})

    async def two(port: int) -> Answer:
        courier = await Courier.connect(Server("127.0.0.1", port))
        first = await courier.send("a@b.example", "c@d.example", Told().before_data)
        assert (first.state, first.broken) == ("refused", False)
        fault.replies.clear()
        second = await courier.send("a@b.example", "e@f.example", Told().before_data)
        await courier.quit()
        return second

    assert asyncio.run(_with(fault, two)).state == "sent"


def test_nobody_listening_is_said() -> None:
    """The clear word names host and port; nothing was claimed yet."""

    async def closed() -> None:
        server = await asyncio.start_server(Fault(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        await Courier.connect(Server("127.0.0.1", port))

    with pytest.raises(MailServerAway, match=r"127\.0\.0\.1:\d+ cannot be used"):
        asyncio.run(closed())


@pytest.mark.parametrize("greeting", ["554 5.3.2 not today", "421 4.3.2 busy", "HTTP/1.1 400 Bad Request"])
def test_a_server_that_does_not_want_us_is_away(greeting: str) -> None:
    """What is no SMTP greeting is no server."""

    async def connect(port: int) -> Answer:
        courier = await Courier.connect(Server("127.0.0.1", port, reply_seconds=1.0))
        return await courier.send("a@b.example", "c@d.example", Told().before_data)

    with pytest.raises(MailServerAway):
        asyncio.run(_with(Fault({"CONNECT": greeting}), connect))


def test_without_starttls_nothing_is_sent() -> None:
    """A server that offers no encryption gets no mail, not even a recipient's address."""
    fault = Fault()

    async def connect(port: int) -> Answer:
        await Courier.connect(Server("127.0.0.1", port, "starttls", reply_seconds=1.0))
        raise AssertionError("it went on in the clear")

    with pytest.raises(MailServerAway):
        asyncio.run(_with(fault, connect))
    assert not fault.recipients


@pytest.fixture
def stranger(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("tls", ["starttls", "required"])
def test_a_certificate_nobody_vouches_for_gets_nothing(
    tmp_path: Path, stranger: ssl.SSLContext, tls: Literal["starttls", "required"]
) -> None:
    """Both kinds of TLS are verified; the same server is used once its certificate is trusted."""
    trusted = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    handler = Sink()

    async def connect() -> Answer:
        loop = asyncio.get_running_loop()
        outer, inner = (stranger, None) if tls == "required" else (None, stranger)
        server = await loop.create_server(
            lambda: SMTP(handler, tls_context=inner, loop=loop), "127.0.0.1", 0, ssl=outer
        )
        async with server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(MailServerAway, match="certificate"):
                await Courier.connect(Server("127.0.0.1", port, tls))
            courier = await Courier.connect(Server("127.0.0.1", port, tls, trust=trusted))
            answer = await courier.send("a@b.example", "c@d.example", Told().before_data)
            await courier.quit()
            return answer

    assert asyncio.run(connect()).state == "sent"


def test_the_library_still_has_what_we_use() -> None:
    """We drive its protocol for the phase after 354; a release that changes it must be noticed."""
    assert hasattr(aiosmtplib.SMTP(), "protocol")
    assert hasattr(aiosmtplib.SMTP(), "execute_command")
