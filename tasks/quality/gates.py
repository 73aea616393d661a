"""Gates on a whole batch: they hold it back, or say what is worth a word. Plain numbers and names in, a reason out."""

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from models.nearest import did_you_mean
from models.source import SourceSpec

HISTORY = 7
"""Pulls whose median counts; before there are so many, the declared limits do."""
LEAST, MOST = 80, 125
"""Percent of the median that a snapshot may have."""


def volume(spec: SourceSpec, total: int, history: Sequence[int]) -> str | None:
    """Why the count of a snapshot's rows cannot be right, if so; a source of events has no expected count."""
    if spec.cursor or (total == 0 and spec.may_be_empty):
        return None
    if total == 0:
        return "the source gave no rows; that is never read as 'all are gone'"
    if len(history) >= HISTORY:
        usual = median(history[:HISTORY])
        if not LEAST * usual <= 100 * total <= MOST * usual:
            return (
                f"{total} rows are {100 * total / usual:.0f} % of the usual {usual:.0f}; allowed are {LEAST}-{MOST} %"
            )
        return None
    most = spec.volume.max
    if total < spec.volume.min or (most is not None and total > most):
        return f"{total} rows; volume: allows {spec.volume.min} to {most if most is not None else 'any number'}"
    return None


def gone(spec: SourceSpec, name: str, columns: Iterable[str]) -> str | None:
    """Which declared column a file or query lacks, if any."""
    there = set(columns)
    missing = [column for column in spec.columns if column not in there]
    if not missing:
        return None
    unknown = there - set(spec.columns)
    hint = f"; {did_you_mean(missing[0], unknown)}" if unknown else ""
    return f"{name} has no column {', '.join(map(repr, missing))}{hint}"


def undeclared(spec: SourceSpec, columns: Iterable[str]) -> list[str]:
    """Columns that nobody declared, if columns are declared at all."""
    return [column for column in columns if column not in spec.columns] if spec.columns else []


def emptied(before: Iterable[str], now: Iterable[str]) -> str | None:
    """Which columns had values with the last landing and have none in any row now."""
    lost = sorted(set(before) - set(now))
    return f"no row has a value of {', '.join(map(repr, lost))} any more" if lost else None


def is_stale(spec: SourceSpec, as_of: date, newest: str | None) -> bool:
    """Whether the newest row that ever landed is older than the source's limit."""
    if spec.freshness_days is None or newest is None:
        return False
    return (as_of - date.fromisoformat(newest[:10])).days > spec.freshness_days
