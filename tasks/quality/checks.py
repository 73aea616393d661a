"""What Great Expectations cannot see in the new rows: doubles in the whole pull, orphans, rules across columns."""

import duckdb

from models.entities import ENTITIES
from models.errors import SourceHeld
from models.suite import Join, Row, Suite
from tasks.quality.batch import Batch
from tasks.quality.findings import Check, find, find_batch
from tasks.quality.mapping import ROW, without_values


def check_doubles(batch: Batch) -> None:
    """Of rows with one key the first by time and place stays; the others are set aside, equal or not."""
    batch.con.execute(
        "CREATE OR REPLACE TEMP TABLE doubles AS WITH twice AS ("  # noqa: S608 (names are ours)
        "SELECT key FROM whole WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1) "
        f"SELECT {ROW}, key, row_number() OVER by_key AS place, mark = first_value(mark) OVER by_key AS equal "
        f"FROM whole SEMI JOIN twice USING (key) WINDOW by_key AS (PARTITION BY key ORDER BY moment, {ROW})"
    )
    rows = f"SELECT {ROW}, key FROM doubles SEMI JOIN new_rows USING ({ROW}) WHERE place > 1 AND"  # noqa: S608
    same = Check("unique", batch.entity.key, "quarantine", "the same row is there twice; the first one stays")
    other = Check("unique", batch.entity.key, "quarantine", "another row has this key; the first one stays")
    find(batch.con, same, f"{rows} equal")
    find(batch.con, other, f"{rows} NOT equal")


def check_suite(batch: Batch, suite: Suite) -> None:
    """Orphans and row rules of a suite; the connection has the entity views of tonight."""
    for join in suite.joins:
        _check_join(batch, join)
    for rule in suite.rows:
        _check_row(batch, rule)


def _check_join(batch: Batch, join: Join) -> None:
    """Values that are no key of the entity they point to.

    Raises:
        SourceHeld: nothing of that entity ever landed, so that every row would look like an orphan.
    """
    key = ENTITIES[join.to].key
    keys = f"SELECT {key} AS known FROM {join.to}"  # noqa: S608
    if join.to == batch.entity.name:
        keys += f" UNION SELECT {key} FROM fresh"  # noqa: S608
    check = Check("exists", join.column, join.severity, join.reason)
    if not batch.count(f"({keys})"):
        if join.severity == "warn":
            find_batch(batch.con, check)
            return
        raise SourceHeld(f"no {join.to} have landed, so that '{join.column}' cannot be checked")
    orphans = f"SELECT {ROW}, {join.column} FROM fresh ANTI JOIN ({keys}) ON {join.column} = known"  # noqa: S608
    find(batch.con, check, f"{orphans} WHERE {join.column} IS NOT NULL")


def _check_row(batch: Batch, rule: Row) -> None:
    """Rows of which a condition is false; an unknown one (null) passes."""
    check = Check(rule.name, rule.column, rule.severity, rule.reason)
    broken = f"NOT coalesce(({rule.condition}), true)"
    query = f'SELECT "row".{ROW}, CAST("row"."{rule.column}" AS VARCHAR) FROM fresh AS "row" WHERE {broken}'  # noqa: S608
    try:
        find(batch.con, check, query)
    except duckdb.Error as error:
        raise SourceHeld(f"the rule '{rule.name}' cannot be evaluated: {without_values(str(error))}") from error
