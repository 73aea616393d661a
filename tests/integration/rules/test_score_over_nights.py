"""Stages, milestones and signals over several nights: what memory carries, and nothing else does."""

from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from config.conditions import Condition, Expression
from models import memory_sql, milestones_sql, signals_sql, stages_sql
from models.fact import Kind
from models.memory_sql import COLUMNS
from models.milestones import Milestones
from models.signals import Signals
from models.stages import Stages

STAGES = Stages.model_validate(
    {
        "outside": [{"stage": "churned", "when": "status = 'churned'"}],
        "stages": [
            {"stage": "onboarding", "when": "days <= 30", "since": "started"},
            {"stage": "adoption", "when": "days <= 120", "since": "started + 31"},
            {"stage": "beyond", "when": "days > 120"},
        ],
    }
)
MILESTONES = Milestones.model_validate(
    {"milestones": [{"milestone": "value", "when": "uses >= 4", "since": "first_use"}]}
)
SIGNALS = Signals.model_validate(
    {
        "tenures": [{"tenure": "new", "when": "days < 30"}, {"tenure": "mature", "when": "true"}],
        "engagements": [{"engagement": "any", "when": "true"}],
        "signals": [{"signal": "drop", "when": "trend < 60", "plans": [{"plan": "call", "tenure": ["mature"]}]}],
    }
)
SHEET: dict[str, Kind] = {
    "by_hand": "text", "status": "text",
    "days": "number", "started": "date", "uses": "number", "first_use": "date", "trend": "number",
}  # fmt: skip
FIRST = date(2024, 12, 1)
CON = duckdb.connect(config={"threads": 1})
SQL = {
    text: Condition.parse(text, SHEET).sql
    for text in [*(each.when for each in STAGES.ordered), "uses >= 4", "days < 30", "true", "trend < 60"]
} | {text: Expression.parse(text, SHEET).sql for text in ("started", "started + 31", "first_use")}


def nights(*facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The sheet, with its memory, of one account on nights in a row."""
    return book([list(facts)])[0]


def book(accounts: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The same for several accounts, each with the facts of its nights."""
    empty = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in COLUMNS.items())
    memory: pa.Table = CON.sql(f"SELECT {empty} WHERE false").to_arrow_table()
    found: list[list[dict[str, Any]]] = [[] for _ in accounts]
    for number in range(max(map(len, accounts))):
        rows = [
            {"account_id": f"A-{i:02}", "size": "large"} | {name: facts[number].get(name) for name in SHEET}
            for i, facts in enumerate(accounts)
            if number < len(facts)
        ]
        CON.register("given", pa.Table.from_pylist(rows))
        CON.register("memory", memory)
        sheets, memory = _night(f"DATE '{FIRST + timedelta(days=number)}'")
        remembered = memory.to_pylist()
        for sheet in sheets:
            mine = {row["name"]: row for row in remembered if row["subject"] == f"account:{sheet['account_id']}"}
            found[int(sheet["account_id"][2:])].append(sheet | {"memory": mine})
    return found


def _night(as_of: str) -> tuple[list[dict[str, Any]], pa.Table]:
    """One night's sheets and memory."""
    types = {"text": "VARCHAR", "number": "BIGINT", "date": "DATE"}
    columns = ", ".join(f"CAST({name} AS {types[kind]}) AS {name}" for name, kind in SHEET.items())
    CON.execute(f"CREATE OR REPLACE TEMP TABLE facts AS SELECT account_id, size, {columns} FROM given")
    things = [
        *stages_sql.remembered(STAGES, as_of),
        *milestones_sql.remembered(MILESTONES, as_of),
        *signals_sql.remembered(SIGNALS, as_of),
    ]
    grown = [
        milestones_sql.reached("l0", MILESTONES, SQL, as_of),
        stages_sql.staged("l1", STAGES, SQL, as_of, "by_hand"),
        signals_sql.graded("l2", SIGNALS, SQL),
        signals_sql.signaled("l3", SIGNALS, SQL, as_of),
    ]
    memory = memory_sql.rows("scored", things)
    known = memory_sql.wide("facts", "memory", [thing.name for thing in things], "".join([*grown, memory]))
    steps = ", ".join(f"l{number} AS ({layer})" for number, layer in enumerate([known, *grown]))
    CON.execute(f"CREATE OR REPLACE TEMP TABLE scored AS WITH {steps} SELECT * FROM l4 ORDER BY account_id")
    return CON.sql("FROM scored").to_arrow_table().to_pylist(), CON.sql(memory).to_arrow_table()


def on(number: int) -> date:
    """The date of a night, counted from 1."""
    return FIRST + timedelta(days=number - 1)


def test_on_the_first_night_the_stage_is_dated_by_a_fact() -> None:
    """Contract start plus 31 days, labeled backfilled; never the run's own date."""
    (sheet,) = nights({"days": 60, "started": "2024-10-02"})
    assert (sheet["stage"], sheet["stage_since"], sheet["stage_entry"], sheet["stage_backfilled"]) == (
        "adoption", date(2024, 11, 2), 1, True,
    )  # fmt: skip


@pytest.mark.parametrize(("started", "since", "backfilled"), [(None, FIRST, False), ("2025-06-01", FIRST, False)])
def test_without_a_dated_fact_the_first_night_is_the_date(started: str | None, since: date, backfilled: bool) -> None:
    """A fact that lies in the future dates nothing either."""
    (sheet,) = nights({"days": 5, "started": started})
    assert (sheet["stage_since"], sheet["stage_backfilled"]) == (since, backfilled)


def test_later_nights_know_from_memory() -> None:
    """The fact may change, what was remembered does not; a move is dated by its night."""
    one, two, three = nights(
        {"days": 29, "started": "2024-11-02"},
        {"days": 30, "started": "2020-01-01"},
        {"days": 31, "started": "2020-01-01"},
    )
    assert (one["stage_since"], two["stage_since"], two["stage_backfilled"]) == (
        date(2024, 11, 2),
        date(2024, 11, 2),
        True,
    )
    assert (three["stage"], three["stage_since"], three["stage_entry"], three["stage_backfilled"]) == (
        "adoption", on(3), 1, False,
    )  # fmt: skip


def test_a_stage_that_is_passed_over_is_logged_as_skipped() -> None:
    """None is skipped silently."""
    _, two = nights({"days": 20}, {"days": 200})
    log = two["memory"]
    assert (log["stage:onboarding"]["value"], log["stage:adoption"]["value"], log["stage:beyond"]["value"]) == (
        "left", "skipped", "in",
    )  # fmt: skip
    assert log["stage:adoption"]["since"] == on(2)


def test_a_stage_entered_again_has_another_entry_number() -> None:
    """Won back: an enrollment of the second entry is another than that of the first."""
    *_, last = nights({"days": 20}, {"days": 20, "status": "churned"}, {"days": 20})
    assert (last["stage"], last["stage_entry"], last["stage_since"]) == ("onboarding", 2, on(3))


def test_a_stage_set_by_hand_is_entered_and_left_like_any_other() -> None:
    """The log knows it, and its lifting; what the rules say is kept beside it; what is no stage sets none."""
    sheets = nights({"days": 20}, {"days": 20, "by_hand": "beyond"}, {"days": 20}, {"days": 20, "by_hand": "byond"})
    assert [(each["stage"], each["stage_computed"], each["stage_since"], each["stage_entry"]) for each in sheets] == [
        ("onboarding", "onboarding", FIRST, 1), ("beyond", "onboarding", on(2), 1),
        ("onboarding", "onboarding", on(3), 2), ("onboarding", "onboarding", on(3), 2),
    ]  # fmt: skip
    assert sheets[1]["memory"]["stage:adoption"]["value"] == "skipped"


def test_while_nothing_is_known_the_account_stays_where_it_was() -> None:
    """NULL is unknown, not the last stage."""
    _, two, three = nights({"days": 20}, {}, {"days": 20})
    assert (two["stage"], three["stage_entry"], three["stage_since"]) == ("onboarding", 1, FIRST)


def test_a_milestone_keeps_the_first_day_it_held() -> None:
    """It is reached once, and stays so when the condition no longer holds."""
    sheets = nights({"uses": 1}, {"uses": 4, "first_use": "2020-01-01"}, {"uses": 0}, {"uses": None}, {"uses": 9})
    assert [sheet["milestone_value"] for sheet in sheets] == [None, on(2), on(2), on(2), on(2)]


def test_a_milestone_reached_before_the_first_night_is_backfilled() -> None:
    """Dated by the fact, and labeled."""
    one, two = nights({"uses": 4, "first_use": "2024-03-01"}, {"uses": 4})
    assert one["milestone_value"] == two["milestone_value"] == date(2024, 3, 1)
    assert two["memory"]["milestone:value"]["backfilled"] is True


def test_a_signal_fires_after_two_nights_in_a_row() -> None:
    """It stays on until it is false, is unknown while its data is, and counts its entries."""
    table: list[tuple[list[int | None], list[bool | None], list[int | None]]] = [
        ([50], [False], [None]),
        ([50, 50], [False, True], [None, 1]),
        ([50, 70, 50], [False, False, False], [None, None, None]),
        ([50, None, 50], [False, None, False], [None, None, None]),
        ([50, 50, 50], [False, True, True], [None, 1, 1]),
        ([50, 50, None, 50], [False, True, None, True], [None, 1, 1, 1]),
        ([50, 50, 70, 50, 50], [False, True, False, False, True], [None, 1, None, None, 2]),
        ([70, 50, 50], [False, False, True], [None, None, 1]),
    ]
    found = book([[{"trend": trend, "days": 100} for trend in trends] for trends, *_ in table])
    for (trends, fires, entries), sheets in zip(table, found, strict=True):
        assert [sheet["signal_drop"] for sheet in sheets] == fires, trends
        assert [sheet["signal_drop_entry"] for sheet in sheets] == entries, trends


def test_a_signal_is_dated_by_the_night_it_came_on() -> None:
    """And keeps that date while it stays on."""
    sheets = nights(*({"trend": 50, "days": 100} for _ in range(4)))
    assert [sheet["signal_drop_since"] for sheet in sheets] == [None, on(2), on(2), on(2)]


@pytest.mark.parametrize(("days", "plan"), [(100, "call"), (10, None)])
def test_the_table_gives_the_action_plan_by_tenure(days: int, plan: str | None) -> None:
    """An empty cell fires without a plan."""
    _, two = nights({"trend": 50, "days": days}, {"trend": 50, "days": days})
    assert (two["signal_drop"], two["signal_drop_plan"], two["tenure"]) == (
        True,
        plan,
        "mature" if days > 30 else "new",
    )
