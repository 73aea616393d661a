"""Reading a night for people: its files in the lake as rows, missing columns as nothing."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from duckdb import DuckDBPyConnection

from tasks.lake.views import entity_views, file_view
from tasks.night import Night
from tasks.store import landings
from tasks.store.engine import read

Row = dict[str, Any]
FILES = {
    "account": "sheet_account.parquet",
    "contract": "sheet_contract.parquet",
    "contact": "sheet_contact.parquet",
    "contribution": "contributions.parquet",
}


@dataclass(frozen=True)
class Reading:
    """A connection that sees the night's sheets as `account`, `contract`, `contact` and `contribution`."""

    night: Night
    con: DuckDBPyConnection

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Rows as dicts of plain values."""
        result = self.con.execute(sql, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]

    def columns(self, table: str) -> list[str]:
        """The table's columns, in order; none when the night has no such file."""
        if not self.night.lake.exists(self.night.path(FILES[table])):
            return []
        return [row[0] for row in self.con.execute(f"DESCRIBE {table}").fetchall()]

    def pick(self, table: str, names: Sequence[str]) -> str:
        """`SELECT names FROM table`; a fact that this installation does not have is NULL."""
        known = set(self.columns(table))
        shown = ", ".join(f'"{name}"' if name in known else f'NULL AS "{name}"' for name in names)
        return f"SELECT {shown} FROM {table}" if known else f"SELECT {shown} WHERE false"  # noqa: S608 — names are ours

    def counts(self, column: str) -> dict[str, int]:
        """Value → accounts, of a column of the account sheet; accounts without one are left out."""
        sheet = self.pick("account", [column])
        sql = f'SELECT "{column}" AS name, count(*) AS n FROM ({sheet}) GROUP BY 1 ORDER BY 2 DESC, 1'  # noqa: S608
        return {str(row["name"]): row["n"] for row in self.rows(sql) if row["name"] is not None}

    @cached_property
    def decisions(self) -> Row:
        """decisions.json; empty when the night has not decided."""
        path = self.night.path("decisions.json")
        return dict(json.loads(self.night.lake.read_text(path))) if self.night.lake.exists(path) else {}

    def csm_names(self) -> dict[str, str]:
        """CSM id → name, of the person area; the id where the name has been erased."""
        with read(self.night.engine) as conn:
            landed = landings.landed(conn, self.night.landing_seq)
        entity_views(
            self.con, self.night.lake, [one for one in landed if one.entity == "csms"], self.night.as_of, person=True
        )
        return {
            row["csm_id"]: row["name"] or row["csm_id"] for row in self.rows("SELECT csm_id, name FROM csms ORDER BY 1")
        }


@contextmanager
def reading(night: Night) -> Iterator[Reading]:
    """The night, opened."""
    con = night.lake.duckdb()
    try:
        for name, file in FILES.items():
            view(con, night, name, night.path(file))
        if night.previous:
            view(con, night, "contribution_before", f"nights/{night.previous}/{FILES['contribution']}")
        yield Reading(night, con)
    finally:
        con.close()


def view(con: DuckDBPyConnection, night: Night, name: str, path: str) -> None:
    """One file of the lake under a name, if it is there."""
    if night.lake.exists(path):
        file_view(con, night.lake, name, path)


def _plain(value: Any) -> Any:
    """DECIMAL as a float that prints the same; the rest as it is."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
