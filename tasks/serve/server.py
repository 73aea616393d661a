"""The service as a process: one socket, one server, an end that is no error."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from models.errors import UsageError
from tasks.serve.app import app_of
from tasks.serve.desk import Desk

GRACE = 10
"""Seconds in which calls that have begun are answered when the service ends."""
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Server(uvicorn.Server):
    """Ends with a signal as with anything else: what asked it to end is not raised once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the first signal end the service gently, and a second one at once."""
        before = {one: signal.signal(one, self.handle_exit) for one in ENDS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        UsageError: somebody else listens there, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port") from error


def run(desk: Desk, listening: socket.socket) -> None:
    """Answer until a signal comes.

    Nothing logs addresses of pages, which hold tokens. Whom a proxy on this machine speaks for is believed.
    """
    config = uvicorn.Config(
        app_of(desk), log_config=None, access_log=False, server_header=False, lifespan="off",
        timeout_graceful_shutdown=GRACE, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    _Server(config).run(sockets=[listening])
