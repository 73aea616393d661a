"""A few rows of any entity, and the facts, sheets and memory that the shipped rules make of them; no files at all."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from config.files import read_files
from config.load import Rules, load_rules
from models.entities import ENTITIES
from models.fact import GRAINS, Fact
from models.play import PlayCondition
from tasks.lake.views import stored_columns
from tasks.measure import compute_facts
from tasks.score import forget_all, scored

AS_OF = date(2025, 6, 30)
Row = dict[str, Any]
DEFAULTS: dict[str, Row] = {
    "accounts": {"account_id": "A-1", "name": "Acme"},
    "contacts": {"account_id": "A-1"},
    "contracts": {"account_id": "A-1", "start_on": "2024-01-15", "mrr_minor": 100_000, "currency": "USD",
                  "auto_renew": True, "billing_period": "annual", "term_months": 12, "trial": False},
    "usage": {"account_id": "A-1", "count": 1},
    "events": {"account_id": "A-1"},
}  # fmt: skip


@cache
def shipped() -> Rules:
    """The rules that ship, without plays, which others are writing."""
    files = read_files()
    return load_rules(files)


def measured(
    as_of: date, known: Mapping[str, date] | None, rows: dict[str, list[Row]], wanted: dict[str, list[Fact]]
) -> Any:
    """A connection with <grain>_facts of these rows; entities that are not given are empty."""
    con = duckdb.connect(config={"threads": 1})
    for name in ENTITIES:
        _fill(con, name, rows.get(name, []))
    compute_facts(con, wanted, as_of, known)
    return con


def _wanted(grain: str, rows: dict[str, list[Row]]) -> dict[str, list[Fact]]:
    """The files of a grain that read any of these entities, and those of contracts that others read."""
    contract, mine = shipped().facts["contract"], shipped().facts[grain]
    read = [fact for fact in mine if {*fact.entities, *(["contracts"] if fact.contract_columns else [])} & {*rows}]
    alone = [fact for fact in contract if not fact.contract_columns or (grain == "contract" and fact in read)]
    return {"contract": alone, grain: alone if grain == "contract" else read}


def _fill(con: Any, name: str, given: list[Row]) -> None:
    """The view of one entity, its rows numbered where they bear no key."""
    entity, types = ENTITIES[name], stored_columns(ENTITIES[name])
    columns = ", ".join(f"CAST({column} AS {type_}) AS {column}" for column, type_ in types.items())
    default = DEFAULTS.get(name, {"account_id": "A-1"})
    rows = [{entity.key: str(number)} | default | row for number, row in enumerate(given, 1)] or [{}]
    con.register(f"given_{name}", pa.table({one: [_text(row.get(one)) for row in rows] for one in types}))
    con.execute(f"CREATE VIEW {name} AS SELECT {columns} FROM given_{name} WHERE {entity.key} IS NOT NULL")


def _text(value: Any) -> str | None:
    """As DuckDB casts it."""
    return None if value is None else str(value)


def facts(
    grain: str = "account", as_of: date = AS_OF, known: Mapping[str, date] | None = None, **rows: list[Row]
) -> list[Row]:
    """The facts of a grain's subjects, ordered by id."""
    return _dicts(measured(as_of, known, rows, _wanted(grain, rows)), f"FROM {grain}_facts")


def account(as_of: date = AS_OF, known: Mapping[str, date] | None = None, **rows: list[Row]) -> Row:
    """The facts of A-1."""
    given: dict[str, Any] = {"accounts": [{}], **rows}
    found = facts("account", as_of, known, **given)
    return next(row for row in found if row["account_id"] == "A-1")


def sheets(
    as_of: date = AS_OF, memory: pa.Table | None = None, known: Mapping[str, date] | None = None,
    rules: Rules | None = None, conditions: tuple[PlayCondition, ...] = (), **rows: list[Row],
) -> dict[str, pa.Table]:  # fmt: skip
    """sheet_<grain>, contributions and memory, scored with what is remembered."""
    con = measured(as_of, known, {"accounts": [{}], **rows}, shipped().facts)
    for grain in GRAINS:
        con.execute(f"CREATE TEMP TABLE kept_{grain} AS FROM {grain}_facts")
        con.execute(
            f"CREATE OR REPLACE TEMP {'TABLE' if grain == 'contract' else 'VIEW'} {grain}_facts AS FROM kept_{grain}"
        )
    if memory is None:
        forget_all(con)
    else:
        con.register("memory", memory)
    made = scored(con, rules or shipped(), f"DATE '{as_of}'", conditions)
    return {name.removesuffix(".parquet"): table for name, table in made}


def sheet(as_of: date = AS_OF, **rows: Any) -> Row:
    """The account sheet of A-1."""
    found: list[Row] = sheets(as_of, **rows)["sheet_account"].to_pylist()
    return next(row for row in found if row["account_id"] == "A-1")


def _dicts(con: Any, sql: str) -> list[Row]:
    """Rows as dicts."""
    found: list[Row] = con.sql(sql).to_arrow_table().to_pylist()
    return found
