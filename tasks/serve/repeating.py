"""What a customer may say again: of several answers to one message the latest counts, and there is an end to them."""

from sqlalchemy import Connection

from models.ids import made_of
from tasks.serve.visit import TOO_MANY, Refused
from tasks.store.inbound import Received, get, of_message

MOST = 20
"""Answers of a kind to one message; nobody changes their mind more often than that, programs do."""


def latest(conn: Connection, message_id: str, kind: str) -> Received | None:
    """The answer that counts."""
    count = len(of_message(conn, message_id, kind))
    return get(conn, made_of(kind, message_id, count - 1)) if count else None


def next_id(conn: Connection, message_id: str, kind: str) -> str:
    """The id of the next answer.

    Raises:
        Refused: there were too many.
    """
    count = len(of_message(conn, message_id, kind))
    if count >= MOST:
        raise Refused(TOO_MANY)
    return made_of(kind, message_id, count)
