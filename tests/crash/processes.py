"""The programs of a crash test, each in a process of its own, as the test talks to them."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
KILLED = -signal.SIGKILL
PATIENCE = 90.0
"""Seconds after which a program hangs."""


def program(name: str, *arguments: object, tree: Path = ROOT) -> subprocess.Popen[bytes]:
    """One of our programs, with the code of a tree."""
    command = [sys.executable, str(tree / "tests/crash" / name), *map(str, arguments)]
    pipe, environment = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, bufsize=0, cwd=tree)


class Talk:
    """A program that is asked and answers, a line each."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.orders: IO[bytes] = process.stdin
        self.news: IO[bytes] = process.stdout

    def say(self, line: str) -> None:
        """Ask."""
        self.orders.write(f"{line}\n".encode())

    def has_answered(self, seconds: float) -> bool:
        """Whether there is an answer, within that time."""
        return bool(select.select([self.news], [], [], seconds)[0])

    def answer(self) -> str:
        """The next answer."""
        assert self.has_answered(PATIENCE), "a program does not answer"
        return self.news.readline().decode().strip()


class Senders(Talk):
    """Starts senders, one after the other, and tells how they ended."""

    def start(self, **order: Any) -> int:
        """Start one; gives its process id."""
        self.say(json.dumps(order))
        return int(self.answer())

    def ended(self, seconds: float = 0) -> bool:
        """Whether it has ended, within that time."""
        return self.has_answered(seconds)

    def code(self) -> int:
        """Its exit code, once it has ended."""
        return int(self.answer())

    def run(self, **order: Any) -> int:
        """Start one and wait for its end."""
        self.start(**order)
        return self.code()

    def killed(self, pid: int) -> bool:
        """Kill it; False when it had come to its end."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        code = self.code()
        assert code in {0, KILLED}, f"a sender failed: exit code {code}"
        return code == KILLED


class Sink(Talk):
    """The mail server with its ledger."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        super().__init__(process)
        self.folder = folder
        self.port = int(self.answer())

    @property
    def mailbox(self) -> Path:
        """What it took, each Message-ID once: the ledger that a sender may read."""
        return self.folder / "mailbox"

    def quiet(self) -> None:
        """Wait until it has nothing in hand that a dead sender left there."""
        self.say("quiet?")
        self.answer()


@contextmanager
def senders(tree: Path = ROOT) -> Iterator[Senders]:
    """The parent of all senders."""
    process = program("sender.py", tree=tree)
    try:
        yield Senders(process)
    finally:
        process.communicate(timeout=PATIENCE)


@contextmanager
def sink(folder: Path, seed: int) -> Iterator[Sink]:
    """A running mail server."""
    folder.mkdir(parents=True, exist_ok=True)
    process = program("sink.py", folder, seed)
    try:
        yield Sink(process, folder)
    finally:
        process.communicate(timeout=PATIENCE)
