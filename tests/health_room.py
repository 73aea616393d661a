"""A small health file over a small sheet, and what it makes of accounts."""

from typing import Any

import duckdb

from config.conditions import Condition, Expression
from models.fact import Kind
from models.health import Health
from models.health_sql import contributions, healthy

NUMBERS: dict[str, Kind] = dict.fromkeys(["a", "b", "c", "d", "age", "tenure"], "number")
COLUMNS: dict[str, Kind] = {**NUMBERS, "status": "text"}
CON = duckdb.connect(config={"threads": 1})
LINE = [[0, 0], [10, 100]]


def rules(**changes: Any) -> Health:
    """Four components of weight 40, 30, 20, 10; a is usage with an age, b may be stale, c neutral when missing."""
    parts = [
        {"component": "a", "family": "usage", "weight": 40, "value": "a", "points": LINE,
         "age": "age", "stale_after": 60},
        {"component": "b", "family": "support", "weight": 30, "value": "b", "half_life": 14},
        {"component": "c", "family": "sentiment", "weight": 20, "value": "c", "missing": "neutral",
         "points": [[0, 60], [5, 100], [9, 0]]},
        {"component": "d", "family": "commercial", "weight": 10, "value": "d", "points": LINE, "missing": "unknown",
         "by": [{"when": "tenure < 90", "points": [[0, 50], [10, 100]]}]},
    ]  # fmt: skip
    given = {"applies": "status = 'active'", "bands": {"green": 70, "yellow": 40}, "components": parts}
    return Health.model_validate(given | changes)


def checked(health: Health) -> dict[str, str]:
    """The file's expressions, parsed."""
    conditions = [health.applies, *(each.when for each in health.bands.by)]
    conditions += [*(each.when for each in health.caps), *(each.when for each in health.floors)]
    values = []
    for each in health.components:
        values += [each.value, *([each.age] if each.age else []), *([each.recency.days] if each.recency else [])]
        conditions += [*([each.unknown_if] if each.unknown_if else []), *(variant.when for variant in each.by)]
    found = {text: Condition.parse(text, COLUMNS).sql for text in conditions}
    return found | {text: Expression.parse(text, COLUMNS).sql for text in values}


def all_scored(health: Health, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sheet's health columns and the contributions of accounts numbered from 0."""
    types = {name: "VARCHAR" if kind == "text" else "DOUBLE" for name, kind in COLUMNS.items()}
    declared = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    CON.execute(f"CREATE OR REPLACE TEMP TABLE facts (account_id INTEGER, {declared})")
    values = [
        [number, *(({"status": "active", "age": 1, "tenure": 400} | row).get(name) for name in COLUMNS)]
        for number, row in enumerate(rows)
    ]
    places = ", ".join(f"(?{', ?' * len(COLUMNS)})" for _ in values)
    CON.execute(f"INSERT INTO facts VALUES {places}", [value for row in values for value in row])
    CON.execute(f"CREATE OR REPLACE TEMP TABLE scored AS {healthy('facts', health, checked(health))}")
    return dicts("SELECT * FROM scored ORDER BY account_id"), dicts(contributions("scored", health))


def scored(health: Health, **values: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The sheet's health columns and the contributions of one account."""
    sheets, parts = all_scored(health, [values])
    return sheets[0], parts


def dicts(sql: str) -> list[dict[str, Any]]:
    """Rows as dicts."""
    result = CON.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
