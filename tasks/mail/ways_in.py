"""Whether what we depend on answers: the mail server, the pages of `perennial serve`, the inbox."""

import asyncio
import socket
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
from aiosmtplib import SMTP, SMTPException
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from config.settings import Settings, is_loopback
from tasks.mail.finding import Line
from tasks.mail.server import MailServerAway, Server, opened

SECONDS = 10.0
SERVER, TLS, AUTH, SENDER = "mail server", "TLS of the mail server", "login at the mail server", "sender"


def server_of(settings: Settings) -> Server:
    """The mail server of the settings, whatever LIVE says."""
    return Server(
        settings.smtp_host, settings.smtp_port, settings.smtp_tls,
        settings.smtp_username, settings.smtp_password.get_secret_value(),
        reply_seconds=SECONDS, session_seconds=3 * SECONDS,
    )  # fmt: skip


def mail_server(settings: Settings) -> list[Line]:
    """Reached, encrypted and verified, logged in, our address taken as sender; nothing is sent."""
    if not settings.smtp_host:
        todo = "PERENNIAL_SMTP_HOST; until then mail goes to var/mailbox and no further"
        return [Line(SERVER, "not configured", "no mail server is named", todo)]
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with closing(socket.create_connection((settings.smtp_host, settings.smtp_port), SECONDS)):
            pass
    except OSError as error:
        return [Line(SERVER, "failed", f"{where} cannot be reached: {error}", "host, port, and the firewall between")]
    return [Line(SERVER, "passed", f"{where} can be reached"), *asyncio.run(_spoken_to(settings))]


async def _spoken_to(settings: Settings) -> list[Line]:
    """TLS, login and sender, as far as one comes."""
    server = server_of(settings)
    nobody = replace(server, username="", password="")
    try:
        await _leave(await opened(nobody))
    except MailServerAway as error:
        todo = "the server must offer TLS with a certificate for that name; PERENNIAL_SMTP_TLS says which kind"
        return [Line(TLS, "failed", str(error), todo)]
    clear = "not encrypted: it is on this machine"
    lines = [Line(TLS, "passed", clear if server.tls == "none" else "encrypted, and its certificate verified")]
    try:
        client = await opened(server)
    except MailServerAway as error:
        return [*lines, Line(AUTH, "failed", str(error), "PERENNIAL_SMTP_USERNAME and PERENNIAL_SMTP_PASSWORD")]
    lines.append(Line(AUTH, "passed", "logged in" if server.username else "no user name is configured, none is asked"))
    try:
        await client.mail(settings.mail_from)
        lines.append(Line(SENDER, "passed", f"the server sends for {settings.mail_from}"))
    except (SMTPException, OSError) as error:
        lines.append(Line(SENDER, "failed", f"the server does not send for {settings.mail_from}: {error}",
                          "PERENNIAL_MAIL_FROM, or the server's list of senders"))  # fmt: skip
    await _leave(client)
    return lines


async def _leave(client: SMTP) -> None:
    """Say good-bye, or hang up."""
    try:
        await client.quit()
    except (SMTPException, OSError):
        client.close()


def pages(settings: Settings) -> Line:
    """Whether customers would find the page to unsubscribe on."""
    name, address = "unsubscribe pages", f"{settings.public_url.rstrip('/')}/health"
    todo = "`perennial serve` behind an https proxy, and PERENNIAL_PUBLIC_URL with the proxy's address"
    if not settings.public_url:
        return Line(name, "not configured", "PERENNIAL_PUBLIC_URL is empty", todo)
    here = is_loopback(urlsplit(address).hostname or "")
    try:
        found = httpx.get(address, timeout=SECONDS, trust_env=not here)
    except httpx.HTTPError as error:
        return Line(name, "unknown", f"{address} gives no answer ({type(error).__name__})", todo)
    if found.status_code != httpx.codes.OK:
        return Line(name, "failed", f"{address} answers {found.status_code}", todo)
    if here:
        return Line(name, "failed", f"{address} answers, but only to this machine", todo)
    return Line(name, "passed", f"{address} answers")


def inbox(settings: Settings) -> Line:
    """Whether the mailbox of answers, bounces and unsubscribing by mail can be opened."""
    name = "inbox"
    if not settings.inbox_host:
        said = f"{settings.inbox_dir} is read instead: whatever is dropped there"
        return Line(name, "not configured", said, "PERENNIAL_INBOX_HOST and its neighbors")
    try:
        _open(settings)
    except Exception as error:  # noqa: BLE001 - IMAP libraries raise many kinds; each means that nobody can read
        said = f"{settings.inbox_host} cannot be read: {type(error).__name__}: {str(error)[:200]}"
        return Line(name, "failed", said, "PERENNIAL_INBOX_USERNAME, PERENNIAL_INBOX_PASSWORD, PERENNIAL_INBOX_FOLDER")
    return Line(name, "passed", f"{settings.inbox_host}: {settings.inbox_folder} can be opened")


def _open(settings: Settings) -> None:
    """Log in, open the folder, log out; whatever the login raises."""
    box = _mailbox(settings)
    try:
        box.login(settings.inbox_username, settings.inbox_password.get_secret_value(), settings.inbox_folder)
    except BaseException:
        box.client.shutdown()
        raise
    box.logout()


def _mailbox(settings: Settings) -> BaseMailBox:
    if settings.inbox_tls == "none":
        return MailBoxUnencrypted(settings.inbox_host, settings.inbox_port, SECONDS)
    kind = MailBox if settings.inbox_tls == "required" else MailBoxStartTls
    return kind(settings.inbox_host, settings.inbox_port, SECONDS)
