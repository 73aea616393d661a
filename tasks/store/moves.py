"""Moving many messages at once: one conditional UPDATE a kind, each message for itself, in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, tuple_, update

from models.event import Event
from models.ledger import Message
from models.message import may_follow, state_after
from models.tables import message
from tasks.store.events import append_records

AT_ONCE = 500
"""Messages of one statement at most: a database has a limit of parameters."""


@dataclass(frozen=True)
class Move:
    """A message as it was read, and the event that takes it on.

    Attributes:
        at: when it happens by the run's clock.
    """

    message: Message
    kind: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


def move_all(
    conn: Connection, moves: Sequence[Move], expected: Collection[str], *more: ColumnElement[bool]
) -> list[Message]:
    """Take messages from one of the expected states to where each move leads, and append the events.

    A message that anybody has moved since it was read stays where it is: the number of its last event is compared in
    the UPDATE, so that whoever comes too late does nothing, be it a sender that was thought dead.

    Returns:
        Those that were moved, as they are now.
    """
    kinds: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        kinds[move.kind].append(move)
    moved: list[Message] = []
    for kind, all_ in kinds.items():
        for start in range(0, len(all_), AT_ONCE):
            moved += _moved(conn, kind, all_[start : start + AT_ONCE], expected, more)
    return moved


def _moved(
    conn: Connection, kind: str, moves: Sequence[Move], expected: Collection[str], more: Iterable[ColumnElement[bool]]
) -> list[Message]:
    """Those of one kind; the UPDATE decides, the events tell."""
    after = state_after(kind)
    before = [state for state in expected if may_follow(state, after)]  # type: ignore[arg-type]
    known = [(one.message.message_id, one.message.changed_seq) for one in moves]
    fence = tuple_(message.c.message_id, message.c.changed_seq).in_(known)
    change = update(message).where(fence, message.c.state.in_(before), *more).values(state=after)
    rows = {row.message_id: row for row in conn.execute(change.returning(message.c.message_id, message.c.account))}
    won = [one for one in moves if one.message.message_id in rows]
    records = append_records(conn, [_event(one, rows[one.message.message_id]) for one in won])
    return [
        replace(one.message, state=after, changed_seq=record.seq, claimed_by=one.payload.get("by"))
        for one, record in zip(won, records, strict=True)
    ]


def _event(move: Move, row: Row[Any]) -> Event:
    """What the log is told; the number of the message's last event makes the key unique."""
    id_ = row.message_id
    key = f"{move.kind}:{id_}:{move.message.changed_seq}"
    return Event(key, move.kind, f"message:{id_}", move.at, row.account, {"message_id": id_, **move.payload})
