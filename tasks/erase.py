"""Erasing a person: what names them goes, everywhere we write; a keyed hash stays, so that nobody writes them again."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from models.address import address_key
from models.event import Event
from models.message import WAITING
from models.suppression import ERASED
from tasks import personal_files
from tasks.lake import erased
from tasks.lake.erased import Known
from tasks.mail.ledger import settle
from tasks.moment import moment
from tasks.opening import Place
from tasks.store import persons
from tasks.store.engine import begin
from tasks.store.events import append, last_seq
from tasks.store.lock import night_lock
from tasks.store.messages import of_address
from tasks.store.suppressions import suppress


@dataclass(frozen=True)
class Erased:
    """What was removed: place → rows or files; and how many waiting messages were canceled."""

    address_key: str
    counts: dict[str, int] = field(default_factory=dict)
    canceled: int = 0


def erase(place: Place, address: str, wall: datetime) -> Erased:
    """Erase the person with that address; again for what has come since, or after a crash.

    Their messages that wait are canceled first, the address is suppressed for everything, then what names them is
    removed from the database's person area, the lake's, and the files of this installation. Backups, the mail server's
    own log and the systems that we read from are not ours.

    Raises:
        Busy: a night is running, which might write them down again.
    """
    settings = place.settings
    known = Known(settings.secret, address)
    key = address_key(settings.secret, address)
    with night_lock(place.engine, settings.lock_path):
        with begin(place.engine) as conn:
            at = moment(conn, wall).now
            suppress(conn, [key], ERASED, at, source="erasure")
            canceled = _cancel(conn, key, at)
        erased.know(place.lake, known)
        counts = erased.forget(place.lake, known) | personal_files.forget(settings, known.is_addressed)
        with begin(place.engine) as conn:
            counts |= persons.forget(conn, key, known.is_addressed, known.is_named)
            _note(conn, key, counts, at)
    return Erased(key, counts, canceled)


def _cancel(conn: Connection, key: str, at: datetime) -> int:
    """Nothing that waits goes any more."""
    expected = WAITING | {"held"}
    waiting = [one for one in of_address(conn, key) if one.state in expected]
    return sum(settle(conn, one, expected, "message_canceled", at, reason="the person was erased") for one in waiting)


def _note(conn: Connection, key: str, counts: dict[str, int], at: datetime) -> None:
    """The proof: how much went from where, and nothing of whom but the key."""
    payload = {"address_key": key, "counts": counts}
    append(conn, Event(f"erased:{key}:{last_seq(conn)}", "erased", f"address:{key}", at, payload=payload))
