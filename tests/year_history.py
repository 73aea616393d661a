"""The synthetic company's history, taken in once through the real checks; each night is given what was known then."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from config.settings import Settings
from models.entities import ENTITIES
from models.landing import Landing
from tasks.demo.company import write_company
from tasks.lake.files import write_rows
from tasks.lake.views import REPLACES, entity_views
from tasks.land import close_one, open_one
from tasks.night import Night
from tasks.opening import night_of, open_place, read_rules
from tasks.stages import Stages
from tasks.store.engine import read
from tasks.store.landings import landed, watermark

FAR = date(2999, 1, 1)
YEAR = timedelta(days=364)
"""Whole weeks: what is told of the year before happened on the same days of the week."""
BEFORE = {
    "usage": ("usage_id", "day"),
    "tickets": ("ticket_id", "opened_at"),
    "feedback": ("feedback_id", "answered_at"),
}
"""Entities of which the demo makes one year: key and time. The year before it is told to have been the same."""
DATED = {
    "accounts": ("created_on", "NULL", ()),
    "contacts": ("(SELECT a.created_on FROM accounts a WHERE a.account_id = it.account_id)", "left_on", ("left_on",)),
    "opportunities": ("opened_on", "closed_on", ("stage", "closed_on", "won")),
}
"""Snapshots: the day a row is there, the day it changes, and the columns that only then are known.

All other entities are dated row by row: the lake's views show of them what had happened by a night.
"""


@dataclass(frozen=True)
class History:
    """All canonical rows of the company, person columns among them, in a DuckDB of its own."""

    con: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, folder: Path, end: date, accounts: int) -> "History":
        """Make the company as of the end of the span and let it in through pull, checks and landing, once."""
        settings = Settings(var=folder, config=None, _env_file=None)
        write_company(folder / "demo", accounts=accounts, as_of=end)
        con = duckdb.connect(config={"threads": 2})
        with open_place(settings) as place:
            night = night_of(place, read_rules(settings), end)
            Stages(night).take_in()
            with read(place.engine) as conn:
                landings = landed(conn, watermark(conn))
            _copy(con, night, landings)
        return cls(con)

    def land(self, night: Night, before: date | None) -> None:
        """Land what became known since the night of `before`; with None everything that was known by then."""
        for name in ENTITIES:
            if name == "events" or (before and name not in DATED):
                continue
            rows = self.con.sql(_changed(name, night.as_of, before) if name in DATED else f"FROM {name}")
            land_rows(night, name, rows.to_arrow_table(), replaces=name in DATED)

    def accounts(self, day: date) -> list[str]:
        """The accounts that are there on that day, for a week at least."""
        query = "SELECT account_id FROM accounts WHERE created_on < ? ORDER BY 1"
        return [row[0] for row in self.con.execute(query, [day - timedelta(days=7)]).fetchall()]


def land_rows(night: Night, name: str, rows: pa.Table, *, replaces: bool = False) -> None:
    """Land canonical rows as the source of that entity; no rows, no landing."""
    if not rows.num_rows:
        return
    source = next((spec.name for spec in night.rules.sources.values() if spec.entity == name), name)
    opened: Landing = open_one(night, source, name)
    footer = {REPLACES: "1" if replaces else "0"}
    write_rows(night.lake, rows, opened, ENTITIES[name], night.settings.secret, footer)
    count = rows.num_rows
    close_one(night, replace(opened, status="ok", pulled=count, good=count, total=count, written=True))


def table_of(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of an entity, with what they do not say as null."""
    columns = ENTITIES[name].columns
    laid = [[row.get(column.name) for row in rows] for column in columns]
    with duckdb.connect() as con:
        plain = pa.table({column.name: pa.array(values) for column, values in zip(columns, laid, strict=True)})
        con.register("plain", plain)
        return con.sql(f"SELECT {_typed(name)} FROM plain").to_arrow_table()


def _typed(name: str) -> str:
    """The entity's columns in their types."""
    return ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ENTITIES[name].columns)


def _copy(con: duckdb.DuckDBPyConnection, night: Night, landings: list[Landing]) -> None:
    """Every entity as a table, nothing of it hidden."""
    with night.lake.duckdb() as lake:
        entity_views(lake, night.lake, landings, FAR, person=True)
        for name in ENTITIES:
            rows = lake.sql(f"SELECT {_typed(name)} FROM {name}").to_arrow_table()
            con.register("rows", rows)
            con.execute(f"CREATE TABLE {name} AS FROM rows")
            con.unregister("rows")
    for name, (key, day) in BEFORE.items():
        _repeat(con, name, key, day)


def _repeat(con: duckdb.DuckDBPyConnection, name: str, key: str, day: str) -> None:
    """The rows once more, a year earlier, of accounts that were there by then."""
    earlier = [f"{key} || '~' AS {key}", f"{day} - INTERVAL {YEAR.days} DAY AS {day}"]
    if name == "tickets":
        earlier.append(f"closed_at - INTERVAL {YEAR.days} DAY AS closed_at")
    con.execute(
        f"INSERT INTO {name} SELECT it.* REPLACE ({', '.join(earlier)}) FROM {name} it "
        f"JOIN accounts a USING (account_id) WHERE it.{day} - INTERVAL {YEAR.days} DAY > a.created_on"
    )


def _changed(name: str, day: date, before: date | None) -> str:
    """Rows of a snapshot that are there on the day and were not, or were otherwise, on the day before."""
    there, changes, later = DATED[name]
    hidden = ", ".join(f"CASE WHEN coalesce({changes} < DATE '{day}', false) THEN {one} END AS {one}" for one in later)
    columns = f"it.* REPLACE ({hidden})" if hidden else "it.*"
    state = "({there} < DATE '{on}', coalesce({changes} < DATE '{on}', false))"
    now = state.format(there=there, changes=changes, on=day)
    then = state.format(there=there, changes=changes, on=before or date.min.replace(year=1000))
    return f"SELECT {columns} FROM {name} it WHERE {there} < DATE '{day}' AND {now} IS DISTINCT FROM {then}"
