"""Retention: what is personal and older than it may be is removed each night, and the night says how much."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.event import Event
from models.tables import landing
from tasks import personal_files
from tasks.lake.paths import person_findings_path
from tasks.night import Night
from tasks.store import persons
from tasks.store.engine import begin, read
from tasks.store.events import append


def retain(night: Night) -> dict[str, int]:
    """Remove what the periods of `keep:` in config/perennial.yaml do not cover; place → rows or files removed.

    Ages are counted on the run's clock, those of files on their own time.
    """
    keep, now = night.rules.company.keep, night.clock.now
    mails, came = now - timedelta(days=keep.mails), now - timedelta(days=keep.inbound)
    counts = {} if night.clock.played else personal_files.retire(night.settings, mails, came)
    quarantine = _quarantine(night, now - timedelta(days=keep.quarantine))
    with begin(night.engine) as conn:
        counts |= persons.retire(conn, mails, came, now - timedelta(days=keep.notes))
        counts |= {"quarantine": quarantine} if quarantine else {}
        if counts:
            payload = {"counts": counts, "periods": keep.model_dump()}
            append(conn, Event(f"retained:{night.run_key}", "retained", f"run:{night.run_key}", now, payload=payload))
    return counts


def _quarantine(night: Night, limit: datetime) -> int:
    """Remove the values of rows that were set aside before the limit; what they broke stays known."""
    query = select(landing.c.source, landing.c.seq).where(landing.c.quarantined > 0, landing.c.as_of < limit.date())
    with read(night.engine) as conn:
        paths = [person_findings_path(row.source, row.seq) for row in conn.execute(query)]
    old = [path for path in paths if night.lake.exists(path)]
    for path in old:
        night.lake.remove(path)
    return len(old)
