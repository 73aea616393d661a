"""A small installation to try mail in: a database, a lake with contacts, queued messages. No Prefect, no rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from sqlalchemy import select

from config.settings import Settings
from models.address import address_key
from models.clock import Clock
from models.company import Company
from models.event import Event
from models.landing import Landing
from models.ledger import PersonMessage
from models.tables import step
from tasks.lake.lake import Lake
from tasks.lake.paths import landing_path
from tasks.night import Night
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append
from tasks.store.landings import close_landing, open_landing
from tasks.store.messages import by_state, in_states, keep_person

if TYPE_CHECKING:
    from config.load import Rules

AS_OF = date(2024, 12, 31)
MIDNIGHT = datetime(2024, 12, 31, tzinfo=UTC)
NINE = MIDNIGHT + timedelta(hours=9)
STATES = (
    "queued", "claimed", "transmitting", "sent", "deferred", "refused", "uncertain", "held", "suppressed", "canceled",
    "expired", "superseded", "trapped",
)  # fmt: skip


def room(folder: Path, wall: datetime = datetime(2025, 3, 1, tzinfo=UTC), **settings: Any) -> Night:
    """An installation in a folder; by default its day is played through."""
    given = Settings(var=folder, **settings)
    rules = cast("Rules", SimpleNamespace(company=Company()))
    return Night(given, rules, Clock.at(AS_OF, wall), open_store(given.database), Lake(given.lake))


def address(number: int) -> str:
    """The address of contact number n."""
    return f"contact.{number}@customer-{number}.example"


def key_of(night: Night, number: int) -> str:
    """Its key."""
    return address_key(night.settings.secret, address(number))


def land_contacts(night: Night, count: int, **changes: Any) -> None:
    """Land contacts C-0 … C-n; changes hold for all."""
    with begin(night.engine) as conn:
        seq = open_landing(conn, night.run_key, "contacts", "contacts", night.as_of, night.clock.now)
        landing = Landing(seq, night.run_key, "contacts", "contacts", night.as_of)
        rows = [_contact(night, number, changes) for number in range(count)]
        night.lake.write(landing_path(landing), pa.Table.from_pylist(rows, _CONTACTS))
        closed = replace(landing, status="ok", pulled=count, good=count, total=count, written=True)
        close_landing(conn, closed, night.clock.now)


_CONTACTS = pa.schema(
    [(name, pa.string()) for name in ("contact_id", "account_id", "role", "language", "timezone", "consent")]
    + [("left_on", pa.date32()), ("address_key", pa.string())]
)


def _contact(night: Night, number: int, changes: dict[str, Any]) -> dict[str, Any]:
    row = {"contact_id": f"C-{number}", "account_id": f"A-{number}", "role": "sponsor", "timezone": "UTC"}
    return {**row, "address_key": key_of(night, number), **changes}


def queue(night: Night, number: int, **changes: Any) -> str:
    """Queue one service message to contact number n, due at nine; gives its id."""
    queue_all(night, [queued(night, number, **changes)])
    return str(changes.get("message_id", f"M-{number}"))


def queue_all(night: Night, messages: Iterable[tuple[Event, PersonMessage]]) -> None:
    """Queue many messages in one transaction."""
    with begin(night.engine) as conn:
        for event, letter in messages:
            append(conn, event)
            keep_person(conn, letter)


def queued(night: Night, number: int, **changes: Any) -> tuple[Event, PersonMessage]:
    """What queues one service message to contact number n, due at nine."""
    person: dict[str, Any] = {
        "recipient": address(number), "name": f"Contact {number}", "sender": "Nina Park", "text": f"Hello {number}\n",
        "subject": "Your contract", "calendar": None, "thread": None,
    }  # fmt: skip
    person |= {name: changes.pop(name) for name in tuple(person) if name in changes}
    payload = {
        "message_id": f"M-{number}", "send_key": f"S-{number}", "revision": 1, "account": f"A-{number}",
        "enrollment_id": f"E-{number}", "play": "renewal", "step": "notice", "occurrence": "1",
        "template": "renewal/day-90-notice", "language": "en", "klass": "service", "contact": f"C-{number}",
        "address_key": key_of(night, number), "not_before": NINE.isoformat(),
        "expires": (NINE + timedelta(hours=36)).isoformat(), "deadline": False, "touch": True,
        "as_of": AS_OF.isoformat(), **changes,
    }  # fmt: skip
    id_ = str(payload["message_id"])
    letter = PersonMessage(id_, reply_to="nina@perennial.example", html=f"<p>Hello {number}</p>", **person)
    return Event(f"message:{id_}:queued", "message_queued", "contract:1", night.clock.now, None, payload), letter


def states(night: Night) -> dict[str, int]:
    """State → number of messages."""
    with read(night.engine) as conn:
        return by_state(conn)


def reasons(night: Night) -> dict[str, str]:
    """Message id → its reason."""
    with read(night.engine) as conn:
        return {message.message_id: message.reason or "" for message in in_states(conn, STATES)}


def received(mailbox: Path) -> Sequence[bytes]:
    """The messages in a mailbox."""
    return [path.read_bytes() for folder in ("new", "cur") for path in sorted((mailbox / folder).glob("*"))]


def outcome(night: Night, number: int) -> str | None:
    """The outcome of the step of message n."""
    query = select(step.c.outcome).where(step.c.enrollment_id == f"E-{number}")
    with read(night.engine) as conn:
        return conn.execute(query).scalar()
