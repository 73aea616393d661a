"""Fact files: one SELECT, a header for every column, nothing that differs from run to run; lineage."""

import pytest

from config.facts import lineage, load_facts
from config.files import Files, read_files
from models.errors import ConditionError
from models.fact import Fact

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
        (
            "SELECT account_id, count AS n FROM usage WHERE day > $since",
            "the parameters are $as_of and $as_of_<entity>",
        ),
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


def test_a_contracts_file_may_read_what_the_others_give() -> None:
    """It is computed after them; its lineage sees through."""
    found = lineage(load_facts(read_files()))["contract"]
    assert (found["renewal_won"], found["term_start"]) == (["contracts", "opportunities"], ["contracts"])


def test_facts_may_count_up_to_the_day_an_entity_is_known() -> None:
    """$as_of_usage stops while a source of usage is late; of what is no entity nothing is known."""
    assert loaded(GOOD.replace("FROM usage", "FROM usage WHERE day < $as_of_usage"))
    with pytest.raises(ConditionError, match=r"\$as_of_usages` is not known"):
        loaded(GOOD.replace("FROM usage", "FROM usage WHERE day < $as_of_usages"))
