"""What came back from customers: answers, bounces, wishes, bookings; the words of them stay in the person area."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from models.event import Event
from models.ledger import Message
from models.record import Record
from models.tables import event as log
from models.tables import inbound, person_inbound
from tasks.store.events import append
from tasks.store.insert import insert


@dataclass(frozen=True)
class Received:
    """One thing that came in; no personal data.

    Attributes:
        inbound_id: made of facts (models.ids.made_of), so that the same thing is received once.
        at: when it came, aware UTC.
        kind: as the event kind `received` lists them.
        status: how sure or how hard it is, e.g. a bounce's enhanced code.
        message_id: our message that it belongs to, if that is known.
        effect: what came of it, in words for people.
        score: a survey's number, as text; answer: which survey, or which hour; meets_on: the day that was booked.
    """

    inbound_id: str
    at: datetime
    kind: str
    status: str | None = None
    account: str | None = None
    contact: str | None = None
    address_key: str | None = None
    message_id: str | None = None
    effect: str | None = None
    score: str | None = None
    answer: str | None = None
    meets_on: date | None = None


@dataclass(frozen=True)
class Words:
    """What a person wrote, and the message as it came (`raw`); erased and aged out by itself."""

    sender: str | None = None
    subject: str | None = None
    text: str | None = None
    raw: bytes | None = None


def about(message: Message) -> dict[str, Any]:
    """The fields of a Received that our message tells."""
    return {name: getattr(message, name) for name in ("message_id", "account", "contact", "address_key")}


def receive(conn: Connection, received: Received, words: Words | None = None) -> bool:
    """Append what came in, and keep its words; False when it was received before, and nothing was done."""
    payload = {name: value for name, value in asdict(received).items() if value is not None and name != "at"}
    if received.meets_on:
        payload["meets_on"] = received.meets_on.isoformat()
    subject = f"message:{received.message_id}" if received.message_id else f"inbound:{received.inbound_id}"
    told = Event(f"received:{received.inbound_id}", "received", subject, received.at, received.account, payload)
    if append(conn, told) is None:
        return False
    if words is not None:
        keep_words(conn, received, words)
    return True


def keep_words(conn: Connection, received: Received, words: Words) -> None:
    """Keep what a person wrote, beside the log; what was kept before stands."""
    told = {"sender": words.sender, "subject": words.subject, "text": words.text, "bytes": words.raw}
    row = {"inbound_id": received.inbound_id, "at": received.at, **told}
    fresh = insert(person_inbound, conn.dialect.name).on_conflict_do_nothing(index_elements=["inbound_id"])
    conn.execute(fresh, row)


def get(conn: Connection, inbound_id: str) -> Received | None:
    """What was received under that id."""
    found = _read(conn, select(inbound).where(inbound.c.inbound_id == inbound_id))
    return found[0] if found else None


def of_message(conn: Connection, message_id: str, kind: str = "") -> list[Received]:
    """What came back to a message, of one kind or of all, oldest first."""
    mine = select(inbound).where(inbound.c.message_id == message_id)
    return _read(conn, mine.where(inbound.c.kind == kind) if kind else mine)


def of_account(conn: Connection, account: str) -> list[Received]:
    """What came back from an account, oldest first."""
    return _read(conn, select(inbound).where(inbound.c.account == account))


def of_kinds(conn: Connection, kinds: Collection[str], since: datetime | None = None) -> list[Received]:
    """What came in of these kinds, since an instant or ever, oldest first."""
    query = select(inbound).where(inbound.c.kind.in_(sorted(kinds)))
    return _read(conn, query if since is None else query.where(inbound.c.at >= since))


def told_between(conn: Connection, low: int, high: int) -> list[Record]:
    """The events of what came in, numbered above `low`, at most `high`, in order."""
    query = select(log).where(log.c.kind == "received", log.c.event_seq > low, log.c.event_seq <= high)
    return [Record(*row) for row in conn.execute(query.order_by(log.c.event_seq))]


def texts_of(conn: Connection, inbound_ids: Collection[str]) -> Mapping[str, str]:
    """Id → what the person wrote, where something was written and still is there; a few thousand ids a call."""
    mine = person_inbound.c.inbound_id.in_(sorted(inbound_ids))
    query = select(person_inbound.c.inbound_id, person_inbound.c.text).where(mine)
    return {row.inbound_id: row.text for row in conn.execute(query) if row.text}


def words_of(conn: Connection, inbound_id: str) -> Words | None:
    """Everything that is kept of a person's words."""
    columns = (person_inbound.c[name] for name in ("sender", "subject", "text", "bytes"))
    row = conn.execute(select(*columns).where(person_inbound.c.inbound_id == inbound_id)).first()
    return Words(*row) if row else None


def _read(conn: Connection, query: Select[Any]) -> list[Received]:
    return [_of(row) for row in conn.execute(query.order_by(inbound.c.at, inbound.c.inbound_id))]


def _of(row: Row[Any]) -> Received:
    return Received(**row._asdict())
