"""Who came into the audience of a play and who left it, told from one night to the next.

Kept for plays that begin on entering or leaving. The first night of a play knows only who is in it: nobody has entered
or left yet, so that a new play does not begin with everybody at once.
"""

import json
from datetime import date

import duckdb
import pyarrow as pa

from models.play import Play
from models.sql_text import text
from tasks.lake.lake import Lake
from tasks.lake.views import file_view
from tasks.night import Night
from tasks.reworded import reworded
from tasks.store.engine import read
from tasks.store.runs import previous_scored

AUDIENCES = "audiences.parquet"
COLUMNS = {
    "play": "VARCHAR", "subject": "VARCHAR", "holds": "BOOLEAN", "entered_on": "DATE", "entered_entry": "INTEGER",
    "left_on": "DATE", "left_entry": "INTEGER", "asked": "VARCHAR",
}  # fmt: skip
_NOTHING = f"SELECT {', '.join(f'NULL::{type_} AS {column}' for column, type_ in COLUMNS.items())} WHERE false"

_EDITED = "SELECT DISTINCT b.play FROM before b JOIN asking a ON a.play = b.play AND a.asked <> b.asked"
_KEPT = """
    SELECT b.* REPLACE (CASE WHEN a.asked = coalesce(b.asked, a.asked) THEN b.holds END AS holds,
                        coalesce(a.asked, b.asked) AS asked)
    FROM before b LEFT JOIN asking a ON a.play = b.play
    WHERE NOT EXISTS (FROM tonight n WHERE n.play = b.play AND n.subject = b.subject)"""
"""What is known of subjects that are not there tonight; of a play that does not ask, nothing but the numbers."""


def audiences(night: Night) -> None:
    """Write audiences.parquet of the night from its truth and the newest earlier one; nothing if no play asks.

    Whoever is not there tonight keeps what is known of him, as does a play that does not ask tonight: the number of an
    entry is never given twice.
    """
    plays = [play for play in night.rules.plays.values() if _asks(night, play)]
    before = _before(night) if plays else night.previous
    path = _path(before)
    if not plays and not (path and night.lake.exists(path)):
        return
    with night.lake.duckdb() as con:
        audience_view(con, night.lake, path, "before")
        words = [[play.play for play in plays], [play.audience for play in plays]]
        con.register("asking", pa.table([pa.array(one, pa.string()) for one in words], ["play", "asked"]))
        for grain in sorted({play.per for play in plays}):
            file_view(con, night.lake, f"truth_{grain}", night.path(f"truth_{grain}.parquet"))
        edited = {row[0] for row in con.execute(_EDITED).fetchall()}
        con.register("reworded", reworded(night, (play for play in plays if play.play in edited), before))
        stale = _stale(night, plays)
        tonight = " UNION ALL ".join(
            [_NOTHING, *(_moved(play, night.as_of, stale=play.hash in stale) for play in plays)]
        )
        con.execute(f"CREATE TEMP TABLE tonight AS {tonight}")
        rows = con.sql(f"FROM tonight UNION ALL ({_KEPT}) ORDER BY play, subject").to_arrow_table()
    night.lake.write(night.path(AUDIENCES), rows)


def audience_view(con: duckdb.DuckDBPyConnection, lake: Lake, path: str, name: str = "audiences") -> None:
    """A view of the file; empty where it was not written."""
    if not (path and lake.exists(path)):
        con.execute(f"CREATE VIEW {name} AS {_NOTHING}")
        return
    file_view(con, lake, f"{name}_written", path)
    con.execute(f"CREATE VIEW {name} AS {_NOTHING} UNION ALL BY NAME FROM {name}_written")


def _asks(night: Night, play: Play) -> bool:
    """Whether the play begins on entering or leaving its audience."""
    anchor = night.rules.anchors.anchors.get(play.anchor)
    return anchor is not None and anchor.built_in in ("entered", "left")


def _path(day: date | None) -> str:
    """Where the file of that night lies; empty without one."""
    return f"nights/{day}/{AUDIENCES}" if day else ""


def _before(night: Night) -> date | None:
    """The newest earlier night that knows of audiences: one that was missed judged nothing."""
    day = night.previous
    if day is not None and not night.lake.exists(_path(day)):
        with read(night.engine) as conn:
            while day is not None and not night.lake.exists(_path(day)):
                day = previous_scored(conn, day)
    return day


def _stale(night: Night, plays: list[Play]) -> set[str]:
    """Hashes of the plays whose audience reads stale data tonight."""
    told = json.loads(night.lake.read_text(night.path("conditions.json"))) if plays else {}
    return {play.hash for play in plays if told.get(f"{play.hash}.audience", {}).get("stale")}


def _moved(play: Play, as_of: date, *, stale: bool) -> str:
    """The rows of one play; while its audience is unknown, or told by stale data, a subject stays as it was.

    `was` is what held before under the words of tonight: of other words what they would have said, else no move.
    """
    now = f't."{play.hash}.audience"'
    holds = f"coalesce(b.holds, {now}, false)" if stale else f"coalesce({now}, b.holds, false)"
    was = f"CASE WHEN coalesce(b.asked, {text(play.audience)}) = {text(play.audience)} THEN b.holds ELSE g.holds END"
    known = f"EXISTS (FROM before WHERE play = '{play.play}' AND starts_with(subject, '{play.per}:'))"
    return f"""
        SELECT play, subject, holds, CASE WHEN came THEN DATE '{as_of}' ELSE entered_on END AS entered_on,
               CASE WHEN came THEN coalesce(entered_entry, 0) + 1 ELSE entered_entry END AS entered_entry,
               CASE WHEN went THEN DATE '{as_of}' ELSE left_on END AS left_on,
               CASE WHEN went THEN coalesce(left_entry, 0) + 1 ELSE left_entry END AS left_entry, asked
        FROM (SELECT *, holds AND CASE WHEN fresh THEN known ELSE NOT coalesce(was, holds) END AS came,
                     NOT holds AND NOT fresh AND coalesce(was, holds) AS went
              FROM (SELECT '{play.play}' AS play, '{play.per}:' || t.{play.per}_id AS subject, {holds} AS holds,
                           {was} AS was, {known} AS known, b.subject IS NULL AS fresh, b.entered_on, b.entered_entry,
                           b.left_on, b.left_entry, {text(play.audience)} AS asked
                    FROM truth_{play.per} t
                    LEFT JOIN before b ON b.play = '{play.play}' AND b.subject = '{play.per}:' || t.{play.per}_id
                    LEFT JOIN reworded g ON g.play = b.play AND g.subject = b.subject))"""  # noqa: S608 — our own names
