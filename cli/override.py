"""`perennial override`: what a person sets by hand of an account."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told
from cli.who import who

if TYPE_CHECKING:
    from tasks.opening import Place


@told
def override(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Argument(help="The account, by id or name.")] = None,
    name: Annotated[str | None, typer.Argument(help="What is set: health, segment, stage or touch.")] = None,
    value: Annotated[str | None, typer.Argument(help="A band, segment, stage or touch model.")] = None,
    *,
    reason: Annotated[str | None, typer.Option(help="Why, for everybody to read; without personal data.")] = None,
    author: Annotated[str | None, typer.Option(help="Who says so, by id.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its last day (default: until it is lifted).")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let the computed value count again.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show what is set by hand.")] = False,
    json: Json = False,
) -> Answer:
    """Set health, segment, stage or touch model of an account by hand, from the next night on.

    What was computed stays beside it: conditions read what you set, gates and backtests what was computed.

    Example: perennial override A00017 health red --reason "the sponsor told us" --author csm-02 --until 2025-06-30
    Example: perennial override A00017 health --lift --reason "it is settled" --author csm-02
    Example: perennial override --list
    """
    from tasks.opening import open_place

    with open_place(settings_of(ctx), create=False) as place:
        if list_:
            return _list(place, account)
        wanted = {"account": account, "name": name, "value": value, "reason": reason, "author": author}
        return _put(place, {**wanted, "until": until}, lift=lift)


def _put(place: "Place", said: dict[str, str | None], *, lift: bool) -> Answer:
    """Set or lift it."""
    from cli.dates import day
    from models.errors import UsageError
    from tasks.lookup import account_of
    from tasks.opening import latest_night
    from tasks.overriding import Override, put, require_value, valid_values
    from tasks.store.engine import begin

    account, name, value, author = (said[key] or "" for key in ("account", "name", "value", "author"))
    missing = _missing(said, lift=lift)
    if missing:
        raise UsageError(f"say also: {', '.join(missing)}")
    night = latest_night(place)
    if lift:
        valid_values(night.rules, name)
    else:
        require_value(night.rules, name, value)
    id_ = account_of(night, account)
    wanted = Override(id_, name, None if lift else value, said["reason"], who(author), None, day(said["until"]))
    with begin(place.engine) as conn:
        changed = put(conn, wanted)
    return Answer({**asdict(wanted), "changed": changed}, _said(wanted.account, name, wanted.value, changed=changed))


def _missing(said: dict[str, str | None], *, lift: bool) -> list[str]:
    """What a person must say, and has not said."""
    words = {"account": "ACCOUNT", "name": "health, segment, stage or touch", "value": "the value",
             "reason": "--reason", "author": "--author"}  # fmt: skip
    return [word for key, word in words.items() if not said[key] and not (lift and key == "value")]


def _said(account: str, name: str, value: str | None, *, changed: bool) -> str:
    """For people."""
    if value is None:
        return f"The {name} of {account} {'is computed again' if changed else 'was not set by hand'}."
    return f"The {name} of {account} is {value} {'from the next night on' if changed else 'already; nothing changed'}."


def _list(place: "Place", account: str | None) -> Answer:
    """What is set by hand, and whether it still counts."""
    from datetime import UTC, datetime

    from cli.table import table
    from tasks.lookup import account_of
    from tasks.moment import moment
    from tasks.opening import latest_night
    from tasks.overriding import listed
    from tasks.store.engine import read

    id_ = account_of(latest_night(place), account) if account else None
    with read(place.engine) as conn:
        today, found = moment(conn, datetime.now(UTC)).as_of, listed(conn, id_)
    rows: list[dict[str, Any]] = [{**asdict(one), "holds": one.holds(today)} for one in found]
    head = ("account", "what", "is", "since", "until", "by", "holds", "reason")
    names = ("account", "name", "value", "since", "until", "author", "holds", "reason")
    text = table(head, [[row[key] for key in names] for row in rows]) if rows else "Nothing is set by hand."
    return Answer({"overrides": rows}, text)
