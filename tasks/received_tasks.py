"""What comes back and is a person's to deal with: the task of the account's CSM, made once of the same facts."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from models.event import Event
from models.ids import made_of
from models.ledger import Message
from models.owner import Owner
from models.tables import task
from models.task_state import WORKED_ON
from tasks.store import csm_tasks
from tasks.store.csm_tasks import Change
from tasks.store.events import append
from tasks.store.inbound import Received
from tasks.worklist import PERENNIAL, owned

TITLES = {
    "unsubscribe": "A contact wants no more contract mail ({template}): talk it over, the notices go on until then",
    "booking": "Confirm the meeting that the customer has chosen: {answer}",
    "complaint": "A contact reported our mail as spam ({template}): find out what bothers them",
    "bounce": "Mail to a contact does not arrive ({template}): find the new address or who follows",
    "reply": "Answer the customer's reply ({template})",
}
"""Kind of what was received → what its task says; no personal data."""
DUE_IN = {"booking": 1, "reply": 1, "complaint": 2, "unsubscribe": 2, "bounce": 5}
"""Kind → days that its owner has."""


@dataclass(frozen=True)
class Asked:
    """For whom a task is and when it is asked for."""

    owner: Owner
    on: date


def open_task(conn: Connection, received: Received, message: Message | None, asked: Asked) -> bool:
    """Open the task of what was received; False when it was opened before.

    It belongs to no enrollment: what a customer asks for does not end with a play.
    """
    id_ = made_of("task", "received", received.inbound_id)
    template = (message.template if message else None) or "unknown"
    due_on = asked.on + timedelta(days=DUE_IN[received.kind])
    payload = {
        "task_id": id_, "enrollment_id": None, "play": message.play if message else None, "step": None,
        "kind": received.kind, "title": TITLES[received.kind].format(template=template, answer=received.answer),
        "details": f"contact {received.contact}" if received.contact else None, "on": asked.on.isoformat(),
        "due_on": min(due_on, received.meets_on or due_on).isoformat(), **owned(asked.owner),
    }  # fmt: skip
    subject = f"account:{received.account}" if received.account else f"inbound:{received.inbound_id}"
    opened = Event(f"task:{id_}", "task_opened", subject, received.at, received.account, payload)
    return append(conn, opened) is not None


def replace_task(conn: Connection, earlier: Received, received: Received) -> None:
    """What the customer said before counts no more: its task, if somebody still has to do it, is resolved."""
    id_ = made_of("task", "received", earlier.inbound_id)
    waits = select(task.c.task_id).where(task.c.task_id == id_, task.c.state.in_(sorted(WORKED_ON)))
    if conn.execute(waits).first():
        reason = "the customer has said something else since"
        csm_tasks.change(conn, id_, Change("resolved", PERENNIAL, received.at, reason))
