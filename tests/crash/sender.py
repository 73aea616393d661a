"""Senders that can be killed: reads orders, one a line of JSON, and runs each in a fork of its own.

Everything is imported once, so that a kill costs moments. Prints the fork's process id, then its exit code.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from tasks.deliver import deliver
from tasks.failpoint import VARIABLE
from tasks.mail.smtp import Server
from tasks.mail.transport import Transport
from tests.mailroom import room


def send(var: str, port: int, mailbox: str = "", failpoint: str = "", **settings: Any) -> int:
    """One sender's life; gives its exit code if it lives to the end.

    Args:
        var: the installation.
        port: where the mail server listens.
        mailbox: the mail server's ledger; empty if it is not to be read.
        failpoint: where the process is to die.
        settings: more settings of the installation.
    """
    os.environ[VARIABLE] = failpoint
    try:
        deliver(room(Path(var), **settings), Transport(Server("127.0.0.1", port), Path(mailbox) if mailbox else None))
    except Exception:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(send(**json.loads(line)))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
