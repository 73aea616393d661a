"""Looking at the ledger as people do: a page of it, one message with all that happened to it."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, func, or_, select

from models.ledger import Message
from models.record import Record
from models.tables import event as log
from models.tables import message


def chosen(conn: Connection, states: Collection[str], account: str | None, limit: int) -> list[Message]:
    """Messages in these states (all if none is named) of an account, the one that changed last first."""
    query = select(message).order_by(message.c.changed_seq.desc()).limit(limit)
    if states:
        query = query.where(message.c.state.in_(states))
    if account:
        query = query.where(message.c.account == account)
    return [Message(**row._asdict()) for row in conn.execute(query)]


def ids_like(conn: Connection, beginning: str, limit: int = 10) -> list[str]:
    """Ids that begin like that."""
    query = select(message.c.message_id).where(message.c.message_id.startswith(beginning, autoescape=True))
    return list(conn.execute(query.order_by(message.c.message_id).limit(limit)).scalars())


def newest_ids(conn: Connection, limit: int = 2000) -> list[str]:
    """Ids of the messages that changed last."""
    return list(
        conn.execute(select(message.c.message_id).order_by(message.c.changed_seq.desc()).limit(limit)).scalars()
    )


def events_of(conn: Connection, one: Message) -> list[Record]:
    """All that happened to the message, oldest first."""
    mine = log.c.subject == f"message:{one.message_id}"
    if one.account:  # accounts have an index, subjects have none
        mine = and_(log.c.account == one.account, mine)
    query = select(log).where(or_(mine, log.c.key == f"message:{one.message_id}:queued")).order_by(log.c.event_seq)
    return [Record(*row) for row in conn.execute(query)]


def last_revision(conn: Connection, send_key: str) -> int:
    """The newest revision of a send."""
    return conn.execute(select(func.max(message.c.revision)).where(message.c.send_key == send_key)).scalar() or 0
