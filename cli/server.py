"""A Prefect server of our own on this machine: found if it runs, started if not, stopped with us."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from config.files import ROOT
from config.quiet import quiet_environment
from config.settings import Settings
from models.errors import PerennialError, UsageError

HOST = "127.0.0.1"
GRACE = 45.0
STARTUP = 180.0
FAREWELL = 10.0


class ServerFailed(PerennialError):
    """A part of Prefect did not start or ended by itself; its log says why."""


@dataclass
class Child:
    """A process of ours in a session of its own, so that Ctrl-C reaches it only through us; it ends when we do.

    Attributes:
        log: where its output goes.
    """

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, arguments: list[str], environment: Mapping[str, str], log: Path, cwd: Path | None = None) -> "Child":
        """Start `python -m arguments…`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
                [sys.executable, "-m", "cli.leash", *arguments],
                env={**environment, "PYTHONPATH": path},
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(process, log)

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self.process.poll() is not None

    def tail(self, lines: int = 12) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, grace: float = GRACE) -> None:
        """Ask it to end; after `grace` seconds end it and everything in its session."""
        if not self.ended:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


@dataclass
class Server:
    """A Prefect API: its address, and its process if it is ours."""

    url: str
    child: Child | None = None
    record: Path | None = None

    def wait(self, limit: float = STARTUP) -> str:
        """The address, as soon as the server answers.

        Raises:
            ServerFailed: it ended, or does not answer within `limit` seconds.
        """
        until = time.monotonic() + limit
        while not answers(self.url):
            if self.child and self.child.ended:
                raise ServerFailed(f"the Prefect server ended by itself; its last words:\n{self.child.tail()}")
            if time.monotonic() > until:
                raise ServerFailed(f"the Prefect server at {self.url} does not answer after {limit:.0f} seconds")
            time.sleep(0.1)
        return self.url

    def stop(self) -> None:
        """Stop it if it is ours."""
        if self.record:
            self.record.unlink(missing_ok=True)
        if self.child:
            self.child.stop()


def find_server(settings: Settings) -> Server:
    """The server to use: PREFECT_API_URL's, the one that already runs on our home, or a new one on any port."""
    known = os.environ.get("PREFECT_API_URL") or running(settings)
    return Server(known) if known else start_server(settings)


def start_server(settings: Settings, port: int = 0) -> Server:
    """A new server of our own on `port` (0: any).

    It needs 10 to 25 seconds: start it early, do something else, then call its `wait`.
    """
    chosen = port or free_port()
    url = f"http://{HOST}:{chosen}/api"
    # Without it, the pages of a server on another port than 4200 ask the one on 4200.
    environment = {**os.environ, **quiet_environment(settings), "PREFECT_SERVER_UI_API_URL": url}
    child = Child.start(
        ["prefect", "server", "start", "--host", HOST, "--port", str(chosen)],
        environment,
        settings.prefect_home / "server.log",
    )
    server = Server(url, child, _record(settings))
    _record(settings).write_text(json.dumps({"url": server.url, "pid": child.process.pid}))
    return server


@contextmanager
def prefect_api(settings: Settings, started: Server | None = None) -> Iterator[str]:
    """A Prefect API for this process: environment set and server answering; import prefect only inside.

    Args:
        settings: say where Prefect's home is.
        started: a server that was started earlier, to be waited for and stopped here.
    """
    os.environ.update(quiet_environment(settings))
    atexit.register(_hush)
    server = started or find_server(settings)
    try:
        os.environ["PREFECT_API_URL"] = server.wait()
        yield server.url
    finally:
        try:
            _let_log_arrive()
        finally:
            server.stop()


def _let_log_arrive() -> None:
    """Send what Prefect has yet to tell its server, before that stops; nothing is imported for it."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=FAREWELL)
        EventsWorker.drain_all(timeout=FAREWELL)


def _hush() -> None:
    """DuckDB complains on stderr of what Prefect's threads hold when the interpreter ends; nobody can use that."""
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def running(settings: Settings) -> str | None:
    """The address of the server that already works on our Prefect home, if one does."""
    try:
        recorded = json.loads(_record(settings).read_text())
        os.kill(recorded["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return str(recorded["url"]) if answers(recorded["url"]) else None


def answers(url: str) -> bool:
    """Whether a Prefect server answers there."""
    try:
        return httpx.get(f"{url}/health", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> None:
    """Raise UsageError if somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"port {port} on {HOST} is taken; end the program that holds it, or say --port") from error


def _record(settings: Settings) -> Path:
    """Where a running server notes its address."""
    return settings.prefect_home / "server.json"
