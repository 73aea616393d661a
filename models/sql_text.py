"""Pieces of SQL that everything which compiles to SQL shares; pure text."""

from collections.abc import Iterable, Mapping

Checked = Mapping[str, str]
"""An expression as it stands in the YAML → the same, checked against the sheet, as DuckDB runs it."""


def text(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """A quoted column name."""
    return '"' + column.replace('"', '""') + '"'


def first_match(branches: Iterable[tuple[str, str]], otherwise: str = "NULL") -> str:
    """A CASE: the result of the first branch (condition, result) whose condition is true."""
    whens = " ".join(f"WHEN ({condition}) THEN {result}" for condition, result in branches)
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise


def set_by_hand(override: str, valid: Iterable[str], computed: str) -> str:
    """What a person has set, where it is one of the valid values, else what was computed."""
    return first_match([(f"{override} IN ({', '.join(map(text, valid))})", override)], computed)


def decimal(value: float, digits: int = 6) -> str:
    """An exact literal."""
    return f"CAST({value:.{digits}f} AS DECIMAL(18, {digits}))"
