"""Fact files when they run: types, missing rows, subjects that come twice, divisions by zero."""

from datetime import date

import duckdb
import pytest

from config.facts import load_facts
from config.files import Files
from models.errors import ConditionError
from tasks.lake.lake import Lake
from tasks.lake.views import entity_views
from tasks.measure import compute_facts

GOOD = "-- n: 28 days before as_of; count; 0 if none\nSELECT account_id, sum(count) AS n FROM usage GROUP BY account_id"


def run(text: str) -> duckdb.DuckDBPyConnection:
    """The files computed over two accounts and one usage row."""
    con = duckdb.connect(config={"threads": 1})
    entity_views(con, Lake("nowhere"), [], date(2024, 12, 31))
    con.execute("CREATE OR REPLACE VIEW accounts AS SELECT unnest(['A-1', 'A-2']) AS account_id")
    con.execute("CREATE OR REPLACE VIEW usage AS SELECT 'A-1' AS account_id, 3 AS count, DATE '2024-12-30' AS day")
    compute_facts(con, load_facts(Files({"config/facts/account/some.sql": text})), date(2024, 12, 31))
    return con


def test_zero_if_none_holds_only_where_something_is_known() -> None:
    """An account without rows has none; where nobody has rows, nobody knows."""
    assert run(GOOD).execute("SELECT n FROM account_facts ORDER BY account_id").fetchall() == [(3,), (0,)]
    nothing = GOOD.replace("FROM usage", "FROM usage WHERE day > $as_of")
    assert run(nothing).execute("SELECT n FROM account_facts").fetchall() == [(None,), (None,)]


@pytest.mark.parametrize(
    ("expression", "unit", "problem"),
    [
        ("sum(count) / 2", "count", "this is a DOUBLE: round it"),
        ("max(day)", "count", "the header says count, the SELECT gives DATE"),
        ("max(CAST(day AS TIMESTAMP))", "date", "a fact cannot be a TIMESTAMP"),
        ("list(count ORDER BY day)", "count", r"a fact cannot be a INTEGER\[\]"),
        ("max(nothing)", "count", "DuckDB cannot run this"),
    ],
)
def test_types_are_those_of_the_units(expression: str, unit: str, problem: str) -> None:
    """Found when the file is first run, over no rows at all if need be."""
    with pytest.raises(ConditionError, match=problem):
        run(f"-- n: ever; {unit}\nSELECT account_id, {expression} AS n FROM usage GROUP BY account_id")


def test_a_subject_comes_once() -> None:
    """A join that multiplies rows is a mistake in the fact, not twice the revenue."""
    with pytest.raises(ConditionError, match="account_id 'A-1' comes twice"):
        run("-- n: ever; count\nSELECT usage.account_id, 1 AS n FROM usage JOIN accounts ON true")


def test_a_division_by_zero_is_unknown() -> None:
    """Neither infinite nor the end of the night."""
    facts = run("-- n: ever; ratio\nSELECT account_id, round(count / 0, 2) AS n FROM usage")
    assert facts.execute("SELECT n FROM account_facts").fetchall() == [(None,), (None,)]
