"""Milestones as SQL: the first day a condition held, and never another."""

from models.memory_sql import Remembered, past
from models.milestones import Milestone, Milestones
from models.sql_text import Checked, name


def memory_name(milestone: Milestone) -> str:
    """The name under which a milestone is remembered."""
    return f"milestone:{milestone.milestone}"


def reached(source: str, milestones: Milestones, sql: Checked, as_of: str) -> str:
    """SELECT that adds milestone_<name> DATE and days_to_<name>; `source` holds what is remembered.

    `as_of` is a SQL date. On the first night a milestone is asked for, one already reached gets the date that `since`
    gives (backfilled).
    """
    added = "".join(f", {column}" for each in milestones.milestones for column in _columns(each, sql, as_of))
    took = "".join(f", {_took(each, sql)}" for each in milestones.milestones if each.counted_from)
    return f"SELECT *{took} FROM (SELECT *{added} FROM {source})"


def remembered(milestones: Milestones, as_of: str) -> list[Remembered]:
    """Tonight's memory of the milestones."""
    return [
        Remembered(
            memory_name(each),
            f"CASE WHEN {_date(each)} IS NULL THEN 'open' ELSE 'reached' END",
            f"coalesce({_date(each)}, {past(memory_name(each), 'since')}, {as_of})",
            backfilled=name(f"~{each.milestone}.backfilled"),
        )
        for each in milestones.milestones
    ]


def _took(milestone: Milestone, sql: Checked) -> str:
    """The days it took; none where it was reached before they began to count."""
    days = f"date_diff('day', CAST({sql[milestone.counted_from or '']} AS DATE), {_date(milestone)})"
    return f"CASE WHEN {days} > 0 THEN {days} ELSE {days} * 0 END AS {name(f'days_to_{milestone.milestone}')}"


def _date(milestone: Milestone) -> str:
    """The sheet's column."""
    return name(f"milestone_{milestone.milestone}")


def _columns(milestone: Milestone, sql: Checked, as_of: str) -> list[str]:
    """The date, and whether it is backfilled."""
    key = memory_name(milestone)
    was, new, holds = past(key, "value"), f"{past(key, 'value')} IS NULL", f"({sql[milestone.when]})"
    dated = f"least(CAST({sql[milestone.since]} AS DATE), {as_of})" if milestone.since else "CAST(NULL AS DATE)"
    day = (
        f"CASE WHEN {was} = 'reached' THEN {past(key, 'since')} "
        f"WHEN {holds} AND {new} THEN coalesce({dated}, {as_of}) WHEN {holds} THEN {as_of} END"
    )
    backfilled = (
        f"CASE WHEN {was} = 'reached' THEN {past(key, 'backfilled')} ELSE {holds} AND {new} AND {dated} < {as_of} END"
    )
    return [f"{day} AS {_date(milestone)}", f"{backfilled} AS {name(f'~{milestone.milestone}.backfilled')}"]
