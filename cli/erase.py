"""`perennial erase`: a person is forgotten."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def erase(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> Answer:
    """Erase a person: what names them goes from the database, the lake, the mailboxes, the outbox and the pages.

    A keyed hash of the address stays, so that nobody writes to it again, even when a source brings the person
    back. Waiting mails to it are canceled. It cannot be undone. Backups, the log of your mail server, and the
    systems that data comes from are yours to see to.

    Example: perennial erase jane@example.com --yes
    """
    from datetime import UTC, datetime

    from models.errors import UsageError
    from tasks.erase import erase as forget
    from tasks.opening import open_place
    from tasks.optout import one

    (wanted,) = one(address).addresses
    if not yes and not json and not typer.confirm(f"Erase {wanted}? This cannot be undone", default=False, err=True):
        raise UsageError("nothing was erased")
    with open_place(settings_of(ctx), create=False) as place:
        done = forget(place, wanted, datetime.now(UTC))
    rows = "".join(f"\n  {name:<16} {count}" for name, count in sorted(done.counts.items()))
    text = f"Erased; what stays is the key {done.address_key}.\n  canceled mails   {done.canceled}{rows}"
    return Answer({"address_key": done.address_key, "canceled": done.canceled, "removed": done.counts}, text)
