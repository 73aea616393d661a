"""The workspace of a night: its sealed files as tables of one DuckDB connection, ready to be asked."""

import json
from datetime import timedelta

import duckdb
import pyarrow as pa

from models.fact import GRAINS
from models.landing import Landing
from tasks.audiences import AUDIENCES, audience_view
from tasks.gather import ANSWERED_WITHIN, HISTORY
from tasks.lake.views import entity_views, file_view
from tasks.night import Night

CALLED = {"steps": "steps_logged", "requests": "play_requests", "mails": "mails_logged"}
"""History that another table of the workspace has the name of."""
FATES = "CREATE TABLE IF NOT EXISTS account_fates (account_id VARCHAR, into_id VARCHAR)"
_RENAMES = pa.schema([(name, pa.string()) for name in ("enrollment_id", "logged", "name")])
_TALKS = """
    CREATE TEMP TABLE talks AS
    SELECT e.* REPLACE (coalesce(f.into_id, e.account) AS account), coalesce(e.lead, e.enrollment_id) AS talk,
           split_part(e.occurrence, '~', 1) AS base, q.request_id IS NOT NULL AS by_request, q."on" AS requested_on,
           CASE WHEN e.subject IN (SELECT subject FROM known_subjects) THEN NULL
                WHEN f.into_id IS NOT NULL THEN 'merged into ' || f.into_id
                WHEN f.account_id IS NOT NULL THEN 'the account is deleted' END AS gone
    FROM enrollments e
    LEFT JOIN (FROM enrollments SEMI JOIN (SELECT DISTINCT lead AS enrollment_id FROM enrollments)
               USING (enrollment_id)) l ON l.enrollment_id = e.lead
    LEFT JOIN account_fates f ON f.account_id = e.account
    LEFT JOIN play_requests q ON q.request_id = split_part(e.occurrence, '~', 1)
    WHERE coalesce(l.ended_on, CASE WHEN e.lead IS NULL THEN e.ended_on END) IS NULL"""
_STEPS = """
    CREATE TEMP TABLE steps AS
    SELECT s.enrollment_id AS talk, t.play_hash, coalesce(r.name, s.step) AS step, s."on", s.ended_on, s.outcome,
           s.due_on
    FROM steps_logged s JOIN talks t ON t.enrollment_id = s.enrollment_id
    LEFT JOIN renames r ON r.enrollment_id = s.enrollment_id AND r.logged = s.step"""
_MAILS = """
    CREATE TEMP TABLE mails AS
    SELECT m.* REPLACE (coalesce(r.name, m.step) AS step) FROM mails_logged m
    LEFT JOIN renames r ON r.enrollment_id = m.enrollment_id AND r.logged = m.step"""
_ANSWERS = """
    CREATE TEMP TABLE answers AS
    SELECT e.account_id AS account, e.kind, CAST(e.happened_at AS DATE) AS "on", m.enrollment_id, m.step
    FROM engagement e LEFT JOIN mails m ON m.message_id = e.message_id
    WHERE e.kind IN ('reply', 'booking', 'meeting') AND e.happened_at >= ? AND e.account_id IS NOT NULL"""
_ASKED = """
    CREATE TEMP TABLE asked AS
    WITH requests AS (
        SELECT r.* REPLACE (coalesce('account:' || f.into_id, r.subject) AS subject) FROM play_requests r
        LEFT JOIN account_fates f ON 'account:' || f.account_id = r.subject)
    SELECT r.* FROM requests r WHERE NOT EXISTS (
        SELECT 1 FROM requests later WHERE later.play = r.play AND later.subject = r.subject
        AND (later."on", later.request_id) > (r."on", r.request_id))"""


def workspace(night: Night, landings: list[Landing]) -> duckdb.DuckDBPyConnection:
    """A connection that sees the night's sheets, truth and history, and the entities as of the night.

    Its tables: sheet_* and truth_* of each grain, enrollments, touches, sent_today, surveyed, mails; talks (running
    conversations with their members), steps (what became of theirs), asked (requests), answers, audiences.
    """
    con = night.lake.duckdb()
    entity_views(con, night.lake, landings, night.as_of)
    con.execute(FATES)
    for grain in GRAINS:
        for kind in ("sheet", "truth"):
            file_view(con, night.lake, f"{kind}_{grain}", night.path(f"{kind}_{grain}.parquet"))
    for name in HISTORY:
        file_view(con, night.lake, CALLED.get(name, name), night.path(f"history_{name}.parquet"))
    audience_view(con, night.lake, night.path(AUDIENCES))
    _prepare(con, night)
    return con


def _prepare(con: duckdb.DuckDBPyConnection, night: Night) -> None:
    """The tables that are made of the others."""
    subjects = " UNION ALL ".join(f"SELECT '{grain}:' || {grain}_id AS subject FROM sheet_{grain}" for grain in GRAINS)  # noqa: S608 — our own names
    con.execute(f"CREATE TEMP VIEW known_subjects AS {subjects}")
    con.register("renames", _renames(con))
    con.execute(_TALKS)
    con.execute(_STEPS)
    con.execute(_MAILS)
    con.execute(_ANSWERS, [night.as_of - timedelta(days=ANSWERED_WITHIN)])
    con.execute('CREATE TEMP TABLE answered AS SELECT account, max("on") AS newest FROM answers GROUP BY account')
    con.execute(_ASKED)


def _renames(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The steps that a new version of a play calls otherwise than the log: few, so Python reads their JSON."""
    rows = con.execute("SELECT enrollment_id, renamed FROM enrollments WHERE renamed IS NOT NULL").fetchall()
    found = [(id_, logged, name) for id_, renamed in rows for logged, name in json.loads(renamed).items()]
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=_RENAMES)
