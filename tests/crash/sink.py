"""A mail server of its own process, with a ledger: `sink.py FOLDER SEED [lmtp]`. It answers late, by random.

Prints its port; then answers each line it reads with `quiet` as soon as no session is open and nothing is in hand.
"""

import asyncio
import hashlib
import os
import random
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from tasks.mail.mailbox import id_of, store


class Slow:
    """Stores durably, waits a moment, then says 250, as a server does that has a queue on disk.

    Like any server it goes on storing when the client goes away after the final dot. Every arrival is noted, doubles
    included.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.sessions = 0
        self.in_hand = 0

    async def handle_RCPT(self, *said: Any) -> str:  # noqa: N802
        """A recipient; those whom the file `refused` names are refused for good, and how often is noted."""
        _, _, envelope, address, _ = said
        if address in self.refused:
            note(self.folder / "refusals", address)
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    @property
    def slowness(self) -> float:
        """Seconds that the file `slow` names, before anything is stored."""
        path = self.folder / "slow"
        return float(path.read_text()) if path.exists() else 0.0

    @property
    def refused(self) -> list[str]:
        """Who is refused."""
        path = self.folder / "refused"
        return path.read_text().split() if path.exists() else []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """One message."""
        self.in_hand += 1
        await asyncio.shield(self._take(bytes(envelope.original_content), envelope.rcpt_tos))
        return "250 2.0.0 stored"

    async def _take(self, content: bytes, recipients: list[str]) -> None:
        """A moment before and a moment after it is on disk."""
        with (self.folder / "handed").open("a") as file:
            file.write(f"{id_of(content)}\n")
        try:
            await asyncio.sleep(self.random.uniform(0, 0.004) + self.slowness)
            store(self.folder / "mailbox", id_of(content), content)
            # A relay before this server has put its own lines before ours: they tell of it, not of the mail.
            digest = hashlib.sha256(content[max(0, content.find(b"From:")) :]).hexdigest()
            note(self.folder / "arrivals", f"{','.join(recipients)} {id_of(content)} {digest}")
            await asyncio.sleep(self.random.uniform(0, 0.008))
        finally:
            self.in_hand -= 1

    async def quiet(self) -> None:
        """Come back when nobody is connected and nothing is in hand: the grace of this server."""
        while self.sessions or self.in_hand:  # noqa: ASYNC110 - twice a run, for milliseconds
            await asyncio.sleep(0.002)


class Counted:
    """A connection, counted for as long as it is open."""

    event_handler: Slow

    def connection_made(self, transport: Any) -> None:
        """Somebody has come."""
        self.event_handler.sessions += 1
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Any) -> None:
        """He has gone, or has died."""
        self.event_handler.sessions -= 1
        super().connection_lost(error)  # type: ignore[misc]


class Session(Counted, SMTP):
    """One connection of a sender."""


class Delivery(Counted, LMTP):
    """One connection of a relay that delivers to us."""


def note(path: Path, line: str) -> None:
    """Append a line durably."""
    with path.open("a") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


async def main(handler: Slow, protocol: type[SMTP]) -> None:
    """Serve until nobody asks any more."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        await handler.quiet()
        print("quiet", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Slow(Path(sys.argv[1]), int(sys.argv[2])), Delivery if "lmtp" in sys.argv else Session))
