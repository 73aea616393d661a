"""A mailbox of an IMAP server: unread mail is taken, and marked as read once all that it caused is committed."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4, Internaldate2tuple
from time import mktime
from typing import Any

from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from config.settings import Settings
from models.errors import Away
from tasks.inbox.mailbox import Found
from tasks.inbox.parse import LARGEST, READ

TIMEOUT = 60.0
"""Seconds that the server may take for one answer."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Imap:
    """One folder of a server, open."""

    box: BaseMailBox

    def unread(self, limit: int) -> Iterator[Found]:
        """The unseen mails, in the order they came; reading one leaves it unseen."""
        for uid in self.box.uids("UNSEEN")[:limit]:
            size = self._size(uid)
            if size is not None:
                yield Found(uid, self._content(uid, size), whole=size <= LARGEST)

    def taken(self, found: Found) -> None:
        """Mark it as seen."""
        self.box.flag(found.handle, "\\Seen", True)  # noqa: FBT003 — the library's signature

    def waiting_since(self) -> datetime | None:
        """When the oldest unseen mail came to the server."""
        for uid in self.box.uids("UNSEEN")[:1]:
            line = next((one for one in self._fetch(uid, "(INTERNALDATE)") if isinstance(one, bytes)), b"")
            told = Internaldate2tuple(line)
            return datetime.fromtimestamp(mktime(told), UTC) if told else None
        return None

    def _size(self, uid: str) -> int | None:
        """Bytes of the mail; None when somebody has removed it meanwhile."""
        told = [_SIZE.search(one) for one in self._fetch(uid, "(RFC822.SIZE)") if isinstance(one, bytes)]
        return next((int(found[1]) for found in told if found), None)

    def _content(self, uid: str, size: int) -> bytes:
        """Its bytes, of a large one the first."""
        part = "(BODY.PEEK[])" if size <= LARGEST else f"(BODY.PEEK[]<0.{READ}>)"
        return next((bytes(one[1]) for one in self._fetch(uid, part) if isinstance(one, tuple)), b"")

    def _fetch(self, uid: str, what: str) -> list[Any]:
        """The server's answer to a FETCH."""
        state, data = self.box.client.uid("FETCH", uid, what)
        if state != "OK":
            raise Away(f"the mailbox did not give a mail: {state}")
        return list(data)


@contextmanager
def open_imap(settings: Settings, trust: ssl.SSLContext | None = None) -> Iterator[Imap]:
    """The folder that the settings name, on a connection whose certificate is verified.

    Args:
        settings: host, port, TLS, login, folder.
        trust: what the server's certificate is verified against; the system's authorities if None.

    Raises:
        Away: the server does not answer, is not trusted, or refuses the login.
    """
    try:
        with _server(settings, trust or ssl.create_default_context()) as box:
            secret = settings.inbox_password.get_secret_value()
            box.login(settings.inbox_username, secret, settings.inbox_folder)
            yield Imap(box)
    except (OSError, IMAP4.error, ImapToolsError) as error:
        # The library's words may quote what was sent; the kind of trouble is enough to find it.
        raise Away(f"the mailbox at {settings.inbox_host} cannot be read: {type(error).__name__}") from error


def _server(settings: Settings, trust: ssl.SSLContext) -> BaseMailBox:
    """A connection, not yet logged in."""
    host, port = settings.inbox_host, settings.inbox_port
    if settings.inbox_tls == "required":
        return MailBox(host, port, timeout=TIMEOUT, ssl_context=trust)
    if settings.inbox_tls == "starttls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=trust)
    return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
