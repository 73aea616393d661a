"""Moving a message in the ledger together with the step it belongs to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.event import Event
from models.ledger import Message
from models.message import step_outcome
from tasks.store.events import append
from tasks.store.messages import move, of_account, of_enrollments


def settle(
    conn: Connection, message: Message, expected: Collection[str], kind: str, at: datetime, **payload: Any
) -> bool:
    """Move the message; if that ends its step, end the step in the same transaction.

    Returns:
        False when the message was in none of the expected states any more, and nothing was done.
    """
    moved = move(conn, message.message_id, expected=expected, kind=kind, effective_at=at, payload=payload)
    if moved:
        _end_step(conn, message, at)
    return moved


def _end_step(conn: Connection, message: Message, at: datetime) -> None:
    """A step ends with its first sent message, or with its last that is still alive; a meeting ends with its task."""
    if not message.enrollment_id or message.invites:
        return
    known = of_account(conn, message.account) if message.account else of_enrollments(conn, [message.enrollment_id])
    mine = [one for one in known if (one.enrollment_id, one.step) == (message.enrollment_id, message.step)]
    outcome = step_outcome([one.state for one in mine])
    if outcome is None:
        return
    reason = next((one.reason for one in mine if one.state == outcome and one.reason), None)
    payload = {
        "enrollment_id": message.enrollment_id, "step": message.step, "outcome": outcome, "reason": reason,
        "on": at.date().isoformat(),
    }  # fmt: skip
    key = f"step_end:{message.enrollment_id}:{message.step}"
    append(conn, Event(key, "step_ended", f"enrollment:{message.enrollment_id}", at, message.account, payload))
