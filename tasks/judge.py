"""Judge: every condition of every live or pinned play, for every subject: true, false or unknown; and every goal."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, func, select

from config.conditions import Condition, Expression
from config.scoring import lineage_of, sheet_columns
from models.entities import ENTITIES
from models.errors import ConditionError
from models.fact import GRAINS, Grain, Kind
from models.play import PlayCondition
from models.sql_text import name
from models.tables import landing
from tasks.lake.lake import THREADS
from tasks.measure import UNKNOWN_BY_ZERO
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.landings import of_run

GOOD = ("ok", "unchanged")
EVERY = frozenset(ENTITIES)
NEVER = 24 * 3650
"""Hours of staleness of what was never good: ten years."""


def judge(night: Night) -> None:
    """Write truth_{grain}.parquet and conditions.json; of a grain that nothing asks for, the truth is an empty table.

    Raises:
        ConditionError: a condition reads what the sheet no longer has, or DuckDB cannot run it.
    """
    columns = sheet_columns(night.rules)
    with read(night.engine) as conn:
        late = stale_entities(conn, night.run_key, night.as_of)
    told: dict[str, Any] = {}
    for grain in GRAINS:
        mine = [condition for condition in night.conditions if condition.grain == grain]
        parsed = {condition.id: parse(condition, columns[grain]) for condition in mine}
        judged = _nothing(grain)
        if parsed:
            sheet = night.lake.read(night.path(f"sheet_{grain}.parquet"))
            judged = truth(sheet, f"{grain}_id", parsed)
            told |= _told(night, grain, parsed, late)
        night.lake.write(night.path(f"truth_{grain}.parquet"), judged)
    night.lake.write_text(night.path("conditions.json"), json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False))


def _nothing(grain: Grain) -> pa.Table:
    """The truth of which nobody asks."""
    return pa.table({f"{grain}_id": pa.array([], pa.string())})


def truth(sheet: pa.Table, subject: str, conditions: Mapping[str, Expression]) -> pa.Table:
    """One row a subject: its id, a BOOLEAN a condition and a DOUBLE a goal (NULL: unknown), in one scan.

    Nothing outside the sheet can be reached.

    Raises:
        ConditionError: DuckDB cannot run a condition; the message names it.
    """
    needed = sorted({subject, *(column for each in conditions.values() for column in each.columns_read)})
    con = duckdb.connect(config={"threads": THREADS, "enable_external_access": False})
    con.execute(f"{UNKNOWN_BY_ZERO}; SET enable_progress_bar = false")
    con.register("sheet", sheet.select(needed))
    try:
        return con.sql(_select(subject, conditions)).to_arrow_table()
    except duckdb.Error as error:
        raise ConditionError(_culprit(con, subject, conditions, error)) from error
    finally:
        con.close()


def stale_entities(conn: Connection, run_key: str, as_of: date) -> dict[str, float]:
    """Entity → hours since its last good night, for each entity of which a source is stale, held or failed tonight."""
    found: dict[str, float] = {}
    for one in of_run(conn, run_key):
        if one.status not in GOOD:
            found[one.entity] = max(found.get(one.entity, 0), _hours(conn, one.source, as_of))
    return found


def _hours(conn: Connection, source: str, as_of: date) -> float:
    """Hours between the source's last good night and tonight."""
    mine = (landing.c.source == source, landing.c.status.in_(GOOD), landing.c.as_of < as_of)
    last = conn.execute(select(func.max(landing.c.as_of)).where(*mine)).scalar()
    if last is None:
        return NEVER
    return 24.0 * (as_of - (date.fromisoformat(last) if isinstance(last, str) else last)).days


def parse(condition: PlayCondition, columns: Mapping[str, Kind]) -> Expression:
    """The condition, or the number of a goal, checked against tonight's sheet.

    Raises:
        ConditionError: it reads what the sheet does not have, or gives what it should not.
    """
    file, key = "config/plays", condition.id
    if condition.kind == "truth":
        return Condition.parse(condition.text, columns, file=file, key=key)
    parsed = Expression.parse(condition.text, columns, file=file, key=key)
    if parsed.kind not in ("number", None):
        raise ConditionError(f"a goal is a number, `{condition.text}` gives a {parsed.kind}", file=file, key=key)
    return parsed


def _select(subject: str, conditions: Mapping[str, Expression]) -> str:
    """The one scan."""
    columns = "".join(f", {_column(each)} AS {name(id_)}" for id_, each in sorted(conditions.items()))
    return f"SELECT {name(subject)}{columns} FROM sheet ORDER BY {name(subject)}"


def _column(each: Expression) -> str:
    """True, false or unknown; of a goal the number, and what is not finite is none."""
    if isinstance(each, Condition):
        return f"CAST(({each.sql}) AS BOOLEAN)"
    number = f"CAST(({each.sql}) AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _culprit(
    con: duckdb.DuckDBPyConnection, subject: str, conditions: Mapping[str, Expression], error: duckdb.Error
) -> str:
    """Which condition it was."""
    for id_, each in sorted(conditions.items()):
        try:
            con.sql(_select(subject, {id_: each})).fetchall()
        except duckdb.Error as found:
            return f"DuckDB cannot run `{each.text}` ({id_}): {str(found).splitlines()[0]}"
    return f"DuckDB cannot judge the conditions: {str(error).splitlines()[0]}"


def _told(night: Night, grain: Grain, parsed: Mapping[str, Expression], late: dict[str, float]) -> dict[str, Any]:
    """What conditions.json says of a grain's conditions: text, columns read, whose they are, who makes them stale."""
    lineage, entities = lineage_of(night.rules, grain), frozenset(late)
    found = {}
    for id_, each in parsed.items():
        behind = sorted({one for column in each.columns_read for one in lineage.stale(column, entities)})
        found[id_] = {
            "grain": grain,
            "text": each.text,
            "columns": list(each.columns_read),
            "entities": {column: sorted(lineage.stale(column, EVERY)) for column in each.columns_read},
            "stale": bool(behind),
            "stale_entities": behind,
            "stale_hours": max((late[one] for one in behind), default=0),
        }
    return found
