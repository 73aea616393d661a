"""Senders that can be killed: reads orders, one a line of JSON, and runs each in a fork of its own.

Everything is imported once, so that a kill costs moments. Prints the fork's process id, then its exit code.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from models.ids import message_id, send_key
from tasks.deliver import deliver
from tasks.failpoint import VARIABLE
from tasks.mail.smtp import Server
from tasks.mail.transport import Transport
from tests.mailroom import key_of, queue_all, queued, room

PATIENCE = 10.0
"""Seconds after which a second sender begins although the first has sent nothing."""


def send(var: str, port: int = 1, mailbox: str = "", log: str = "", grace: int = 0, **settings: Any) -> None:
    """Send all that is due.

    Args:
        var: the installation.
        port: where the mail server listens.
        mailbox: the mail server's ledger; empty if it is not to be read.
        log: the mail server's log, if that is to be read instead.
        grace: seconds for which the mail server may still be at it.
        settings: more settings of the installation.
    """
    ledger = Path(log) if log else None
    server, kept = Server("127.0.0.1", port), Path(mailbox) if mailbox else None
    deliver(room(Path(var), **settings), Transport(server, kept, log=ledger, grace=grace))


def pair(var: str, news: str, **order: Any) -> None:
    """Two senders; the second begins when there are news in a file, which the first one makes."""
    before, end = _size(news), time.monotonic() + PATIENCE
    other = os.fork()
    while not other and _size(news) == before and time.monotonic() < end:
        time.sleep(0.002)
    code = life(send, {"var": var, **order})
    if not other:
        os._exit(code)
    if code or os.waitpid(other, 0)[1]:
        raise RuntimeError("one of two senders failed")


def _size(file: str) -> int:
    return Path(file).stat().st_size if Path(file).exists() else 0


def plan(var: str, count: int, revision: int = 1, **settings: Any) -> None:
    """Queue a message for each of so many contacts, as a night does that is run again: by the facts alone."""
    night = room(Path(var), **settings)
    keys = [send_key(f"contract:{one}", "renewal", "notice", "1", "email", key_of(night, one)) for one in range(count)]
    told = [{"message_id": message_id(key, revision), "send_key": key, "revision": revision} for key in keys]
    told = [{**one, "deadline": True} for one in told]  # what has a deadline is not capped: nothing else is in the way
    queue_all(night, [queued(night, one, **more) for one, more in enumerate(told)])


def found(var: str, **settings: Any) -> None:
    """Make the installation's database."""
    room(Path(var), **settings)


ACTS = {"send": send, "pair": pair, "plan": plan, "found": found}


def life(act: Any, order: dict[str, Any]) -> int:
    """What a process does; gives its exit code if it lives to the end."""
    try:
        act(**order)
    except Exception:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asked = json.loads(line)
            os.environ[VARIABLE] = asked.pop("failpoint", "")
            os._exit(life(ACTS[asked.pop("act", "send")], asked))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
