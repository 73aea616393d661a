"""What the scheduler does when its time comes, and what becomes of what was killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.keep_up import deploy, end_orphans
from config.files import ROOT
from tests.prefect_server import Prefect, until

ALIVE = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}


@pytest.fixture
def every_minute(prefect_up: Prefect, tmp_path: Path) -> Iterator[None]:
    """The deployments of prefect.yaml with `deliver` every minute; afterwards as they were."""
    described = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    for one in described["deployments"]:
        if one["name"] == "deliver":
            one["schedules"] = [{"cron": "* * * * *", "timezone": "UTC", "active": True}]
    changed = tmp_path / "prefect.yaml"
    changed.write_text(yaml.safe_dump(described))
    environment = {**prefect_up.environment, "PREFECT_API_URL": f"{prefect_up.url}/api"}
    deploy(prefect_up.settings, environment, str(changed))
    yield
    deploy(prefect_up.settings, environment)


@pytest.mark.usefixtures("every_minute")
def test_a_cron_run_really_fires(prefect_up: Prefect) -> None:
    """Nobody presses anything: the scheduler plans the run, the worker takes it, the flow ends well.

    A wrong SQLAlchemy makes the scheduler throw on every pass while everything else looks fine; only this notices.
    """

    def look() -> dict[str, Any] | None:
        runs = prefect_up.filtered(
            "flow_runs",
            deployments={"name": {"any_": ["deliver"]}},
            flow_runs={"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}},
        )
        return next((run for run in runs if run["auto_scheduled"]), None)

    run = until(look, 240)
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["name"].startswith("deliver-20")


def test_what_was_killed_frees_its_slot(prefect_up: Prefect) -> None:
    """A run that nobody runs any more must not keep the later ones waiting for its only slot.

    `perennial up` ends such runs when it starts; they are what a killed worker left.
    """
    deployment = prefect_up.deployment("approve")
    path = f"/deployments/{deployment['id']}/create_flow_run"
    body = {
        "parameters": {"run": "nightly:2000-01-01"},
        "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2999-01-01T00:00:00Z"}},
    }
    until(lambda: not prefect_up.filtered("flow_runs", flow_runs=ALIVE), 120)
    with prefect_up.api as api:
        run = api.post(path, json=body).raise_for_status().json()
        set_state = f"/flow_runs/{run['id']}/set_state"
        for state in ("PENDING", "RUNNING"):
            api.post(set_state, json={"state": {"type": state}, "force": state == "PENDING"}).raise_for_status()
        assert api.get(f"/flow_runs/{run['id']}").json()["state_type"] == "RUNNING"
    assert end_orphans(f"{prefect_up.url}/api") == 1
    with prefect_up.api as api:
        assert api.get(f"/flow_runs/{run['id']}").json()["state_type"] == "CRASHED"
        limits = api.post("/v2/concurrency_limits/filter", json={}).raise_for_status().json()
    assert {limit["active_slots"] for limit in limits} == {0}
