"""A night in numbers: what `nightly --json` says, read from lake and database, so that a re-run says the same."""

from typing import Any

from sqlalchemy import Connection, func, select

from models.health import BANDS
from models.night import Seal
from models.tables import enrollment
from tasks.night import Night
from tasks.report.reading import Reading, reading
from tasks.store import landings, messages, runs
from tasks.store.engine import read

SOURCE = ("pulled", "good", "quarantined", "warned", "status")


def summary(night: Night) -> dict[str, Any]:
    """Counts of the night, JSON-ready: health, segments, touch and stages by accounts, steps by verdict, and so on."""
    with reading(night) as book, read(night.engine) as conn:
        run = runs.get(conn, night.run_key)
        return {
            "as_of": night.as_of.isoformat(),
            "run_key": night.run_key,
            "state": run.state if run else None,
            "inputs": Seal.of(run.seal).inputs if run and run.seal else None,
            "sources": sources(conn, night),
            "accounts": accounts(book),
            "health": {band: book.counts("health_band").get(band, 0) for band in BANDS},
            "segments": book.counts("segment"),
            "touch": book.counts("touch"),
            "stages": book.counts("stage"),
            "enrolled": enrolled(conn, night),
            "steps": dict(book.decisions.get("counts", {})),
            "messages": messages.by_state(conn, night.as_of),
        }


def sources(conn: Connection, night: Night) -> dict[str, dict[str, Any]]:
    """Declared source → pulled, good, quarantined, warned, status; those that were not pulled are left out."""
    found = {one.source: one for one in landings.of_run(conn, night.run_key)}
    return {name: {key: getattr(found[name], key) for key in SOURCE} for name in night.rules.sources if name in found}


def accounts(book: Reading) -> int:
    """How many accounts the night knows."""
    return int(book.rows(f"SELECT count(*) AS n FROM ({book.pick('account', ['account_id'])})")[0]["n"])  # noqa: S608


def enrolled(conn: Connection, night: Night) -> dict[str, int]:
    """Play → conversations that began on this date; what only joined another one is none of its own."""
    joined = enrollment.c.outcome.is_not_distinct_from("superseded")
    query = select(enrollment.c.play, func.count()).where(enrollment.c.enrolled_on == night.as_of, ~joined)
    return dict(conn.execute(query.group_by(enrollment.c.play).order_by(enrollment.c.play)).tuples().all())
