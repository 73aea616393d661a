"""Accounts that were merged: what ran, was asked and was done for the absorbed one goes on under the one that is left.

Past enrollments move as well: what an account has had, it has had, under whatever name. A play that runs for both is
settled by decide, which lets one conversation go on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from models.event import Event
from models.tables import enrollment, task
from tasks.lake.survivors import survivors
from tasks.night import Night
from tasks.store import landings
from tasks.store.engine import begin, read
from tasks.store.events import append_all

MANY = 5_000  # values one IN (…) may hold on either database


def moves(night: Night) -> int:
    """Move what belongs to accounts that are merged as of the night, in one transaction; how many events that took."""
    with read(night.engine) as conn:
        landed = landings.landed(conn, night.landing_seq)
        into = survivors(night.lake, landed, night.as_of)
        events = [*_enrollments(conn, night, into), *_tasks(conn, night, into)]
    if not events:
        return 0
    with begin(night.engine) as conn:
        return append_all(conn, events)


def _enrollments(conn: Connection, night: Night, into: Mapping[str, str]) -> Iterator[Event]:
    """Each enrollment of an absorbed account, running or past; one per account is about the other account now."""
    for row in _of(conn, enrollment, sorted(into)):
        account = into[row.account]
        subject = f"account:{account}" if row.subject == f"account:{row.account}" else row.subject
        yield _event(night, "enrollment", row, account, subject=subject)


def _tasks(conn: Connection, night: Night, into: Mapping[str, str]) -> Iterator[Event]:
    """Each task of an absorbed account; its owner keeps it."""
    for row in _of(conn, task, sorted(into)):
        yield _event(night, "task", row, into[row.account])


def _of(conn: Connection, table: Table, accounts: Sequence[str]) -> Iterator[Any]:
    """The rows of these accounts, by id."""
    key = next(iter(table.primary_key))
    for start in range(0, len(accounts), MANY):
        mine = table.c.account.in_(accounts[start : start + MANY])
        yield from conn.execute(select(table).where(mine).order_by(key))


def _event(night: Night, what: str, row: Any, account: str, **more: str) -> Event:
    """One move, on its night."""
    id_ = getattr(row, f"{what}_id")
    payload = {f"{what}_id": id_, "account": account, **more, "from": row.account, "on": night.as_of.isoformat()}
    key = f"{what}_moved:{id_}:{account}:{night.as_of}"
    return Event(key, f"{what}_moved", f"{what}:{id_}", night.clock.now, account, payload)
