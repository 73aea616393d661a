"""Canonical types: what fits is kept, what does not is said; nothing turns to null in silence."""

from functools import cache

import duckdb
import pytest

from models.entities import Column
from tasks.quality.casts import cast

NASTY = [
    "nan", "NaN", "inf", "-inf", "Infinity", "1e308", "1e5", "1,5", "1.234,56", "1 000", "true", "abc", "--1", "+-1",
    "1.5.2", "0x10", "1_000", "\u0663", "\uff11\uff12", "12\n", " 12", "12 ", "\u00bd", "1/2", "€5", "5%", "$5", "(5)",
    "5-", "1.5e3", "NULL", "None", "N/A", "-", ".", "+", "e", "1e", "0b1", "12abc", "1..2", "99999999999999999999",
    "\u202e12", "1\u00a0000", "infinity", "1d", "1L", "1e-3", "1E5", "#5", "''", "++1", "0o7", "1:30", "1;2", "1 2",
    "i", "1j", "1f", "5 kg", "<5", ">5", "~5",
]  # fmt: skip


def run(query: str, *given: object) -> list[tuple[object, ...]]:
    """Rows of a query."""
    return connection().execute(query, list(given)).fetchall()


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One connection for all cases."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return con


def value(type_: str, given: object, sql_type: str = "VARCHAR") -> object:
    """What a mapped value becomes."""
    how = cast(Column("x", type_), sql_type)  # type: ignore[arg-type]
    assert how is not None
    rows = run(f'SELECT {how.value} FROM (SELECT ?::{sql_type} AS "x")', given)
    return rows[0][0]


@pytest.mark.parametrize("type_", ["INTEGER", "BIGINT", "DECIMAL(18,4)"])
def test_no_nasty_number_becomes_a_number(type_: str) -> None:
    """Sixty ways to write something that is no plain number; all are left to the quarantine."""
    how = cast(Column("x", type_), "VARCHAR")  # type: ignore[arg-type]
    assert how is not None
    query = f"SELECT x, {how.value} AS y FROM (SELECT unnest(?) AS x) WHERE y IS NOT NULL"
    assert run(query, NASTY) == []


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("INTEGER", "12", 12),
        ("INTEGER", "-12", -12),
        ("INTEGER", "+12.000", 12),
        ("INTEGER", "12.5", None),
        ("INTEGER", "2147483648", None),
        ("BIGINT", "2147483648", 2147483648),
        ("BIGINT", "007", 7),
        ("BOOLEAN", "Yes", True),
        ("BOOLEAN", "0", False),
        ("BOOLEAN", "2", None),
        ("BOOLEAN", "ja", None),
        ("VARCHAR", "", None),
        ("VARCHAR", "Ünïcode", "Ünïcode"),
    ],
)
def test_a_text_fits_its_type_or_does_not(type_: str, text: str, expected: object) -> None:
    """Whole numbers in range, two ways to say yes or no, and text as it is."""
    assert value(type_, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("12", "12.0000"), ("-.5", "-0.5000"), ("1.23456", "1.2346"), ("7.", "7.0000")]
)
def test_decimals_are_plain(text: str, expected: str) -> None:
    """Decimals have a point, no exponent and no thousands."""
    assert str(value("DECIMAL(18,4)", text)) == expected


@pytest.mark.parametrize("given", [float("nan"), float("inf"), float("-inf"), 1e308])
def test_a_typed_number_must_be_finite(given: float) -> None:
    """Parquet can carry what is no number, too."""
    assert value("DECIMAL(18,4)", given, "DOUBLE") is None
    assert value("INTEGER", given, "DOUBLE") is None


def test_typed_numbers_are_kept() -> None:
    """12.0 is the whole number 12."""
    assert value("INTEGER", 12.0, "DOUBLE") == 12
    assert str(value("DECIMAL(18,4)", 12.5, "DOUBLE")) == "12.5000"


@pytest.mark.parametrize("type_", ["DATE", "TIMESTAMP"])
def test_a_date_that_comes_as_text_has_no_cast(type_: str) -> None:
    """16/10/2024 next to 4/3/2024: nobody can know, so the format must be declared."""
    assert cast(Column("x", type_), "VARCHAR") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "sql_type", "expected"),
    [
        ("2024-10-16", "DATE", "2024-10-16"),
        ("2024-10-16 23:30:00+02", "TIMESTAMP WITH TIME ZONE", "2024-10-16"),
        ("0024-10-16", "DATE", "None"),
        ("9999-12-31", "DATE", "None"),
        ("infinity", "DATE", "None"),
    ],
)
def test_a_date_lies_in_a_year_people_mean(given: str, sql_type: str, expected: str) -> None:
    """Years between 1900 and 2200, in UTC."""
    how = cast(Column("x", "DATE"), sql_type)
    assert how is not None
    assert str(run(f"SELECT {how.value} FROM (SELECT ?::{sql_type} AS x)", given)[0][0]) == expected


def teardown_module() -> None:
    """Leave no connection behind."""
    connection().close()
    connection.cache_clear()
