"""Score: segment, touch, milestones, health, stage and signals of every account, and what is to be remembered."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from duckdb import DuckDBPyConnection

from config.growth import Scoring
from config.load import Rules
from config.scoring import check_scoring
from models import health_memory_sql, health_sql, memory_sql, milestones_sql, segments_sql, signals_sql, stages_sql
from models.fact import GRAINS, Grain
from models.memory_sql import COLUMNS, Remembered
from models.play import PlayCondition
from tasks.carry import with_account, words
from tasks.lake.views import file_view
from tasks.lake.writing import write_all
from tasks.measure import UNKNOWN_BY_ZERO
from tasks.night import Night

MANY: tuple[Grain, ...] = ("contact", "ticket", "session")
"""Grains with many subjects an account: their sheets carry of the account only what is read."""


def score(night: Night) -> None:
    """Write the night's sheets, contributions.parquet and memory.parquet, from its facts and last night's memory."""
    with night.lake.duckdb() as con:
        for grain in GRAINS:
            file_view(con, night.lake, f"{grain}_facts", night.path(f"facts_{grain}.parquet"))
        if night.previous:
            file_view(con, night.lake, "memory", f"nights/{night.previous.isoformat()}/memory.parquet")
        else:
            forget_all(con)
        tables = scored(con, night.rules, f"DATE '{night.as_of.isoformat()}'", night.conditions)
        write_all(night.lake, ((night.path(path), table) for path, table in tables))


def forget_all(con: DuckDBPyConnection) -> None:
    """An empty `memory`: the first night's input."""
    columns = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in COLUMNS.items())
    con.execute(f"CREATE OR REPLACE VIEW memory AS SELECT {columns} WHERE false")


def scored(
    con: DuckDBPyConnection, rules: Rules, as_of: str, conditions: Iterable[PlayCondition] = ()
) -> Iterator[tuple[str, pa.Table]]:
    """File name and table, one after the other, so that memory holds few at a time.

    Reads the tables <grain>_facts and memory; `as_of` is a SQL date. Every table is ordered by the subject's id.
    """
    scoring = check_scoring(rules)
    con.execute(UNKNOWN_BY_ZERO)
    # In two steps: laying memory wide and sorting need much room; growing the sheet keeps the order and needs little.
    things = _remembered(rules, as_of)
    grown, memory = _sheet(rules, scoring, as_of), memory_sql.rows("scored", things)
    known = memory_sql.wide("account_facts", "memory", [thing.name for thing in things], grown + memory)
    con.execute(f"CREATE OR REPLACE TEMP TABLE known AS {known} ORDER BY account_id")
    con.execute(f"CREATE OR REPLACE TEMP TABLE scored AS {grown}")
    con.execute("DROP TABLE known")
    shown = ", ".join(f'"{column}"' for column in scoring.columns)
    con.execute(f"CREATE OR REPLACE TEMP VIEW sheet AS SELECT {shown} FROM scored")
    selects = {
        "sheet_account": "FROM sheet",
        "sheet_contract": with_account(con, "contract"),
        **{f"sheet_{grain}": with_account(con, grain, words(conditions, rules.anchors, grain)) for grain in MANY},
        "contributions": health_sql.contributions("scored", rules.health),
        "memory": memory,
    }
    for name, select in selects.items():
        yield f"{name}.parquet", con.sql(select).to_arrow_table()


def _sheet(rules: Rules, scoring: Scoring, as_of: str) -> str:
    """The SELECT that grows what is known into the sheet, with the working columns `~…`."""
    sql, by_hand = scoring.sql, scoring.override
    layers = [
        "FROM known",
        segments_sql.sized("l0", rules.segments, sql),
        segments_sql.segmented("l1", rules.segments, sql, by_hand("segment")),
        segments_sql.focused("l2", rules.segments, sql),
        segments_sql.touched("l3", rules.touch, sql, by_hand("touch")),
        milestones_sql.reached("l4", rules.milestones, sql, as_of),
        health_sql.healthy("l5", rules.health, sql),
        health_memory_sql.since_when("l6", as_of, by_hand("health")),
        stages_sql.staged("l7", rules.stages, sql, as_of, by_hand("stage")),
        signals_sql.graded("l8", rules.signals, sql),
        signals_sql.signaled("l9", rules.signals, sql, as_of),
    ]
    steps = ", ".join(f"l{number} AS ({layer})" for number, layer in enumerate(layers))
    return f"WITH {steps} SELECT * FROM l{len(layers) - 1}"


def _remembered(rules: Rules, as_of: str) -> list[Remembered]:
    """Everything that tonight leaves for the next night."""
    return [
        *health_memory_sql.remembered(as_of),
        *milestones_sql.remembered(rules.milestones, as_of),
        *stages_sql.remembered(rules.stages, as_of),
        *signals_sql.remembered(rules.signals, as_of),
    ]
