"""Messages whose time is over, ended: what expired, and what a server has put off for too long."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, or_, select

from models.ledger import Message
from models.message import WAITING
from models.tables import message
from tasks.mail.ledger import settle_all
from tasks.store.engine import begin
from tasks.store.moves import Move

LIFETIME = timedelta(days=5)
"""So long is a message tried again whose server says: later."""
PATIENCE = timedelta(hours=4)
"""So long may the mail of a deadline be put off, before the CSM is to write himself."""
_LATE = "its time passed before it could be sent"


def expire(engine: Engine, now: datetime) -> list[Message]:
    """End what may not go any more; gives those messages."""
    deferred = message.c.state == "deferred"
    past = or_(
        message.c.expires <= now,
        and_(deferred, message.c.tried_at <= now - LIFETIME),
        and_(deferred, message.c.deadline, message.c.tried_at <= now - PATIENCE),
    )
    expected = WAITING | {"held"}
    with begin(engine) as conn:
        rows = conn.execute(select(message).where(message.c.state.in_(expected), past).order_by(message.c.message_id))
        found = [Message(**row._asdict()) for row in rows]
        return settle_all(
            conn, [Move(one, "message_expired", now, {"reason": _why(one, now)}) for one in found], expected
        )


def is_put_off(one: Message) -> bool:
    """Whether it carries a deadline and ended because its server put it off: the notice must not be lost."""
    return one.deadline and one.tried_at is not None


def _why(one: Message, now: datetime) -> str:
    """In words for a person."""
    if one.tried_at is None or one.state != "deferred" or (one.expires is not None and one.expires <= now):
        return one.reason or _LATE
    span = "4 hours" if one.deadline else "5 days"
    return f"the server put it off for {span}: {one.reply}"
