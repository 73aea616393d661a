"""One sealed night opened for one account: its cases, its rows, and where every column comes from."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from duckdb import DuckDBPyConnection
from sqlalchemy import select

from config.clauses import Clause
from config.scoring import lineage_of
from models.case import AccountCase
from models.fact import Grain
from models.play import Play
from models.sql_text import name, text
from models.staleness import Lineage
from models.tables import play_version
from tasks.cases import account_cases
from tasks.judge import EVERY, GOOD, stale_entities
from tasks.measure import UNKNOWN_BY_ZERO
from tasks.night import Night
from tasks.report.account_parts import iso
from tasks.store import landings
from tasks.store.engine import read
from tasks.why.views import BlameView
from tasks.workspace import workspace

Row = dict[str, Any]
_PINNED = "SELECT DISTINCT play_hash FROM enrollments WHERE ended_on IS NULL ORDER BY 1"
_PAST = """
    SELECT subject, play, occurrence, ended_on FROM enrollments
    WHERE account = ? AND ended_on IS NOT NULL AND lead IS NULL ORDER BY ended_on"""


@dataclass
class Book:
    """What `why` reads.

    Attributes:
        versions: every version that was alive that night, by hash.
        case: the account as `decide` was given it.
    """

    con: DuckDBPyConnection
    night: Night
    account: str
    versions: dict[str, Play]
    case: AccountCase
    statuses: dict[str, list[tuple[str, str]]]
    hours: dict[str, float]
    _lineages: dict[Grain, Lineage] = field(default_factory=dict)

    @cached_property
    def judged(self) -> dict[str, Row]:
        """conditions.json of the night."""
        return dict(json.loads(self.night.lake.read_text(self.night.path("conditions.json"))))

    @cached_property
    def decisions(self) -> Row | None:
        """decisions.json; None where the night has not decided."""
        path = self.night.path("decisions.json")
        return dict(json.loads(self.night.lake.read_text(path))) if self.night.lake.exists(path) else None

    @cached_property
    def past(self) -> dict[tuple[str, str, str], Any]:
        """(subject, play, occurrence) → the day on which that enrollment ended."""
        rows = self.con.execute(_PAST, [self.account]).fetchall()
        return {(subject, play, occurrence): ended for subject, play, occurrence, ended in rows}

    def evaluate(self, grain: Grain, subjects: Iterable[str], leaves: Iterable[Clause]) -> dict[str, Row]:
        """Subject id → SQL of each clause → true, false or None; and column → value, of those that they read."""
        clauses, ids = sorted(set(leaves), key=lambda one: one.sql), sorted(set(subjects))
        if not ids or not clauses:
            return {}
        columns = sorted({column for clause in clauses for column in clause.columns})
        shown = [f"CAST(({one.sql}) AS BOOLEAN)" for one in clauses] + [name(column) for column in columns]
        own, listed = name(f"{grain}_id"), ", ".join(map(text, ids))
        sql = f"SELECT {own}, {', '.join(shown)} FROM sheet_{grain} WHERE {own} IN ({listed})"  # noqa: S608
        keys = [*(one.sql for one in clauses), *(f"={column}" for column in columns)]
        rows = self.con.execute(sql).fetchall()
        return {str(id_): dict(zip(keys, map(plain, values), strict=True)) for id_, *values in rows}

    def values(self, grain: Grain, subject: str, columns: Iterable[str]) -> Row:
        """Column → value, of one subject."""
        known = sorted(set(columns))
        if not known:
            return {}
        sql = f"SELECT {', '.join(map(name, known))} FROM sheet_{grain} WHERE {name(f'{grain}_id')} = ?"  # noqa: S608
        row = self.con.execute(sql, [subject]).fetchone()
        return dict(zip(known, map(plain, row), strict=True)) if row else {}

    def blame(self, id_: str, grain: Grain, columns: Iterable[str]) -> list[BlameView]:
        """The sources of these columns of a condition: those that were late that night, else all of them."""
        found = []
        for column in columns:
            known = [
                (entity, *one) for entity in self._entities(id_, grain, column) for one in self.statuses.get(entity, ())
            ]
            late = [one for one in known if one[2] not in GOOD]
            found += [
                BlameView(column, source, entity, status, self.hours.get(entity) if status not in GOOD else None)
                for entity, source, status in late or known
            ]
        return found

    def _entities(self, id_: str, grain: Grain, column: str) -> list[str]:
        """What a column comes from: as the night wrote it, or of older nights as its rules say."""
        told = self.judged.get(id_, {}).get("entities")
        if told is not None:
            return list(told.get(column, ()))
        if grain not in self._lineages:
            self._lineages[grain] = lineage_of(self.night.rules, grain)
        return sorted(self._lineages[grain].stale(column, EVERY))


@contextmanager
def opened(night: Night, account: str) -> Iterator[Book]:
    """The sealed night, for one account."""
    with read(night.engine) as conn:
        landed, of_run = landings.landed(conn, night.landing_seq), landings.of_run(conn, night.run_key)
        hours = stale_entities(conn, night.run_key, night.as_of)
    statuses: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in of_run:
        statuses[one.entity].append((one.source, one.status or ""))
    con = workspace(night, landed)
    try:
        con.execute(UNKNOWN_BY_ZERO)
        alive = sealed_versions(con, night)
        (case,) = account_cases(con, night, alive, only=[account])
        yield Book(con, night, account, alive, case, statuses, hours)
    finally:
        con.close()


def sealed_versions(con: DuckDBPyConnection, night: Night) -> dict[str, Play]:
    """Hash → play, of the configured plays and of those that enrollments pinned on that very night."""
    hashes = [row[0] for row in con.execute(_PINNED).fetchall()]
    query = select(play_version.c.text).where(play_version.c.hash.in_(hashes)).order_by(play_version.c.hash)
    with read(night.engine) as conn:
        pinned = [Play.model_validate(json.loads(found)) for found in conn.execute(query).scalars()]
    return {play.hash: play for play in (*pinned, *night.rules.plays.values())}


def plain(value: Any) -> Any:
    """For JSON: DECIMAL as a number that prints the same, dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return iso(value)
