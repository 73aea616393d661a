"""One recipient, one SMTP transaction, its phases apart: what may be repeated after a fault, and what may not."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPSenderRefused
from aiosmtplib.errors import SMTPDataError, SMTPRecipientRefused

from tasks.failpoint import failpoint
from tasks.mail.replies import Answer, Problem, code_of, said, verdict
from tasks.mail.server import MailServerAway, Server, opened

__all__ = ["Answer", "Before", "Courier", "MailServerAway", "Server"]

_GO_AHEAD = 354
_FAULTS = (SMTPException, OSError, ValueError)
"""What a server can make the library raise; ValueError for a reply that is no number."""
Before = Callable[[], Awaitable[bytes]]
"""Called once the recipient is accepted; makes the transmission known durably, gives the bytes."""


class Courier:
    """One open connection to a mail server."""

    def __init__(self, client: SMTP, seconds: float) -> None:
        self._client = client
        self._seconds = seconds
        self._handed_over = False

    @classmethod
    async def connect(cls, server: Server) -> Self:
        """Open a connection, encrypted and verified unless the server's `tls` is none.

        Raises:
            MailServerAway: nobody listens, it took too long, or TLS or the password was refused.
        """
        return cls(await opened(server), server.session_seconds)

    @property
    def takes_utf8(self) -> bool:
        """Whether the server takes addresses that are not ASCII (RFC 6531)."""
        return self._client.supports_extension("smtputf8")

    async def send(self, sender: str, recipient: str, before_data: Before) -> Answer:
        """Transmit one message to its one recipient; whatever the server does, there is an answer in time."""
        self._handed_over = False
        try:
            async with asyncio.timeout(self._seconds) as limit:
                await self._client.mail(sender, options=None if recipient.isascii() else ["SMTPUTF8"], encoding="ascii")
                await self._client.rcpt(recipient, encoding="utf-8")
                self._no_early_word()
                limit.reschedule(None)  # what is being committed is not given up: it would be true and unknown
                content = _stuffed(await before_data())
                limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
                return await self._data(content)
        except SMTPSenderRefused as error:
            return await self._answered(error, "sender")
        except SMTPRecipientRefused as error:
            return await self._answered(error, "recipient")
        except SMTPResponseException as error:
            return await self._answered(error, "message")
        except _FAULTS as error:
            self.close()
            if self._handed_over:
                return Answer("uncertain", f"{type(error).__name__} after the message was handed over", broken=True)
            return Answer("deferred", f"{type(error).__name__} before the message was handed over", broken=True)

    async def _data(self, content: bytes) -> Answer:
        """DATA, the message and its final dot; a fault before the message is safe, one after it is not."""
        go_ahead = await self._client.execute_command(b"DATA")
        protocol = self._client.protocol
        if go_ahead.code != _GO_AHEAD or protocol is None:
            raise SMTPDataError(go_ahead.code, go_ahead.message)
        self._no_early_word()
        self._handed_over = True
        protocol.write(content)
        failpoint("mid_data")
        reply = await protocol.read_response(timeout=self._client.timeout)
        if reply.code // 100 == 2:
            failpoint("after_250")
            return Answer("sent", said(reply.code, reply.message), broken=self._has_more())
        raise SMTPDataError(reply.code, reply.message)

    async def _answered(self, error: SMTPResponseException, about: Problem) -> Answer:
        """A refusal for now (4xx) or for good (5xx); what is no SMTP decides nothing: then the phase does."""
        if error.code // 100 not in (4, 5) and self._handed_over:
            self.close()
            return Answer("uncertain", f"{code_of(error.code)} after the message was handed over", broken=True)
        broken = error.code == 421 or error.code // 100 not in (4, 5) or self._has_more() or not await self._reset()
        if broken:
            self.close()
        return verdict(error.code, error.message, about, broken=broken)

    def _no_early_word(self) -> None:
        """A server that talks out of turn would have its words taken for the answer to something else."""
        if self._has_more():
            raise SMTPException("the server talks out of turn")

    def _has_more(self) -> bool:
        """Whether words of the server are waiting that nobody asked for."""
        return bool(getattr(self._client.protocol, "_buffer", b""))

    async def _reset(self) -> bool:
        """Make ready for the next message; False when the connection is gone."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._client.rset()
        except _FAULTS:
            self.close()
            return False
        return True

    def close(self) -> None:
        """Drop the connection at once."""
        self._client.close()

    async def quit(self) -> None:
        """Say good-bye."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._client.quit()
        except _FAULTS:
            self.close()


def _stuffed(content: bytes) -> bytes:
    """The message as DATA takes it: CRLF lines, leading dots doubled, the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines) + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"
