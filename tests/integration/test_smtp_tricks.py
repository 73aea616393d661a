"""Servers that behave badly: each is classified right, none makes us hang, and its neighbors are sent once."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.deliver import deliver
from tasks.mail.smtp import Answer, Courier, MailServerAway, Server
from tests.mailroom import land_contacts, queue, states
from tests.smtp_desk import later, today
from tests.smtp_tricks import Act, Tricks, drip, drop, endless, hang, then_drop

LONG = b"250 " + b"x" * 9000 + b"\r\n"
CONTENT = b"Message-ID: <1@b.example>\r\n\r\nHello\r\n"

AWAY: dict[str, dict[str, Act]] = {
    "greeting drips": {"CONNECT": drip("220 ")}, "greeting hangs": {"CONNECT": hang},
    "greeting drops": {"CONNECT": drop}, "greeting is garbage": {"CONNECT": b"\x00\xff\xfe garbage\r\n"},
    "greeting never ends": {"CONNECT": endless(b"220-more\r\n")}, "greeting refuses": {"CONNECT": "554 5.3.2 no"},
    "greeting is busy": {"CONNECT": then_drop("421 4.3.2 busy")}, "greeting is web": {"CONNECT": "HTTP/1.1 400 Bad"},
    "ehlo hangs": {"EHLO": hang}, "ehlo drops": {"EHLO": drop}, "ehlo drips": {"EHLO": drip("250-")},
    "ehlo never ends": {"EHLO": endless(b"250-FEATURE\r\n")},
    "ehlo and helo refused": {"EHLO": "502 no", "HELO": "502 no"},
    "ehlo is binary": {"EHLO": bytes(range(256)) + b"\r\n"},
}  # fmt: skip

SAFE: dict[str, dict[str, Act]] = {
    "mail hangs": {"MAIL": hang}, "mail drops": {"MAIL": drop}, "mail is garbage": {"MAIL": b"what\r\n"},
    "mail 421": {"MAIL": then_drop("421 4.3.2 closing")}, "mail 451": {"MAIL": "451 4.3.0 later"},
    "rcpt hangs": {"RCPT": hang}, "rcpt drops": {"RCPT": drop}, "rcpt is garbage": {"RCPT": b"\x00\x01\r\n"},
    "rcpt 450": {"RCPT": "450 4.2.1 busy"}, "rcpt 421": {"RCPT": then_drop("421 4.3.2 closing")},
    "rcpt never ends": {"RCPT": endless(b"250-more\r\n")}, "rcpt drips": {"RCPT": drip("250 ")},
    "rcpt is too long": {"RCPT": LONG}, "rcpt has a NUL": {"RCPT": b"2\x0050 ok\r\n"},
    "rcpt answers early": {"RCPT": b"250 ok\r\n354 go on\r\n250 taken\r\n"},
    "data hangs": {"DATA": hang}, "data drops": {"DATA": drop}, "data 451": {"DATA": "451 4.3.0 later"},
    "data is odd": {"DATA": "250 odd"}, "data is garbage": {"DATA": b"yes\r\n"}, "data drips": {"DATA": drip("354 ")},
    "data answers early": {"DATA": b"354 go on\r\n250 2.0.0 taken\r\n"},
    "dot 452": {".": "452 4.3.1 full"}, "dot 421": {".": then_drop("421 4.3.2 closing")},
}  # fmt: skip

MAYBE: dict[str, dict[str, Act]] = {
    "body drops": {"BODY": drop}, "body hangs": {"BODY": hang}, "dot drops": {".": drop}, "dot hangs": {".": hang},
    "dot drips": {".": drip("250 ")}, "dot is garbage": {".": b"taken, thanks\r\n"},
    "dot never ends": {".": endless(b"250-more\r\n")},
    "dot is too long": {".": LONG}, "dot is binary": {".": bytes(range(256)) + b"\r\n"},
    "dot says go on": {".": "354 go on"},
}  # fmt: skip

SENT: dict[str, dict[str, Act]] = {
    "250 and drop": {".": then_drop("250 2.0.0 taken")},
    "many lines": {".": b"250-2.0.0 it\r\n250-is\r\n250 taken\r\n"},
    "250 and more": {".": b"250 2.0.0 taken\r\n250 again\r\n"}, "no ehlo": {"EHLO": "502 5.5.1 what?"},
    "quit drops": {"QUIT": drop}, "quit hangs": {"QUIT": hang},
}  # fmt: skip

REFUSED: dict[str, dict[str, Act]] = {
    "rcpt 550": {"RCPT": "550 5.1.1 unknown"}, "data 554": {"DATA": "554 5.5.0 no"}, "dot 552": {".": "552 5.3.4 big"},
}  # fmt: skip


@contextmanager
def playing(tricks: Tricks) -> Iterator[int]:
    """The server behind a port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_started(tricks))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def _started(tricks: Tricks) -> asyncio.Server:
    return await asyncio.start_server(tricks, "127.0.0.1", 0)


def transmit(tricks: Tricks) -> tuple[Answer, list[bytes]]:
    """One message against the server; also what was committed to be on its way."""
    begun: list[bytes] = []

    async def before() -> bytes:
        begun.append(CONTENT)
        return CONTENT

    async def one(port: int) -> Answer:
        courier = await Courier.connect(Server("127.0.0.1", port, reply_seconds=0.3, session_seconds=0.6))
        answer = await courier.send("a@b.example", "c@d.example", before)
        await courier.quit()
        return answer

    with playing(tricks) as port:
        return asyncio.run(one(port)), begun


@pytest.mark.parametrize("name", AWAY)
def test_a_server_that_never_gets_started_is_away(name: str) -> None:
    """Greeting and EHLO have their limits too; nothing was claimed yet."""
    with pytest.raises(MailServerAway, match="cannot be used"):
        transmit(Tricks(AWAY[name]))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        *((name, "deferred") for name in SAFE), *((name, "uncertain") for name in MAYBE),
        *((name, "sent") for name in SENT), *((name, "refused") for name in REFUSED),
    ],
)  # fmt: skip
def test_what_a_server_does_is_taken_for_what_it_is(name: str, state: str) -> None:
    """Before the message safe, after it uncertain unless it was answered; never a hang, never another's answer."""
    tricks = Tricks({**SAFE, **MAYBE, **SENT, **REFUSED}[name])
    answer, begun = transmit(tricks)
    assert answer.state == state
    assert begun or state in ("deferred", "refused"), "nothing is out that was not committed before"
    assert "d.example" not in answer.reply


@pytest.mark.parametrize("name", ["rcpt hangs", "rcpt is garbage", "data answers early", "dot 421", "250 and drop"])
def test_the_neighbors_of_a_trick_are_sent_once(tmp_path: Path, name: str) -> None:
    """One session goes wrong; every other message arrives once, and the one that was put off a little later."""
    tricks = Tricks({**SAFE, **SENT}[name])
    with playing(tricks) as port:
        night = today(tmp_path, port, sending={"connections": 2}, smtp_reply_seconds=1, smtp_session_seconds=2)
        land_contacts(night, 6)
        for number in range(6):
            queue(night, number)
        deliver(night)
        deliver(later(night, minutes=6))
    assert states(night) == {"sent": 6}
    arrived = [content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for content in tricks.taken]
    extra = {"dot 421": 1}.get(name, 0)  # it took the message, and said that it had not
    assert len(arrived) == 6 + extra
    assert len(set(arrived)) == 6
