"""Mail servers that behave badly on purpose: a script a session, read line by line."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Act = str | bytes | Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
USUAL: Mapping[str, str] = {
    "CONNECT": "220 trick ESMTP", "EHLO": "250 trick", "HELO": "250 trick", "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok", "DATA": "354 go on", ".": "250 2.0.0 taken", "RSET": "250 2.0.0 ok", "QUIT": "221 bye",
}  # fmt: skip


class Gone(Exception):
    """The server hangs up."""


async def drop(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close the connection instead of answering."""
    raise Gone


async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Say nothing more."""
    await asyncio.sleep(60)


def drip(text: str, pause: float = 0.05) -> Act:
    """A byte now and then, and never the end of the line."""

    async def act(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in text.encode() + b"." * 5000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return act


def endless(line: bytes, pause: float = 0.0005) -> Act:
    """The same line again and again."""

    async def act(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(100_000):
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(pause)

    return act


def then_drop(reply: str) -> Act:
    """Answer, and hang up."""

    async def act(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()
        raise Gone

    return act


@dataclass
class Tricks:
    """A server that plays its tricks in the first sessions, and then behaves.

    Attributes:
        acts: command → what it does instead of its usual reply; `BODY` is the message's first line.
        times: in so many sessions.
        taken: the messages that it took, whatever it said.
    """

    acts: Mapping[str, Act]
    times: int = 1
    sessions: int = 0
    taken: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session."""
        self.sessions += 1
        acts = self.acts if self.sessions <= self.times else {}
        try:
            await self._session(acts, reader, writer)
        except (Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _session(
        self, acts: Mapping[str, Act], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await _act(acts, "CONNECT", reader, writer)
        while line := await reader.readline():
            verb = line[:4].decode("latin-1").strip().upper()
            await _act(acts, verb, reader, writer)
            if verb == "DATA" and acts.get("DATA", USUAL["DATA"]) == USUAL["DATA"]:
                if "BODY" in acts:
                    await reader.readline()
                    await _act(acts, "BODY", reader, writer)
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                await _act(acts, ".", reader, writer)
            if verb == "QUIT":
                return


async def _act(acts: Mapping[str, Act], verb: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The trick, or the usual reply."""
    act = acts.get(verb, USUAL.get(verb, "500 5.5.1 what?"))
    if callable(act):
        await act(reader, writer)
    else:
        writer.write(act if isinstance(act, bytes) else f"{act}\r\n".encode())
        await writer.drain()
