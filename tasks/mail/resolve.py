"""What a sender left behind when it died: found out, never guessed."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, select

from models.ledger import Message
from models.message import OUTBOX
from models.tables import event
from tasks.mail.ledger import settle_all
from tasks.mail.mime import message_id_header
from tasks.mail.transport import Transport
from tasks.store.engine import begin, read
from tasks.store.messages import in_states, postmarks, stuck
from tasks.store.moves import Move

LOG = logging.getLogger(__name__)
Verdict = Literal["sent", "again", "waits", "held"]
"""What is to become of an uncertain message; `waits`: it is asked for again in the next run."""
ATTEMPTS_WITHOUT_LEDGER = 2
"""Contractual mail goes once more where nobody can be asked: rather twice, and marked, than never."""
_SENT = {"reply": "found in the relay's ledger"}
_HELD = {"reason": "it may have arrived, and there is no ledger to ask: look, then send or drop it"}


def release_stuck(engine: Engine, at: datetime, living: Collection[str] = ()) -> None:
    """What dead senders had: claimed messages never left and are queued again; of transmitting ones nobody knows.

    Args:
        engine: the database.
        at: the run's clock.
        living: ids of the senders that are alive; theirs is theirs.
    """
    with begin(engine) as conn:
        left = [message for message in stuck(conn) if message.claimed_by not in living]
        settle_all(conn, [_released(message, at) for message in left], {"claimed", "transmitting"})


def resolve(
    engine: Engine, transport: Transport, mail_from: str, at: datetime, wall: datetime | None = None
) -> list[Message]:
    """Ask the ledger for every uncertain message; gives those that are to be transmitted again, with the same bytes.

    The outbox takes a message of the same id twice as if it were once: nobody need be asked. A relay may still be
    working on what it has taken: until its grace is over, what is not found stays uncertain. Several senders may ask
    at once; whoever acts first has it.

    Args:
        engine: the database.
        transport: with its ledgers.
        mail_from: its domain is that of the Message-IDs.
        at: the run's clock.
        wall: the time of the machine, by which the grace is counted; now if None.
    """
    with read(engine) as conn:
        found = in_states(conn, ("uncertain",))
        marks = postmarks(conn, [message.message_id for message in found])
        left = [_Left(one, marks.get(one.message_id, ""), *_last(conn, one)) for one in found]
    ledger = _Ledger(transport, mail_from, wall or datetime.now(UTC))
    asked = [one for one in left if one.via == transport.via and one.message.channel not in OUTBOX]
    known = ledger.of(asked)
    again, moves = [], []
    for one in left:
        what = "again" if one.message.channel in OUTBOX else known.get(one.message.message_id) or _unasked(one.message)
        if what == "again":
            again.append(one.message)
        elif what != "waits":
            moves.append(Move(one.message, f"message_{what}", at, _SENT if what == "sent" else _HELD))
    with begin(engine) as conn:
        settle_all(conn, moves, {"uncertain"})
    return again


def _released(message: Message, at: datetime) -> Move:
    if message.state == "claimed":
        not_before = (message.not_before or at).isoformat()
        payload = {"reason": "its sender died before transmitting", "not_before": not_before}
        return Move(message, "message_requeued", at, payload)
    return Move(message, "message_uncertain", at, {"reason": "its sender died transmitting"})


@dataclass(frozen=True)
class _Left:
    """An uncertain message: the Message-ID it went with, how it was transmitted last, and when, by the wall clock."""

    message: Message
    mark: str
    via: str
    begun: datetime | None


@dataclass(frozen=True)
class _Ledger:
    """The ledgers of a transport, asked for all at once."""

    transport: Transport
    mail_from: str
    wall: datetime

    def of(self, left: Sequence[_Left]) -> dict[str, Verdict]:
        """Message id → what its ledger says; nothing where there is none. One that cannot be read says: wait."""
        if not left or not self.transport.has_ledger:
            return {}
        headers = {one.message.message_id: one.mark or self._header(one.message) for one in left}
        try:
            written, found = self.transport.written_at(), self.transport.found(headers.values())
        except OSError as error:
            LOG.warning("the relay's ledger cannot be read (%s): what is uncertain stays so", type(error).__name__)
            return dict.fromkeys(headers, "waits")
        return {
            one.message.message_id: "sent"
            if headers[one.message.message_id] in found
            else self._missing(one.begun, written)
            for one in left
        }

    def _header(self, message: Message) -> str:
        return message_id_header(message.message_id, self.mail_from)

    def _missing(self, begun: datetime | None, written: datetime | None) -> Verdict:
        """A ledger that does not have the message yet: its server may still be at it, or the log may be behind."""
        if begun is None:
            return "again"
        behind = written is not None and written < begun
        return "waits" if behind or self.wall - begun < timedelta(seconds=self.transport.grace) else "again"


def _unasked(message: Message) -> Verdict:
    """Nobody can tell whether it arrived: contractual mail goes once more, all else waits for a person."""
    once_more = message.klass == "contractual" and message.attempts < ATTEMPTS_WITHOUT_LEDGER
    return "again" if once_more else "held"


def _last(conn: Connection, message: Message) -> tuple[str, datetime | None]:
    """How the message was transmitted last, and when, by the wall clock."""
    mine = [event.c.subject == f"message:{message.message_id}", event.c.kind == "message_transmitting"]
    if message.account:  # by the index there is
        mine.append(event.c.account == message.account)
    query = select(event.c.payload, event.c.recorded_at).where(*mine).order_by(event.c.event_seq.desc()).limit(1)
    row = conn.execute(query).first()
    return (str(row.payload.get("via", "")), row.recorded_at) if row else ("", None)
