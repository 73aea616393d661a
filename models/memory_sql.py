"""Memory as SQL: last night's rows laid side by side, tonight's rows made of the sheet.

Memory is what depends on earlier nights: (subject, name, value, since, entry, backfilled), one row for each thing
remembered. `wide` turns the rows of accounts into columns `~name.value`, `~name.since` and so on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.sql_text import name as quoted
from models.sql_text import text

COLUMNS = {
    "subject": "VARCHAR",
    "name": "VARCHAR",
    "value": "VARCHAR",
    "since": "DATE",
    "entry": "INTEGER",
    "backfilled": "BOOLEAN",
}
PARTS = ("value", "since", "entry", "backfilled")


@dataclass(frozen=True)
class Remembered:
    """One thing to be remembered of each account; SQL over the sheet. No row where `value` is NULL."""

    name: str
    value: str
    since: str
    entry: str = "1"
    backfilled: str = "false"


def past(name: str, part: str) -> str:
    """The column that holds a part of what was remembered."""
    return quoted(f"~{name}.{part}")


def wide(source: str, memory: str, names: Iterable[str], reader: str) -> str:
    """SELECT that joins to `source` what is remembered of each account, those columns that the SQL `reader` reads."""
    read = [(name, part) for name in names for part in PARTS if past(name, part) in reader]
    columns = [f"max(CASE WHEN name = {text(name)} THEN {part} END) AS {past(name, part)}" for name, part in read]
    if not columns:
        return f"SELECT * FROM {source}"
    rows = (
        f"SELECT substr(subject, 9) AS account_id, {', '.join(columns)} FROM {memory} "
        "WHERE starts_with(subject, 'account:') GROUP BY subject"
    )
    return f"SELECT * FROM {source} LEFT JOIN ({rows}) AS remembered USING (account_id)"


def rows(source: str, things: Iterable[Remembered]) -> str:
    """SELECT that gives tonight's memory, ordered by name within each account of the ordered `source`."""
    structs = ", ".join(_struct(thing) for thing in sorted(things, key=lambda thing: thing.name))
    return (
        "SELECT 'account:' || account_id AS subject, "
        f"unnest(list_filter([{structs}], lambda it: it.value IS NOT NULL), recursive := true) FROM {source}"
    )


def _struct(thing: Remembered) -> str:
    """One thing as a struct."""
    return (
        f"{{'name': {text(thing.name)}, 'value': CAST({thing.value} AS VARCHAR), 'since': CAST({thing.since} AS DATE), "
        f"'entry': CAST({thing.entry} AS INTEGER), 'backfilled': coalesce({thing.backfilled}, false)}}"
    )
