"""From the night's files to the plain data that `decide` is given."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb

from models.case import AccountCase, Case, Enrolled, Recipient, Taken
from models.landing import Landing
from models.play import Play
from tasks.due import due_accounts, subjects_sql
from tasks.lake.views import entity_views, file_view
from tasks.night import Night

_TALKS = """
    CREATE TEMP TABLE talks AS
    SELECT e.*, coalesce(e.lead, e.enrollment_id) AS talk FROM enrollments e
    LEFT JOIN enrollments l ON l.enrollment_id = e.lead
    WHERE NOT coalesce(l.ended, e.ended)"""
_TAKEN = """
    CREATE TEMP TABLE taken AS
    SELECT enrollment_id AS talk, list(step) AS taken, list(step) FILTER (outcome IS NOT NULL) AS ended,
           coalesce(list(step) FILTER (outcome IS NULL), []) AS open
    FROM steps GROUP BY ALL"""
_RECIPIENTS = """
    SELECT c.account_id, c.contact_id, coalesce(c.role, ''), c.address_key, coalesce(c.language, ''),
           coalesce(c.timezone, ''), coalesce(c.consent, '')
    FROM contacts c JOIN hits ON hits.account = c.account_id
    WHERE c.address_key IS NOT NULL AND (c.left_on IS NULL OR c.left_on > ?)
    ORDER BY c.contact_id"""


def workspace(night: Night, landings: list[Landing]) -> duckdb.DuckDBPyConnection:
    """A connection that sees the night's sheets, truth and history, and the entities as of the night."""
    con = night.lake.duckdb()
    entity_views(con, night.lake, landings, night.as_of)
    for grain in ("account", "contract"):
        for kind in ("sheet", "truth"):
            file_view(con, night.lake, f"{kind}_{grain}", night.path(f"{kind}_{grain}.parquet"))
    for name in ("enrollments", "steps", "touches", "sent_today"):
        file_view(con, night.lake, name, night.path(f"history_{name}.parquet"))
    con.execute(_TALKS)
    con.execute(_TAKEN)
    return con


def account_cases(
    con: duckdb.DuckDBPyConnection, night: Night, versions: dict[str, Play], only: list[str] | None = None
) -> list[AccountCase]:
    """The accounts with anything to decide (or just those in `only`), each with all its cases, in order of id."""
    live = {play.hash for play in night.rules.plays.values()}
    anchors = night.rules.anchors
    hits = due_accounts(con, versions.values(), live, anchors, night.as_of) if only is None else sorted(only)
    con.execute("CREATE OR REPLACE TEMP TABLE hits AS SELECT unnest(?::VARCHAR[]) AS account", [hits])
    cases = defaultdict(list)
    stale = stale_places(night)
    for play in sorted(versions.values(), key=lambda play: play.play):
        for case in _cases(con, night, play, stale.get(play.hash, {}), live=play.hash in live):
            cases[case.account].append(case)
    recipients, touches = _recipients(con, night), _touches(con)
    return [AccountCase(id_, tuple(cases[id_]), tuple(recipients[id_]), tuple(touches[id_])) for id_ in hits]


def stale_places(night: Night) -> dict[str, dict[str, float]]:
    """Play hash → where (`audience`, `anchor:…`, …) → hours by which its data is stale."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for id_, told in json.loads(night.lake.read_text(night.path("conditions.json"))).items():
        if told.get("stale"):
            hash_, where = id_.split(".", 1)
            found[hash_][where] = float(told.get("stale_hours") or 0)
    return found


def _cases(
    con: duckdb.DuckDBPyConnection, night: Night, play: Play, stale: dict[str, float], *, live: bool
) -> Iterator[Case]:
    """The cases of one version: running conversations with their members, and possible new ones."""
    subjects = subjects_sql(play, night.rules.anchors)
    rows = _dicts(con, f"SELECT r.* FROM ({subjects}) r JOIN hits USING (account) ORDER BY subject")  # noqa: S608
    talks = defaultdict(list)
    for talk in _dicts(
        con, "SELECT e.* FROM talks e JOIN hits USING (account) WHERE play_hash = ? ORDER BY 1", play.hash
    ):
        talks[talk["subject"]].append(talk)
    taken, known = _taken(con), _known(con, play.play)
    for row in rows:
        for talk in talks[row["subject"]]:
            enrolled = Enrolled(talk["enrollment_id"], talk["occurrence"], talk["arm"], talk["lead"])
            yield _case(row, play, stale, enrolled, taken[talk["talk"]])
        if live and (row["subject"], row["occurrence"]) not in known:
            yield _case(row, play, stale, None, {})


def _case(
    row: dict[str, Any], play: Play, stale: dict[str, float], enrolled: Enrolled | None, taken: dict[str, Taken]
) -> Case:
    """One case from a row of subjects_sql."""
    return Case(
        subject=row["subject"], account=row["account"], play=play, occurrence=row["occurrence"],
        anchors=_prefixed(row, "anchor:"), truth=_prefixed(row, "where:"), stale=stale,
        term_months=row["term_months"], enrolled=enrolled, taken=taken,
    )  # fmt: skip


def _prefixed(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The columns of that prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _dicts(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[dict[str, Any]]:
    """Rows as dicts."""
    result = con.execute(sql, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _taken(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Taken]]:
    """Enrollment → step → what became of it."""
    found: dict[str, dict[str, Taken]] = defaultdict(dict)
    mine = "SELECT DISTINCT talk FROM talks JOIN hits USING (account)"
    sql = f"SELECT s.* FROM steps s JOIN ({mine}) ON talk = enrollment_id"  # noqa: S608 — our own names
    for row in _dicts(con, f"{sql} ORDER BY enrollment_id, step"):
        found[row["enrollment_id"]][row["step"]] = Taken(row["on"], row["outcome"], row["ended_on"], row["by_hand"])
    return found


def _known(con: duckdb.DuckDBPyConnection, play: str) -> set[tuple[str, str]]:
    """(subject, occurrence) that the play has enrolled before."""
    sql = "SELECT subject, occurrence FROM enrollments JOIN hits USING (account) WHERE play = ?"
    return set(con.execute(sql, [play]).fetchall())


def _recipients(con: duckdb.DuckDBPyConnection, night: Night) -> dict[str, list[Recipient]]:
    """Account → the contacts who are there and have an address."""
    suppressed = set(history_of(night)["suppressed"])
    found: dict[str, list[Recipient]] = defaultdict(list)
    for account, *values in con.execute(_RECIPIENTS, [night.as_of]).fetchall():
        person = Recipient(*values)
        found[account].append(replace(person, suppressed=person.address_key in suppressed))
    return found


def history_of(night: Night) -> dict[str, list[str]]:
    """Suppressed addresses and kill switches, as they were sealed."""
    return dict(json.loads(night.lake.read_text(night.path("history.json"))))


def _touches(con: duckdb.DuckDBPyConnection) -> dict[str, list[date]]:
    """Account → the days of its latest touches."""
    found: dict[str, list[date]] = defaultdict(list)
    for account, day in con.execute(
        "SELECT t.account, t.day FROM touches t JOIN hits USING (account) ORDER BY 2"
    ).fetchall():
        found[account].append(day)
    return found
