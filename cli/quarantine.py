"""`perennial quarantine`: the rows set aside, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.asides import Aside

SHOWN = 200


@told
def quarantine(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only rows of this source.")] = None,
    json: Json = False,
) -> Answer:
    """Rows that were set aside, and why.

    Newest first: source, key, the expectation broken, the value, and why it matters. They land by themselves
    once their system gives them right.

    Example: perennial quarantine --source contacts
    """
    from tasks.asides import asides
    from tasks.opening import open_place
    from tasks.store.engine import read

    with open_place(settings_of(ctx), create=False) as place, read(place.engine) as conn:
        found = asides(conn, place.lake, source)
    return Answer({"rows": [vars(one) for one in found]}, _text(found, source))


def _text(found: list["Aside"], source: str | None) -> str:
    """For people: a table a source, so that reasons need not be cut."""
    from cli.table import plural

    if not found:
        return f"No row{f' of {source}' if source else ''} is in quarantine."
    rows = {(one.source, one.as_of, one.row, one.key) for one in found}
    sources = dict.fromkeys(one.source for one in found)
    parts = [f"{plural(len(rows), 'row')} in quarantine\n"]
    parts += [_of_source(name, [one for one in found[:SHOWN] if one.source == name]) for name in sources]
    if len(found) > SHOWN:
        parts.append(f"… and {len(found) - SHOWN} more; all of them: perennial quarantine --json")
    return "\n".join(part for part in parts if part).rstrip()


def _of_source(name: str, found: list["Aside"]) -> str:
    """One source's rows, each expectation with its reason once."""
    from cli.table import table

    if not found:
        return ""
    rows = [(one.as_of, one.key, one.row, one.column, one.value, one.expectation) for one in found]
    reasons = dict.fromkeys((one.column, one.expectation, one.reason) for one in found)
    why = [f"    {column or 'row'}, {expectation}: {reason}" for column, expectation, reason in reasons]
    return "\n".join([name, table(("night", "key", "row", "column", "value", "broken"), rows), "  why:", *why, ""])
