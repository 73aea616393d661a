"""The night through Prefect, its process killed with -9: the next run for the same date ends what it began."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from config.files import ROOT
from tasks.demo.company import AS_OF, write_company
from tests.night_house import House, promises
from tests.prefect_server import Prefect, Webhook, running, until

KILLS = 5
SEED = 20241231
LONGEST = 12.0
"""Seconds of a run's life within which it is killed."""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory, webhook: Webhook) -> Iterator[Prefect]:
    """A server, a worker and the deployments, with a company of their own."""
    with running(tmp_path_factory.mktemp("killed") / "var", webhook) as prefect:
        write_company(prefect.settings.var / "demo", as_of=AS_OF)
        yield prefect


def begun(prefect: Prefect) -> str:
    """A new run of the night; its id."""
    path = f"/deployments/{prefect.deployment('nightly')['id']}/create_flow_run"
    with prefect.api as api:
        run: dict[str, Any] = (
            api.post(path, json={"parameters": {"as_of": AS_OF.isoformat()}}).raise_for_status().json()
        )
    return str(run["id"])


def process_of(run: str) -> int | None:
    """The process that runs it, once there is one."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"FLOW_RUN_ID={run}".encode() in (process / "environ").read_bytes():
                return int(process.name)
    return None


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")
def test_a_killed_run_is_ended_by_the_next_one(scheduler: Prefect) -> None:
    """Killed five times at random; then a run completes, and every mail is there once."""
    moments = random.Random(SEED)
    killed = 0
    for _ in range(KILLS):
        run = begun(scheduler)
        pid = until(lambda run=run: process_of(run), 60)  # type: ignore[misc]
        time.sleep(moments.uniform(0.5, LONGEST))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        killed += scheduler.ended(run, 120)["state_type"] == "CRASHED"
    assert killed, f"seed {SEED}: no kill hit a run"
    last = scheduler.run("nightly", limit=300, as_of=AS_OF.isoformat())
    assert last["state_type"] == "COMPLETED", last["state"]
    house = House(scheduler.settings.var, ROOT)
    promises(house)
    assert house.sent()
    assert house.run(AS_OF).state == "done"
