"""What was found wrong with a batch: one table, filled by every check, read once at the end."""

from dataclasses import dataclass
from typing import cast

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.suite import Severity
from tasks.quality.mapping import ROW, BadRow

RANK = {"warn": 1, "quarantine": 2, "hold": 3}
VALUE_LENGTH = 500


@dataclass(frozen=True)
class Check:
    """What was expected, of which column, and what follows when it is not met."""

    expectation: str
    column: str
    severity: Severity
    reason: str


def open_findings(con: DuckDBPyConnection) -> None:
    """The empty table."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE findings "
        '("row" BIGINT, expectation VARCHAR, "column" VARCHAR, severity VARCHAR, reason VARCHAR, value VARCHAR)'
    )


def find(con: DuckDBPyConnection, check: Check, query: str) -> int:
    """Add what a query of (row, value) gives; says how many."""
    told = [check.expectation, check.column, check.severity, check.reason]
    con.execute(
        f"INSERT INTO findings SELECT r, ?, ?, ?, ?, left(v, {VALUE_LENGTH}) FROM ({query}) AS found(r, v)",  # noqa: S608
        told,
    )
    return cast("int", con.fetchall()[0][0])


def find_rows(con: DuckDBPyConnection, check: Check, rows: list[int], table: str) -> None:
    """Add the rows of these numbers, with their values in the table."""
    con.register("these_rows", pa.table({"r": pa.array(rows, pa.int64())}))
    value = f'CAST("{check.column}" AS VARCHAR)' if check.column else "NULL"
    find(con, check, f"SELECT {ROW}, {value} FROM {table} SEMI JOIN these_rows ON {ROW} = r")  # noqa: S608
    con.unregister("these_rows")


def find_bad(con: DuckDBPyConnection, bad: list[BadRow]) -> None:
    """Add raw rows that could not be mapped or dated, as far as they are new."""
    names = ("row", "expectation", "column", "reason", "value")
    columns = {name: pa.array([getattr(one, name) for one in bad], pa.string()) for name in names[1:]}
    con.register("bad_rows", pa.table({"row": pa.array([one.row for one in bad], pa.int64()), **columns}))
    con.execute(
        'INSERT INTO findings SELECT "row", expectation, "column", \'quarantine\', reason, '  # noqa: S608
        f'left(value, {VALUE_LENGTH}) FROM bad_rows SEMI JOIN new_rows ON "row" = {ROW}'
    )
    con.unregister("bad_rows")


def find_batch(con: DuckDBPyConnection, check: Check) -> None:
    """Add a finding about the batch as a whole."""
    find(con, check, "SELECT NULL::BIGINT, NULL")


def quarantined(con: DuckDBPyConnection) -> int:
    """How many rows are set aside."""
    rows = con.execute("SELECT count(DISTINCT \"row\") FROM findings WHERE severity = 'quarantine'").fetchall()
    return cast("int", rows[0][0])


def holding(con: DuckDBPyConnection) -> list[str]:
    """Why the batch must be held, if it must."""
    found = con.execute(
        'SELECT expectation, "column", reason, count("row") FROM findings WHERE severity = \'hold\' '
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [
        f"{expectation} {column}: {reason}" + (f" ({n} rows)" if n else "") for expectation, column, reason, n in found
    ]
