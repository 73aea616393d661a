"""Measure: the facts of every subject as of the night, by the SQL of config/facts."""

import json
from collections.abc import Mapping
from datetime import date

import duckdb
from duckdb import DuckDBPyConnection

from config.fact_rules import AS_OF
from config.facts import lineage
from models.entities import ENTITIES
from models.errors import ConditionError
from models.fact import GRAINS, Fact, FactColumn, Grain, Kind
from tasks.known_until import known_until
from tasks.lake.views import entity_views
from tasks.lake.writing import write_all
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.landings import landed

SPINES: dict[Grain, str] = {"account": "accounts", "contract": "contracts", "contact": "contacts"}
"""Where the subjects of a grain stand; of tickets and sessions those are subjects that a fact file gives."""
KINDS: dict[str, Kind] = {"VARCHAR": "text", "DATE": "date", "BOOLEAN": "boolean"}
UNKNOWN_BY_ZERO = "SET error_on_division_by_zero = false; SET ieee_floating_point_ops = false"
"""A division by zero is NULL, which is unknown; DuckDB would stop the night, or call it infinite."""

NO_FACTS = ("TIMESTAMP", "TIME", "INTERVAL", "STRUCT", "MAP", "BLOB", "JSON", "UUID", "ENUM")


def measure(night: Night) -> None:
    """Write the night's facts_{grain}.parquet and lineage.json."""
    facts = night.rules.facts
    with read(night.engine) as conn:
        landings, known = landed(conn, night.landing_seq), known_until(conn, night.run_key, night.as_of)
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, landings, night.as_of)
        compute_facts(con, facts, night.as_of, known)
        paths = {grain: night.path(f"facts_{grain}.parquet") for grain in GRAINS}
        write_all(night.lake, ((paths[grain], con.sql(f"FROM {grain}_facts").to_arrow_table()) for grain in GRAINS))
        night.lake.write_text(night.path("lineage.json"), json.dumps(lineage(facts), indent=1, sort_keys=True))


def compute_facts(
    con: DuckDBPyConnection, facts: dict[str, list[Fact]], as_of: date, known: Mapping[str, date] | None = None
) -> None:
    """Make <grain>_facts of every grain, ordered by id, from the entity views.

    contract_facts is a table, since others read it; the others are views, computed once, when they are written.

    Args:
        con: a connection that sees the entities.
        facts: grain → its fact files.
        as_of: the night's date.
        known: entity → the day up to which it is known, where that is not the night's date.

    Raises:
        ConditionError: a fact file does not run, gives a subject twice, or gives a column of another type than its
            unit says.
    """
    con.execute(UNKNOWN_BY_ZERO)
    days = {AS_OF: as_of} | {f"{AS_OF}_{entity}": (known or {}).get(entity, as_of) for entity in ENTITIES}
    for grain in GRAINS:
        mine = facts.get(grain, [])
        alone = [fact for fact in mine if grain != "contract" or not fact.contract_columns]
        for fact in alone:
            _compute(con, fact, days)
        if grain == "contract":
            con.execute(f"CREATE OR REPLACE TEMP TABLE contract_facts AS {_joined(con, grain, alone)}")
        for fact in mine[len(alone) :]:
            _compute(con, fact, days)
        if grain != "contract" or len(mine) > len(alone):
            kind = "TABLE" if grain == "contract" else "VIEW"
            con.execute(f"CREATE OR REPLACE TEMP {kind} {grain}_facts AS {_joined(con, grain, mine)}")


def _table(fact: Fact) -> str:
    """Where a file's rows stand until they are joined."""
    return f'"fact_{fact.grain}_{fact.name}"'


def _compute(con: DuckDBPyConnection, fact: Fact, days: Mapping[str, date]) -> None:
    """Run one fact file."""
    sql = f"CREATE OR REPLACE TEMP TABLE {_table(fact)} AS {fact.sql}"
    try:
        takes = con.extract_statements(fact.sql)[0].named_parameters
        con.execute(sql, {name: days[name] for name in takes} if takes else None)
    except duckdb.Error as error:
        raise ConditionError(f"DuckDB cannot run this: {str(error).splitlines()[0]}", file=fact.path) from error
    _check_types(con, fact)
    twice = con.execute(
        f"SELECT {fact.subject} FROM {_table(fact)} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if twice:
        raise ConditionError(
            f"{fact.subject} {twice[0]!r} comes twice; a fact file gives one row a subject", file=fact.path
        )


def _check_types(con: DuckDBPyConnection, fact: Fact) -> None:
    """Every column has the type that its unit says, and none is a floating number that was not rounded."""
    types = {name: type_ for name, type_, *_ in con.execute(f"DESCRIBE {_table(fact)}").fetchall()}
    for column in fact.columns:
        type_ = types[column.name]
        if type_ in ("FLOAT", "DOUBLE") and column.name not in fact.rounded:
            raise ConditionError(f"this is a {type_}: round it, or cast it to DECIMAL", file=fact.path, key=column.name)
        if type_.startswith(NO_FACTS) or type_.endswith("[]"):
            raise ConditionError(f"a fact cannot be a {type_}", file=fact.path, key=column.name)
        kind = KINDS.get(type_, "number")
        if kind != column.kind:
            said = f"the header says {column.unit}, the SELECT gives {type_}"
            raise ConditionError(said, file=fact.path, key=column.name)


def _joined(con: DuckDBPyConnection, grain: Grain, facts: list[Fact]) -> str:
    """The SELECT that lays a grain's files side by side: one row a subject, ordered."""
    subject = f"{grain}_id"
    columns = [f"spine.{subject}"]
    joins = []
    for fact in facts:
        known = bool(con.execute(f"SELECT count(*) FROM {_table(fact)}").fetchone()[0])  # type: ignore[index]
        # Where a whole file has no row, its source has given nothing yet: that is unknown, not none.
        columns += [_filled(fact, column, known=known) for column in fact.columns]
        joins.append(f"LEFT JOIN {_table(fact)} ON {_table(fact)}.{subject} = spine.{subject}")
    spine = f"({_spine(grain, facts)}) AS spine"
    return f"SELECT {', '.join(columns)} FROM {spine} {' '.join(joins)} ORDER BY spine.{subject}"


def _spine(grain: Grain, facts: list[Fact]) -> str:
    """The SELECT of the grain's subjects."""
    if grain in SPINES:
        return f"SELECT {grain}_id FROM {SPINES[grain]}"
    given = " UNION ".join(f"SELECT {grain}_id FROM {_table(fact)}" for fact in facts)
    return given or f"SELECT NULL::VARCHAR AS {grain}_id, NULL::VARCHAR AS account_id WHERE false"


def _filled(fact: Fact, column: FactColumn, *, known: bool) -> str:
    """One column of the joined row: a subject without a row has what the header says, a row's NULL stays unknown."""
    value = f"{_table(fact)}.{column.name}"
    if column.if_none is None or not known:
        return f"{value} AS {column.name}"
    return f"CASE WHEN {_table(fact)}.{fact.subject} IS NULL THEN {column.if_none} ELSE {value} END AS {column.name}"
