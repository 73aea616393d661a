"""Addresses that get no more mail, as keys, each with how far that goes; and consents given to us."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.event import Event
from models.suppression import ALL, against
from models.tables import consent, suppression
from tasks.store.events import append, append_all, last_seq


@dataclass(frozen=True)
class Suppression:
    """One suppressed address and scope; the first reason stands."""

    address_key: str
    scope: str
    reason: str | None
    source: str | None
    since: datetime


def suppress(
    conn: Connection, address_keys: Iterable[str], reason: str, at: datetime, scope: str = ALL, source: str = ""
) -> int:
    """Suppress the addresses within a scope, effective before the next claim; says how many were not before."""
    there = set(conn.execute(select(suppression.c.address_key).where(suppression.c.scope == scope)).scalars())
    seq, payload = last_seq(conn), {"scope": scope, "reason": reason, "source": source or None}
    fresh = (key for key in dict.fromkeys(address_keys) if key not in there)
    return append_all(conn, [_event(key, seq, payload, at) for key in fresh])


def lift(conn: Connection, address_key: str, scope: str, reason: str, at: datetime) -> bool:
    """Let an address have mail again within a scope; False when nothing stood against it there."""
    if scope not in scopes_of(conn, address_key):
        return False
    payload = {"address_key": address_key, "scope": scope, "reason": reason}
    key = f"unsuppressed:{address_key}:{scope}:{last_seq(conn)}"
    return append(conn, Event(key, "unsuppressed", f"address:{address_key}", at, payload=payload)) is not None


def scopes_of(conn: Connection, address_key: str) -> set[str]:
    """How far an address is suppressed; empty if it is not."""
    query = select(suppression.c.scope).where(suppression.c.address_key == address_key)
    return set(conn.execute(query).scalars())


def is_suppressed(conn: Connection, address_key: str, klass: str = "", play: str = "") -> bool:
    """Whether this address gets no mail at all, or none of that class and play."""
    return bool(against(scopes_of(conn, address_key), klass or "contractual", play))


def suppressed_because(conn: Connection, reason: str) -> set[str]:
    """Keys of the addresses that are suppressed for that reason."""
    return set(conn.execute(select(suppression.c.address_key).where(suppression.c.reason == reason)).scalars())


def suppressed(conn: Connection) -> dict[tuple[str, str], Suppression]:
    """(address key, scope) → suppression."""
    found = conn.execute(select(suppression).order_by(suppression.c.address_key, suppression.c.scope))
    return {(row.address_key, row.scope): Suppression(**row._asdict()) for row in found}


def give_consent(conn: Connection, address_key: str, value: str, source: str, at: datetime) -> bool:
    """Note a consent, `granted` or `withdrawn`, with where it comes from; False when that is what stands already."""
    if conn.execute(select(consent.c.value).where(consent.c.address_key == address_key)).scalar() == value:
        return False
    payload = {"address_key": address_key, "value": value, "source": source, "on": at.date().isoformat()}
    key = f"consented:{address_key}:{last_seq(conn)}"
    return append(conn, Event(key, "consented", f"address:{address_key}", at, payload=payload)) is not None


def consent_given(conn: Connection, address_key: str) -> str | None:
    """What the address has told us of its consent."""
    return conn.execute(select(consent.c.value).where(consent.c.address_key == address_key)).scalar()


def _event(address_key: str, seq: int, payload: dict[str, Any], at: datetime) -> Event:
    """A wish that was lifted may be told again: the log's number keeps the keys apart."""
    key = f"suppressed:{address_key}:{payload['scope']}:{seq}"
    return Event(key, "suppressed", f"address:{address_key}", at, payload={"address_key": address_key, **payload})
