"""`perennial suppress`: addresses that get no more mail, or none of a class or a play."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings
    from tasks.optout import Listed

EXIT_INVALID = 2


@told
def suppress(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="An e-mail address.")] = None,
    file: Annotated[Path | None, typer.Option(help="A CSV file with a column email or address.")] = None,
    *,
    klass: Annotated[str | None, typer.Option("--class", help="Only mail of this class: service or marketing.")] = None,
    play: Annotated[str | None, typer.Option(help="Only mail of this play.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let the address have mail again.")] = False,
    reason: Annotated[str, typer.Option(help="Why; without personal data.")] = "by hand",
    json: Json = False,
) -> Answer:
    """Never write to an address, or those of a CSV file, again; or no mail of a class or a play.

    Effective before the next message is claimed. Contractual notices go to the CSM instead. Only keyed hashes
    of the addresses are stored. Lines of a file that are no address are told and make the exit code 2; the
    others count. Who objects to service mail gets no marketing either.

    Example: perennial suppress jane@example.com --reason "asked by phone"
    Example: perennial suppress jane@example.com --class marketing
    Example: perennial suppress jane@example.com --lift --reason "asked for it again"
    Example: perennial suppress --file unsubscribed.csv
    """
    from models.errors import UsageError
    from tasks.optout import from_csv, one

    if (address is None) == (file is None):
        raise UsageError("say either an address or --file CSV")
    listed, settings = from_csv(file) if file else one(address or ""), settings_of(ctx)
    scope = _scope(settings, klass, play)
    changed = _change(settings, listed, scope, reason, lift=lift)
    invalid = [{"line": line, "text": text} for line, text in listed.invalid]
    known = len(listed.addresses) - changed
    data = {"scope": scope, "lifted" if lift else "added": changed, "known": known, "invalid": invalid}
    told_ = _lifted(changed) if lift else _text(listed, changed, known, file)
    return Answer(data, told_, EXIT_INVALID if invalid else 0)


def _scope(settings: "Settings", klass: str | None, play: str | None) -> str:
    """How far it goes.

    Raises:
        UsageError: both were named, or there is no such class or play.
    """
    from config.files import read_files
    from models.errors import UsageError
    from models.nearest import did_you_mean
    from models.suppression import ALL, CLASSES, of_class, of_play

    if klass and play:
        raise UsageError("say either --class or --play; for both, call it twice")
    if klass and klass not in CLASSES:
        raise UsageError(f"'{klass}' is no class that can be objected to; {did_you_mean(klass, CLASSES)}")
    if play:
        plays = {Path(path).stem for path in read_files(settings.config).under("config/plays", ".yaml")}
        if play not in plays:
            raise UsageError(f"there is no play '{play}'; {did_you_mean(play, plays)}")
        return of_play(play)
    return of_class(klass) if klass else ALL


def _change(settings: "Settings", listed: "Listed", scope: str, reason: str, *, lift: bool) -> int:
    """Set or lift it; says for how many addresses that changed something."""
    from datetime import UTC, datetime

    from tasks.opening import open_place
    from tasks.optout import lift_all, suppress_all
    from tasks.store.engine import begin

    act, now = lift_all if lift else suppress_all, datetime.now(UTC)
    with open_place(settings) as place, begin(place.engine) as conn:
        return act(conn, listed, settings.secret, reason, now, scope)


def _lifted(changed: int) -> str:
    """For people."""
    from cli.table import plural

    return f"{plural(changed, 'address', 'addresses')} may be written to again." if changed else "Nothing stood there."


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
