"""Every command explains itself, and asking for help loads nothing that takes time."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from cli.main import app
from config.files import ROOT

HEAVY = (
    "duckdb",
    "great_expectations",
    "httpx",
    "matplotlib",
    "pandas",
    "prefect",
    "pyarrow",
    "pydantic",
    "sqlalchemy",
    "sqlglot",
)
COMMANDS = (
    "nightly", "renewal", "start", "override", "versions", "status", "account", "tasks", "tasks done", "tasks pending",
    "tasks reopen", "tasks close", "done", "approve", "stop", "resume", "suppress", "quarantine", "check", "preview",
    "templates check", "templates gallery",
    "mail", "mail show", "mail release", "mail cancel", "mail resend", "mail doctor",
    "db upgrade", "demo", "erase", "inbox", "serve", "up", "why", "plan",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_json(command: str) -> None:
    """The example is one that can be typed."""
    said = CliRunner().invoke(app, [*command.split(), "--help"])
    assert said.exit_code == 0
    assert f"Example: perennial {'--config' if command == 'check' else command}" in " ".join(said.stdout.split())
    assert "--json" in said.stdout


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("--json", "No such option: --json"),
        ("nigthly --json", "No such command 'nigthly'."),
        ("nightly --as-off 2025-01-01 --json", "No such option: --as-off"),
        ("account --json", "Missing argument 'account'."),
        ("db upgrade now --json", "Got unexpected extra argument"),
    ],
)
def test_a_wrong_call_is_told_as_json_too(call: str, error: str) -> None:
    """One object on stdout and nothing else there; the words for people go to stderr, as ever."""
    said = CliRunner().invoke(app, call.split())
    told = json.loads(said.stdout)
    assert (said.exit_code, told["exit_code"]) == (2, 2)
    assert told["error"].startswith(error)
    assert error in said.stderr


def test_json_may_stand_before_the_command() -> None:
    """As after it."""
    calls = ("--json --var /nowhere tasks", "--var /nowhere --json tasks", "--var /nowhere tasks --json")
    said = [CliRunner().invoke(app, call.split()).stdout for call in calls]
    assert "there is no night" in json.loads(said[0])["error"]
    assert said[0] == said[1] == said[2]


def test_a_configuration_that_is_no_folder_is_refused() -> None:
    """By every command, whether it reads the configuration or not."""
    said = CliRunner().invoke(app, ["--config", "/nowhere", "status"])
    assert (said.exit_code, said.stderr) == (2, "perennial: --config: there is no folder /nowhere\n")


def test_no_command_is_missing_here() -> None:
    """The table above is the whole command line."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    below = {name: set(getattr(one, "commands", ())) for name, one in group.commands.items()}
    whole = {f"{name} {part}" for name, parts in below.items() for part in parts}
    assert whole | (set(group.commands) - {"db", "templates"}) == set(COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    """Half a second is all that help may take."""
    found = f"import cli.main, sys; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", found], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
