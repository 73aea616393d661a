"""One pass over the mailbox: every unread mail is taken, and marked once what it caused is committed."""

import logging
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from models.errors import Away
from models.incoming import Incoming
from tasks.failpoint import failpoint
from tasks.inbox.choose import choose
from tasks.inbox.desk import Desk
from tasks.inbox.mailbox import Found, Mailbox, OpenMailbox
from tasks.inbox.owners import Owners
from tasks.inbox.parse import key_of, parse
from tasks.inbox.take import take
from tasks.moment import moment
from tasks.opening import Place
from tasks.store import passes
from tasks.store.engine import begin, read
from tasks.store.passes import Pass

_log = logging.getLogger(__name__)
MOST = 1_000
"""Mails of one pass; the next, ten minutes later, takes the others."""
AGAIN = "again"
"""What was received before, and did nothing now."""


def read_inbox(place: Place, mailbox: OpenMailbox | None = None, wall: datetime | None = None) -> dict[str, Any]:
    """Take what is unread.

    Args:
        place: gives settings, database, lake.
        mailbox: to be opened; the settings' choice if None.
        wall: now, aware UTC.

    Returns:
        The summary: `mails` by kind; `again` are those that an earlier pass took and could not mark.

    Raises:
        Away: the mailbox cannot be read; what was taken is marked or will be told again.
    """
    counts, now = Counter[str](), wall or datetime.now(UTC)
    since: datetime | None = None
    try:
        with mailbox or choose(place.settings) as box:
            _take_all(place, box, counts, now)
            since = box.waiting_since()
    except Away as error:
        _remember(place, counts, now, trouble=str(error))
        raise
    _remember(place, counts, now, since=since)
    return {"state": "done", "mails": dict(sorted(counts.items()))}


def _take_all(place: Place, box: Mailbox, counts: Counter[str], now: datetime) -> None:
    """One mail after the other, each in a transaction of its own."""
    with read(place.engine) as conn:
        clock = moment(conn, now)
    owners = Owners(place, clock)
    desk = Desk(place.settings, clock, owners)
    try:
        for found in box.unread(MOST):
            mail = _read(found)
            with begin(place.engine) as conn:
                received = take(conn, desk, mail, found.content)
            failpoint("inbox_taken")
            box.taken(found)
            counts[received.kind if received else AGAIN] += 1
    finally:
        owners.close()


def _read(found: Found) -> Incoming:
    """What it says; a mail that nobody can read says nothing, and stops no other one."""
    try:
        return parse(found.content, whole=found.whole)
    except Exception as error:  # noqa: BLE001 — whatever it is, the next mail is to be read
        _log.warning("a mail in the inbox cannot be read (%s); it counts as unknown", type(error).__name__)
        return Incoming(key_of({}, found.content))


def _remember(
    place: Place, counts: Counter[str], now: datetime, *, since: datetime | None = None, trouble: str = ""
) -> None:
    with begin(place.engine) as conn:
        before = passes.last(conn)
        well = before.read_at if trouble and before else None if trouble else now
        passes.remember(conn, Pass(now, well, dict(sorted(counts.items())), since, trouble))
