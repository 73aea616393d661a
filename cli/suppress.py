"""`perennial suppress`: addresses that get no more mail."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.optout import Listed

EXIT_INVALID = 2


@told
def suppress(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="An e-mail address.")] = None,
    file: Annotated[Path | None, typer.Option(help="A CSV file with a column email or address.")] = None,
    reason: Annotated[str, typer.Option(help="Why; without personal data.")] = "by hand",
    json: Json = False,
) -> Answer:
    """Never write to an address, or those of a CSV file, again.

    Effective before the next message is claimed. Contractual notices go to the CSM instead. Only keyed hashes
    of the addresses are stored. Lines of a file that are no address are told and make the exit code 2; the
    others count.

    Example: perennial suppress jane@example.com --reason "asked by phone"
    Example: perennial suppress --file unsubscribed.csv
    """
    from datetime import UTC, datetime

    from models.errors import UsageError
    from tasks.opening import open_place
    from tasks.optout import from_csv, one, suppress_all
    from tasks.store.engine import begin

    if (address is None) == (file is None):
        raise UsageError("say either an address or --file CSV")
    listed = from_csv(file) if file else one(address or "")
    settings = settings_of(ctx)
    with open_place(settings) as place, begin(place.engine) as conn:
        added = suppress_all(conn, listed, settings.secret, reason, datetime.now(UTC))
    known = len(listed.addresses) - added
    invalid = [{"line": line, "text": text} for line, text in listed.invalid]
    data = {"added": added, "known": known, "invalid": invalid}
    return Answer(data, _text(listed, added, known, file), EXIT_INVALID if invalid else 0)


def _text(listed: "Listed", added: int, known: int, file: Path | None) -> str:
    """For people."""
    from cli.table import plural

    if file is None:
        return "Suppressed." if added else "This address was suppressed already."
    lines = [f"{plural(added, 'address', 'addresses')} suppressed, {known} already there."]
    if listed.invalid:
        lines.append(f"{plural(len(listed.invalid), 'line')} with no address, nothing was done about them:")
        lines += [f"  {file}:{line}: {text}" for line, text in listed.invalid]
    return "\n".join(lines)
