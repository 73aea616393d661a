"""The group of all commands: a call that cannot be parsed is told as JSON too, where JSON was asked for."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli.answer import json_text

JSON = "--json"
# Typer carries click under a private name; this is its UsageError.
WRONG_CALL: type[Exception] = typer.BadParameter.__mro__[1]


class Commands(TyperGroup):
    """A wrong call is told on stderr, as ever; with --json it is one object on stdout besides."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The options before the command."""
        ctx.meta[JSON] = JSON in args
        if ctx.meta[JSON]:  # it belongs to the command, and may stand before it all the same
            args = [*(one for one in args if one != JSON), JSON]
        try:
            return list(super().parse_args(ctx, args))
        except WRONG_CALL as error:
            _tell(ctx, error)
            raise

    def invoke(self, ctx: Any) -> Any:
        """The command with its own options."""
        try:
            return super().invoke(ctx)
        except WRONG_CALL as error:
            _tell(ctx, error)
            raise


def _tell(ctx: Any, error: Any) -> None:
    """The error as JSON, if JSON was asked for."""
    if ctx.meta[JSON]:
        print(json_text({"error": error.format_message(), "exit_code": error.exit_code}))
