"""A mail server, and how a connection to it is opened: encrypted and verified, within a limit of time."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Literal

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException
from aiosmtplib.errors import SMTPConnectResponseError, SMTPHeloError

from models.errors import Away
from tasks.mail.replies import said


class MailServerAway(Away):
    """The mail server cannot be reached or trusted; what was to be sent stays queued."""


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. `tls`: `required` from the first byte, `starttls` or nothing, `none` in the clear.

    Attributes:
        trust: what certificates are checked with; the system's if None.
        reply_seconds: how long it may take for one reply.
        session_seconds: how long for one message altogether, or to open a connection; a server that drips is left.
    """

    host: str
    port: int
    tls: Literal["required", "starttls", "none"] = "none"
    username: str = ""
    password: str = ""
    trust: ssl.SSLContext | None = None
    reply_seconds: float = 30.0
    session_seconds: float = 120.0


async def opened(server: Server) -> SMTP:
    """A connection on which greeting, EHLO, TLS and the login are done.

    Raises:
        MailServerAway: nobody listens, it took too long, or TLS or the password was refused.
    """
    client = SMTP(
        hostname=server.host, port=server.port, timeout=server.reply_seconds, use_tls=server.tls == "required",
        start_tls=server.tls == "starttls", tls_context=server.trust if server.tls != "none" else None,
        local_hostname="localhost",
    )  # fmt: skip
    try:
        async with asyncio.timeout(server.session_seconds):
            await client.connect()
            await _greet(client)
            if server.username:
                await client.login(server.username, server.password)
    except SMTPAuthenticationError as error:
        client.close()
        reply = said(error.code, error.message)
        halts = f"the mail server refuses our login: {reply}" if error.code // 100 == 5 else ""
        raise MailServerAway(
            f"the mail server {server.host}:{server.port} refuses the login: {reply}", halts
        ) from error
    except (SMTPException, OSError, ValueError) as error:
        client.close()
        raise MailServerAway(f"the mail server {server.host}:{server.port} cannot be used: {_words(error)}") from error
    return client


async def _greet(client: SMTP) -> None:
    """EHLO, unless TLS needed it before; HELO for a server that knows no better."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except SMTPHeloError:
            await client.helo()


def _words(error: Exception) -> str:
    """What went wrong; TLS that is not offered is said in words that name the setting."""
    if isinstance(error, SMTPConnectResponseError):
        return f"it answers {said(error.code, error.message)}"
    return f"{type(error).__name__}: {str(error)[:200]}"
