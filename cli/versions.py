"""`perennial versions`: the versions of plays that are alive, and what a new one would change."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.live_versions import LiveVersion

HOW = {
    "stay": "the configured one",
    "finish_old": "its enrollments end in it (finish_old)",
    "map": "its enrollments go on in the configured one with the next night (map)",
    "restart": "its enrollments end with the next night and begin anew in the configured one (restart)",
}


@told
def versions(
    ctx: typer.Context,
    play: Annotated[str | None, typer.Argument(help="Only this play, by its file's name.")] = None,
    json: Json = False,
) -> Answer:
    """Show which versions of plays have running enrollments.

    The files as they lie on the disk are the configured versions. Of each older one: what the next night would do
    to its steps, by the `migrate` of the configured one; nothing is changed by asking.

    Example: perennial versions renewal
    """
    from config.files import read_files
    from config.load import load_rules
    from tasks.live_versions import live_versions
    from tasks.opening import open_place
    from tasks.store.engine import read

    settings = settings_of(ctx)
    rules = load_rules(read_files(settings.config))
    with open_place(settings, create=False) as place, read(place.engine) as conn:
        found = live_versions(conn, rules.plays, play)
    return Answer({"versions": [asdict(one) for one in found]}, _text(found))


def _text(found: "list[LiveVersion]") -> str:
    """For people: steps are told of versions that are not the configured one."""
    from cli.table import plural, table

    lines = []
    for one in found:
        lines.append(f"{one.play} {one.hash}: {plural(one.running, 'running enrollment')}; {HOW[one.how]}")
        if not one.configured:
            rows = [(step.step, step.taken, step.said) for step in one.steps]
            lines.append(table(("step", "taken by", "what becomes of it"), rows))
    return "\n".join(lines)
