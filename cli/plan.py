"""`perennial plan`: what tonight would do."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def plan(
    ctx: typer.Context,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The date to plan for (default: today, UTC).")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write it as one self-contained page.")
    ] = None,
    mails: Annotated[bool, typer.Option("--mails", help="With the words of the messages and whom they go to.")] = False,
    json: Json = False,
) -> Answer:
    """What tonight would do, by play, by CSM and by customer; nothing is changed by it.

    A sealed night is told from its seal, any other is pulled and decided in temporary space. It prints the hash of
    its inputs; a nightly with the same hash does exactly that. Exits 4 if the night would wait for approval.

    Example: perennial plan --as-of 2025-07-01 --html plan.html
    """
    from datetime import UTC, datetime

    from cli.dates import day
    from cli.plan_text import plan_text
    from config.quiet import quiet_environment

    settings = settings_of(ctx)
    os.environ.update(quiet_environment(settings))
    from config.files import read_files
    from tasks.planning.answer import answer
    from tasks.planning.run import planned
    from tasks.report.pages import Pages

    with planned(settings, day(as_of) or datetime.now(UTC).date()) as found:
        data = answer(found, mails=mails)
    if html is not None:
        html.write_text(Pages(read_files(settings.config), {}).plan(data), encoding="utf-8")
        data["pages"] = {"plan": str(html)}
    return Answer(data, plan_text(data), int(data["exit_code"]))
