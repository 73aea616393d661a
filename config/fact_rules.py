"""What a fact's SELECT may not do, because the same night would not give the same bytes, or would look outside."""

from collections.abc import Callable

from sqlglot import exp

from models.entities import ENTITIES

AS_OF = "as_of"
PARAMETERS = frozenset({AS_OF, *(f"{AS_OF}_{entity}" for entity in ENTITIES)})
"""The night's date, and, for each entity, the day up to which it is known: that of a late feed stops."""

_FLOATING: tuple[type[exp.Expr], ...] = (
    exp.Avg,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.Variance,
    exp.VariancePop,
    exp.Corr,
    exp.CovarPop,
)
_FLOATING += (exp.CovarSamp, exp.Quantile, exp.PercentileCont, exp.Median)
_ORDERED = (exp.First, exp.Last, exp.AnyValue, exp.ArrayAgg, exp.GroupConcat, exp.ArgMax, exp.ArgMin)
_RANKING = (exp.RowNumber, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Lag, exp.Lead, exp.Ntile)
_CLOCKS = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime)
_CHANCE = (exp.Rand, exp.Randn, exp.Uuid, exp.TableSample)
_EXACT = ("DECIMAL", "INT", "BIGINT", "HUGEINT")
_WILD: tuple[str, ...] = (
    "now",
    "random",
    "uuid",
    "today",
    "getenv",
    "current_setting",
    "nextval",
    "gen_random_uuid",
    "setseed",
    "txid_current",
)
_WILD += (
    "fsum",
    "sumkahan",
    "kahan_sum",
    "favg",
    "mad",
    "entropy",
    "kurtosis",
    "skewness",
    "sem",
    "reservoir_quantile",
)


def refused_part(tree: exp.Select) -> str | None:
    """Why this SELECT cannot be a fact, with the part that is wrong; None when it can."""
    for node in tree.walk():
        for rule in RULES:
            if problem := rule(node):
                return problem
    return None


def _floating(node: exp.Expr) -> str | None:
    """A floating aggregate differs with the order of the threads: it must be rounded or made DECIMAL at once."""
    if not isinstance(node, _FLOATING) or any(_exact(parent) for parent in _above(node)):
        return None
    return f"`{node.sql('duckdb')}` is a bare floating aggregate: round it, or cast it to DECIMAL"


def _above(node: exp.Expr) -> list[exp.Expr]:
    """What stands around a node within its own SELECT."""
    found: list[exp.Expr] = []
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Select):
        found.append(parent)
        parent = parent.parent
    return found


def _exact(node: exp.Expr) -> bool:
    """A rounding, or a cast to an exact type."""
    if isinstance(node, exp.Round):
        return True
    return isinstance(node, exp.Cast | exp.TryCast) and node.to.this.name in _EXACT


def _approximate(node: exp.Expr) -> str | None:
    """Approximate functions give another number on another machine."""
    if not isinstance(node, exp.Func):
        return None
    name = _name(node)
    return f"`{node.sql('duckdb')}` is approximate; facts are exact" if name.startswith("approx") else None


def _unordered(node: exp.Expr) -> str | None:
    """The first of an unordered group is any of it."""
    if isinstance(node, _ORDERED) and node.find(exp.Order) is None:
        return f"`{node.sql('duckdb')}` needs an ORDER BY inside, or it may give another row every night"
    if isinstance(node, exp.Window) and isinstance(node.this, _RANKING) and not node.args.get("order"):
        return f"`{node.sql('duckdb')}` needs an ORDER BY in its window"
    if (
        isinstance(node, exp.Limit | exp.Fetch)
        and isinstance(node.parent, exp.Query)
        and not node.parent.args.get("order")
    ):
        return "LIMIT needs an ORDER BY"
    return None


def _wild(node: exp.Expr) -> str | None:
    """The clock is $as_of, and chance has no part in a fact."""
    if isinstance(node, _CLOCKS):
        return f"`{node.sql('duckdb')}` reads the machine's clock; use $as_of"
    if isinstance(node, _CHANCE) or (isinstance(node, exp.Func) and _name(node) in _WILD):
        return f"`{node.sql('duckdb')}` is not the same every time, or not of the data"
    return None


def _parameter(node: exp.Expr) -> str | None:
    """The night's date is the one parameter, whole or as far as an entity is known."""
    if isinstance(node, exp.Parameter) or (isinstance(node, exp.Placeholder) and node.name not in PARAMETERS):
        return f"`{node.sql('duckdb')}` is not known; the parameters are $as_of and $as_of_<entity>"
    return None


def _name(node: exp.Expr) -> str:
    """A function's name."""
    return node.name.lower() if node.key in ("anonymous", "anonymousaggfunc") else node.key


RULES: tuple[Callable[[exp.Expr], str | None], ...] = (_approximate, _floating, _unordered, _wild, _parameter)
