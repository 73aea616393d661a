"""Every deployment's flow loads as the worker loads it: by file, in a fresh process."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml

from config.files import ROOT
from config.quiet import SILENT

DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
NAMES = [str(one["name"]) for one in DEPLOYMENTS]
LOAD = """
import json, sys
from prefect.flows import load_flow_from_entrypoint
flow = load_flow_from_entrypoint(sys.argv[1], use_placeholder_flow=False)
print(json.dumps({
    "name": flow.name, "retries": flow.retries, "persist": flow.persist_result, "named": callable(flow.flow_run_name),
    "parameters": flow.parameters.model_dump(), "hooks": [hook.__name__ for hook in flow.on_failure_hooks],
}))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, dict[str, Any]]:
    """What each entrypoint is once it is loaded; two at a time, a process each."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(NAMES, pool.map(_load, DEPLOYMENTS), strict=True))


def _load(deployment: dict[str, Any]) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD, deployment["entrypoint"]],
        cwd=ROOT,
        env={**os.environ, **SILENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_flow_is_the_deployments(name: str, loaded: dict[str, dict[str, Any]]) -> None:
    """Its name is the deployment's; it is never retried, stores no result, and its runs are named."""
    flow = loaded[name]
    assert (flow["name"], flow["retries"], flow["persist"], flow["named"]) == (name, 0, False, True)


@pytest.mark.parametrize(
    ("name", "required", "defaults"),
    [
        ("nightly", [], {"as_of": None, "dry_run": False}),
        ("deliver", [], {}),
        ("inbox", [], {}),
        ("renewal", ["account"], {"apply": False, "contract": None, "as_of": None}),
        ("approve", ["run"], {"hold": None, "drop": None}),
        ("pull", [], {}),
        ("report", [], {}),
    ],
)
def test_the_form_asks_for_what_is_needed(
    name: str, required: list[str], defaults: dict[str, Any], loaded: dict[str, dict[str, Any]]
) -> None:
    """What the UI's form asks, with its defaults: nothing is applied unless somebody says so; no person is named."""
    parameters = loaded[name]["parameters"]
    assert parameters.get("required", []) == required
    shown = {key: value.get("default") for key, value in parameters["properties"].items() if key not in required}
    assert shown == defaults


@pytest.mark.parametrize("name", ["nightly", "deliver", "inbox", "approve", "pull", "report"])
def test_a_failure_is_told(name: str, loaded: dict[str, dict[str, Any]]) -> None:
    """What runs without anybody looking alerts when it fails."""
    assert "tell" in loaded[name]["hooks"]
