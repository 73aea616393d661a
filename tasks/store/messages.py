"""The ledger of messages: what is due, and the only way from one state to the next."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update

from models.clock import midnight
from models.event import Event
from models.ledger import Message, PersonMessage, Touch
from models.message import REACHED, WAITING, may_follow, state_after
from models.tables import message, person_message
from tasks.store.events import append
from tasks.store.insert import insert

WHEN: ColumnElement[datetime] = func.coalesce(message.c.sent_at, message.c.claimed_at)


def due(conn: Connection, now: datetime, limit: int) -> list[Message]:
    """Waiting messages whose time has come, deadline mail first; those past `expires` are among them, to be ended."""
    query = select(message).where(message.c.state.in_(WAITING), _has_come(now))
    return _read(conn, query.order_by(message.c.deadline.desc(), message.c.not_before).limit(limit))


def claim(conn: Connection, message_id: str, now: datetime) -> bool:
    """Claim a waiting message whose time has come; True for exactly one of all who try."""
    return _move(conn, message_id, WAITING, Event("", "message_claimed", "", now), _has_come(now))


def move(
    conn: Connection,
    message_id: str,
    *,
    expected: Collection[str],
    kind: str,
    effective_at: datetime,
    payload: dict[str, Any] | None = None,
) -> bool:
    """Take a message from one of the expected states to the one `kind` leads to, and append the event.

    Expected states from which the ledger does not let a message go there are ignored. False when the message was in
    none of them: somebody else was faster, and nothing was done.
    """
    return _move(conn, message_id, expected, Event("", kind, "", effective_at, payload=payload or {}))


def _move(
    conn: Connection, message_id: str, expected: Collection[str], event: Event, *more: ColumnElement[bool]
) -> bool:
    """One conditional UPDATE decides who moves it; its last event's number makes the new event's key unique."""
    after = state_after(event.kind)
    before = [state for state in expected if may_follow(state, after)]  # type: ignore[arg-type]
    change = update(message).where(message.c.message_id == message_id, message.c.state.in_(before), *more)
    row = conn.execute(change.values(state=after).returning(message.c.account, message.c.changed_seq)).first()
    if row is None:
        return False
    key, payload = f"{event.kind}:{message_id}:{row.changed_seq}", {"message_id": message_id, **event.payload}
    moved = Event(key, event.kind, f"message:{message_id}", event.effective_at, row.account, payload)
    return append(conn, moved) is not None


def get(conn: Connection, message_id: str) -> Message | None:
    """The message of that id."""
    found = _read(conn, select(message).where(message.c.message_id == message_id))
    return found[0] if found else None


def in_states(conn: Connection, states: Collection[str], as_of: date | None = None) -> list[Message]:
    """Messages in these states, of one night or of all, by id."""
    return _read(conn, _of_night(select(message).where(message.c.state.in_(states)), as_of))


def stuck(conn: Connection) -> list[Message]:
    """Messages a sender left behind when it died: claimed (not sent), transmitting (nobody can know)."""
    return in_states(conn, ("claimed", "transmitting"))


def live(conn: Connection, send_keys: Collection[str]) -> dict[str, Message]:
    """Send key → its one row that is not superseded; at most a few thousand keys a call."""
    query = select(message).where(message.c.send_key.in_(send_keys), message.c.state != "superseded")
    return {found.send_key: found for found in _read(conn, query)}


def of_account(conn: Connection, account: str) -> list[Message]:
    """The account's messages, the one that changed last first."""
    return _read(conn, select(message).where(message.c.account == account).order_by(message.c.changed_seq.desc()))


def of_address(conn: Connection, address_key: str) -> list[Message]:
    """The messages to an address, whatever its account."""
    return _read(conn, select(message).where(message.c.address_key == address_key))


def of_enrollments(conn: Connection, ids: Collection[str]) -> list[Message]:
    """The messages of the enrollments: what ends an enrollment looks here."""
    return _read(conn, select(message).where(message.c.enrollment_id.in_(ids)))


def by_state(conn: Connection, as_of: date | None = None) -> dict[str, int]:
    """State → number of messages, of one night or of all."""
    query = _of_night(select(message.c.state, func.count()).group_by(message.c.state), as_of)
    return {row[0]: row[1] for row in conn.execute(query.order_by(message.c.state))}


def touches(conn: Connection, account: str, since: date) -> list[Touch]:
    """The account's touches from that UTC day on, oldest first."""
    return touches_of_all(conn, since, message.c.account == account).get(account, [])


def touches_of_all(conn: Connection, since: date, *only: ColumnElement[bool]) -> dict[str, list[Touch]]:
    """Account → its touches from that UTC day on, oldest first, by one query; message_id is the first recipient's."""
    columns = (WHEN.label("at"), message.c.account, message.c.enrollment_id, message.c.step, message.c.message_id)
    reached = (message.c.state.in_(REACHED), message.c.touch, WHEN >= midnight(since))  # noqa: SIM300 - it is a column
    found: dict[tuple[str, str], Touch] = {}
    for row in conn.execute(select(*columns).where(*reached, *only).order_by(WHEN, message.c.message_id)):
        found.setdefault((row.enrollment_id, row.step), Touch(row.at.date(), *row[1:]))
    accounts: dict[str, list[Touch]] = {}
    for touch in found.values():
        accounts.setdefault(touch.account, []).append(touch)
    return accounts


def address_sent(conn: Connection, address_key: str, day: date, but: str = "") -> int:
    """Touches that reached the address on that UTC day, or may have, without the message of id `but`."""
    during = WHEN.between(midnight(day), midnight(day) + timedelta(days=1, microseconds=-1))
    mine = (message.c.address_key == address_key, message.c.touch, message.c.message_id != but)
    query = select(func.count()).where(message.c.state.in_(REACHED), during, *mine)
    return conn.execute(query).scalar() or 0


def keep_person(conn: Connection, *letters: PersonMessage) -> None:
    """Keep what queued messages say; what was kept before stands."""
    if letters:
        fresh = insert(person_message, conn.dialect.name).on_conflict_do_nothing(index_elements=["message_id"])
        conn.execute(fresh, [asdict(letter) for letter in letters])


def keep_bytes(conn: Connection, message_id: str, data: bytes) -> bytes:
    """Keep the bytes as they go out, and give those that are kept: a retry sends what was fixed the first time."""
    mine = person_message.c.message_id == message_id
    conn.execute(update(person_message).where(mine, person_message.c.bytes.is_(None)).values(bytes=data))
    return conn.execute(select(person_message.c.bytes).where(mine)).scalar() or data


def person(conn: Connection, message_id: str) -> PersonMessage | None:
    """Whom the message goes to and what it says; None when that has been erased."""
    row = conn.execute(select(person_message).where(person_message.c.message_id == message_id)).first()
    return PersonMessage(**row._asdict()) if row else None


def _has_come(now: datetime) -> ColumnElement[bool]:
    return or_(message.c.not_before.is_(None), message.c.not_before <= now)


def _of_night(query: Select[Any], as_of: date | None) -> Select[Any]:
    return query if as_of is None else query.where(message.c.as_of == as_of)


def _read(conn: Connection, query: Select[Any]) -> list[Message]:
    return [Message(**row._asdict()) for row in conn.execute(query.order_by(message.c.message_id))]
