"""Mail as a way for messages: the bytes of a mail, handed to a mail server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import default

from sqlalchemy import Connection

from models.ledger import Message, PersonMessage
from tasks.mail.forward import forwarded
from tasks.mail.mime import Letter, message_id_header, to_bytes, valid_address
from tasks.mail.post import Connect, Ready
from tasks.mail.smtp import Answer, Courier
from tasks.mail.transport import Transport
from tasks.store.messages import live, person


@dataclass(frozen=True)
class MailPost:
    """Where mail goes, and whose it is.

    Attributes:
        mail_from: the address we send from.
        company: the name shown when a message has no sender of its own.
    """

    transport: Transport
    mail_from: str
    company: str

    @property
    def via(self) -> str:
        """The transport's mark."""
        return self.transport.via

    @property
    def repeated(self) -> str:
        """What its ledger said, if there is one."""
        return "sent again: not found in the ledger" if self.transport.mailbox else "sent again blindly"

    def refusal(self, recipient: str) -> str:
        """Why this recipient may not be written to."""
        return self.transport.refusal(recipient)

    def ready(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> Ready:
        """The mail; Date, thread and boundary are fixed when it is first transmitted."""
        recipient = valid_address(letter.recipient)
        if letter.bytes is not None:
            return Ready(message, recipient, letter.bytes)
        if message.channel == "forward":
            return Ready(message, recipient, forwarded(conn, message, letter, self.mail_from, at))
        subject, references = self._thread(conn, letter)
        words = Letter(
            message.message_id, letter.recipient, letter.name or "", letter.sender or self.company,
            letter.reply_to or "", self.mail_from, subject, letter.text, letter.html, message.play or "mail", at,
            references, letter.calendar or "",
        )  # fmt: skip
        return Ready(message, recipient, to_bytes(words))

    def _thread(self, conn: Connection, letter: PersonMessage) -> tuple[str, tuple[str, ...]]:
        """Subject and Message-IDs of the thread that this mail continues, if its last one was sent; else its own."""
        earlier = live(conn, [letter.thread]).get(letter.thread) if letter.thread else None
        said = person(conn, earlier.message_id) if earlier and earlier.state == "sent" else None
        if earlier is None or said is None or said.bytes is None:
            return letter.subject, ()
        mail = BytesHeaderParser(policy=default).parsebytes(said.bytes)
        begun = str(mail["Subject"] or said.subject).removeprefix("Re: ")
        before = str(mail["References"] or "").split()
        return f"Re: {begun}", (*before, message_id_header(earlier.message_id, self.mail_from))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connect]:
        """A connection to the server, each time one is asked for."""
        async with self.transport.open() as server:

            async def connect() -> _Connection:
                return _Connection(await Courier.connect(server), self.mail_from)

            yield connect


@dataclass(frozen=True)
class _Connection:
    """One connection of a sender."""

    courier: Courier
    mail_from: str

    async def send(self, ready: Ready, before: Callable[[], bytes]) -> Answer:
        """One SMTP transaction."""
        return await self.courier.send(self.mail_from, ready.recipient, before)

    async def quit(self) -> None:
        """QUIT."""
        await self.courier.quit()

    def close(self) -> None:
        """Hang up."""
        self.courier.close()
