"""Rows set aside: what each broke, with the value as long as the person area keeps it."""

from dataclasses import dataclass
from datetime import date

import duckdb
from sqlalchemy import Connection, select

from models.errors import UsageError
from models.nearest import did_you_mean
from models.tables import landing
from tasks.lake.lake import Lake
from tasks.lake.paths import findings_path, person_findings_path


@dataclass(frozen=True)
class Aside:
    """One broken expectation of a row in quarantine."""

    source: str
    as_of: date
    key: str | None
    row: int | None
    expectation: str
    column: str | None
    value: str | None
    reason: str


def asides(conn: Connection, lake: Lake, source: str | None = None) -> list[Aside]:
    """Every row in quarantine, those of the newest landing first.

    Raises:
        UsageError: no such source ever landed.
    """
    _require(conn, source)
    query = select(landing.c.seq, landing.c.source, landing.c.as_of).where(landing.c.quarantined > 0)
    query = query if source is None else query.where(landing.c.source == source)
    con = lake.duckdb()
    try:
        landings = conn.execute(query.order_by(landing.c.seq.desc())).all()
        return [found for seq, name, as_of in landings for found in _of_landing(con, lake, seq, name, as_of)]
    finally:
        con.close()


def _of_landing(con: duckdb.DuckDBPyConnection, lake: Lake, seq: int, source: str, as_of: date) -> list[Aside]:
    """The findings of one landing; without their values where those have been erased."""
    path = next(filter(lake.exists, (person_findings_path(source, seq), findings_path(source, seq))), None)
    if path is None:
        return []
    value = "value" if path == person_findings_path(source, seq) else "NULL"
    query = (
        f'SELECT CAST(key AS VARCHAR), "row", expectation, "column", {value}, reason FROM read_parquet(?) '  # noqa: S608
        'WHERE severity = \'quarantine\' ORDER BY "row", expectation, "column"'
    )
    return [Aside(source, as_of, *row) for row in con.execute(query, [lake.resolve(path)]).fetchall()]


def _require(conn: Connection, source: str | None) -> None:
    """The source must have landed once."""
    known = set(conn.execute(select(landing.c.source).distinct()).scalars())
    if source is not None and source not in known:
        raise UsageError(f"no source '{source}' has been pulled yet; {did_you_mean(source, known)}")
