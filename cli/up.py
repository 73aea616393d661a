"""`perennial up`."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def up(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(help="Port of the Prefect UI on 127.0.0.1.")] = 4200,
    json: Json = False,
) -> Answer:
    """Prefect on this machine: server, worker and all deployments, until Ctrl-C.

    Example: perennial up
    """
    from cli.keep_up import keep_up

    code = keep_up(settings_of(ctx), port, quiet=json)
    return Answer({"exit_code": code}, code=code)
