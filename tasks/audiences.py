"""Who came into the audience of a play and who left it, told from one night to the next.

Kept for plays that begin on entering or leaving. The first night of a play knows only who is in it: nobody has entered
or left yet, so that a new play does not begin with everybody at once.
"""

import duckdb

from models.play import Play
from tasks.lake.lake import Lake
from tasks.lake.views import file_view
from tasks.night import Night

AUDIENCES = "audiences.parquet"
COLUMNS = {
    "play": "VARCHAR", "subject": "VARCHAR", "holds": "BOOLEAN", "entered_on": "DATE", "entered_entry": "INTEGER",
    "left_on": "DATE", "left_entry": "INTEGER",
}  # fmt: skip


def audiences(night: Night) -> None:
    """Write audiences.parquet of the night from its truth and that of the night before; nothing if no play asks."""
    plays = [play for play in night.rules.plays.values() if _asks(night, play)]
    if not plays:
        return
    with night.lake.duckdb() as con:
        audience_view(con, night.lake, f"nights/{night.previous}/{AUDIENCES}" if night.previous else "", "before")
        for grain in sorted({play.per for play in plays}):
            file_view(con, night.lake, f"truth_{grain}", night.path(f"truth_{grain}.parquet"))
        today = f"DATE '{night.as_of}'"
        parts = " UNION ALL ".join(_moved(play, today) for play in plays)
        night.lake.write(night.path(AUDIENCES), con.sql(f"{parts} ORDER BY play, subject").to_arrow_table())


def audience_view(con: duckdb.DuckDBPyConnection, lake: Lake, path: str, name: str = "audiences") -> None:
    """A view of the file; empty where it was not written."""
    if path and lake.exists(path):
        file_view(con, lake, name, path)
        return
    columns = ", ".join(f"NULL::{type_} AS {column}" for column, type_ in COLUMNS.items())
    con.execute(f"CREATE VIEW {name} AS SELECT {columns} WHERE false")


def _asks(night: Night, play: Play) -> bool:
    """Whether the play begins on entering or leaving its audience."""
    anchor = night.rules.anchors.anchors.get(play.anchor)
    return anchor is not None and anchor.built_in in ("entered", "left")


def _moved(play: Play, today: str) -> str:
    """The rows of one play; while its audience is unknown a subject stays as it was."""
    holds = f'coalesce(t."{play.hash}.audience", b.holds, false)'
    came, went = f"(b.subject IS NOT NULL AND {holds} AND NOT b.holds)", f"(b.holds AND NOT {holds})"
    return (
        f"SELECT '{play.play}' AS play, '{play.per}:' || t.{play.per}_id AS subject, {holds} AS holds, "  # noqa: S608 — our own names
        f"CASE WHEN {came} THEN {today} ELSE b.entered_on END AS entered_on, "
        f"CASE WHEN {came} THEN coalesce(b.entered_entry, 0) + 1 ELSE b.entered_entry END AS entered_entry, "
        f"CASE WHEN {went} THEN {today} ELSE b.left_on END AS left_on, "
        f"CASE WHEN {went} THEN coalesce(b.left_entry, 0) + 1 ELSE b.left_entry END AS left_entry "
        f"FROM truth_{play.per} t LEFT JOIN before b "
        f"ON b.play = '{play.play}' AND b.subject = '{play.per}:' || t.{play.per}_id"
    )
