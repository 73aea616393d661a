"""prefect.yaml, the flows' files, .env.example and the Makefile say the same."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.files import ROOT
from config.settings import Settings

DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
FLOWS = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
PACKAGES = {"cli", "config", "flows", "migrations", "models", "tasks", "templates"}
SIDE_EFFECTS = {"nightly", "deliver", "inbox", "approve", "pull"}
TARGETS = ("install", "demo", "test", "check", "bench", "up", "lock")


def test_each_flow_has_one_deployment_of_its_name() -> None:
    """The name of a deployment, of its file and of its function is one."""
    assert {one["name"] for one in DEPLOYMENTS} == FLOWS
    assert all(one["entrypoint"] == f"flows/{one['name']}.py:{one['name']}" for one in DEPLOYMENTS)


def test_no_flow_hides_a_module() -> None:
    """Prefect puts flows/ first on the path: what lies there must not be named like anything one imports."""
    taken = set(sys.stdlib_module_names) | PACKAGES | {"prefect", "pandas", "duckdb", "sqlalchemy"}
    assert not {path.stem for path in (ROOT / "flows").iterdir() if path.stem != "__init__"} & taken


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: str(one["name"]))
def test_schedules_are_utc_and_side_effects_wait_their_turn(deployment: dict[str, Any]) -> None:
    """A local schedule fires an hour early once a year; two of a kind at once would only meet the lock."""
    assert all(schedule["timezone"] == "UTC" for schedule in deployment.get("schedules", []))
    assert deployment["work_pool"]["name"] == "perennial"
    if deployment["name"] in SIDE_EFFECTS:
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_the_example_names_every_setting_and_no_other() -> None:
    """Whoever copies .env.example sees all there is to set."""
    named = re.findall(r"^PERENNIAL_([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_is_what_holds_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying the example changes nothing: its values are the defaults."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PERENNIAL_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    bare = Settings()
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    assert Settings() == bare


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_of_make_says_what_it_does(target: str) -> None:
    """`make help` lists the targets by the words behind ##."""
    assert re.search(rf"^{target}:.*## \w", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_pinned_requirements_name_no_index_and_no_machine(name: str) -> None:
    """Any index can serve them, and each file is known by its hash."""
    text = (ROOT / name).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines
    assert all("==" in line and line.endswith("\\") for line in lines)
    assert not re.search(r"https?://|file://|^-|/(home|root|work|tmp)/", text, re.MULTILINE)
