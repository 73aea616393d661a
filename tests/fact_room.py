"""A few rows of any entity, and the facts, sheets and memory that the shipped rules make of them; no files at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from config.files import read_files
from config.load import Rules, load_rules
from models.entities import ENTITIES
from models.fact import Fact
from models.memory_sql import COLUMNS
from models.play import PlayCondition
from tasks.lake.views import stored_columns
from tasks.measure import compute_facts
from tasks.score import scored

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


def picked(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Those values."""
    return tuple(row[name] for name in names)


@dataclass(frozen=True)
class Book:
    """One night of several customers, each known by the name of its case."""

    tables: dict[str, pa.Table]
    names: tuple[str, ...]

    def sheet(self, name: str) -> Row:
        """A customer's account sheet."""
        return self._of("sheet_account", name)[0]

    def part(self, name: str, component: str) -> Row:
        """A component of its score."""
        return next(row for row in self._of("contributions", name) if row["component"] == component)

    def rows(self, table: str, name: str) -> list[Row]:
        """Its rows of another sheet."""
        return self._of(table, name)

    def _of(self, table: str, name: str) -> list[Row]:
        """Its rows."""
        mine = f"A-{self.names.index(name)}"
        return [row for row in self.tables[table].to_pylist() if row["account_id"] == mine]


def book(
    cases: Mapping[str, Mapping[str, list[Row]]], memory: Mapping[str, Row] | None = None,
    known: Mapping[str, date] | None = None, conditions: tuple[PlayCondition, ...] = (),
) -> Book:  # fmt: skip
    """A night of all cases (entity → rows, of one account each), each with one row of memory at most."""
    names = tuple(cases)
    rows: dict[str, list[Row]] = {}
    for number, name in enumerate(names):
        given_rows: dict[str, list[Row]] = {"accounts": [{}], **cases[name]}
        for entity, given in given_rows.items():
            rows.setdefault(entity, []).extend(row | {"account_id": f"A-{number}"} for row in given)
    con = measured(AS_OF, known, rows, shipped().facts)
    remembered = [row | {"subject": f"account:A-{names.index(name)}"} for name, row in (memory or {}).items()]
    types = ", ".join(f"CAST({column} AS {type_}) AS {column}" for column, type_ in COLUMNS.items())
    con.register("given_memory", pa.table({one: [row.get(one) for row in remembered or [{}]] for one in COLUMNS}))
    con.execute(f"CREATE VIEW memory AS SELECT {types} FROM given_memory WHERE subject IS NOT NULL")
    made = scored(con, shipped(), f"DATE '{AS_OF}'", conditions)
    return Book({name.removesuffix(".parquet"): table for name, table in made}, names)


def _dicts(con: Any, sql: str) -> list[Row]:
    """Rows as dicts."""
    found: list[Row] = con.sql(sql).to_arrow_table().to_pylist()
    return found
