"""Moving messages in the ledger together with the steps they belong to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.event import Event
from models.ledger import Message
from models.message import TERMINAL, step_outcome
from models.tables import message
from tasks.store.events import append_all
from tasks.store.messages import move
from tasks.store.moves import Move, move_all

_COLUMNS = (message.c.enrollment_id, message.c.step, message.c.state, message.c.reason)


def settle(
    conn: Connection, message: Message, expected: Collection[str], kind: str, at: datetime, **payload: Any
) -> bool:
    """Move the message; if that ends its step, end the step in the same transaction.

    Returns:
        False when the message was in none of the expected states any more, and nothing was done.
    """
    moved = move(conn, message.message_id, expected=expected, kind=kind, effective_at=at, payload=payload)
    if moved:
        _end_steps(conn, [message], {message.message_id: at})
    return moved


def settle_all(conn: Connection, moves: Sequence[Move], expected: Collection[str]) -> list[Message]:
    """Move many messages and end the steps that end with them; gives those that moved, as they are now."""
    moved = move_all(conn, moves, expected)
    over = [one for one in moved if one.state in TERMINAL]
    _end_steps(conn, over, {one.message.message_id: one.at for one in moves})
    return moved


def _end_steps(conn: Connection, messages: Sequence[Message], at: dict[str, datetime]) -> None:
    """A step ends with its first sent message, or with its last that is still alive; a meeting ends with its task."""
    ending = [one for one in messages if one.enrollment_id and not one.invites]
    if ending:
        append_all(conn, _ends(ending, _states(conn, ending), at))


def _ends(
    messages: Sequence[Message], known: dict[tuple[str, str], list[Row[Any]]], at: dict[str, datetime]
) -> Iterator[Event]:
    """The event of each step that is over; its key drops all but the first."""
    for one in messages:
        mine = known.get((one.enrollment_id or "", one.step or ""), [])
        outcome = step_outcome([row.state for row in mine])
        if outcome is None:
            continue
        reason, when = (
            next((row.reason for row in mine if row.state == outcome and row.reason), None),
            at[one.message_id],
        )
        payload = {
            "enrollment_id": one.enrollment_id, "step": one.step, "outcome": outcome, "reason": reason,
            "on": when.date().isoformat(),
        }  # fmt: skip
        key = f"step_end:{one.enrollment_id}:{one.step}"
        yield Event(key, "step_ended", f"enrollment:{one.enrollment_id}", when, one.account, payload)


def _states(conn: Connection, messages: Sequence[Message]) -> dict[tuple[str, str], list[Row[Any]]]:
    """(enrollment, step) → state and reason of all its messages; accounts have an index, enrollments have none."""
    query = select(*_COLUMNS).where(message.c.enrollment_id.in_({one.enrollment_id for one in messages}))
    if all(one.account for one in messages):
        query = query.where(message.c.account.in_({one.account for one in messages}))
    found: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(query.order_by(message.c.account, message.c.changed_seq.desc(), message.c.message_id)):
        found[row.enrollment_id, row.step].append(row)
    return found
