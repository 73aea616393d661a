"""Which server a run may hand mail to, and for whom; nothing leaves this machine unless LIVE is true."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Settings, is_loopback
from models.address import normalize
from models.clock import Clock
from tasks.mail.loopback import mailbox_server
from tasks.mail.mailbox import find
from tasks.mail.relay_log import in_copies, in_log, written_at
from tasks.mail.server import Server

LOOPBACK = "loopback"


@dataclass(frozen=True)
class Transport:
    """Where mail goes.

    Attributes:
        server: the mail server; None for our own on loopback, which is started for the run.
        mailbox: where the server keeps what it took, if that can be read: the ledger that uncertain mail is asked for.
        allowed: addresses and domains that may be written to; None for everybody.
        barred: why nobody may be written to at all; empty if somebody may.
        log: the log of the Postfix that mail is handed to; copies: a Maildir with a copy of all that it took: ledgers
            as well.
        grace: for so many seconds after a transmission the server may still be working on it.
    """

    server: Server | None
    mailbox: Path | None
    allowed: frozenset[str] | None = None
    barred: str = ""
    log: Path | None = None
    copies: Path | None = None
    grace: int = 0

    @property
    def via(self) -> str:
        """How a transmission is marked, so that its ledger can be told later."""
        return LOOPBACK if self.mailbox else "relay"

    def refusal(self, recipient: str) -> str:
        """Why this recipient may not be written to; empty if he may."""
        if self.barred or self.allowed is None:
            return self.barred
        address = normalize(recipient)
        if {address, address.rpartition("@")[2]} & self.allowed:
            return ""
        return "LIVE is false and the address is not among PERENNIAL_ALLOW_RECIPIENTS"

    @property
    def has_ledger(self) -> bool:
        """Whether it can be found out what arrived."""
        return bool(self.mailbox or self.log or self.copies)

    def arrived(self, message_id_header: str) -> bool | None:
        """Whether the ledger knows the message; None when there is no ledger to read."""
        return message_id_header in self.found([message_id_header]) if self.has_ledger else None

    def found(self, wanted: Collection[str]) -> set[str]:
        """The Message-IDs among the wanted that a ledger knows.

        Raises:
            OSError: a ledger that is configured cannot be read.
        """
        known = {one for one in wanted if self.mailbox and find(self.mailbox, one)}
        known |= in_log(self.log, wanted) if self.log else set()
        return known | (in_copies(self.copies, wanted) if self.copies else set())

    def written_at(self) -> datetime | None:
        """Until when the relay's log is known to be written; None if no log is read.

        Raises:
            OSError: it is not there.
        """
        return written_at(self.log) if self.log else None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Server]:
        """The server, ours running for as long as the block lasts."""
        if self.server is not None:
            yield self.server
            return
        if self.mailbox is None:
            raise ValueError("a transport needs a server or a mailbox")
        async with mailbox_server(self.mailbox) as port:
            yield Server("127.0.0.1", port)


def choose(settings: Settings, clock: Clock) -> Transport:
    """The transport of a run: the loopback mailbox for a played day and where no server is configured."""
    if clock.played or not settings.smtp_host:
        return Transport(None, settings.mailbox_dir)
    server = Server(
        settings.smtp_host, settings.smtp_port, settings.smtp_tls,
        settings.smtp_username, settings.smtp_password.get_secret_value(),
        reply_seconds=settings.smtp_reply_seconds, session_seconds=settings.smtp_session_seconds,
    )  # fmt: skip
    ledger: dict[str, Any] = {
        "log": settings.relay_log, "copies": settings.relay_copies, "grace": settings.relay_grace
    }  # fmt: skip
    if settings.live:
        return Transport(server, None, **ledger)
    named = (normalize(one).removeprefix("@") for one in settings.allow_recipients.split(","))
    allowed = frozenset(filter(None, named))
    barred = "" if is_loopback(settings.smtp_host) else "LIVE is false: nothing leaves this machine"
    return Transport(server, None, allowed, barred, **ledger)
