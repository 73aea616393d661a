"""A sender's day against a real server in this process: what it answers, and what became of the messages."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from aiosmtpd.smtp import SMTP

from models.clock import Clock
from models.company import Company, Sending
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.messages import in_states
from tasks.store.switches import why_stopped
from tests.mailroom import room

TODAY = datetime(2024, 12, 31, 10, tzinfo=UTC)
SETTINGS = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "allow_recipients": ",".join(
    f"customer-{number}.example" for number in range(200)
)}  # fmt: skip


class Told:
    """An aiosmtpd handler that answers each command as told; it remembers whom it took a message for.

    Args:
        replies: (command, recipient or sender) → reply; None for the usual one.
    """

    def __init__(self, replies: Callable[[str, str], str | None] = lambda *_: None) -> None:
        self.replies = replies
        self.recipients: list[str] = []
        self.asked: list[str] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802
        """MAIL FROM."""
        envelope.mail_from = address
        return self.replies("MAIL", address) or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802
        """RCPT TO."""
        self.asked.append(address)
        reply = self.replies("RCPT", address) or "250 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """The message."""
        reply = self.replies(".", envelope.rcpt_tos[0]) or "250 2.0.0 OK"
        if reply.startswith("2"):
            self.recipients += envelope.rcpt_tos
        if reply == "drop":
            server.transport.abort()
        return reply


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    """The handler behind a port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def today(folder: Path, port: int, url: str = "", sending: dict[str, Any] | None = None, **settings: Any) -> Night:
    """An installation, today at ten, that hands mail to that port."""
    night = room(folder, database_url=url, smtp_port=port, **{**SETTINGS, **settings})
    night.rules = cast("Any", SimpleNamespace(company=Company(sending=Sending.model_validate(sending or {}))))
    return replace(night, clock=Clock(night.as_of, TODAY, played=False))


def later(night: Night, **passed: int) -> Night:
    """The same installation some hours or minutes later."""
    return replace(night, clock=Clock(night.as_of, night.clock.now + timedelta(**passed), played=False))


def why_mail_is_stopped(night: Night) -> str:
    """Why nothing leaves by SMTP; empty if it may."""
    with read(night.engine) as conn:
        return why_stopped(conn, "mail")


def ids(night: Night, state: str) -> set[str]:
    """The messages in that state."""
    with read(night.engine) as conn:
        return {one.message_id for one in in_states(conn, (state,))}
