"""Addresses that get no more mail, as keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.event import Event
from models.tables import suppression
from tasks.store.events import append_all


@dataclass(frozen=True)
class Suppression:
    """One suppressed address; the first reason stands."""

    address_key: str
    reason: str | None
    since: datetime


def suppress(conn: Connection, address_keys: Iterable[str], reason: str, at: datetime) -> int:
    """Suppress the addresses, effective before the next claim; says how many were not suppressed before."""
    return append_all(conn, (_event(key, reason, at) for key in address_keys))


def is_suppressed(conn: Connection, address_key: str) -> bool:
    """Whether this address gets no mail."""
    query = select(suppression.c.address_key).where(suppression.c.address_key == address_key)
    return conn.execute(query).first() is not None


def suppressed(conn: Connection) -> dict[str, Suppression]:
    """Address key → suppression."""
    return {row.address_key: Suppression(**row._asdict()) for row in conn.execute(select(suppression))}


def _event(address_key: str, reason: str, at: datetime) -> Event:
    key, payload = f"suppressed:{address_key}", {"address_key": address_key, "reason": reason}
    return Event(key, "suppressed", f"address:{address_key}", at, payload=payload)
