"""A mail server of its own process, with a ledger: `sink.py FOLDER PORT_FILE SEED`. It answers late, by random."""

import asyncio
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tasks.mail.mailbox import id_of, store


class Slow:
    """Stores durably, waits a moment, then says 250; every arrival is also counted, doubles included."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """One message."""
        content = bytes(envelope.original_content)
        await asyncio.sleep(self.random.uniform(0, 0.004))
        store(self.folder / "mailbox", id_of(content), content)
        with (self.folder / "arrivals").open("a") as file:
            file.write(f"{id_of(content)} {envelope.rcpt_tos[0]}\n")
        await asyncio.sleep(self.random.uniform(0, 0.008))
        return "250 2.0.0 stored"


async def main(handler: Slow, tell: Callable[[str], object]) -> None:
    """Serve until the process is ended; `tell` is told the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    tell(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Slow(Path(sys.argv[1]), int(sys.argv[3])), Path(sys.argv[2]).write_text))
