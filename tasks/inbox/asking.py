"""Tasks for the CSM that come of a mail: each once, without personal data."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from models.event import Event
from models.ids import made_of
from models.ledger import Message
from tasks.inbox.desk import Desk
from tasks.store.events import append
from tasks.worklist import owned

DAYS = 2
"""Days in which the CSM should have looked at it."""


@dataclass(frozen=True)
class Asked:
    """What the CSM is asked to do.

    Attributes:
        kind: bounce, complaint, unsubscribe or reply; a message makes one task of a kind.
    """

    kind: str
    title: str
    details: str


def ask(conn: Connection, desk: Desk, message: Message, asked: Asked) -> bool:
    """Open the task; False when it was opened before."""
    id_ = made_of("task", "received", message.message_id, asked.kind)
    due = desk.clock.as_of + timedelta(days=DAYS)
    payload = {
        "task_id": id_, "enrollment_id": None, "account": message.account, "play": message.play, "step": None,
        **owned(desk.owners.owner_of(message.account)), "kind": asked.kind, "title": asked.title,
        "details": asked.details, "due_on": due.isoformat(), "on": desk.clock.as_of.isoformat(),
    }  # fmt: skip
    subject = message.subject or f"message:{message.message_id}"
    return (
        append(conn, Event(f"task:{id_}", "task_opened", subject, desk.clock.now, message.account, payload)) is not None
    )
