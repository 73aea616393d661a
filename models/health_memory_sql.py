"""What nights remember of health: since when the band has held, and the scores of fifteen weeks.

The scores stand in one text, newest week first, four digits each (tenths of points, dots where there was none), of
the first scored night of every ISO week; `since` is the Monday of the newest. So a trend over 30 days compares with a
score that is 30 to 36 days old, and costs one row an account.
"""

from models.health import BANDS
from models.memory_sql import Remembered, past
from models.sql_text import set_by_hand

BAND, SCORE, HISTORY = "health_band", "health_score", "health_scores"
SLOT, WEEKS = 4, 15
DAYS = (30, 90)
SHEET_COLUMNS = {
    "health_band_effective": "text",
    "health_band_before": "text",
    "health_band_since": "date",
    "health_score_before": "number",
    "health_trend_30d": "number",
    "health_trend_90d": "number",
}


def since_when(source: str, as_of: str, override: str = "NULL") -> str:
    """SELECT that adds what earlier nights knew, and the band in effect: a person's (`override`), if there is one."""
    was, since = past(BAND, "value"), past(BAND, "since")
    trends = ", ".join(f"{_trend(as_of, days)} AS health_trend_{days}d" for days in DAYS)
    return (
        f"SELECT *, {set_by_hand(override, BANDS, 'health_band')} AS health_band_effective, "
        f"{was} AS health_band_before, "
        f"CASE WHEN {was} = health_band THEN {since} ELSE {as_of} END AS health_band_since, "
        f"CAST({past(SCORE, 'value')} AS DECIMAL(18, 9)) AS health_score_before, {trends} "
        f'FROM (SELECT *, {_history(as_of)} AS "~scores" FROM {source})'
    )


def remembered(as_of: str) -> list[Remembered]:
    """Tonight's memory of health."""
    entry = f"coalesce({past(BAND, 'entry')}, 0) + CASE WHEN {past(BAND, 'value')} = health_band THEN 0 ELSE 1 END"
    return [
        Remembered(BAND, "health_band", "health_band_since", entry),
        Remembered(SCORE, "health_score", as_of),
        Remembered(HISTORY, """CASE WHEN ltrim("~scores", '.') <> '' THEN "~scores" END""", _monday(as_of)),
    ]


def _monday(day: str) -> str:
    """The first day of a date's ISO week."""
    return f"CAST(date_trunc('week', {day}) AS DATE)"


def _weeks(later: str, earlier: str) -> str:
    """Whole weeks between two Mondays."""
    return f"CAST(date_diff('day', {earlier}, {later}) // 7 AS INTEGER)"


def _history(as_of: str) -> str:
    """The scores with tonight's, which counts if it is the week's first."""
    digits = f"lpad(CAST(CAST(round(health_score * 10) AS INTEGER) AS VARCHAR), {SLOT}, '0')"
    slot = f"CASE WHEN health_score IS NULL THEN '{'.' * SLOT}' ELSE {digits} END"
    old, gap = past(HISTORY, "value"), _weeks(_monday(as_of), past(HISTORY, "since"))
    return (
        f"CASE WHEN {old} IS NULL THEN {slot} "
        f"WHEN {gap} > 0 THEN substr({slot} || repeat('.', {SLOT} * ({gap} - 1)) || {old}, 1, {SLOT * WEEKS}) "
        f"WHEN starts_with({old}, '.') THEN {slot} || substr({old}, {SLOT + 1}) ELSE {old} END"
    )


def _trend(as_of: str, days: int) -> str:
    """Points since the week that lies so many days back, or the one before it; NULL when neither has a score."""
    place = f"{SLOT} * {_weeks(_monday(as_of), _monday(f'{as_of} - {days}'))} + 1"
    found = f"""nullif(substr(ltrim(substr("~scores", {place}, {2 * SLOT}), '.'), 1, {SLOT}), '')"""
    return f"CAST(round(health_score, 1) - CAST({found} AS DECIMAL(9, 1)) / 10 AS DECIMAL(9, 1))"
