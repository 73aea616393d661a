"""SQL conditions over a fact sheet: parsed, checked against its columns, never more than one expression."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from config.kinds import FIRST_OF, TEXTS, TRUTHS, KindMismatch, check_kinds, kind_of
from models.errors import ConditionError
from models.fact import Kind
from models.nearest import did_you_mean

LONGEST = 4000

_PARTS = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Case, exp.If, exp.Neg, exp.Var)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Interval)
_FUNCTIONS = (exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Length, exp.DateDiff, exp.Year, exp.Month, exp.Day)
_CASTS = (exp.Cast, exp.TryCast, exp.DataType)
ALLOWED: tuple[type[exp.Expr], ...] = (*_PARTS, *_ARITHMETIC, *_FUNCTIONS, *_CASTS, *TRUTHS, *TEXTS, *FIRST_OF)
FUNCTION_NAMES = (
    "abs",
    "ceil",
    "coalesce",
    "contains",
    "date_diff",
    "day",
    "floor",
    "greatest",
    "least",
    "length",
    "lower",
    "month",
    "nullif",
    "round",
    "starts_with",
    "trim",
    "try_cast",
    "upper",
    "year",
)


@dataclass(frozen=True)
class Expression:
    """One SQL expression over a fact sheet.

    Attributes:
        text: as it was written.
        sql: as it is run: DuckDB's dialect, every name quoted, no comments.
        columns_read: the sheet's columns it reads, in order.
        kind: what its value is; None for NULL.
    """

    text: str
    sql: str
    columns_read: tuple[str, ...]
    kind: Kind | None

    @classmethod
    def parse(cls, text: str, columns: Mapping[str, Kind], *, file: str = "", key: str = "") -> Self:
        """Check an expression against the columns it may read (name → kind).

        Raises:
            ConditionError: it is no single expression, reads an unknown column, calls what is not allowed, or
                compares what cannot be compared.
        """
        known = (cls, text, frozenset(columns.items()))
        try:
            if known not in _PARSED:
                _PARSED[known] = cls._checked(text, columns)
            return cast("Self", _PARSED[known])
        except (_Refused, KindMismatch) as error:
            raise ConditionError(f"{error} (in: {text})", file=file, key=key) from error

    @classmethod
    def _checked(cls, text: str, columns: Mapping[str, Kind]) -> Self:
        """The expression, looked at in every way."""
        tree = _tree(text)
        _check_parts(tree, columns)
        check_kinds(tree, columns)
        sql = strict(tree).sql("duckdb", identify=True, comments=False)
        return cls(text, sql, _read(tree), cls._kind(tree, columns))

    @classmethod
    def _kind(cls, tree: exp.Expr, columns: Mapping[str, Kind]) -> Kind | None:
        """The kind of the whole."""
        return kind_of(tree, columns)


@dataclass(frozen=True)
class Condition(Expression):
    """An expression that is true, false or unknown (NULL: something it reads is missing)."""

    @classmethod
    def _kind(cls, tree: exp.Expr, columns: Mapping[str, Kind]) -> Kind | None:
        """Boolean, or it is no condition."""
        kind = kind_of(tree, columns)
        if kind not in ("boolean", None):
            raise _Refused(f"a condition is true or false, but this is a {kind}")
        return kind


_PARSED: dict[tuple[type[Expression], str, frozenset[tuple[str, Kind]]], Expression] = {}
"""Every stage of a night asks for the same expressions over the same columns: they are parsed once a process."""


class _Refused(ValueError):
    """Why an expression is not taken."""


def _tree(text: str) -> exp.Expr:
    """The one expression in the text."""
    if len(text) > LONGEST:
        raise _Refused(f"this is longer than {LONGEST} characters")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise _Refused(f"this is no SQL expression: {str(error).splitlines()[0]}") from error
    if len(trees) != 1 or trees[0] is None:
        raise _Refused("one expression is needed, without semicolon")
    return trees[0]


def _check_parts(tree: exp.Expr, columns: Mapping[str, Kind]) -> None:
    """Only what the allow-list names, and only columns that exist."""
    if tree.find(exp.Query):
        raise _Refused("a condition reads the fact sheet and has no SELECT of its own; write a fact instead")
    for node in tree.walk():
        if not isinstance(node, ALLOWED):
            raise _Refused(_not_allowed(node))
        if isinstance(node, exp.Column):
            _check_column(node, columns)
        if type(node) is exp.Cast and not isinstance(node.this, exp.Literal):
            raise _Refused(f"`{node.sql('duckdb')}` may fail at night; use TRY_CAST")


def _check_column(node: exp.Column, columns: Mapping[str, Kind]) -> None:
    """A bare name that the sheet has."""
    if node.table:
        raise _Refused(f"write '{node.name}' without '{node.table}.'")
    if node.name.lower() not in columns:
        raise _Refused(f"there is no column '{node.name}'; {did_you_mean(node.name.lower(), columns)}")


def _not_allowed(node: exp.Expr) -> str:
    """What is refused, in the user's words."""
    if isinstance(node, exp.Func):
        name = node.name.lower() if node.key == "anonymous" else node.sql_name().lower()
        return f"the function {name}() is not allowed; {did_you_mean(name, FUNCTION_NAMES)}"
    return f"`{node.sql('duckdb')}` is not allowed here"


def strict(tree: exp.Expr) -> exp.Expr:
    """The expression with two habits of DuckDB taken away: what is unknown or undefined comes out as NULL.

    Its least and greatest pass over NULL, and its division by zero is infinite, or an error.
    """
    tree = exp.Paren(this=tree.copy())
    for node in reversed(list(tree.find_all(exp.Least, exp.Greatest))):
        unknown = exp.or_(*(part.copy().is_(exp.Null()) for part in (node.this, *node.expressions)))
        node.replace(exp.Case().when(unknown, exp.Null()).else_(node.copy()))
    for division in reversed(list(tree.find_all(exp.Div, exp.IntDiv, exp.Mod))):
        divisor = division.expression
        divisor.replace(exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0)))
    return tree


def _read(tree: exp.Expr) -> tuple[str, ...]:
    """Names of the columns, each once, in order of the alphabet."""
    return tuple(sorted({column.name.lower() for column in tree.find_all(exp.Column)}))
