"""A real SMTP server on 127.0.0.1 that Perennial starts itself; what it takes goes to a Maildir and no further."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tasks.mail.mailbox import id_of, store

SIZE_LIMIT = 10_000_000


class MailboxHandler:
    """Answers 250 only once the message is on disk."""

    def __init__(self, mailbox: Path) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Store the message; a second one of the same Message-ID is acknowledged and not kept."""
        content = bytes(envelope.original_content or b"")
        new = store(self.mailbox, id_of(content), content)
        return "250 2.0.0 stored" if new else "250 2.0.0 stored before"


@asynccontextmanager
async def mailbox_server(mailbox: Path) -> AsyncIterator[int]:
    """The server, running in this event loop; gives its port, which the system chooses."""
    loop = asyncio.get_running_loop()
    handler = MailboxHandler(mailbox)

    def session() -> SMTP:
        return SMTP(handler, hostname="localhost", data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
