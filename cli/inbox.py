"""`perennial inbox`: read what came back, now."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.store.inbound import Received, Words


@told
def inbox(
    ctx: typer.Context,
    show: Annotated[str, typer.Option(help="Id of a mail that was received: what it was, and its words.")] = "",
    json: Json = False,
) -> Answer:
    """Read the mailbox once: answers, bounces, complaints, unsubscribing.

    Answers go to the CSM, dead addresses get no more mail, what waits for an answer goes on with the next night. A
    mail is marked as read once all that is committed; reading it again does nothing.

    Example: perennial inbox --json
    """
    from models.errors import UsageError
    from tasks.inbox.read import read_inbox
    from tasks.opening import open_place
    from tasks.store import inbound
    from tasks.store.engine import read

    settings = settings_of(ctx)
    with open_place(settings) as place:
        if not show:
            summary = read_inbox(place)
            return Answer(summary, _counts(summary["mails"]))
        with read(place.engine) as conn:
            found, words = inbound.get(conn, show), inbound.words_of(conn, show)
    if found is None:
        raise UsageError(f"nothing was received under the id '{show}'; `perennial account` lists what was")
    return Answer(_data(found, words), _text(found, words))


def _counts(mails: dict[str, int]) -> str:
    """For people."""
    from cli.table import counts, plural

    if not mails:
        return "No unread mail."
    return f"{plural(sum(mails.values()), 'mail')} read: {counts(mails)}."


def _data(found: "Received", words: "Words | None") -> dict[str, Any]:
    """As JSON."""
    names = ("inbound_id", "at", "kind", "status", "account", "contact", "message_id", "effect")
    said = {"sender": words.sender, "subject": words.subject, "text": words.text} if words else {}
    return {**{name: getattr(found, name) for name in names}, **said}


def _text(found: "Received", words: "Words | None") -> str:
    """For people."""
    told = f"{found.kind} of {found.at:%Y-%m-%d}, account {found.account or 'unknown'}: {found.effect or 'no effect'}"
    if words is None:
        return told
    return f"{told}\n\nFrom: {words.sender}\nSubject: {words.subject}\n\n{words.text}"
