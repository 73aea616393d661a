"""Fact files: one SELECT, a header for every column, nothing that differs from run to run; lineage."""

from datetime import date

import duckdb
import pytest

from config.facts import lineage, load_facts
from config.files import Files, read_files
from models.errors import ConditionError
from models.fact import Fact
from tasks.lake.lake import Lake
from tasks.lake.views import entity_views
from tasks.measure import compute_facts

GOOD = "-- n: 28 days before as_of; count; 0 if none\nSELECT account_id, sum(count) AS n FROM usage GROUP BY account_id"


def loaded(text: str, grain: str = "account") -> list[Fact]:
    """The facts of a configuration with this one file."""
    return load_facts(Files({f"config/facts/{grain}/some.sql": text}))[grain]


def test_a_good_file_is_taken_with_its_window_and_unit() -> None:
    """The header's words are kept for whoever asks what a column means."""
    (fact,) = loaded(GOOD)
    (column,) = fact.columns
    assert (column.name, column.window, column.unit, column.kind, column.if_none) == (
        "n", "28 days before as_of", "count", "number", "0",
    )  # fmt: skip
    assert fact.entities == ("usage",)


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        ("SELECT account_id, 1 AS n; SELECT 2", "exactly one SELECT"),
        ("DELETE FROM usage", "exactly one SELECT"),
        ("SELECT account_id, 1 AS n UNION SELECT account_id, 2 AS n FROM usage", "exactly one SELECT"),
        ("SELECT 1 AS n FROM usage", "the first output column is 'n', it must be account_id"),
        ("SELECT * FROM usage", "a star"),
        ("SELECT account_id, 1 AS n, 2 AS m FROM usage", "the header lacks `-- m: window; unit`"),
        ("SELECT account_id FROM usage", "the header declares 'n', which the SELECT does not give"),
        ("SELECT account_id, 1 AS n FROM usages", "there is no entity 'usages'; did you mean 'usage'?"),
        ("SELECT account_id, 1 AS n FROM read_csv('/etc/passwd')", "is no entity"),
        ("SELECT account_id, 1 AS n FROM '/etc/passwd'", "no entity"),
        ("SELECT account_id, 1 AS n FROM other.usage", "is no entity"),
        ("SELECT account_id, avg(count) AS n FROM usage GROUP BY ALL", "bare floating aggregate"),
        ("SELECT account_id, median(count) * 2 AS n FROM usage GROUP BY ALL", "bare floating aggregate"),
        ("SELECT account_id, stddev(count) AS n FROM usage GROUP BY ALL", "bare floating aggregate"),
        ("SELECT account_id, approx_count_distinct(feature) AS n FROM usage GROUP BY ALL", "is approximate"),
        ("SELECT account_id, approx_quantile(count, 0.5) AS n FROM usage GROUP BY ALL", "is approximate"),
        ("SELECT account_id, first(count) AS n FROM usage GROUP BY ALL", "needs an ORDER BY"),
        ("SELECT account_id, any_value(count) AS n FROM usage GROUP BY ALL", "needs an ORDER BY"),
        ("SELECT account_id, arg_max(count, day) AS n FROM usage GROUP BY ALL", "needs an ORDER BY"),
        ("SELECT account_id, len(list(count)) AS n FROM usage GROUP BY ALL", "needs an ORDER BY"),
        ("SELECT account_id, row_number() OVER (PARTITION BY day) AS n FROM usage", "needs an ORDER BY in its window"),
        ("SELECT account_id, count AS n FROM usage LIMIT 1", "LIMIT needs an ORDER BY"),
        ("SELECT account_id, random() AS n FROM usage", "not the same every time"),
        ("SELECT account_id, count AS n FROM usage USING SAMPLE 10%", "not the same every time"),
        ("SELECT account_id, current_date - day AS n FROM usage", "use $as_of"),
        ("SELECT account_id, today() - day AS n FROM usage", "use $as_of"),
        ("SELECT account_id, count AS n FROM usage WHERE day > $since", "the only parameter is $as_of"),
        ("SELECT account_id, FROM WHERE", "this is no SQL"),
    ],
)
def test_what_cannot_be_a_fact_is_refused(select: str, problem: str) -> None:
    """The message names the file and the part that is wrong."""
    with pytest.raises(ConditionError) as caught:
        loaded(f"-- n: 28 days before as_of; count\n{select}")
    assert problem in str(caught.value)
    assert "config/facts/account/some.sql" in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    ["round(avg(count), 2)", "CAST(avg(count) AS DECIMAL(9, 2))", "sum(count)", "first(count ORDER BY day, usage_id)"],
)
def test_what_is_exact_or_ordered_is_taken(expression: str) -> None:
    """Rounded, DECIMAL, integer, ordered."""
    assert loaded(f"-- n: ever; count\nSELECT account_id, {expression} AS n FROM usage GROUP BY account_id")


def test_a_unit_that_does_not_exist_names_the_nearest() -> None:
    """With file, line and column."""
    with pytest.raises(ConditionError) as caught:
        loaded(GOOD.replace("count;", "cuont;", 1))
    assert str(caught.value) == "config/facts/account/some.sql:1: n: 'cuont' is no unit; did you mean 'count'?"


def test_a_column_has_one_home() -> None:
    """Two files of a grain cannot both give a column."""
    with pytest.raises(ConditionError, match=r"is computed in config/facts/account/a\.sql already"):
        load_facts(Files({"config/facts/account/a.sql": GOOD, "config/facts/account/b.sql": GOOD}))


def test_lineage_sees_through_contract_facts() -> None:
    """An account's MRR comes from contracts, although its file reads contract_facts; usage by contract reads both."""
    found = lineage(load_facts(read_files()))["account"]
    assert found["mrr_minor"] == ["contracts"]
    assert found["usage_28d"] == ["contracts", "usage"]
    assert found["tickets_90d"] == ["tickets"]
    assert found["name"] == ["accounts"]


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
