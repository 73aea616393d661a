"""The child process that renders: bounded in memory and time, told everything through one pipe, knowing no secret."""

import resource
import signal
import sys
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from config.files import Files
from models.errors import ConfigError, OverLimit, RenderError
from tasks.mail.check_file import check_file
from tasks.mail.render import render
from tasks.mail.wire import from_bytes, to_bytes

MEMORY = 256 * 1024 * 1024
"""Bytes that rendering may take beyond what the process has when it is ready."""
SECONDS = 2.0
"""Computing time of one mail; time spent waiting for the machine is not counted against a template."""
AGAIN = 0.25
TOO_BIG = "it needs more memory than a mail may take"
TOO_LONG = f"it computes for longer than {SECONDS:g} s"
STATM = Path("/proc/self/statm")
_spent: list[float] = []
"""Whether the present request has used up its time."""


def main(handle: int) -> None:
    """Answer every request of the pipe with that number, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _time_is_up)
    sys.dont_write_bytecode = True
    pipe, files = Connection(handle), Files({})
    _limit()
    pipe.send_bytes(to_bytes("ready"))
    while True:
        try:
            request = from_bytes(pipe.recv_bytes())
        except EOFError:
            return
        if "files" in request:
            files = Files(request["files"])
            continue
        pipe.send_bytes(to_bytes(answer(files, request)))


def answer(files: Files, request: dict[str, Any]) -> dict[str, Any]:
    """What comes of one request: a mail, the problems of a file, or why there is neither.

    `over`: a limit was broken; `late`: it was the one of time.
    """
    _spent.clear()
    signal.setitimer(signal.ITIMER_PROF, SECONDS, AGAIN)
    try:
        if "check" in request:
            return {"problems": [_plain(error) for error in check_file(files, request["check"])]}
        return {"mail": asdict(render(files, *request["render"]))}
    except (RenderError, MemoryError) as error:
        late = bool(_spent)
        over = late or isinstance(error, OverLimit | MemoryError)
        told = isinstance(error, OverLimit) or not late
        placed = told and isinstance(error, RenderError) and str(error) != TOO_LONG
        said = {"error": str(error)} if placed else {"lost": TOO_LONG if late else TOO_BIG}
        return {**said, "over": over, "late": late}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _plain(error: ConfigError) -> dict[str, Any]:
    """A problem as plain data."""
    return {"problem": error.problem, "file": error.file, "line": error.line, "key": error.key}


def _limit() -> None:
    """No file is written, no core dumped; memory ends where it must.

    macOS has no /proc and does not hold a process to RLIMIT_AS: there the time limit and the grammar of templates
    stand alone.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if STATM.exists():
        size = int(STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))


def _time_is_up(*_: object) -> NoReturn:
    """SIGPROF: the computing time is used up; it comes again for whatever takes it for an error of its own."""
    _spent.append(SECONDS)
    raise OverLimit(TOO_LONG)
