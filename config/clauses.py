"""A condition taken apart: what it joins by AND, OR and NOT, down to clauses that hold or fail by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp

from config.conditions import strict

Joined = Literal["", "all", "any", "not"]
State = Literal["held", "failed", "unknown"]


@dataclass(frozen=True)
class Clause:
    """A condition, or a part of one.

    Attributes:
        text: in one line.
        sql: as the night judges it.
        columns: the sheet's columns that it reads.
        joined: all or any of its parts must hold, or the one must not; empty for a clause without parts.
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    joined: Joined = ""
    parts: tuple["Clause", ...] = ()

    @property
    def leaves(self) -> Iterator["Clause"]:
        """The clauses without parts."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


@lru_cache(maxsize=4096)
def split(text: str) -> Clause:
    """The parts of a condition that has been checked (config/conditions.py)."""
    return _clause(sqlglot.parse_one(text, dialect="duckdb"))


def state_of(holds: bool | None) -> State:  # noqa: FBT001 — the value itself
    """In a word."""
    return "unknown" if holds is None else "held" if holds else "failed"


def joined(clause: Clause, states: dict[str, bool | None]) -> bool | None:
    """What the clause comes to, given its leaves by their SQL: unknown is neither true nor false."""
    if not clause.parts:
        return states[clause.sql]
    found = [joined(part, states) for part in clause.parts]
    if clause.joined == "not":
        return None if found[0] is None else not found[0]
    strong = clause.joined == "any"
    return strong if strong in found else None if None in found else not strong


def _clause(node: exp.Expr) -> Clause:
    """One node, its parentheses taken away."""
    node = _bare(node)
    kind: Joined = "all" if isinstance(node, exp.And) else "any" if isinstance(node, exp.Or) else ""
    parts: tuple[Clause, ...] = ()
    if kind:
        parts = tuple(_clause(one) for one in _same(node))
    elif isinstance(node, exp.Not) and isinstance(_bare(node.this), exp.And | exp.Or | exp.Not):
        kind, parts = "not", (_clause(node.this),)
    columns = sorted({column.name.lower() for column in node.find_all(exp.Column)})
    return Clause(
        node.sql("duckdb", comments=False), strict(node).sql("duckdb", identify=True, comments=False),
        tuple(columns), kind, parts,
    )  # fmt: skip


def _bare(node: exp.Expr) -> exp.Expr:
    """Without parentheses around it."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _same(node: exp.Expr) -> Iterator[exp.Expr]:
    """What a chain of one kind of join joins, in its order."""
    for side in (node.this, node.args["expression"]):
        inner = _bare(side)
        if type(inner) is type(node):
            yield from _same(inner)
        else:
            yield inner
