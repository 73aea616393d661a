"""Unsubscribing from a mail, whichever way the wish came: by its page, by one click, by mail."""

from datetime import datetime

from sqlalchemy import Connection

from models.ids import made_of
from models.ledger import Message
from models.suppression import after_unsubscribing
from tasks.received_tasks import Asked, open_task
from tasks.store.inbound import Received, about, receive
from tasks.store.suppressions import suppress


def unsubscribe(conn: Connection, message: Message, asked: Asked, at: datetime, source: str) -> str:
    """The scope that is suppressed from here on, before the next claim; twice is once.

    Empty for a contractual mail: that wish is a task of the CSM, and suppresses nothing by itself.

    Args:
        conn: a writing transaction.
        message: the mail whose link was used.
        asked: the account's CSM and the day, for the task.
        at: when the wish came, aware UTC.
        source: the way it came: page, one-click or mail.
    """
    scope = after_unsubscribing(message.klass or "service")
    if scope and message.address_key:
        suppress(conn, [message.address_key], "unsubscribed", at, scope, source)
    told = Received(
        made_of("unsubscribe", message.message_id), at, "unsubscribe", status=source,
        effect=f"suppressed {scope}" if scope else "a task for the CSM", **about(message),
    )  # fmt: skip
    if receive(conn, told) and not scope:
        open_task(conn, told, message, asked)
    return scope
