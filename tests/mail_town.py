"""What live mail depends on, small and on loopback: a nameserver, a mail server, a mailbox by IMAP, a web server."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from aiosmtpd.smtp import SMTP

from tasks.mail.loopback import MailboxHandler

Zone = Mapping[tuple[str, str], list[str]]


@contextmanager
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own."""
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        asyncio.run_coroutine_threadsafe(_settle(), running).result(5)
        running.call_soon_threadsafe(running.stop)
        thread.join(5)
        running.close()


async def _settle() -> None:
    """End what is still talking, and let connections close."""
    talking = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await asyncio.sleep(0.05)


class _Names(asyncio.DatagramProtocol):
    """Answers from a table; NXDOMAIN for a name that is not in it, SERVFAIL for all if it is broken."""

    def __init__(self, zone: Zone, *, broken: bool) -> None:
        self.zone, self.broken = zone, broken

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        asked = query.question[0]
        name, kind = str(asked.name).rstrip(".").lower(), asked.rdtype.name
        if found := self.zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
        elif not any(name == known for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        answer.flags |= dns.flags.RA
        self.transport.sendto(answer.to_wire(max_size=65535), addr)


@contextmanager
def nameserver(zone: Zone, *, broken: bool = False) -> Iterator[str]:
    """A nameserver; gives its `host:port`."""
    with loop() as running:
        opening = running.create_datagram_endpoint(lambda: _Names(zone, broken=broken), ("127.0.0.1", 0))
        transport, _ = asyncio.run_coroutine_threadsafe(opening, running).result(5)
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
        running.call_soon_threadsafe(transport.abort)


@contextmanager
def mail_server(mailbox: Path) -> Iterator[int]:
    """A mail server that keeps what it takes; gives its port."""

    def session() -> SMTP:
        return SMTP(MailboxHandler(mailbox), hostname="localhost")

    with loop() as running:
        opening = running.create_server(session, "127.0.0.1", 0)
        yield from _port(running, opening)


@contextmanager
def imap_server(password: str) -> Iterator[int]:
    """An IMAP server with an empty INBOX; gives its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"* OK IMAP4rev1 here\r\n")
            while line := (await reader.readline()).decode():
                mark, word, *rest = line.split()
                writer.write(_answer(mark, word.upper(), " ".join(rest), password))
        finally:
            writer.close()

    with loop() as running:
        yield from _port(running, asyncio.start_server(talk, "127.0.0.1", 0))


def _answer(mark: str, word: str, rest: str, password: str) -> bytes:
    told = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n", "SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n",
            "LOGOUT": "* BYE\r\n"}  # fmt: skip
    good = word != "LOGIN" or rest.rpartition(" ")[2].strip('"') == password
    return f"{told.get(word, '')}{mark} {'OK' if good else 'NO'} {word}\r\n".encode()


@contextmanager
def web_server(status: int) -> Iterator[str]:
    """A web server that answers everything with that status; gives its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    with loop() as running:
        for port in _port(running, asyncio.start_server(talk, "127.0.0.1", 0)):
            yield f"http://127.0.0.1:{port}"


def _port(running: asyncio.AbstractEventLoop, opening: Any) -> Iterator[int]:
    """The port of a server that is being opened; it is closed afterwards."""
    server: asyncio.Server = asyncio.run_coroutine_threadsafe(opening, running).result(5)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        close: Callable[[], None] = server.close
        running.call_soon_threadsafe(close)
