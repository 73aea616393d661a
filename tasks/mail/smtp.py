"""One recipient, one SMTP transaction, its phases apart: what may be repeated after a fault, and what may not."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPSenderRefused
from aiosmtplib.errors import SMTPDataError

from models.errors import Away
from tasks.failpoint import failpoint

REPLY_SECONDS = 30.0
"""How long a server may take for one reply."""
SESSION_SECONDS = 120.0
"""How long one message may take altogether; a server that drips is left."""
_GO_AHEAD = 354


class MailServerAway(Away):
    """The mail server cannot be reached or trusted; what was to be sent stays queued."""


@dataclass(frozen=True)
class Answer:
    """What became of one transmission.

    Attributes:
        state: uncertain means that the message may have arrived, and nobody can know (RFC 1047).
        reply: the server's code and enhanced code, or what happened; never an address.
        broken: the connection cannot be used any more.
    """

    state: Literal["sent", "deferred", "refused", "uncertain"]
    reply: str
    broken: bool = False


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. `tls`: `required` from the first byte, `starttls` or nothing, `none` in the clear."""

    host: str
    port: int
    tls: Literal["required", "starttls", "none"] = "none"
    username: str = ""
    password: str = ""
    trust: ssl.SSLContext | None = None


class Courier:
    """One open connection to a mail server."""

    def __init__(self, client: SMTP, seconds: float) -> None:
        self._client = client
        self._seconds = seconds
        self._handed_over = False

    @classmethod
    async def connect(
        cls, server: Server, reply_seconds: float = REPLY_SECONDS, seconds: float = SESSION_SECONDS
    ) -> Self:
        """Open a connection, encrypted and verified unless the server's `tls` is none.

        Raises:
            MailServerAway: nobody listens, or TLS or the password was refused.
        """
        client = SMTP(
            hostname=server.host, port=server.port, timeout=reply_seconds, use_tls=server.tls == "required",
            start_tls=server.tls == "starttls", username=server.username or None, password=server.password or None,
            tls_context=server.trust if server.tls != "none" else None, local_hostname="localhost",
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            problem = f"{type(error).__name__}: {str(error)[:200]}"
            raise MailServerAway(f"the mail server {server.host}:{server.port} cannot be used: {problem}") from error
        return cls(client, seconds)

    async def send(self, sender: str, recipient: str, before_data: Callable[[], bytes]) -> Answer:
        """Transmit one message.

        Args:
            sender: envelope sender.
            recipient: the one envelope recipient.
            before_data: called once the recipient is accepted; makes the transmission known durably, gives the bytes.
        """
        self._handed_over = False
        try:
            async with asyncio.timeout(self._seconds):
                await self._client.mail(sender, encoding="ascii")
                await self._client.rcpt(recipient, encoding="ascii")
                return await self._data(_stuffed(before_data()))
        except SMTPSenderRefused as error:
            await self._reset()
            return Answer("deferred", f"sender refused: {_reply(error)}", broken=True)
        except SMTPResponseException as error:
            return await self._answered(error)
        except (SMTPException, OSError) as error:
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
        self._handed_over = True
        protocol.write(content)
        failpoint("mid_data")
        reply = await protocol.read_response(timeout=self._client.timeout)
        if reply.code // 100 == 2:
            failpoint("after_250")
            return Answer("sent", _code(reply.code, reply.message))
        raise SMTPDataError(reply.code, reply.message)

    async def _answered(self, error: SMTPResponseException) -> Answer:
        """A refusal for now (4xx) or for good (5xx); anything else is no SMTP."""
        state: Literal["deferred", "refused"] = "refused" if error.code // 100 == 5 else "deferred"
        broken = error.code == 421 or error.code // 100 not in (4, 5) or not await self._reset()
        return Answer(state, _reply(error), broken)

    async def _reset(self) -> bool:
        """Make ready for the next message; False when the connection is gone."""
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.close()
            return False
        return True

    def close(self) -> None:
        """Drop the connection at once."""
        self._client.close()

    async def quit(self) -> None:
        """Say good-bye."""
        try:
            await self._client.quit()
        except (SMTPException, OSError):
            self.close()


def _stuffed(content: bytes) -> bytes:
    """The message as DATA takes it: CRLF lines, leading dots doubled, the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines) + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _reply(error: SMTPResponseException) -> str:
    """Code and enhanced code of a refusal."""
    return _code(error.code, error.message)


def _code(code: int, message: str | bytes) -> str:
    """Only the codes of a reply: its words may repeat an address."""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", text)
    return f"{code} {enhanced[0]}" if enhanced else str(code)
