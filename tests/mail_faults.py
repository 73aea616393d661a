"""A mail server that fails as it is told to."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Fault:
    """A server that answers as it is told, and remembers what it took.

    Attributes:
        replies: verb → reply instead of the usual one; `.` is the end of the message.
        drops: the verb after which the connection is closed without an answer.
        hangs: the verb after which nothing more is said.
    """

    replies: dict[str, str] = field(default_factory=dict)
    drops: str = ""
    hangs: str = ""
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session."""
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{self.replies.get('CONNECT', '220 fault')}\r\n".encode())
        while line := await reader.readline():
            verb = line[:4].decode().strip().upper()
            if not await self._answer(verb, writer):
                return
            if verb == "RCPT":
                self.recipients.append(line.decode().strip())
            if verb == "DATA" and "DATA" not in self.replies:
                if self.drops == "BODY":
                    await reader.readline()
                    return
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await self._answer(".", writer):
                    return
            if verb == "QUIT":
                return

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> bool:
        if verb == self.hangs:
            await asyncio.sleep(30)
        if verb == self.drops:
            return False
        usual = {"DATA": "354 go on", "QUIT": "221 bye", ".": "250 2.0.0 ok"}.get(verb, "250 ok")
        writer.write(f"{self.replies.get(verb, usual)}\r\n".encode())
        await writer.drain()
        return True
