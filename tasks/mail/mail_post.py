"""Mail as a way for messages: the bytes of a mail, handed to a mail server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import default

from sqlalchemy import Connection

from models.ledger import Message, PersonMessage
from tasks.mail.dkim import Signer, signed, signers
from tasks.mail.forward import forwarded
from tasks.mail.headers import needs_utf8
from tasks.mail.mime import Letter, message_id_header, to_bytes, valid_address
from tasks.mail.paths import Paths
from tasks.mail.post import Connect, Ready
from tasks.mail.smtp import Answer, Before, Courier
from tasks.mail.transport import Transport
from tasks.night import Night
from tasks.store.messages import live, person

SMTPUTF8 = "SMTPUTF8"


@dataclass(frozen=True)
class MailPost:
    """Where mail goes, and whose it is.

    Attributes:
        mail_from: the address we send from.
        company: the name shown when a message has no sender of its own.
        paths: where answers, bounces and wishes to be left alone come back to.
        signers: who signs each mail.
    """

    transport: Transport
    mail_from: str
    company: str
    paths: Paths = field(default_factory=Paths)
    signers: tuple[Signer, ...] = ()
    _offered: set[str] = field(default_factory=set, compare=False)

    @classmethod
    def of(cls, night: Night, transport: Transport) -> "MailPost":
        """The mail of an installation."""
        company = night.rules.company
        paths = Paths.of(night.settings, company)
        return cls(transport, night.settings.mail_from, company.company.sender_name, paths, signers(night.settings))

    @property
    def via(self) -> str:
        """The transport's mark."""
        return self.transport.via

    @property
    def repeated(self) -> str:
        """What its ledger said, if there is one."""
        return "sent again: not found in the ledger" if self.transport.has_ledger else "sent again blindly"

    def refusal(self, recipient: str) -> str:
        """Why this recipient may not be written to."""
        if needs_utf8(recipient.rpartition("@")[0]) and SMTPUTF8 not in self._offered:
            return "the address is not ASCII, and the mail server does not take such ones (SMTPUTF8)"
        return self.transport.refusal(recipient)

    def ready(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> Ready:
        """The mail; Date, thread, ways back and signatures are fixed when it is first transmitted."""
        recipient, today = valid_address(letter.recipient), at.date()
        sender = self.paths.envelope(message.message_id, today)
        content = letter.bytes or signed(self._bytes(conn, message, letter, at), self.signers)
        return Ready(message, recipient, content, sender)

    def _bytes(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> bytes:
        """The mail, not signed yet; an answer that goes on to our own people is made otherwise."""
        if message.channel == "forward":
            return forwarded(conn, message, letter, self.mail_from, at)
        return to_bytes(self._letter(conn, message, letter, at))

    def _letter(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> Letter:
        """The words with their headers."""
        id_, today = message.message_id, at.date()
        subject, references = self._thread(conn, letter)
        return Letter(
            id_, letter.recipient, letter.name or "", letter.sender or self.company,
            self.paths.reply_to(id_, today) or letter.reply_to or "", self.mail_from, subject,
            letter.text, letter.html, message.play or "mail", at, references, letter.calendar or "",
            self.paths.to_unsubscribe(message.klass, id_, today), self._feedback(message),
        )  # fmt: skip

    def _feedback(self, message: Message) -> tuple[str, ...]:
        """By what a mailbox provider sums complaints: play, step, class, and whose mail it is."""
        ours = self.mail_from.rpartition("@")[2].split(".")
        return message.play or "mail", message.step or "mail", message.klass or "service", "-".join(ours[-2:])[:15]

    def _thread(self, conn: Connection, letter: PersonMessage) -> tuple[str, tuple[str, ...]]:
        """Subject and Message-IDs of the thread that this mail continues, if its last one was sent; else its own."""
        earlier = live(conn, [letter.thread]).get(letter.thread) if letter.thread else None
        said = person(conn, earlier.message_id) if earlier and earlier.state == "sent" else None
        if earlier is None or said is None or said.bytes is None:
            return letter.subject, ()
        mail = BytesHeaderParser(policy=default).parsebytes(said.bytes)
        begun = str(mail["Subject"] or said.subject).removeprefix("Re: ")
        before = str(mail["References"] or "").split()
        newest = str(mail["Message-ID"] or message_id_header(earlier.message_id, self.mail_from)).strip()
        return f"Re: {begun}", (*before, newest)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connect]:
        """A connection to the server, each time one is asked for."""
        async with self.transport.open() as server:

            async def connect() -> _Connection:
                courier = await Courier.connect(server)
                if courier.takes_utf8:
                    self._offered.add(SMTPUTF8)
                return _Connection(courier, self.mail_from)

            yield connect


@dataclass(frozen=True)
class _Connection:
    """One connection of a sender."""

    courier: Courier
    mail_from: str

    async def send(self, ready: Ready, before: Before) -> Answer:
        """One SMTP transaction."""
        return await self.courier.send(ready.sender or self.mail_from, ready.recipient, before)

    async def quit(self) -> None:
        """QUIT."""
        await self.courier.quit()

    def close(self) -> None:
        """Hang up."""
        self.courier.close()
