"""`perennial plan`: what tonight would do."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings


@told
def plan(
    ctx: typer.Context,
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The date to plan for (default: today, UTC).")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write it as one self-contained page.")
    ] = None,
    mails: Annotated[bool, typer.Option("--mails", help="With the words of the messages and whom they go to.")] = False,
    against: Annotated[
        str | None,
        typer.Option(metavar="DIR|REV", help="Another configuration, or a git revision of --config: what it changes."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="With --against: as a comment on a change.")] = False,
    max_changes: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="With --against: exit 5 if more than N things change.")
    ] = None,
    json: Json = False,
) -> Answer:
    """What tonight would do, by play, by CSM and by customer; nothing is changed by it.

    A sealed night is told from its seal, any other is pulled and decided in temporary space. It prints the hash of
    its inputs; a nightly with the same hash does exactly that. With --against it tells what another configuration
    would do that this one does not. Exits 4 if the night would wait for approval, 5 above --max-changes.

    Example: perennial plan --as-of 2025-07-01 --html plan.html
    """
    from cli.plan_text import plan_text
    from config.quiet import quiet_environment
    from models.errors import UsageError

    settings = settings_of(ctx)
    os.environ.update(quiet_environment(settings))
    from config.files import read_files
    from tasks.report.pages import Pages

    if against is None and (markdown or max_changes is not None):
        raise UsageError("--markdown and --max-changes belong to --against DIR or REV")
    if against is not None:
        return _against(settings, _date(as_of), against, markdown=markdown, most=max_changes)
    data = _planned(settings, _date(as_of), mails=mails)
    if html is not None:
        html.write_text(Pages(read_files(settings.config), {}).plan(data), encoding="utf-8")
        data["pages"] = {"plan": str(html)}
    return Answer(data, plan_text(data), int(data["exit_code"]))


def _date(said: str | None) -> date:
    """The date that was said, or today's."""
    from cli.dates import day

    return day(said) or datetime.now(UTC).date()


def _planned(settings: "Settings", as_of: date, *, mails: bool = False, otherwise: bool = False) -> dict[str, Any]:
    """One plan."""
    from tasks.planning.answer import answer
    from tasks.planning.run import planned

    with planned(settings, as_of, otherwise=otherwise) as found:
        return answer(found, mails=mails)


def _against(settings: "Settings", as_of: date, said: str, *, markdown: bool, most: int | None) -> Answer:
    """Two plans of that date, one under another configuration.

    Exits 5 where more changes than are allowed.
    """
    from cli.plan_against import against_text
    from models.night import EXIT_DONE, EXIT_PROMISE
    from tasks.planning.against import difference
    from tasks.planning.other import other_settings

    with other_settings(settings, said) as other:
        found = difference(_planned(settings, as_of), _planned(other, as_of, otherwise=True))
    code = EXIT_PROMISE if most is not None and found["changes"] > most else EXIT_DONE
    return Answer({**found, "exit_code": code}, against_text(found, markdown=markdown), code)
