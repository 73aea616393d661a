"""Which accounts have anything to decide tonight: one SQL query over all of them, so that Python sees only those."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

import duckdb

from models.anchors import Anchor, Anchors
from models.fact import GRAINS
from models.play import Play
from models.schedule import HAPPENED
from models.sql_text import text
from models.step import Step, Wait
from tasks.due_steps import is_open, steps_sql, taken, told

SLACK = 7  # days by which a shift may bring a step forward; the exact date is the schedule's

_DOUBLED = """
    SELECT account FROM talks SEMI JOIN account_fates ON into_id = account WHERE lead IS NULL
    GROUP BY account, play, subject HAVING count(*) > 1"""
"""Accounts that a merge has brought another conversation of a play that they have themselves."""


def subjects_sql(play: Play, anchors: Anchors, tables: str = "") -> str:
    """One row a subject of the play: subject, account, occurrence, term_months, goal, "anchor:…" and "where:…".

    `request` is that of a person who asked for the play on `requested_on`, where one did; `tables` begins the names of
    what is read.
    """
    grain, own = play.per, anchors.anchors[play.anchor]
    columns = [
        f"'{grain}:' || s.{grain}_id AS subject",
        "s.account_id AS account",
        f"CAST(({_occurrence(own)}) AS VARCHAR) AS occurrence",
        "q.request_id AS request",
        'q."on" AS requested_on',
        f"CAST({'s.term_months' if grain == 'contract' else 'NULL'} AS INTEGER) AS term_months",
        f"CAST({_quoted(play, 'goal') if play.goal else 'NULL'} AS DOUBLE) AS goal",
        *(f'CAST({_date(anchors.anchors[name])} AS DATE) AS "anchor:{name}"' for name in play.anchors),
        *(f'{_quoted(play, where)} AS "where:{where}"' for where in play.conditions),
    ]
    asked = f"q.play = '{play.play}' AND q.subject = '{grain}:' || s.{grain}_id"
    entered = f"a.play = '{play.play}' AND a.subject = '{grain}:' || s.{grain}_id"
    moves = f" LEFT JOIN audiences a ON {entered}" if own.built_in in ("entered", "left") else ""
    return (
        f"SELECT {', '.join(columns)} FROM {tables}sheet_{grain} s JOIN {tables}truth_{grain} t USING ({grain}_id) "  # noqa: S608 — names are checked
        f"LEFT JOIN asked q ON {asked}{moves}"
    )


def _quoted(play: Play, where: str) -> str:
    """The truth table's column of a condition."""
    return f't."{play.hash}.{where}"'


def _occurrence(anchor: Anchor) -> str:
    """The SQL that makes an enrollment unique."""
    if anchor.built_in in ("entered", "left"):
        return f"'{anchor.built_in}/' || a.{anchor.built_in}_entry"
    return anchor.occurrence or "NULL"


def _date(anchor: Anchor) -> str:
    """The SQL that gives an anchor's date."""
    if anchor.built_in == "request":
        return '"q"."on"'
    return f"a.{anchor.built_in}_on" if anchor.built_in else f's."{anchor.date}"'


def due_accounts(
    con: duckdb.DuckDBPyConnection, plays: Iterable[Play], live: Mapping[str, Play], anchors: Anchors, as_of: date
) -> list[str]:
    """Ids of the accounts with a possible enrollment, exit, step or move to a new version; more rather than fewer.

    Args:
        con: the night's workspace.
        plays: every version that is alive.
        live: name → the configured version.
        anchors: as configured.
        as_of: the night's date.
    """
    asked = {row[0] for row in con.execute("SELECT DISTINCT play FROM asked").fetchall()}
    sql = due_sql(plays, live, anchors, as_of, asked)
    return sorted(row[0] for row in con.execute(f"WITH {_narrow(con, sql)} {sql}").fetchall())


def _narrow(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The sheets and truths that the query names, each read once."""
    names = [f"{kind}_{grain}" for grain in GRAINS for kind in ("sheet", "truth")]
    return ", ".join(f"{name} AS MATERIALIZED ({narrow_sql(con, name, sql)})" for name in names)


def narrow_sql(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> str:
    """A sheet or a truth, no wider than the query needs that asks it."""
    words = set(re.findall(r'"[^"]+"|\w+', sql))
    columns = [row[0] for row in con.execute(f"DESCRIBE main.{name}").fetchall()]
    read = [f'"{column}"' for column in columns if column in words or f'"{column}"' in words]
    return f"SELECT {', '.join(read) or 'NULL AS nothing'} FROM main.{name}"  # noqa: S608 — names of columns


def due_sql(
    plays: Iterable[Play], live: Mapping[str, Play], anchors: Anchors, as_of: date, asked: Collection[str]
) -> str:
    """The one query of a night: the accounts, each once; `asked` are the plays that people asked for."""
    parts = ["SELECT account FROM talks WHERE gone IS NOT NULL", _DOUBLED]
    for play in plays:
        subjects, now = subjects_sql(play, anchors), live.get(play.play)
        if now is not None and now.hash == play.hash:
            parts.append(_candidates(play, subjects, anchors.anchors[play.anchor]))
            parts += [_asked(play, subjects)] if play.play in asked else []
        moves = now is not None and now.hash != play.hash and now.migrate.how != "finish_old"
        parts.append(_running(play, subjects, as_of, moves=moves))
    return f"SELECT DISTINCT account FROM ({' UNION ALL '.join(parts)})"  # noqa: S608 — our own parts


def _candidates(play: Play, subjects: str, own: Anchor) -> str:
    """Accounts with a subject in its audience, or out of it where leaving counts, that is not enrolled for it yet."""
    wanted = 'NOT r."where:audience"' if own.built_in == "left" else 'r."where:audience"'
    term = f"AND r.term_months >= {play.min_term}" if play.min_term else ""
    return f"""
        SELECT r.account FROM ({subjects}) r {_not_enrolled(play, "occurrence")}
        WHERE {wanted} AND r.occurrence IS NOT NULL {term}"""  # noqa: S608


def _asked(play: Play, subjects: str) -> str:
    """Accounts with a subject that a person asked the play for."""
    return f"""
        SELECT r.account FROM ({subjects}) r {_not_enrolled(play, "request")} WHERE r.request IS NOT NULL"""  # noqa: S608


def _not_enrolled(play: Play, occurrence: str) -> str:
    """Without the subjects that the play has enrolled for that occurrence before."""
    before = f"SELECT subject, occurrence AS {occurrence} FROM enrollments WHERE play = '{play.play}'"  # noqa: S608
    return f"ANTI JOIN ({before}) b USING (subject, {occurrence})"


def _running(play: Play, subjects: str, as_of: date, *, moves: bool) -> str:
    """Accounts with a running conversation of this version that may end, or has a step whose date has come."""
    exits = [
        f'coalesce(r."where:{where}", false)' for where in ("exit.stop", "exit.success") if where in play.conditions
    ]
    reasons = [
        "true" if moves else "NOT e.by_request AND r.occurrence <> e.base",
        f"k.waiting = 0 AND k.steps >= {len(play.steps)}",
        _stuck(play, as_of),
        *exits,
        *(_due(play, step, as_of) for step in play.steps),
        *(_newcomers(step, as_of) for step in play.steps if step.resend_to_new),
        *(f'{is_open(step.id)} AND r."where:{step.id}.resolve"' for step in play.steps if step.resolve),
    ]
    return f"""
        SELECT r.account FROM ({subjects}) r JOIN talks e USING (subject) LEFT JOIN ({steps_sql(play)}) k USING (talk)
        LEFT JOIN answered w ON w.account = r.account
        WHERE e.play_hash = '{play.hash}' AND (({") OR (".join(reasons)}))"""  # noqa: S608


def _stuck(play: Play, as_of: date) -> str:
    """Nothing has happened for long, and it is past its expected time or a task is overdue; its owner is told once."""
    late = f"k.due < DATE '{as_of}'"
    if play.expected is not None:
        late = f"({late} OR e.enrolled_on <= DATE '{as_of}' - {play.expected})"
    quiet = f"coalesce(k.newest, e.enrolled_on) <= DATE '{as_of}' - {play.stuck_after}"
    return f"NOT e.alerted AND e.lead IS NULL AND {quiet} AND {late}"


def _newcomers(step: Step, as_of: date) -> str:
    """Somebody of the step's roles has an address that has not had it."""
    roles = ", ".join(map(text, step.to))
    return f"""{taken(step.id)} AND EXISTS (
        SELECT 1 FROM contacts c WHERE c.account_id = r.account AND c.role IN ({roles}) AND c.address_key IS NOT NULL
        AND (c.left_on IS NULL OR c.left_on > DATE '{as_of}') AND NOT EXISTS (
            SELECT 1 FROM mails m
            WHERE m.enrollment_id = e.talk AND m.step = '{step.id}' AND m.address_key = c.address_key))"""  # noqa: S608


def _due(play: Play, step: Step, as_of: date) -> str:
    """The step is open, and its date has come, is missing, or what it follows has ended."""
    untaken = f"NOT {taken(step.id)}"
    if step.after:
        since = _plus(told(step.after, "ended"), step)
        come = f"{since} - {_slack(step)} <= DATE '{as_of}'"
        come = f"({come} OR {_misfits(step)})"
    else:
        column = f'r."anchor:{play.anchor_of(step)}"'
        since = _plus(column, step)
        come = f"({column} IS NULL OR {since} - {_slack(step)} <= DATE '{as_of}')"
    over = f" AND ({_over(step, step.wait, since, as_of)})" if step.wait else ""
    return f"{untaken} AND {come}{over}"


def _slack(step: Step) -> int:
    """Days by which the step may come before its plain date: only a shift back brings it forward."""
    near = step.after is None and not step.offset.months and -SLACK <= step.offset.days <= 0
    return SLACK if step.shift == "previous_working_day" or (near and step.shift == "next_working_day") else 0


def _misfits(step: Step) -> str:
    """The step before has ended otherwise than it should: this one will never come."""
    outcome = told(step.after or "", "outcome")
    if step.follows == "happened":
        return f"{outcome} NOT IN ({', '.join(map(text, sorted(HAPPENED)))})"
    return f"{outcome} IN ('sent', 'done')" if step.follows == "missed" else "false"


def _over(step: Step, wait: Wait, since: str, as_of: date) -> str:
    """The wait may be met, or its time is up."""
    met = "false"
    if wait.until:
        met = f'r."where:{step.id}.until"'
    elif wait.task:
        met = f"{taken(wait.task)} AND NOT {is_open(wait.task)}"
    elif wait.step:
        met = f"w.newest >= {told(wait.step, 'on')}"
    return f"{since} + {wait.timeout - _slack(step)} < DATE '{as_of}' OR {met}"


def _plus(sql: str, step: Step) -> str:
    """The date that far on; months as models/offset.py counts them."""
    offset = step.offset
    return f"CAST({sql} + to_months({offset.months}) AS DATE)" if offset.months else f"{sql} + {offset.days}"
