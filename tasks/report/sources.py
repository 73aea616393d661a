"""Sources of the night: how fresh each is, and which rows were set aside for what."""

from sqlalchemy import Connection

from models.landing import Landing
from tasks.lake.paths import findings_path
from tasks.report.reading import Reading
from tasks.report.views import Broken, SourceLine
from tasks.store import landings

_BROKEN = """
    SELECT expectation, coalesce("column", '') AS "column", severity, reason, count(*) AS rows
    FROM read_parquet(?) GROUP BY ALL ORDER BY ALL"""
RANK = {"hold": 0, "quarantine": 1, "warn": 2}


def source_lines(conn: Connection, book: Reading) -> tuple[SourceLine, ...]:
    """Every declared source, in the order of pulling; one that was not pulled tonight has no status."""
    found = {one.source: one for one in landings.of_run(conn, book.night.run_key)}
    sources = book.night.rules.sources.values()
    return tuple(_line(spec.name, spec.entity, found.get(spec.name)) for spec in sources)


def broken(conn: Connection, book: Reading) -> tuple[Broken, ...]:
    """Expectations that rows of tonight's landings broke: what holds a batch first, then what sets rows aside."""
    found: list[Broken] = []
    for landing in landings.of_run(conn, book.night.run_key):
        path = findings_path(landing.source, landing.seq)
        if book.night.lake.exists(path):
            rows = book.rows(_BROKEN, book.night.lake.resolve(path))
            found += [Broken(source=landing.source, **row) for row in rows]
    return tuple(sorted(found, key=lambda one: (RANK.get(one.severity, 9), -one.rows, one.source, one.expectation)))


def _line(name: str, entity: str, landing: Landing | None) -> SourceLine:
    """A source and its landing."""
    if landing is None:
        return SourceLine(name, entity, None, 0, 0, 0, 0)
    return SourceLine(
        name, entity, landing.status, landing.pulled, landing.good, landing.quarantined, landing.warned,
        landing.cursor_max, landing.error,
    )  # fmt: skip
