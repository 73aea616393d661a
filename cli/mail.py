"""`perennial mail`: the ledger of messages, and what people do to single ones."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told
from cli.who import By, who

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from models.ledger import Message
    from tasks.mail.handling import Deed

app = typer.Typer(invoke_without_command=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The message's id, or its beginning as far as it is unique.")]
Reason = Annotated[str, typer.Option(help="Why, for everybody to read; without personal data.")]


@app.callback()
def mail(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those in this state, e.g. held, uncertain, sent.")] = None,
    account: Annotated[str | None, typer.Option(help="Only those of this account, by id or name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 50,
    json: Json = False,
) -> None:
    """Messages, the one that changed last first; no names, no addresses.

    Example: perennial mail --state held
    Example: perennial mail --account A00017 --limit 10
    """
    if ctx.invoked_subcommand is None:
        _list(ctx, state, account, limit, json=json)


@told
def _list(ctx: typer.Context, state: str | None, account: str | None, limit: int, *, json: bool) -> Answer:
    """The messages that were asked for."""
    from cli.mail_text import listed
    from tasks.lookup import account_of
    from tasks.mail.handling import states_named
    from tasks.opening import latest_night, open_place
    from tasks.store.engine import read
    from tasks.store.message_list import chosen

    states = states_named(state)
    with open_place(settings_of(ctx), create=False) as place:
        mine = account_of(latest_night(place), account) if account else None
        with read(place.engine) as conn:
            found = chosen(conn, states, mine, limit)
    return Answer({"messages": [vars(one) for one in found]}, listed(found, limit))


@app.command("show")
@told
def show(
    ctx: typer.Context,
    message: Id,
    headers: Annotated[bool, typer.Option("--headers", help="Only the headers of what went out.")] = False,
    json: Json = False,
) -> Answer:
    """A message: exactly the bytes that went out; before that, its frozen words. What happened to it goes to stderr.

    Example: perennial mail show 3f2a91c0 > mail.eml
    """
    from cli.mail_text import about, frozen, put_out
    from tasks.mail.handling import message_of
    from tasks.opening import open_place
    from tasks.store.engine import read
    from tasks.store.message_list import events_of
    from tasks.store.messages import person

    with open_place(settings_of(ctx), create=False) as place, read(place.engine) as conn:
        found = message_of(conn, message)
        letter, events = person(conn, found.message_id), events_of(conn, found)
    content = letter.bytes if letter else None
    if content is not None and headers:
        content = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    if json:
        words = {name: value for name, value in vars(letter).items() if name != "bytes"} if letter else None
        raw = content.decode("utf-8", "replace") if content else None
        return Answer({"message": vars(found), "words": words, "raw": raw, "events": [vars(one) for one in events]})
    if content is None:
        return Answer(text=f"{about(found, events)}\n\n{frozen(letter)}")
    put_out(about(found, events), content)
    return Answer()


@app.command("release")
@told
def release(ctx: typer.Context, message: Id, reason: Reason = "", by: By = None, json: Json = False) -> Answer:
    """Let a held message go with the next delivery.

    The last look is taken all the same: consent, suppression, caps, hours, switches.

    Example: perennial mail release 3f2a91c0 --reason "the address is right"
    """
    from tasks.mail import handling

    return _do(ctx, message, reason, by, handling.release)


@app.command("cancel")
@told
def cancel(
    ctx: typer.Context,
    message: Id,
    reason: Annotated[str, typer.Option(help="Why, for everybody to read; without personal data.")],
    by: By = None,
    json: Json = False,
) -> Answer:
    """Take a message back that has not gone; its step ends canceled.

    Example: perennial mail cancel 3f2a91c0 --reason "they have told us by phone"
    """
    from tasks.mail import handling

    return _do(ctx, message, reason, by, handling.cancel)


@app.command("resend")
@told
def resend(
    ctx: typer.Context,
    message: Id,
    reason: Reason = "",
    even_if_twice: Annotated[
        bool, typer.Option("--even-if-twice", help="Also a message of which nobody knows whether it arrived.")
    ] = False,
    by: By = None,
    json: Json = False,
) -> Answer:
    """Write a message anew that was refused, has expired or was canceled: the same words, the next revision.

    One that may have arrived goes again only with --even-if-twice: the customer may then have it twice.

    Example: perennial mail resend 3f2a91c0 --reason "their server is back"
    """
    from tasks.mail import handling

    def anew(conn: "Connection", found: "Message", deed: "Deed") -> str:
        return handling.resend(conn, found, deed, even_if_twice=even_if_twice)

    return _do(ctx, message, reason, by, anew)


@app.command("doctor")
@told
def doctor(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="Send one mail to this address, your own; nobody else gets any.")] = "",
    json: Json = False,
) -> Answer:
    """Go through the checklist of going live: server, TLS, login, SPF, DKIM, DMARC, pages, inbox, keys.

    Each line is passed, failed, unknown (nobody answered) or not configured, with what to do. Exits 0 only if all
    passed, else 3. While LIVE is false the address of --to must be among ALLOW_RECIPIENTS.

    Example: perennial mail doctor --to me@example.com
    """
    from datetime import UTC, datetime

    from cli.mail_text import checklist
    from tasks.mail.doctor import checkup

    return checklist(checkup(settings_of(ctx), to, datetime.now(UTC)))


def _do(
    ctx: typer.Context,
    said: str,
    reason: str,
    by: str | None,
    deed: "Callable[[Connection, Message, Deed], str | None]",
) -> Answer:
    """Do it in one transaction, and say what the message is now."""
    from datetime import UTC, datetime

    from cli.mail_text import done
    from tasks.mail.handling import Deed, message_of
    from tasks.moment import moment
    from tasks.opening import open_place
    from tasks.store.engine import begin
    from tasks.store.messages import get

    with open_place(settings_of(ctx), create=False) as place, begin(place.engine) as conn:
        found = message_of(conn, said)
        new = deed(conn, found, Deed(who(by), reason, moment(conn, datetime.now(UTC)).now))
        now = get(conn, new or found.message_id) or found
    return done(found, now)
