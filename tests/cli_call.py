"""The command line as a person calls it, on an installation of the tests."""

import hashlib
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app
from tests.night_house import House


def call(house: House, *arguments: object) -> Result:
    """One command of this installation."""
    options = ["--config", str(house.layer), "--var", str(house.var)]
    return CliRunner().invoke(app, [*options, *map(str, arguments)])


def told(house: House, *arguments: object, code: int = 0) -> dict[str, Any]:
    """What a command says as JSON; nothing else may be on stdout."""
    result = call(house, *arguments, "--json")
    assert result.exit_code == code, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def files(folder: Path) -> dict[str, str]:
    """Every file below the folder, by what is in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
