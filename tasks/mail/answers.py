"""What servers answered, recorded: each answer moves its message, and what it says of an address or of us is heeded."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.ledger import Message
from tasks.mail.ledger import settle, settle_all
from tasks.mail.smtp import Answer
from tasks.store.messages import get
from tasks.store.moves import Move
from tasks.store.suppressions import suppress

SOURCE = "smtp"


@dataclass(frozen=True)
class Given:
    """A message as it was when its answer came, and the answer."""

    message: Message
    answer: Answer
    at: datetime


def note_answers(conn: Connection, given: Sequence[Given], by: str, retry_at: Callable[[Message], str]) -> Counter[str]:
    """Move each message to the state that its answer means; says how many came to which state.

    An address that the server does not know gets no more mail. What was refused before a repeated transmission began
    may still have arrived the first time: a person looks.

    Args:
        conn: a write transaction.
        given: messages with their answers.
        by: the sender that asks.
        retry_at: when a deferred message is tried again.
    """
    moves = [_move(one, retry_at) for one in given]
    moved = settle_all(conn, moves, {"claimed", "transmitting"})
    there = {one.message_id for one in moved}
    for one in given:
        if one.answer.unknown and one.message.address_key:
            suppress(conn, [one.message.address_key], one.answer.reply, one.at, source=SOURCE)
        if one.message.message_id not in there:
            _late(conn, one, by)
    return Counter(one.state for one in moved)


def _move(one: Given, retry_at: Callable[[Message], str]) -> Move:
    answer = one.answer
    payload: dict[str, object] = {"reply": answer.reply}
    if answer.state in {"refused", "uncertain"}:
        payload["reason"] = answer.reply
    if answer.state == "deferred":
        payload |= {"not_before": retry_at(one.message), "reason": answer.reply}
    return Move(one.message, f"message_{answer.state}", one.at, payload)


def _late(conn: Connection, one: Given, by: str) -> None:
    """The message is not where it was: this sender was thought dead, or it was a repetition that did not begin."""
    now = get(conn, one.message.message_id)
    if now is None or now.state != "uncertain":
        return
    if one.answer.state == "sent" and now.claimed_by == by:
        settle(conn, now, {"uncertain"}, "message_sent", one.at, reply=one.answer.reply)
    elif one.answer.state == "refused" and one.message.state == "uncertain":
        reason = f"may have arrived; then {one.answer.reply}"
        settle(conn, now, {"uncertain"}, "message_held", one.at, reason=reason)
