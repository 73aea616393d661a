"""Mail from its template to the server's 250, beside Postfix's own sender in C and beside a plain loop in Python.

All three hand as many mails of the same size to Postfix's `smtp-sink` on loopback, in turns. Ours renders each one
from its template, freezes it, claims it, sends it and records what the server said, in PostgreSQL, with as many
senders as there are processors; the loop makes each with the standard library's EmailMessage and sends it on one
connection.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from bench.letters import PORT, Shop

SINK, SOURCE = "smtp-sink", "smtp-source"
CONNECTIONS = 40


@dataclass(frozen=True)
class Way:
    """One way of sending: seconds on the clock of writing (rendering, freezing) and of sending."""

    name: str
    mails: int
    written: float
    sent: float
    megabytes: float = 0.0

    @property
    def rate(self) -> float:
        """Mails a second, from template to 250."""
        return self.mails / (self.written + self.sent)

    @property
    def sending(self) -> float:
        """Mails a second, from the frozen words to 250."""
        return self.mails / self.sent


def is_there() -> bool:
    """Whether Postfix's test programs are installed."""
    return all(_program(name) for name in (SINK, SOURCE))


def mailing(folder: Path, mails: int) -> Iterator[Way]:
    """Postfix's sender, the plain loop, then ours: without a signature, with each kind, with both."""
    size = 0
    for signatures in ((), ("rsa",), ("ed25519",), ("rsa", "ed25519")):
        with _sink(), Shop.open(folder / ("-".join(signatures) or "plain"), signatures) as shop:
            size = size or shop.size()
            if not signatures:
                yield Way(f"smtp-source, {size} bytes each", mails, 0.0, _source(mails, size))
                loop = min(mails, 2_000)
                yield Way("a loop over EmailMessage", loop, 0.0, _run("loop", folder, loop)[0])
            started = time.perf_counter()
            shop.write(mails)
            written = time.perf_counter() - started
            seconds, megabytes = _run("send", shop.folder, os.cpu_count() or 1)
            _whole(shop, mails)
            yield Way(f"ours, {' and '.join(signatures) or 'not signed'}", mails, written, seconds, megabytes)


def _whole(shop: Shop, mails: int) -> None:
    """A figure counts only if every mail was taken.

    Raises:
        SystemExit: it was not.
    """
    with shop.place.engine.connect() as conn:
        rows = conn.execute(text("SELECT state, count(*) FROM message GROUP BY state"))
        found = {str(row[0]): int(row[1]) for row in rows}
    if found != {"sent": mails}:
        raise SystemExit(f"{mails} mails were to be sent; the ledger says {found}")


def _run(way: str, folder: Path, count: int) -> tuple[float, float]:
    """Run a way in processes of its own; seconds until the last has ended, and the most memory that one took."""
    processes = count if way == "send" else 1
    calls = [[sys.executable, "-m", "bench.letters", way, str(folder), str(count)] for _ in range(processes)]
    children = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True) for call in calls]
    told = [child.communicate()[0].split() for child in children]
    if any(child.returncode for child in children):
        raise SystemExit(f"a sender of the bench broke: {told}")
    began, ended = min(float(one[0]) for one in told), max(float(one[1]) for one in told)
    return ended - began, max(float(one[2]) for one in told)


def _source(mails: int, size: int) -> float:
    """Seconds that Postfix's sender takes, a new connection a mail."""
    call = [_program(SOURCE), "-s", str(CONNECTIONS), "-m", str(mails), "-l", str(size), f"127.0.0.1:{PORT}"]
    started = time.perf_counter()
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


@contextmanager
def _sink() -> Iterator[None]:
    """A server that takes everything and keeps nothing."""
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    call = [_program(SINK), *user, f"127.0.0.1:{PORT}", "500"]
    child = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def _program(name: str) -> str:
    """Where a program lies; Debian keeps these where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/lib/postfix/sbin") or ""
