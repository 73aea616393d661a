"""Up to which day an entity is known: the night's own, unless one of its sources is late."""

from datetime import date, timedelta

from sqlalchemy import Connection, select

from models.landing import Landing
from models.tables import landing
from tasks.store.landings import of_run

ON_TIME = ("ok", "unchanged")


def known_until(conn: Connection, run_key: str, as_of: date) -> dict[str, date]:
    """Entity → the first day of which nothing is known any more, for each entity of which a source is late tonight.

    Where the pull failed or was held, that is the last night on which it did not. Where nothing new has come for longer
    than the source's freshness limit, it is the day after its newest row: all that silence was no knowledge. What
    depends on time is counted up to there: that our feed is late says nothing of the customer. Of several late
    sources the one that is furthest behind counts.
    """
    found: dict[str, date] = {}
    for one in of_run(conn, run_key):
        if one.status not in ON_TIME:
            day = min(_known(conn, one, as_of), as_of)
            found[one.entity] = min(found.get(one.entity, day), day)
    return found


def _known(conn: Connection, late: Landing, as_of: date) -> date:
    """The day of one source; the night's own where it never gave anything."""
    read = (landing.c.source == late.source, landing.c.status.in_((*ON_TIME, "stale")), landing.c.as_of <= as_of)
    columns = (landing.c.status, landing.c.as_of, landing.c.cursor_max)
    last = conn.execute(select(*columns).where(*read).order_by(landing.c.as_of.desc(), landing.c.seq.desc())).first()
    if last is None:
        return as_of
    if last.status == "stale" and last.cursor_max:
        return date.fromisoformat(last.cursor_max[:10]) + timedelta(days=1)
    return date.fromisoformat(last.as_of) if isinstance(last.as_of, str) else last.as_of
