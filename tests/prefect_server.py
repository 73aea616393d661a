"""One real Prefect, as `perennial up` starts it, and a place where its alerts arrive."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import httpx
import pytest

from cli.server import answers, free_port
from config.files import ROOT
from config.quiet import quiet_environment
from config.settings import Settings

T = TypeVar("T")
PERENNIAL = (sys.executable, "-c", "from cli.main import app; app()")


@dataclass
class Webhook:
    """A real HTTP server that keeps what is posted to it."""

    url: str
    bodies: list[str] = field(default_factory=list)


@dataclass
class Prefect:
    """A running `perennial up`: its API, its settings, and the environment its worker has."""

    url: str
    settings: Settings
    environment: Mapping[str, str]
    webhook: Webhook

    @property
    def api(self) -> httpx.Client:
        """A client of the API; trust nothing of the environment."""
        return httpx.Client(base_url=f"{self.url}/api", timeout=60, trust_env=False)

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment by its name (flow and deployment are named alike)."""
        with self.api as api:
            found: dict[str, Any] = api.get(f"/deployments/name/{name}/{name}").raise_for_status().json()
        return found

    def run(self, name: str, limit: float = 180, **parameters: Any) -> dict[str, Any]:
        """Run a deployment now, as the button in the UI does; the flow run at its end."""
        body = {"parameters": parameters}
        with self.api as api:
            path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
            # Prefect's server says 503 while its SQLite is busy; its own client asks again, and so do we.
            taken = until(lambda: _unless_busy(api.post(path, json=body)), 60)
        return self.ended(taken.raise_for_status().json()["id"], limit)

    def ended(self, run_id: str, limit: float) -> dict[str, Any]:
        """The flow run, once it is in a final state."""

        def look() -> dict[str, Any] | None:
            with self.api as api:
                run: dict[str, Any] = api.get(f"/flow_runs/{run_id}").raise_for_status().json()
            return run if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        return until(look, limit)

    def filtered(self, what: str, **query: Any) -> list[dict[str, Any]]:
        """Flow runs, task runs or artifacts that match."""
        with self.api as api:
            found: list[dict[str, Any]] = api.post(f"/{what}/filter", json=query).raise_for_status().json()
        return found


def _unless_busy(answer: httpx.Response) -> httpx.Response | None:
    """The answer, unless the server is to be asked again."""
    return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer


@contextmanager
def listening() -> Iterator[Webhook]:
    """Where alerts go."""
    seen = Webhook("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        seen.url = f"http://127.0.0.1:{server.server_port}/secret-path"
        yield seen
        server.shutdown()
        thread.join()


@contextmanager
def running(var: Path, webhook: Webhook) -> Iterator[Prefect]:
    """`perennial up` in a folder of its own; at the end Ctrl-C, which must leave nothing behind."""
    port = free_port()
    settings = Settings(var=var)
    environment = {
        **os.environ,
        **quiet_environment(settings),
        "PERENNIAL_ALERT_WEBHOOK": webhook.url,
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }
    log = var.parent / "up.log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            [*PERENNIAL, "--var", str(var), "up", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: b"Ready" in log.read_bytes() or up.poll() is not None, 180)
        assert up.poll() is None, log.read_text()
        yield Prefect(f"http://127.0.0.1:{port}", settings, environment, webhook)
    finally:
        up.send_signal(signal.SIGINT)
        code = up.wait(90)
    assert code == 0, log.read_text()
    assert not answers(f"http://127.0.0.1:{port}/api"), "the server outlived perennial up"
    assert not left_over(str(var)), "a process outlived perennial up"


def left_over(var: str) -> list[str]:
    """Command lines of processes whose environment names this folder (Linux only; elsewhere nothing is known)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                process.name != str(os.getpid())
                and f"PERENNIAL_VAR={var}".encode() in (process / "environ").read_bytes()
            ):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def until(look: Callable[[], T | None], limit: float) -> T:
    """What `look` gives as soon as it gives something."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.25)
    pytest.fail(f"nothing came within {limit} seconds")
