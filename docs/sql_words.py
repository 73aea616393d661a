"""SQL conditions in words, for the pages of plays. What has no words yet stays SQL."""  # noqa: INP001 — scripts, no package

import operator
from collections.abc import Callable

import sqlglot
from sqlglot import exp

RELATIONS: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.LT: "is below",
    exp.LTE: "is at most",
    exp.GT: "is above",
    exp.GTE: "is at least",
}
OF_DATES: dict[type[exp.Expr], str] = {
    exp.LT: "is before",
    exp.LTE: "is on or before",
    exp.GT: "is after",
    exp.GTE: "is on or after",
}
DATES = ("_on", "_since", "_deadline", "_start", "_end")
"""How names of columns end that hold a date, unless they count days (`days_since_...`)."""
HOLDS: dict[type[exp.Expr], Callable[[float, float], bool]] = {
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
}
SUMS: dict[type[exp.Expr], str] = {exp.Add: "plus", exp.Sub: "minus", exp.Mul: "times", exp.Div: "over"}
SHORT = {
    "csat": "CSAT",
    "ces": "CES",
    "id": "id",
    "mrr": "MRR",
    "nps": "NPS",
    "28d": "(28 days)",
    "30d": "(30 days)",
    "90d": "(90 days)",
    "180d": "(180 days)",
    "minor": "(minor units)",
}


def in_words(condition: str) -> str:
    """The condition as a person would say it, on one line."""
    return _said(sqlglot.parse_one(condition, dialect="duckdb"))


def _said(node: exp.Expr) -> str:
    """One part of it, by its kind."""
    for known in (_joined, _compared, _listed, _valued):
        if said := known(node):
            return said
    return f"`{node.sql('duckdb')}`"


def _joined(node: exp.Expr) -> str:
    """And, or, not, parentheses."""
    match node:
        case exp.And():
            return f"{_said(node.left)}, and {_said(node.right)}"
        case exp.Or():
            return f"{_said(node.left)} or {_said(node.right)}"
        case exp.Paren():
            return f"({_said(node.this)})"
        case exp.Not():
            return _denied(node.this)
    return ""


def _denied(node: exp.Expr) -> str:
    """The opposite."""
    inner = node.unnest()
    if isinstance(inner, exp.Is):
        return f"{_said(inner.this)} is known"
    if _stands_in(inner) is True:
        return f"{_said(inner.this)} is known, and not so"
    if isinstance(inner, exp.In):
        return _said(inner).replace(" is one of ", " is none of ")
    return f"not {_said(inner)}"


def _compared(node: exp.Expr) -> str:
    """Two sides; what is between; what is not known."""
    if isinstance(node, exp.Binary) and type(node) in RELATIONS:
        return _if_unknown(node) or f"{_said(node.left)} {_relation(node)} {_said(node.right)}"
    if isinstance(node, exp.Is):
        return f"{_said(node.this)} is not known"
    if isinstance(node, exp.Between):
        return f"{_said(node.this)} is between {_said(node.args['low'])} and {_said(node.args['high'])}"
    return ""


def _relation(node: exp.Binary) -> str:
    """The verb; dates come before or after each other."""
    dates = _is_date(node.left) or _is_date(node.right)
    return OF_DATES.get(type(node), RELATIONS[type(node)]) if dates else RELATIONS[type(node)]


def _is_date(node: exp.Expr) -> bool:
    """Whether it is a column that holds a date, or one and some days, as far as its name tells."""
    while isinstance(node, exp.Add | exp.Sub | exp.Paren):
        node = node.this
    name = node.name.lower() if isinstance(node, exp.Column) else ""
    return name.endswith(DATES) and not name.startswith("days_")


def _if_unknown(node: exp.Binary) -> str:
    """`coalesce(days_since_nps, 9999) > 90`: above 90, or not known."""
    left, limit = node.left, node.right
    if not (isinstance(left, exp.Coalesce) and len(left.expressions) == 1 and type(node) in HOLDS):
        return ""
    stand_in = left.expressions[0]
    if not (stand_in.is_number and limit.is_number):
        return ""
    holds = HOLDS[type(node)](float(stand_in.this), float(limit.this))
    plain = f"{_said(left.this)} {RELATIONS[type(node)]} {_said(limit)}"
    return f"{plain} or not known" if holds else plain


def _listed(node: exp.Expr) -> str:
    """One of several; a case; the first that is known."""
    if isinstance(node, exp.In):
        return f"{_said(node.this)} is one of {', '.join(_said(each) for each in node.expressions)}"
    if (value := _stands_in(node)) is not None:
        return f"{_said(node.this)} or not known" if value else _said(node.this)
    if isinstance(node, exp.Coalesce):
        return f"{_said(node.this)} ({' or '.join(_said(each) for each in node.expressions)} if not known)"
    if isinstance(node, exp.Case):
        arms = [f"{_said(each.args['true'])} if {_said(each.this)}" for each in node.args["ifs"]]
        return f"{'; '.join(arms)}; else {_said(node.args['default'])}" if node.args.get("default") else "; ".join(arms)
    if isinstance(node, exp.Month):
        return f"the month of {_said(node.this)}"
    return ""


def _stands_in(node: exp.Expr) -> bool | None:
    """What `coalesce(x, true)` takes for x where it is not known; None for all else."""
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Boolean):
        return bool(node.expressions[0].this)
    return None


def _valued(node: exp.Expr) -> str:
    """Columns, literals, sums."""
    match node:
        case exp.Column():
            return _named(node.name)
        case exp.Boolean():
            return "always" if node.this else "never"
        case exp.Literal():
            return f"“{node.this}”" if node.is_string else node.this
        case exp.Neg():
            return f"minus {_said(node.this)}"
    word = SUMS.get(type(node))
    return f"{_said(node.left)} {word} {_said(node.right)}" if word and isinstance(node, exp.Binary) else ""


def _named(column: str) -> str:
    """A column's name with spaces: `days_since_nps` is days since NPS."""
    return " ".join(SHORT.get(part, part) for part in column.lower().split("_"))
