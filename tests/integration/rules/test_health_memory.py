"""Scores of earlier weeks: one text an account, a slot a week, whatever nights were missed."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

from models import memory_sql
from models.health_memory_sql import remembered, since_when
from models.memory_sql import COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

MONDAY = date(2025, 6, 23)
CON = duckdb.connect(config={"threads": 1})


def lived(*nights: tuple[int, float | None]) -> list[dict[str, Any]]:
    """(days after MONDAY, score) → the sheet of each night, with `history`: the scores and the week of the newest."""
    memory = CON.sql(f"SELECT {', '.join(f'NULL::{type_} AS {name}' for name, type_ in COLUMNS.items())} WHERE false")
    kept: pa.Table = memory.to_arrow_table()
    found = []
    for days, score in nights:
        as_of = f"DATE '{MONDAY + timedelta(days=days)}'"
        things = remembered(as_of)
        CON.register("memory", kept)
        given = (
            f"SELECT 'A-1' AS account_id, CAST({'NULL' if score is None else score} AS DECIMAL(18, 9)) AS health_score"
        )
        CON.execute(f"CREATE OR REPLACE TEMP TABLE given AS {given}, 'green' AS health_band")
        grown, rows = since_when("known", as_of), memory_sql.rows("scored", things)
        known = memory_sql.wide("given", "memory", [thing.name for thing in things], grown + rows)
        CON.execute(f"CREATE OR REPLACE TEMP TABLE scored AS WITH known AS ({known}) {grown}")
        kept = CON.sql(rows).to_arrow_table()
        history = {row["name"]: (row["value"], row["since"]) for row in kept.to_pylist()}
        found.append(CON.sql("FROM scored").to_arrow_table().to_pylist()[0] | {"history": history.get("health_scores")})
    return found


def test_the_first_score_of_a_week_is_its_score() -> None:
    """Later nights of the week change nothing; newest first, tenths of points."""
    found = lived((0, 73.44), (1, 50), (6, 20), (7, 100), (8, 0))
    assert [each["history"] for each in found] == [
        *[("0734", MONDAY)] * 3, *[("10000734", MONDAY + timedelta(days=7))] * 2,
    ]  # fmt: skip


def test_a_week_without_a_night_leaves_a_gap() -> None:
    """And one whose first night had no score takes the first there is."""
    found = lived((2, 70), (16, None), (17, 60), (21, None))
    assert [each["history"] for each in found] == [
        ("0700", MONDAY), ("........0700", MONDAY + timedelta(days=14)), ("0600....0700", MONDAY + timedelta(days=14)),
        ("....0600....0700", MONDAY + timedelta(days=21)),
    ]  # fmt: skip


def test_nothing_is_remembered_of_whom_never_had_a_score() -> None:
    """No row."""
    assert lived((0, None))[0]["history"] is None


def test_only_fifteen_weeks_are_kept() -> None:
    """What no trend asks for is forgotten."""
    found = lived(*((7 * week, week) for week in range(20)))
    value, _ = found[-1]["history"]
    assert (len(value), value[:4], value[-4:]) == (60, "0190", "0050")
    assert [float(found[-1][name]) for name in ("health_trend_30d", "health_trend_90d")] == [5, 13]


def test_a_trend_is_steady_over_the_days_of_a_week() -> None:
    """Compared with the same Monday while the day 30 days back lies in one week; then with the next."""
    weeks = [(7 * week, 50.0 + week) for week in range(6)]
    found = lived(*weeks, *((35 + day, 80.0) for day in range(1, 7)))
    assert [float(each["health_trend_30d"]) for each in found[6:]] == [30, 29, 29, 29, 29, 29]
