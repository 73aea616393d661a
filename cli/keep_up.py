"""Prefect on this machine: server, worker, the deployments of prefect.yaml, and an end that leaves nothing behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Never

import httpx

from cli.server import Child, ServerFailed, require_free, running, start_server
from config.files import ROOT
from config.quiet import quiet_environment
from config.settings import Settings
from models.errors import UsageError

POOL = "perennial"
LIMIT = 120.0
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


class Ended(BaseException):
    """A signal asks us to end; no error, and nothing on the way may catch it."""


def keep_up(settings: Settings, port: int = 4200, *, quiet: bool = False) -> int:
    """Run all of it until a signal comes.

    Raises:
        UsageError: a server already works on this home, or the port is taken.
        ServerFailed: a part did not start, or ended by itself.
    """
    say: Say = (lambda _: None) if quiet else _say
    _require_alone(settings, port)
    with _signals(), ExitStack() as stack:
        try:
            worker = _start(settings, port, stack, say)
            say(f"Ready. http://127.0.0.1:{port} shows runs and takes orders; Ctrl-C ends it.")
            _watch(worker)
        except Ended:
            say("Stopping ...")
    return 0


def _require_alone(settings: Settings, port: int) -> None:
    """Two servers on one home would quarrel about its database."""
    if known := running(settings):
        raise UsageError(f"Prefect already runs for {settings.var}: {known.removesuffix('/api')}")
    require_free(port)


def _start(settings: Settings, port: int, stack: ExitStack, say: Say) -> list[Child]:
    """Server, worker, deployments, in this order; what was started stops with the stack."""
    say(f"Starting Prefect in {settings.prefect_home} (some 20 s the first time) ...")
    server = start_server(settings, port)
    stack.callback(server.stop)
    environment = {**os.environ, **quiet_environment(settings), "PREFECT_API_URL": server.wait()}
    end_orphans(environment["PREFECT_API_URL"])
    say("Starting the worker and deploying ...")
    worker = start_worker(settings, environment)
    stack.callback(worker.stop)
    deploy(settings, environment)
    return [child for child in (server.child, worker) if child]


def end_orphans(api: str) -> int:
    """Mark as crashed what a killed worker left running, and count it; before our worker starts, nothing can be alive.

    Left alone, such a run would hold its deployment's only slot forever, and no later night would ever start: the
    server keeps the leases of slots in memory, and forgets them, not the slots, when it ends.
    """
    query = {"flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}}
    crashed = {"state": {"type": "CRASHED", "name": "Crashed", "message": "Prefect was stopped while this ran"}}
    with httpx.Client(base_url=api, timeout=30, trust_env=False) as client:
        found = client.post("/flow_runs/filter", json=query).raise_for_status().json()
        for run in found:
            client.post(f"/flow_runs/{run['id']}/set_state", json=crashed).raise_for_status()
    return len(found)


def start_worker(settings: Settings, environment: Mapping[str, str]) -> Child:
    """A process worker, with its pool."""
    arguments = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", f"{POOL}-here"]
    worker = Child.start(arguments, environment, settings.prefect_home / "worker.log", cwd=ROOT)
    until = time.monotonic() + LIMIT
    while not _pool_is_there(environment["PREFECT_API_URL"]):
        if worker.ended or time.monotonic() > until:
            worker.stop()
            raise ServerFailed(f"the worker did not start; its last words:\n{worker.tail()}")
        time.sleep(0.2)
    return worker


def deploy(settings: Settings, environment: Mapping[str, str], prefect_file: str = "prefect.yaml") -> None:
    """Apply the deployments of prefect.yaml; to apply them again changes nothing.

    Raises:
        ServerFailed: Prefect refused them.
    """
    arguments = ["prefect", "--no-prompt", "deploy", "--all", "--prefect-file", prefect_file]
    child = Child.start(arguments, environment, settings.prefect_home / "deploy.log", cwd=ROOT)
    try:
        code = child.process.wait(LIMIT)
    finally:
        child.stop()
    if code:
        raise ServerFailed(f"the deployments were refused:\n{child.tail()}")


def _pool_is_there(api: str) -> bool:
    """Whether the worker has made its pool."""
    return httpx.get(f"{api}/work_pools/{POOL}", timeout=10, trust_env=False).is_success


def _watch(children: list[Child]) -> Never:
    """Wait; a child that ends by itself is an error."""
    while True:
        for child in children:
            if child.ended:
                raise ServerFailed(f"{child.log.stem} ended by itself; its last words:\n{child.tail()}")
        time.sleep(0.5)


@contextmanager
def _signals() -> Iterator[None]:
    """Turn the first signal that asks us to end into Ended; later ones cannot break the cleaning up."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for one in ENDS:
            signal.signal(one, signal.SIG_IGN)
        raise Ended

    before = {one: signal.signal(one, end) for one in ENDS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _say(text: str) -> None:
    """To the person at the terminal, at once."""
    print(text, file=sys.stderr, flush=True)
