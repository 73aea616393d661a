"""How every command answers: text for people or one JSON object, errors in words, and an exit code."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from models.errors import ConfigError, PerennialError

if TYPE_CHECKING:
    from config.settings import Settings

P = ParamSpec("P")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


@dataclass(frozen=True)
class Answer:
    """What a command has to say: `data` for --json, `text` for people, and the exit code."""

    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    code: int = 0


@dataclass(frozen=True)
class Options:
    """The options that stand before the command."""

    config: Path | None = None
    var: Path | None = None


def settings_of(ctx: typer.Context) -> "Settings":
    """The settings of this call.

    Raises:
        ConfigError: a variable of the environment cannot be used; named with its prefix.
    """
    from pydantic import ValidationError

    from config.logs import log_to_stderr
    from config.settings import Settings

    options: Options = ctx.obj or Options()
    try:
        settings = Settings.load(options.var, options.config)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"PERENNIAL_{str(first['loc'][0]).upper()}" if first["loc"] else ""
        raise ConfigError(first["msg"].removeprefix("Value error, "), file="environment or .env", key=name) from error
    if settings.config and not settings.config.is_dir():
        raise ConfigError(f"there is no folder {settings.config}", key="--config")
    log_to_stderr(settings)
    return settings


def json_text(data: dict[str, Any]) -> str:
    """One line of JSON; dates and paths as text."""
    return json.dumps(data, default=str, ensure_ascii=False)


def told(command: Callable[P, Answer]) -> Callable[P, None]:
    """Let a command return an Answer: print it, put errors into words, and exit with the code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.get("json"))
        try:
            answer = command(*args, **kwargs)
        except PerennialError as error:
            answer = Answer({"error": str(error), "exit_code": error.exit_code}, code=error.exit_code)
            print(f"perennial: {error}", file=sys.stderr)
        except Exception as error:
            if as_json:
                print(json_text({"error": f"{type(error).__name__}: {error}", "exit_code": 1}))
            raise
        if as_json:
            print(json_text(answer.data))
        elif answer.text:
            print(answer.text)
        raise typer.Exit(answer.code)

    return run
