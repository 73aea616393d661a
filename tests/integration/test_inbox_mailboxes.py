"""Both mailboxes, a real IMAP server and a Maildir: unread is given, what is taken is marked, a kill loses nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import Settings
from models.errors import Away
from models.tables import event
from tasks.failpoint import VARIABLE
from tasks.inbox.imap import open_imap
from tasks.inbox.maildir import open_maildir
from tasks.inbox.parse import LARGEST, READ
from tasks.inbox.read import read_inbox
from tasks.inbox.standing import inbox_standing
from tasks.store.engine import open_store, read
from tests.dovecot import BINARY, Dovecot, dovecot
from tests.inbox_desk import NOW, InboxDesk, address, inbox_desk, mail

needs_dovecot = pytest.mark.skipif(not BINARY, reason="no Dovecot here (Debian: apt-get install dovecot-imapd)")
READER = """
from config.settings import Settings
from tasks.inbox.read import read_inbox
from tasks.opening import open_place
with open_place(Settings.load()) as place:
    read_inbox(place)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """One server for all."""
    with dovecot() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[InboxDesk]:
    """An installation that has sent messages 1 and 2."""
    engine = open_store(f"sqlite:///{tmp_path / 'perennial.db'}")
    with inbox_desk(engine, tmp_path) as found:
        found.sent(1)
        found.sent(2)
        yield found
    engine.dispose()


def answer(desk: InboxDesk, number: int) -> bytes:
    """A person's answer."""
    return mail(address(number), desk.to("r", number), "Re: x", "Yes.", Message_ID=f"<{number}@customer.example>")


def at(desk: InboxDesk, server: Dovecot) -> InboxDesk:
    """The same installation with its mailbox on the server."""
    there = Settings(_env_file=None, **server.settings)
    settings = desk.settings.model_copy(update={name: getattr(there, name) for name in server.settings})
    return replace(desk, place=replace(desk.place, settings=settings))


@needs_dovecot
def test_an_imap_server_is_read_and_marked(desk: InboxDesk, server: Dovecot) -> None:
    """By verified TLS; a second pass finds nothing."""
    there = at(desk, server)
    server.deliver(answer(desk, 1), "one")
    server.deliver(b"From: x@y.example\r\nSubject: spam\r\n\r\nx\r\n", "two")
    with open_imap(there.settings, server.trust) as box:
        since = box.waiting_since()
    assert since is not None
    assert abs(datetime.now(UTC) - since) < timedelta(hours=2)

    found = read_inbox(there.place, open_imap(there.settings, server.trust), NOW)

    assert found["mails"] == {"reply": 1, "unknown": 1}
    assert read_inbox(there.place, open_imap(there.settings, server.trust), NOW)["mails"] == {}
    assert server.flags() == {"one": "S", "two": "S"}


@needs_dovecot
def test_what_was_not_marked_is_read_again_and_does_nothing(desk: InboxDesk, server: Dovecot) -> None:
    """The connection goes between the effects and the mark."""
    there = at(desk, server)
    server.deliver(answer(desk, 2), "three")
    with open_imap(there.settings, server.trust) as box:
        (found,) = box.unread(10)
        assert found.content.replace(b"\r\n", b"\n") == answer(desk, 2)
        assert [one.handle for one in box.unread(10)] == [found.handle]
    for counts in ({"reply": 1}, {}):
        assert read_inbox(there.place, open_imap(there.settings, server.trust), NOW)["mails"] == counts


@needs_dovecot
def test_of_a_mail_above_ten_megabytes_only_the_head_is_fetched(desk: InboxDesk, server: Dovecot) -> None:
    """It is judged all the same, and stays where it is."""
    there = at(desk, server)
    large = answer(desk, 1).replace(b"<1@customer", b"<large@customer") + b"y" * 76 + b"\n" + b"x\n" * (LARGEST // 2)
    server.deliver(large, "large")
    with open_imap(there.settings, server.trust) as box:
        (found,) = box.unread(10)
    assert (len(found.content), found.whole) == (READ, False)
    assert read_inbox(there.place, open_imap(there.settings, server.trust), NOW)["mails"] == {"reply": 1}


@needs_dovecot
@pytest.mark.parametrize(("wrong", "trusted"), [({}, False), ({"inbox_password": "wrong"}, True)])
def test_a_server_that_is_not_trusted_or_does_not_let_us_in_is_away(
    desk: InboxDesk, server: Dovecot, wrong: dict[str, str], *, trusted: bool
) -> None:
    """Nothing is sent to a server whose certificate nobody vouches for; status tells of it, without the password."""
    there = at(desk, replace(server))
    settings = there.settings.model_copy(update={k: type(there.settings.inbox_password)(v) for k, v in wrong.items()})
    with pytest.raises(Away, match=r"the mailbox at 127\.0\.0\.1 cannot be read: \w+$"):
        read_inbox(there.place, open_imap(settings, server.trust if trusted else None), NOW)
    with read(desk.place.engine) as conn:
        assert "cannot be read" in inbox_standing(conn, there.settings, NOW).trouble[0]


def test_a_maildir_is_read_and_moved(desk: InboxDesk) -> None:
    """From new to cur, oldest first; hidden files stay."""
    desk.drop(b"x", ".hidden")
    assert desk.read(answer(desk, 1), b"From: a@b.example\n\nspam\n") == {"reply": 1, "unknown": 1}
    folder = desk.settings.inbox_dir
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["0000.mail:2,S", "0001.mail:2,S"]
    assert [path.name for path in (folder / "new").iterdir()] == [".hidden"]


def test_mail_that_lies_unread_for_six_hours_is_trouble(desk: InboxDesk) -> None:
    """So that a dead reader is seen."""
    desk.drop(answer(desk, 1), "old")
    written = (desk.settings.inbox_dir / "new" / "old").stat().st_mtime
    told = {}
    with read(desk.place.engine) as conn:
        for hours in (5, 7):
            now = datetime.fromtimestamp(written, UTC) + timedelta(hours=hours)
            told[hours] = [line[:32] for line in inbox_standing(conn, desk.settings, now).trouble]
    assert told == {5: [], 7: ["the inbox: mail lies unread since"[:32]]}


def test_of_a_large_file_only_the_head_is_read(desk: InboxDesk) -> None:
    """As of a large mail on a server."""
    desk.drop(answer(desk, 1) + b"x\n" * (LARGEST // 2), "large")
    with open_maildir(desk.settings.inbox_dir) as box:
        (found,) = box.unread(10)
    assert (len(found.content), found.whole) == (READ, False)


def test_a_reader_that_is_killed_between_effect_and_mark_does_it_once(desk: InboxDesk) -> None:
    """SIGKILL after the commit: the mail is still in new, and the next pass does nothing but mark it."""
    today = datetime.now(UTC)
    desk.drop(
        mail(address(1), desk.to("r", 1, today.date()), "Re: x", "Yes.", Message_ID="<1@customer.example>"), "mail"
    )
    with read(desk.place.engine) as conn:
        before = len(conn.execute(select(event)).all())
    environment = {**os.environ, "PERENNIAL_VAR": str(desk.settings.var), VARIABLE: "inbox_taken"}
    killed = subprocess.run([sys.executable, "-c", READER], env=environment, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    with read(desk.place.engine) as conn:
        after = len(conn.execute(select(event)).all())

    assert after == before + 2  # the forward and what was received
    assert desk.read(wall=today) == {"again": 1}
    with read(desk.place.engine) as conn:
        assert len(conn.execute(select(event)).all()) == after
