"""What kind of value a SQL expression gives, and what cannot be compared: found at load, not at night."""

import re
from collections.abc import Iterable, Mapping

from sqlglot import exp

from models.fact import Kind

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
TRUTHS: tuple[type[exp.Expr], ...] = (
    *COMPARISONS,
    exp.And,
    exp.Or,
    exp.Not,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.ILike,
)
TRUTHS += (exp.Boolean, exp.Contains, exp.StartsWith)
TEXTS = (exp.DPipe, exp.Lower, exp.Upper, exp.Trim)
FIRST_OF = (exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest)
CASTS: dict[str, Kind] = {"DATE": "date", "TEXT": "text", "VARCHAR": "text", "BOOLEAN": "boolean"}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class KindMismatch(ValueError):
    """Two parts of an expression do not go together."""


def kind_of(node: exp.Expr | None, columns: Mapping[str, Kind]) -> Kind | None:
    """The kind of the expression's value; None when it is NULL or not known."""
    kind: Kind | None = None
    match node:
        case None | exp.Null():
            pass
        case exp.Column():
            kind = columns[node.name.lower()]
        case exp.Literal():
            kind = "text" if node.is_string else "number"
        case exp.Paren():
            kind = kind_of(node.this, columns)
        case exp.Case():
            kind = _first([branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")], columns)
        case exp.Cast() | exp.TryCast():
            kind = CASTS.get(node.to.this.name, "number")
        case exp.Add() | exp.Sub():
            kind = _sum_kind(node, columns)
        case _:
            kind = _kind_by_class(node, columns)
    return kind


def _kind_by_class(node: exp.Expr, columns: Mapping[str, Kind]) -> Kind | None:
    """The kind of an operator or function."""
    if isinstance(node, TRUTHS):
        return "boolean"
    if isinstance(node, TEXTS):
        return "text"
    if isinstance(node, exp.If):
        return kind_of(node.args["true"], columns)
    if isinstance(node, FIRST_OF):
        return _first([node.this, node.args.get("expression"), *node.expressions], columns)
    return "number"


def _first(nodes: Iterable[exp.Expr | None], columns: Mapping[str, Kind]) -> Kind | None:
    """The first kind that is known."""
    return next((kind for node in nodes if (kind := kind_of(node, columns))), None)


def _sum_kind(node: exp.Binary, columns: Mapping[str, Kind]) -> Kind:
    """A date and a number make a date, two dates a number of days."""
    kinds = [kind_of(side, columns) for side in (node.left, node.right)]
    return "date" if kinds.count("date") == 1 else "number"


def check_kinds(root: exp.Expr, columns: Mapping[str, Kind]) -> None:
    """Refuse comparisons of unlike kinds, and AND, OR, NOT of what is not true or false.

    Raises:
        KindMismatch: with the part that is wrong.
    """
    for node in root.walk():
        if isinstance(node, COMPARISONS):
            _check_pair(node, node.left, node.right, columns)
        elif isinstance(node, exp.In):
            for item in node.expressions:
                _check_pair(node, node.this, item, columns)
        elif isinstance(node, exp.Between):
            _check_pair(node, node.this, node.args["low"], columns)
            _check_pair(node, node.this, node.args["high"], columns)
        elif isinstance(node, exp.And | exp.Or | exp.Not):
            _check_truths(node, columns)


def _check_pair(whole: exp.Expr, one: exp.Expr, other: exp.Expr, columns: Mapping[str, Kind]) -> None:
    """Two values that meet are of one kind; an ISO date in quotes is a date."""
    kinds = kind_of(one, columns), kind_of(other, columns)
    if None in kinds or kinds[0] == kinds[1]:
        return
    if "date" in kinds and any(_iso(side) for side in (one, other)):
        return
    raise KindMismatch(f"`{whole.sql('duckdb')}` compares {kinds[0]} with {kinds[1]}")


def _iso(node: exp.Expr) -> bool:
    """A quoted ISO date."""
    return isinstance(node, exp.Literal) and node.is_string and bool(ISO_DATE.fullmatch(node.name))


def _check_truths(node: exp.Expr, columns: Mapping[str, Kind]) -> None:
    """What AND, OR and NOT join is true, false or unknown."""
    for side in (node.this, node.args.get("expression")):
        kind = kind_of(side, columns)
        if side is not None and kind not in ("boolean", None):
            raise KindMismatch(f"`{side.sql('duckdb')}` is a {kind}, not true or false, in `{node.sql('duckdb')}`")
