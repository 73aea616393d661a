"""A renderer's process as the run sees it: started without our secrets, asked one thing at a time, ended for good."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any

from config.files import ROOT, Files
from tasks.mail.template import FOLDER
from tasks.mail.wire import from_bytes, to_bytes

STARTUP = 60.0
"""Seconds until it must be ready."""
WALL = 10.0
"""Seconds until it must have answered: what stops a child that its own clock of computing time does not."""
MAX_ANSWER = 4_000_000
"""Bytes; two bodies of 256,000 characters as JSON are less."""
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from tasks.mail.worker import main; main(int(sys.argv[2]))"
KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
"""All of the environment that it gets: no setting, no password."""
OURS = "config/perennial.yaml"


class Lost(Exception):
    """The child ended, or did not answer in time; the message says which."""


@dataclass
class Child:
    """A process and the pipe to it.

    Attributes:
        files: those it has been told last; None until it has said that it is ready.
    """

    process: subprocess.Popen[bytes]
    pipe: Connection
    files: Files | None = None

    @classmethod
    def start(cls) -> "Child":
        """Start one; it gets ready while we do something else."""
        ours, theirs = Pipe()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
                [sys.executable, "-P", "-c", BOOT, str(ROOT), str(theirs.fileno())],
                env={name: os.environ[name] for name in KEPT if name in os.environ},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return cls(process, ours)

    def ask(self, files: Files, data: bytes) -> dict[str, Any]:
        """Its answer to a request about these files.

        Raises:
            Lost: there is none.
        """
        try:
            self._tell(files)
            self.pipe.send_bytes(data)
            answer: dict[str, Any] = from_bytes(self._next(WALL))
        except (EOFError, OSError) as error:
            raise Lost(f"the renderer died of it ({self.end()})") from error
        return answer

    def end(self) -> str:
        """End it, if it has not ended by itself; how it ended."""
        self.pipe.close()
        try:
            code = self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _tell(self, files: Files) -> None:
        """Tell it the files it will be asked about, unless it knows them."""
        if self.files is None:
            self._next(STARTUP)
        if files is not self.files:
            told = {**files.under(FOLDER), OURS: files.get(OURS, "")}
            self.pipe.send_bytes(to_bytes({"files": told}))
            self.files = files

    def _next(self, seconds: float) -> bytes:
        """What it says next."""
        if not self.pipe.poll(seconds):
            raise Lost(f"it takes longer than {seconds:g} s")
        return self.pipe.recv_bytes(MAX_ANSWER)
