"""Complaints and unsubscribing by mail: what a person no longer wants, he no longer gets."""

from sqlalchemy import Connection

from models.ledger import Message
from models.suppression import after_unsubscribing, of_class
from tasks.inbox.asking import Asked, ask
from tasks.inbox.desk import Desk
from tasks.store.suppressions import suppress


def complained(conn: Connection, desk: Desk, message: Message) -> str:
    """Who marked a mail of ours as spam gets contractual notices alone; his CSM hears of it."""
    suppress(conn, [message.address_key or ""], "complaint", desk.clock.now, of_class("service"), "complaint")
    ask(
        conn, desk, message,
        Asked(
            "complaint", "A customer marked a mail of ours as spam",
            f"Contact {message.contact} complained about {message.template}. Only contractual notices still go there.",
        ),
    )  # fmt: skip
    return "suppressed: class:service, task"


def unsubscribed(conn: Connection, desk: Desk, message: Message) -> str:
    """The class of the mail that he unsubscribed from; a contract's notices are the CSM's to talk about."""
    scope = after_unsubscribing(message.klass or "service")
    if scope:
        suppress(conn, [message.address_key or ""], "unsubscribed by mail", desk.clock.now, scope, "unsubscribe")
        return f"suppressed: {scope}"
    ask(
        conn, desk, message,
        Asked(
            "unsubscribe", "A customer wants no more contractual notices",
            f"Contact {message.contact} unsubscribed from {message.template}. Find out how they want to hear of it.",
        ),
    )  # fmt: skip
    return "task"
