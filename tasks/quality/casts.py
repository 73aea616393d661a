r"""Casting to canonical types, as DuckDB expressions: every value either fits or is said not to, none turns to null.

Accepted are: integers `^[+-]?\d+(\.0+)?$` in range; plain finite decimals; true/false/1/0/yes/no; dates and times that
are typed already (by the source, by `dates:` or by the mapping) and lie between 1900 and 2200.
"""

from dataclasses import dataclass

from models.entities import Column

WHOLE = r"[+-]?[0-9]+(\.0+)?"
PLAIN = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
TRUE = ("true", "1", "yes")
FALSE = ("false", "0", "no")
TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")


@dataclass(frozen=True)
class Cast:
    """How one mapped column becomes canonical.

    Attributes:
        value: expression of the canonical value; null where the cast fails.
        reason: what a value must be, for the one that fails.
    """

    value: str
    reason: str


def cast(column: Column, given: str) -> Cast | None:
    """The cast of a mapped column whose DuckDB type is `given`; None if these two types do not go together.

    The column is named bare; a value that is not null and casts to null is a bad one.
    """
    name = f'"{column.name}"'
    text = f"CAST({name} AS VARCHAR)"
    match column.type:
        case "DATE" | "TIMESTAMP":
            return _time(column.type, name) if given in TIMES else None
        case "BOOLEAN":
            return Cast(_boolean(text), "must be true or false, 1 or 0, yes or no")
        case "INTEGER" | "BIGINT":
            return Cast(_matching(text, WHOLE, column.type), f"must be a whole number that fits {column.type}")
        case "VARCHAR":
            return Cast(f"nullif({text}, '')", "must be text")
    if given in {"DOUBLE", "FLOAT"}:
        return Cast(f"CASE WHEN isfinite({name}) THEN TRY_CAST({name} AS {column.type}) END", "must be a finite number")
    return Cast(_matching(text, PLAIN, column.type), "must be a plain finite number, like 12 or 12.5")


def _time(type_: str, name: str) -> Cast:
    """A date or time, in UTC, in a year that people mean."""
    utc = f"TRY_CAST({name} AS TIMESTAMP)"
    value = f"CASE WHEN isfinite({utc}) AND year({utc}) BETWEEN 1900 AND 2200 THEN CAST({utc} AS {type_}) END"
    return Cast(value, "must be a date between 1900 and 2200")


def _boolean(text: str) -> str:
    """True, false, or null."""
    return f"CASE WHEN lower({text}) IN {TRUE} THEN true WHEN lower({text}) IN {FALSE} THEN false END"


def _matching(text: str, pattern: str, type_: str) -> str:
    """The number, if it is written as the pattern says and in range."""
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN TRY_CAST({text} AS {type_}) END"
