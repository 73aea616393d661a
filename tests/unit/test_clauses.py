"""Conditions taken apart: what the clauses come to together is what the whole comes to."""

from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.clauses import Clause, joined, split, state_of

Shape = str | tuple[str, list["Shape"]]


def shape(clause: Clause) -> Shape:
    """The clause as nested texts."""
    return (clause.joined, [shape(part) for part in clause.parts]) if clause.parts else clause.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1", "a > 1"),
        ("a > 1 and b", ("all", ["a > 1", "b"])),
        ("a and (b or c) and d", ("all", ["a", ("any", ["b", "c"]), "d"])),
        ("(a and (b and c))", ("all", ["a", "b", "c"])),
        ("not a", "NOT a"),
        ("not (a or b)", ("not", [("any", ["a", "b"])])),
        ("x between 1 and 3", "x BETWEEN 1 AND 3"),
        ("x in (1, 2) and x is not null", ("all", ["x IN (1, 2)", "NOT x IS NULL"])),
        ("case when a then b or c else d end", "CASE WHEN a THEN b OR c ELSE d END"),
    ],
)
def test_a_condition_falls_into_what_it_joins(text: str, expected: Shape) -> None:
    """AND, OR, and NOT over one of them; parentheses vanish, all else stays whole."""
    assert shape(split(text)) == expected


def test_a_clause_names_what_it_reads() -> None:
    """Each its own columns; the whole all of them."""
    whole = split("a > 1 and (b or c = a)")
    assert whole.columns == ("a", "b", "c")
    assert [leaf.columns for leaf in whole.leaves] == [("a",), ("b",), ("a", "c")]


def test_states_have_words() -> None:
    """Three of them."""
    assert [state_of(holds) for holds in (True, False, None)] == ["held", "failed", "unknown"]


ATOMS = st.sampled_from(["a", "b", "x > 1", "x / y > 1", "least(x, y) = 0", "x is null", "a is not null"])
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=8,
)
TRUTH = st.sampled_from(["true", "false", "NULL::BOOLEAN"])
NUMBER = st.sampled_from(["0", "1", "3", "NULL::INTEGER"])


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One connection for all cases."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET error_on_division_by_zero = false; SET ieee_floating_point_ops = false")
    return con


@given(CONDITIONS, TRUTH, TRUTH, NUMBER, NUMBER)
@settings(max_examples=100, deadline=None)
def test_the_clauses_come_to_what_the_database_says(text: str, a: str, b: str, x: str, y: str) -> None:
    """Unknown included, whatever is nested in whatever."""
    whole = split(text)
    leaves = {leaf.sql for leaf in whole.leaves}
    columns = ", ".join([*sorted(leaves), whole.sql])
    row = connection().execute(f"SELECT {columns} FROM (SELECT {a} AS a, {b} AS b, {x} AS x, {y} AS y)").fetchone()
    assert row is not None
    assert joined(whole, dict(zip(sorted(leaves), row, strict=False))) == row[-1]
