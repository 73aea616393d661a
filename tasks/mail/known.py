"""What the database says of a batch of messages, read at once in the transaction that claims them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from models.clock import midnight
from models.ledger import Message, Touch
from models.message import REACHED
from models.tables import consent, enrollment, message, suppression, switch
from tasks.store.messages import WHEN, touches_of_all

WEEK = timedelta(days=6)


@dataclass
class Known:
    """The database's side of the last look.

    Attributes:
        stopped: names of the kill switches that are off.
        scopes: address key → how far it is suppressed.
        consents: address key → what it told us.
        enrollments: id → (enrolled on, ended on).
        touches: account → its touches, without those of this batch until they are accepted.
        written: (address key, UTC day) → touches that reached the address, likewise.
    """

    stopped: frozenset[str] = frozenset()
    scopes: Mapping[str, set[str]] = field(default_factory=dict)
    consents: Mapping[str, str | None] = field(default_factory=dict)
    enrollments: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    touches: dict[str, list[Touch]] = field(default_factory=dict)
    written: Counter[tuple[str, date]] = field(default_factory=Counter)

    def accept(self, one: Message, at: datetime) -> None:
        """The message goes: it counts for those of the same batch that come after it."""
        if not one.touch:
            return
        day, account = at.date(), one.account or ""
        touch = Touch(day, account, one.enrollment_id or "", one.step or "", one.message_id)
        self.touches.setdefault(account, []).append(touch)
        self.written[one.address_key or "", day] += 1


def known_of(
    conn: Connection, messages: Sequence[Message], since: datetime, family: Callable[[str], list[str]]
) -> Known:
    """What is known of these messages' people, conversations and accounts.

    `since` is the earliest instant they go; `family` gives an account with all that was merged with it.
    """
    keys = {one.address_key for one in messages if one.address_key}
    ids = [one.message_id for one in messages]
    others = message.c.message_id.not_in(ids)
    accounts = {name for one in messages if one.touch for name in family(one.account or "")}
    day = since.date()
    return Known(
        off_switches(conn),
        scopes_of_all(conn, keys),
        _consents(conn, keys),
        _enrollments(conn, {one.enrollment_id for one in messages if one.enrollment_id}),
        touches_of_all(conn, day - WEEK, message.c.account.in_(accounts), others),
        _written(conn, keys, day, ids),
    )


def off_switches(conn: Connection) -> frozenset[str]:
    """The kill switches that are off."""
    return frozenset(conn.execute(select(switch.c.name)).scalars())


def scopes_of_all(conn: Connection, keys: Iterable[str]) -> dict[str, set[str]]:
    """Address key → how far it is suppressed, of those that are."""
    found: dict[str, set[str]] = {}
    query = select(suppression.c.address_key, suppression.c.scope).where(suppression.c.address_key.in_(set(keys)))
    for key, scope in _rows(conn, query):
        found.setdefault(key, set()).add(scope)
    return found


def _consents(conn: Connection, keys: set[str]) -> dict[str, str | None]:
    """Address key → what it told us of its consent."""
    query = select(consent.c.address_key, consent.c.value).where(consent.c.address_key.in_(keys))
    return {row[0]: row[1] for row in _rows(conn, query)}


def _enrollments(conn: Connection, ids: set[str]) -> dict[str, tuple[date | None, date | None]]:
    """Id → (enrolled on, ended on)."""
    columns = (enrollment.c.enrollment_id, enrollment.c.enrolled_on, enrollment.c.ended_on)
    return {row[0]: (row[1], row[2]) for row in _rows(conn, select(*columns).where(columns[0].in_(ids)))}


def _written(conn: Connection, keys: set[str], day: date, but: Sequence[str]) -> Counter[tuple[str, date]]:
    """Touches that reached each address, or may have, by UTC day."""
    reached = (message.c.state.in_(REACHED), message.c.touch, WHEN >= midnight(day))  # noqa: SIM300 - it is a column
    mine = (message.c.address_key.in_(keys), message.c.message_id.not_in(but))
    query = select(message.c.address_key, WHEN.label("at")).where(*mine, *reached)
    return Counter((row.address_key, row.at.date()) for row in _rows(conn, query))


def _rows(conn: Connection, query: Any) -> Sequence[Row[Any]]:
    return conn.execute(query).all()
