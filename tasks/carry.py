"""The sheets of contracts, contacts, tickets and sessions: their own facts, and their account's columns beside them."""

import re
from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from models.anchors import Anchors
from models.fact import Grain
from models.play import PlayCondition

WORD = re.compile(r"[a-z_][a-z0-9_]*")
ALWAYS = frozenset(
    ("name", "csm_id", "sales_id", "country", "timezone", "language", "industry", "size", "segment", "focus", "touch",
     "stage", "contract_status", "health_score", "health_band", "health_band_effective", "mrr_minor", "currency")
)  # fmt: skip
"""Columns of the account that a sheet has with them, so that a person who reads it knows whose it is."""


def with_account(con: DuckDBPyConnection, grain: Grain, read: frozenset[str] | None = None) -> str:
    """The SELECT that gives every subject of a grain its account's columns, but those it has itself.

    All of them, or of many subjects, like contacts and tickets, only those that are `read`.
    """
    own = {name for name, *_ in con.execute(f"DESCRIBE {grain}_facts").fetchall()}
    if "account_id" not in own:
        return f"FROM {grain}_facts ORDER BY {grain}_id"
    theirs = [name for name, *_ in con.execute("DESCRIBE sheet").fetchall() if name not in own]
    columns = "".join(f', sheet."{name}"' for name in theirs if read is None or name in read)
    joined = f"{grain}_facts LEFT JOIN sheet USING (account_id)"
    return f"SELECT {grain}_facts.*{columns} FROM {joined} ORDER BY {grain}_id"  # noqa: S608 — names are ours


def words(conditions: Iterable[PlayCondition], anchors: Anchors, grain: Grain) -> frozenset[str]:
    """Every word that what is asked of a grain tonight may read from its sheet, and whose it is; none if nothing is."""
    asked = [condition.text for condition in conditions if condition.grain == grain]
    if not asked:
        return frozenset()
    dated = [text for each in anchors.anchors.values() for text in (each.date, each.occurrence) if text]
    return ALWAYS.union(*(WORD.findall(text.lower()) for text in (*asked, *dated)))
