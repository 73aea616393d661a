"""Senders that can be killed: reads lines `VAR PORT MAILBOX FAILPOINT`, and runs each in a fork of its own.

Everything is imported once, so that a kill costs moments. MAILBOX `-`: the server's ledger is not to be read;
FAILPOINT `-`: none. Prints the fork's process id, then its exit code.
"""

import os
import sys
import traceback
from pathlib import Path

from tasks.deliver import deliver
from tasks.failpoint import VARIABLE
from tasks.mail.smtp import Server
from tasks.mail.transport import Transport
from tests.mailroom import room


def send(var: str, port: str, mailbox: str, failpoint: str) -> int:
    """One sender's life; gives its exit code if it lives to the end."""
    os.environ[VARIABLE] = failpoint.strip("-")
    try:
        deliver(room(Path(var)), Transport(Server("127.0.0.1", int(port)), None if mailbox == "-" else Path(mailbox)))
    except Exception:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(send(*line.split()))
        print(child, flush=True)  # noqa: T201
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201
