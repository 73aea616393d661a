"""A pull, checked from end to end: which rows are new, which are good, and whether the batch may land at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.entities import ENTITIES
from models.errors import SourceHeld
from models.source import SourceSpec
from models.suite import Suite
from tasks.lake.seen import Seen
from tasks.quality import gates
from tasks.quality.batch import Batch, open_batch, take_new, take_out_waiting, take_whole
from tasks.quality.checks import check_doubles, check_suite
from tasks.quality.expectations import check_expectations
from tasks.quality.findings import Check, find_batch, holding, quarantined
from tasks.quality.mapping import map_rows
from tasks.sources.protocol import Part

MANY = 20
"""New rows from which on it is the batch that is bad, not its rows, when every one of them is."""
FILLED_SHARE = 0.1


@dataclass(frozen=True)
class Rulebook:
    """What a source's rows go through, and what is known of it from before.

    Attributes:
        rules: hash of mapping, date formats and suite.
        history: totals of earlier pulls that passed, newest first.
    """

    sql: str
    suite: Suite | None
    rules: str
    before: Seen
    history: Sequence[int]


@dataclass(frozen=True)
class Checked:
    """A checked batch: good + quarantined rows are the pulled ones."""

    batch: Batch
    total: int
    pulled: int = 0
    quarantined: int = 0
    filled: tuple[str, ...] = ()


def validate(
    con: DuckDBPyConnection, spec: SourceSpec, parts: Sequence[Part], as_of: date, book: Rulebook, *, complete: bool
) -> Checked:
    """Check the pull; `con` has the entity views of tonight.

    Raises:
        SourceHeld: a gate or an expectation of severity hold keeps the batch back.
        SourceFailed: its rows cannot be understood.
    """
    raw = _one_table(spec, parts)
    if complete and raw.num_rows == 0 and not spec.may_be_empty:
        raise SourceHeld("the source gave no rows; that is never read as 'all are gone'")
    mapped = map_rows(spec, ENTITIES[spec.entity], raw, book.sql)
    batch = open_batch(con, spec, ENTITIES[spec.entity], mapped)
    total = take_whole(batch, as_of, book.rules)
    filled = _filled(batch, FILLED_SHARE)
    now_empty = gates.emptied(book.before.filled, _filled(batch, 0)) if complete and raw.num_rows else None
    _hold(gates.volume(spec, total, book.history), now_empty)
    if take_new(batch, mapped, book.before) == 0:
        return Checked(batch, total, filled=filled)
    check_doubles(batch)
    if book.suite:
        check_suite(batch, book.suite)
    pulled = take_out_waiting(batch, book.before)
    if pulled and book.suite:
        check_expectations(batch, book.suite.expectations)
    return _judged(Checked(batch, total, pulled, quarantined(con), filled), raw)


def _judged(checked: Checked, raw: pa.Table) -> Checked:
    """The batch, unless something holds it."""
    batch = checked.batch
    if checked.pulled:
        for name in gates.undeclared(batch.spec, raw.column_names):
            reason = "the source has a column nobody declared; it is not read"
            find_batch(batch.con, Check("no_new_columns", name, "warn", reason))
    _hold(*holding(batch.con))
    if checked.pulled >= MANY and checked.quarantined == checked.pulled:
        worst = batch.con.execute(
            'SELECT expectation, "column" FROM findings GROUP BY ALL ORDER BY count(*) DESC, 1, 2 LIMIT 1'
        ).fetchall()[0]
        raise SourceHeld(f"every one of {checked.pulled} new rows is bad, most by {' of '.join(filter(None, worst))}")
    return checked


def _one_table(spec: SourceSpec, parts: Sequence[Part]) -> pa.Table:
    """The rows of all files together; one that lacks a column the others have is a change of schema."""
    if spec.may_be_empty and spec.columns and not any(part.rows.num_rows for part in parts):
        return pa.table({name: pa.array([], pa.string()) for name in spec.columns})  # JSON without a line names none
    for part in parts:
        _hold(gates.gone(spec, part.name, part.rows.column_names))
    first = parts[0]
    for part in parts[1:]:
        lacking = sorted(set(first.rows.column_names) - set(part.rows.column_names))
        if lacking and not spec.columns:
            raise SourceHeld(f"{part.name} has no column '{lacking[0]}', which {first.name} has")
    try:
        return pa.concat_tables([part.rows for part in parts], promote_options="default")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SourceHeld(f"the files differ in a column's type: {str(error).splitlines()[0]}") from error


def _filled(batch: Batch, share: float) -> tuple[str, ...]:
    """Columns that have a value in this share of the rows, and in one at the least."""
    names = sorted(batch.given)
    values = {name: f"count({_value(name, batch.given[name])})" for name in names}
    shown = ", ".join(f"{count} > 0 AND {count} >= {share} * count(*)" for count in values.values())
    shares = batch.con.execute(f"SELECT {shown} FROM mapped").fetchall()[0]  # noqa: S608
    return tuple(name for name, full in zip(names, shares, strict=True) if full)


def _value(name: str, given: str) -> str:
    """A column's value; null where there is none in truth."""
    if given in {"DOUBLE", "FLOAT"}:
        return f'CASE WHEN NOT isnan("{name}") THEN 1 END'
    return f"nullif(\"{name}\", '')" if given == "VARCHAR" else f'"{name}"'


def _hold(*reasons: str | None) -> None:
    """Hold the batch if there is any reason."""
    said = [reason for reason in reasons if reason]
    if said:
        raise SourceHeld("; ".join(said))
