"""What a relay has taken, found out by its log or its copies; also with a real Postfix, where there is one."""

import asyncio
import gzip
import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.deliver import deliver
from tasks.mail.mime import message_id_header
from tasks.mail.relay_log import in_copies, in_log
from tasks.mail.smtp import Courier, Server
from tasks.night import Night
from tasks.store.engine import begin, read
from tasks.store.messages import claim, get, keep_bytes, move
from tests.mailroom import NINE, address, land_contacts, queue, reasons, states
from tests.postfix import Postfix, missing, running
from tests.smtp_desk import Told, serving, today

LOG = """\
Dec 01 00:25:04 relay postfix/smtpd[4024]: 52131224BE4: client=localhost[127.0.0.1]
Dec 01 00:25:04 relay postfix/cleanup[4028]: 52131224BE4: message-id=<taken@x.example>
Dec 01 00:25:04 relay postfix/qmgr[4022]: 52131224BE4: from=<a@x.example>, size=374, nrcpt=2 (queue active)
Dec 01 00:25:05 relay postfix/smtpd[4024]: 566BA224BE7: client=localhost[127.0.0.1]
Dec 01 00:25:05 relay postfix/cleanup[4028]: 566BA224BE7: message-id=<broken-off@x.example>
Dec 01 00:25:05 relay postfix/smtpd[4024]: lost connection after DATA (120 bytes) from localhost[127.0.0.1]
Dec 01 00:25:06 relay postfix/cleanup[4028]: 3xY9zL1Kq2z5Nvs: message-id=<long-id@x.example>
Dec 01 00:25:06 relay postfix/qmgr[4022]: 3xY9zL1Kq2z5Nvs: from=<>, size=374, nrcpt=1 (queue active)
Dec 01 00:25:07 relay postfix/cleanup[4028]: 596B5224BE1: message-id=<not ours@x.example>
"""
WANTED = {f"<{name}@x.example>" for name in ("taken", "broken-off", "long-id", "absent")}


def _plain(folder: Path) -> Path:
    path = folder / "mail.log"
    path.write_text(LOG)
    return path


def _rotated(folder: Path) -> Path:
    """The log has just been rotated, in the middle of a message."""
    path, lines = folder / "mail.log", LOG.splitlines(keepends=True)
    (folder / "mail.log.1").write_text("".join(lines[:2]))
    path.write_text("".join(lines[2:]))
    return path


def _packed(folder: Path) -> Path:
    path = folder / "mail.log"
    with gzip.open(folder / "mail.log.1.gz", "wt") as file:
        file.write(LOG)
    path.write_text("")
    return path


@pytest.mark.parametrize("made", [_plain, _rotated, _packed])
def test_a_log_tells_what_the_queue_has(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    """What was broken off after its header is not in the queue, although its Message-ID was noted."""
    assert in_log(made(tmp_path), WANTED) == {"<taken@x.example>", "<long-id@x.example>"}


def test_copies_tell_what_was_taken(tmp_path: Path) -> None:
    """By the header, folded or not, in whatever case; a text that quotes a Message-ID is no copy."""
    new = tmp_path / "new"
    new.mkdir()
    (new / "1").write_bytes(b"From: a@x.example\r\nMessage-Id: <taken@x.example>\r\n\r\nHello\r\n")
    (new / "2").write_bytes(b"message-id:\n <long-id@x.example>\nFrom: a@x.example\n\nHello\n")
    (new / "3").write_bytes(b"From: a@x.example\n\nMessage-ID: <absent@x.example>\n")
    assert in_copies(tmp_path, WANTED) == {"<taken@x.example>", "<long-id@x.example>"}


def left_behind(night: Night, number: int, **changes: object) -> bytes:
    """A message whose sender died after DATA began; gives its bytes."""
    id_ = queue(night, number, account=f"A-{number}", **changes)
    header = message_id_header(id_, night.settings.mail_from)
    content = f"From: a@b.example\r\nMessage-ID: {header}\r\n\r\nfirst bytes\r\n".encode()
    with begin(night.engine) as conn:
        assert claim(conn, id_, NINE)
        keep_bytes(conn, id_, content)
        move(conn, id_, expected={"claimed"}, kind="message_transmitting", effective_at=NINE,
             payload={"attempt": 1, "via": "relay"})  # fmt: skip
    return content


@pytest.mark.parametrize(
    ("grace", "behind", "after"),
    [(300, False, {"uncertain": 1}), (0, False, {"sent": 1}), (0, True, {"uncertain": 1})],
)
def test_what_is_not_found_waits_for_the_grace(tmp_path: Path, grace: int, behind: bool, after: dict[str, int]) -> None:
    """The relay may still be at it; and a log that nobody has written to since tells nothing."""
    log = tmp_path / "mail.log"
    handler = Told()
    with serving(handler) as port:
        night = today(tmp_path / "var", port, relay_log=log, relay_grace=grace)
        land_contacts(night, 1)
        left_behind(night, 0)
        log.write_text("")
        if behind:
            long_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
            os.utime(log, (long_ago, long_ago))
        deliver(night)
    assert states(night) == after
    assert handler.recipients == ([address(0)] if after == {"sent": 1} else [])


def test_a_ledger_that_cannot_be_read_decides_nothing(tmp_path: Path) -> None:
    """Not even a contract notice goes again blindly: it stays uncertain, and is shown."""
    handler = Told()
    with serving(handler) as port:
        night = today(tmp_path / "var", port, relay_log=tmp_path / "nowhere", relay_grace=0)
        land_contacts(night, 1)
        left_behind(night, 0, klass="contractual")
        assert deliver(night) == {}
    assert states(night) == {"uncertain": 1}
    assert not handler.recipients


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """A real Postfix."""
    if why := missing():
        pytest.skip(why)
    with running() as found:
        yield found


def _until(done: Callable[[], bool]) -> None:
    """Wait for what another program writes."""
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        time.sleep(0.1)


def _hand_over(port: int, content: bytes) -> None:
    """Transmit as the sender does that died before it could note the answer."""

    async def one() -> None:
        async def before() -> bytes:
            return content

        courier = await Courier.connect(Server("127.0.0.1", port))
        assert (await courier.send("a@b.example", address(0), before)).state == "sent"
        courier.close()

    asyncio.run(one())


def _break_off(port: int, content: bytes) -> None:
    """The header goes out, and the sender dies in the middle of the text."""
    with socket.create_connection(("127.0.0.1", port), 10) as one, one.makefile("rwb") as file:
        file.readline()
        for line in (b"EHLO localhost", b"MAIL FROM:<a@b.example>", b"RCPT TO:<b@c.example>", b"DATA"):
            file.write(line + b"\r\n")
            file.flush()
            while file.readline()[3:4] == b"-":
                pass
        file.write(content)
        file.flush()
        time.sleep(0.3)


@pytest.mark.parametrize("ledger", ["relay_log", "relay_copies"])
def test_a_real_postfix_is_asked(tmp_path: Path, postfix: Postfix, ledger: str) -> None:
    """Three whose sender died: one taken, one broken off, one never begun; each is with Postfix once in the end."""
    where = postfix.log if ledger == "relay_log" else postfix.copies
    domain = f"{ledger.replace('_', '-')}.example"
    given: dict[str, Any] = {"relay_grace": 0, "mail_from": f"success@{domain}", ledger: where}
    night = today(tmp_path, postfix.port, **given)
    land_contacts(night, 4)
    contents = [left_behind(night, number) for number in range(3)]
    queue(night, 3)
    _hand_over(postfix.port, contents[0])
    _break_off(postfix.port, contents[1])
    headers = [message_id_header(f"M-{number}", night.settings.mail_from) for number in range(4)]
    find = in_log if ledger == "relay_log" else in_copies
    _until(lambda: find(where, headers) == {headers[0]})
    assert deliver(night) == {"sent": 3}
    assert states(night) == {"sent": 4}
    with read(night.engine) as conn:
        first = get(conn, "M-0")
    assert first is not None
    assert (first.reply, first.attempts) == ("found in the relay's ledger", 1)
    _until(lambda: len(in_copies(postfix.copies, headers)) == 4)
    copies = [path.read_bytes() for path in (postfix.copies / "new").iterdir()]
    assert [sum(header.encode() in copy for copy in copies) for header in headers] == [1, 1, 1, 1]
    assert reasons(night)["M-2"] == "" or "ledger" in reasons(night)["M-2"]
