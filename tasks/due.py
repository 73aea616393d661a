"""Which accounts have anything to decide tonight: SQL over all of them, so that Python sees only those."""

from collections.abc import Iterable
from datetime import date

import duckdb

from models.anchors import Anchors
from models.play import Play
from models.step import Step

SLACK = 7  # days by which a shift may move a step; the exact date is the schedule's


def subjects_sql(play: Play, anchors: Anchors) -> str:
    """One row a subject of the play: subject, account, occurrence, term_months, "anchor:…" dates, "where:…" truth."""
    grain = play.per
    columns = [
        f"'{grain}:' || s.{grain}_id AS subject",
        "s.account_id AS account",
        f"CAST(({anchors.anchors[play.anchor].occurrence}) AS VARCHAR) AS occurrence",
        f"CAST({'s.term_months' if grain == 'contract' else 'NULL'} AS INTEGER) AS term_months",
        *(f'CAST(s."{anchors.anchors[name].date}" AS DATE) AS "anchor:{name}"' for name in play.anchors),
        *(f'"{play.hash}.{where}" AS "where:{where}"' for where in play.conditions),
    ]
    return f"SELECT {', '.join(columns)} FROM sheet_{grain} s JOIN truth_{grain} t USING ({grain}_id)"  # noqa: S608 — names are checked


def due_accounts(
    con: duckdb.DuckDBPyConnection, plays: Iterable[Play], live: set[str], anchors: Anchors, as_of: date
) -> list[str]:
    """Ids of the accounts with a possible enrollment, exit or step; more rather than fewer."""
    found: set[str] = set()
    for play in plays:
        subjects = subjects_sql(play, anchors)
        if play.hash in live:
            found |= _ids(con, _candidates(play, subjects))
        found |= _ids(con, _running(play, subjects, as_of))
    return sorted(found)


def _ids(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The one column of the query."""
    return {row[0] for row in con.execute(sql).fetchall()}


def _candidates(play: Play, subjects: str) -> str:
    """Accounts with a subject whose audience holds and whose occurrence has no enrollment yet."""
    term = f"AND r.term_months >= {play.min_term}" if play.min_term else ""
    return f"""
        SELECT DISTINCT r.account FROM ({subjects}) r
        WHERE r."where:audience" AND r.occurrence IS NOT NULL {term} AND NOT EXISTS (
            SELECT 1 FROM enrollments e
            WHERE e.play = '{play.play}' AND e.subject = r.subject AND e.occurrence = r.occurrence)"""  # noqa: S608


def _running(play: Play, subjects: str, as_of: date) -> str:
    """Accounts with a running conversation of this version that may end, or has a step whose date has come."""
    exits = [
        f'coalesce(r."where:{where}", false)' for where in ("exit.stop", "exit.success") if where in play.conditions
    ]
    reasons = [
        "r.occurrence IS DISTINCT FROM e.occurrence",
        f"len(k.open) = 0 AND len(k.taken) = {len(play.steps)}",
        *exits,
        *(_due(play, step, as_of) for step in play.steps),
    ]
    return f"""
        SELECT DISTINCT r.account FROM ({subjects}) r JOIN talks e USING (subject) LEFT JOIN taken k USING (talk)
        WHERE e.play_hash = '{play.hash}' AND (({") OR (".join(reasons)}))"""  # noqa: S608


def _due(play: Play, step: Step, as_of: date) -> str:
    """The step is open, and its date has come, is missing, or what it follows has ended."""
    untaken = f"NOT coalesce(list_contains(k.taken, '{step.id}'), false)"
    if step.after:
        return f"{untaken} AND coalesce(list_contains(k.ended, '{step.after}'), false)"
    column = f'r."anchor:{play.anchor_of(step)}"'
    return f"{untaken} AND ({column} IS NULL OR {column} + {(step.day or 0) - SLACK} <= DATE '{as_of}')"
