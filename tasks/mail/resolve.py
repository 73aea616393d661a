"""What a sender left behind when it died: found out, never guessed."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from models.ledger import Message
from models.message import OUTBOX, WAITING
from models.tables import event
from tasks.mail.ledger import settle
from tasks.mail.mime import message_id_header
from tasks.mail.transport import LOOPBACK, Transport
from tasks.store.engine import begin
from tasks.store.messages import in_states, stuck

ATTEMPTS_WITHOUT_LEDGER = 2
"""Contractual mail goes once more where nobody can be asked: rather twice, and marked, than never."""


def release_stuck(engine: Engine, at: datetime) -> None:
    """Claimed messages never left and are queued again; of transmitting ones nobody knows."""
    with begin(engine) as conn:
        for message in stuck(conn):
            if message.state == "claimed":
                not_before = (message.not_before or at).isoformat()
                reason = "its sender died before transmitting"
                settle(conn, message, {"claimed"}, "message_requeued", at, reason=reason, not_before=not_before)
            else:
                settle(conn, message, {"transmitting"}, "message_uncertain", at, reason="its sender died transmitting")


def resolve(engine: Engine, transport: Transport, mail_from: str, at: datetime) -> list[Message]:
    """Ask the ledger for every uncertain message; gives those that are to be transmitted again, with the same bytes.

    The outbox takes a message of the same id twice as if it were once: nobody need be asked.
    """
    again = []
    with begin(engine) as conn:
        for message in in_states(conn, ("uncertain",)):
            if message.channel in OUTBOX:
                again.append(message)
                continue
            ledger = transport if _via(conn, message) == LOOPBACK else None
            arrived = ledger.arrived(message_id_header(message.message_id, mail_from)) if ledger else None
            if arrived:
                settle(conn, message, {"uncertain"}, "message_sent", at, reply="found in the relay's ledger")
            elif arrived is False or _once_more(message):
                again.append(message)
            else:
                reason = "it may have arrived, and there is no ledger to ask: look, then send or drop it"
                settle(conn, message, {"uncertain"}, "message_held", at, reason=reason)
    return again


def expire(engine: Engine, now: datetime) -> int:
    """End what may not go any more; says how many messages."""
    count = 0
    with begin(engine) as conn:
        for message in in_states(conn, WAITING | {"held"}):
            if message.expires is not None and message.expires <= now:
                expected = WAITING | {"held"}
                reason = message.reason or "its time passed before it could be sent"
                count += settle(conn, message, expected, "message_expired", now, reason=reason)
    return count


def _once_more(message: Message) -> bool:
    """Whether a message goes again although nobody can tell whether it arrived."""
    return message.klass == "contractual" and message.attempts < ATTEMPTS_WITHOUT_LEDGER


def _via(conn: Connection, message: Message) -> str:
    """How the message was transmitted last."""
    mine = (event.c.subject == f"message:{message.message_id}", event.c.kind == "message_transmitting")
    query = select(event.c.payload).where(*mine).order_by(event.c.event_seq.desc()).limit(1)
    payload = conn.execute(query).scalar() or {}
    return str(payload.get("via", ""))
