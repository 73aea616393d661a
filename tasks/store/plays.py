"""The versions of plays that enrollments are pinned to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.event import Event
from models.tables import enrollment, play_version
from tasks.store.events import append


@dataclass(frozen=True)
class PlayVersion:
    """A play's text as it was when somebody was enrolled in it."""

    hash: str
    play: str
    text: str


def pin(conn: Connection, version: PlayVersion, at: datetime) -> bool:
    """Keep the version's text; False when it is kept already."""
    payload = {"hash": version.hash, "play": version.play, "text": version.text}
    event = Event(f"play_pinned:{version.hash}", "play_pinned", f"play:{version.play}", at, payload=payload)
    return append(conn, event) is not None


def versions(conn: Connection) -> dict[str, PlayVersion]:
    """Hash → version, all that were ever pinned."""
    query = select(play_version).order_by(play_version.c.hash)
    return {row.hash: PlayVersion(**row._asdict()) for row in conn.execute(query)}


def live_versions(conn: Connection) -> dict[str, PlayVersion]:
    """Hash → version, those that an enrollment which has not ended is pinned to."""
    used = select(enrollment.c.play_hash).where(enrollment.c.ended_on.is_(None))
    query = select(play_version).where(play_version.c.hash.in_(used)).order_by(play_version.c.hash)
    return {row.hash: PlayVersion(**row._asdict()) for row in conn.execute(query)}
